"""Who was invited and how far each is; links on paper and as a table; again, and no more."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.clock import offset_if_twice
from face_rec.facades.people.invitations import InvitationsFacade
from face_rec.invitations import sheet
from face_rec.invitations.invitation import Invitation, Standing
from face_rec.invitations.invitation_service import Invited
from face_rec.invitations.sheet import Slip
from face_rec.languages.language import msgid
from face_rec.languages.translator import Translator
from face_rec.web.gate.shown_links import bases_of
from pages.ui.frame.exports import moment, noted
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.outcome import flash, tried
from pages.ui.shared import times
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import formats, in_words, said, said_many, words

MOST: Final = 1000
_WORDS: Final = {
    Standing.WAITING: (msgid("To approve"), msgid("to approve: {number}")),
    Standing.DONE: (msgid("Registered"), msgid("registered: {number}")),
    Standing.REFUSED: (msgid("Refused"), msgid("refused: {number}")),
    Standing.REVOKED: (msgid("Revoked"), msgid("revoked: {number}")),
}
_OPEN: Final = (msgid("Open"), msgid("open: {number}"))
_OVER: Final = (msgid("Over"), msgid("over: {number}"))
_ROUND: Final = "_invited_round"


def invited(app: InvitationsFacade, identity: Identity) -> None:
    since = moment()
    found = [one for one in app.service.all() if one.person is not None]
    if not found:
        empty_state("send", said("Nobody is invited yet"), said("Press Invite people above."))
        return
    st.caption(_counts(app, found))
    shown = found[:MOST]
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small")
    picked = st.dataframe(
        _frame(app, shown), hide_index=True, on_select="rerun", selection_mode="multi-row",
        height=min(560, 38 + 35 * len(shown)), alt=said("Invited"),
        key=f"invited_rows_{st.session_state.setdefault(_ROUND, 0)}",
        column_config={said("State"): st.column_config.TextColumn(width=110)},
    )  # fmt: skip
    chosen = [shown[row] for row in picked.selection.rows if row < len(shown)]
    with bar:
        _acts(app, identity, chosen)
        _files(app, chosen or found, since)


def state_of(one: Invitation, app: InvitationsFacade) -> str:
    """In words, as a reader has them."""
    return said(_words_of(one, app)[0])


def _words_of(one: Invitation, app: InvitationsFacade) -> tuple[str, str]:
    """By itself, and as it is counted."""
    if one.standing is Standing.OPEN:
        return _OPEN if one.usable(app.clock.now()) else _OVER
    return _WORDS[one.standing]


def lines(paper: Translator) -> tuple[str, ...]:
    """What to do."""
    return (paper.gettext("Register your face on your phone: open this link with its camera."),)


def until_on(paper: Translator, at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{paper.formats.day_and_time(local)}{offset_if_twice(local)}"


def _counts(app: InvitationsFacade, found: Sequence[Invited]) -> str:
    states = [_words_of(one.invitation, app)[1] for one in found]
    named = ", ".join(
        said(word, number=formats().number(states.count(word))) for word in dict.fromkeys(states)
    )
    return said_many(
        "{count} person invited. {states}.",
        "{count} people invited. {states}.",
        len(found),
        states=named[:1].upper() + named[1:],
    )


def _frame(app: InvitationsFacade, found: Sequence[Invited]) -> pd.DataFrame:
    zone = app.site.timezone
    rows = []
    for one in found:
        inv, person = one.invitation, one.person
        why = app.service.records.text(inv.id, inv.why) if inv.why else ""
        rows.append((
            person.name if person else "", person.id if person else "",
            person.group if person else "", state_of(inv, app),
            times.date_and_time(inv.made_at, zone), times.date_and_time(inv.until, zone),
            inv.mailed_to, why,
        ))  # fmt: skip
    names = [
        said("Name"),
        "ID",
        said("Group"),
        said("State"),
        said("Invited"),
        said("Until"),
        said("Mailed to"),
        said("Why refused"),
    ]
    return pd.DataFrame(rows, columns=names)


def _acts(app: InvitationsFacade, identity: Identity, chosen: Sequence[Invited]) -> None:
    none = not chosen
    if st.button(said("Mail again"), icon=":material/send:", key="invited_mail",
                 disabled=none or not app.service.mail.on()):  # fmt: skip
        _mail(app, chosen)
    if st.button(said("Invite anew"), icon=":material/replay:", disabled=none, key="invited_anew",
                 help=said("A new link each; the one from before works no more.")):  # fmt: skip
        _anew(app, identity, chosen)
    if st.button(said("Revoke"), icon=":material/block:", disabled=none, key="invited_revoke"):
        require(Right.PEOPLE_WRITE)
        for one in chosen:
            app.service.revoke(one.invitation.id, identity.name)
        _said(
            said_many("{count} invitation revoked.", "{count} invitations revoked.", len(chosen))
        )


def _mail(app: InvitationsFacade, chosen: Sequence[Invited]) -> None:
    require(Right.PEOPLE_WRITE)
    sent = [name for name in (one.invitation.id for one in chosen) if _again(app, name)]
    if sent:
        _said(said_many("{count} mail on the way.", "{count} mails on the way.", len(sent)))


def _again(app: InvitationsFacade, name: str) -> str | None:
    return tried(lambda: app.service.mail_again(name))


def _anew(app: InvitationsFacade, identity: Identity, chosen: Sequence[Invited]) -> None:
    require(Right.PEOPLE_WRITE)
    subjects = [one.invitation.subject for one in chosen]
    report = tried(lambda: app.service.invite(subjects, identity.name, mail=app.service.mail.on()))
    if report is None:
        return
    for _, person_id, why in report.refused:
        st.warning(f"{plain(person_id)} {in_words(why)}.", icon=":material/warning:")
    if not report.refused:
        _said(
            said_many(
                "{count} person invited anew.", "{count} people invited anew.", len(report.invited)
            )
        )


def _said(words: str) -> None:
    st.session_state[_ROUND] += 1  # nobody is ticked afterwards
    flash(words)
    st.rerun()


def _files(app: InvitationsFacade, found: Sequence[Invited], since: int) -> None:
    now = app.clock.now()
    usable = [one for one in found if one.invitation.usable(now)]
    slips, title, todo = slips_of(app, usable), app.site.title, lines(words())
    help_ = said_many(
        "{count} link that can still be used.",
        "{count} links that can still be used.",
        len(usable),
    )
    st.download_button(
        said("QR codes"),
        noted(Right.PEOPLE_WRITE, "invitations", lambda: sheet.sheet(title, slips, todo),
              since=since),
        file_name="invitations.pdf", mime="application/pdf", icon=":material/download:",
        key="invited_pdf", disabled=not usable, help=help_,
    )  # fmt: skip
    st.download_button(
        said("Links"),
        noted(Right.PEOPLE_WRITE, "invitations", lambda: sheet.table(slips), since=since),
        file_name="invitations.csv", mime="text/csv", icon=":material/download:",
        key="invited_csv", disabled=not usable, help=help_,
    )  # fmt: skip


def slips_of(app: InvitationsFacade, found: Sequence[Invited]) -> list[Slip]:
    """Under the address by which others reach the app."""
    base, *_ = bases_of(app.site.addresses, st.context.url or "")
    zone, paper = app.site.timezone, words()
    return [
        Slip(
            one.person.name, one.person.id, one.person.group, one.person.email,
            f"{base}{app.service.path(one.invitation)}",
            paper.gettext("Once, until {at}", at=until_on(paper, one.invitation.until, zone)),
        )
        for one in found if one.person is not None
    ]  # fmt: skip
