"""Who was invited and how far each is; links on paper and as a table; again, and no more."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.facades.invitations import InvitationsFacade
from face_rec.invitations import sheet
from face_rec.invitations.desk import Invited
from face_rec.invitations.invitation import Invitation, Standing
from face_rec.invitations.sheet import Slip
from pages.ui.frame.exports import noted
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.outcome import flash, tried
from pages.ui.shared import times
from pages.ui.shared.links import bases_of
from pages.ui.shared.text import counted, plain
from pages.ui.shared.widgets import empty_state

MOST: Final = 1000
_WORDS: Final = {
    Standing.WAITING: "To approve",
    Standing.DONE: "Registered",
    Standing.REFUSED: "Refused",
    Standing.REVOKED: "Revoked",
}
_ROUND: Final = "_invited_round"
LINES: Final = ("Register your face on your phone: open this link with its camera.",)


def invited(app: InvitationsFacade, identity: Identity) -> None:
    found = [one for one in app.desk.all() if one.person is not None]
    if not found:
        empty_state("send", "Nobody is invited yet", "Press Invite people above.")
        return
    st.caption(_counts(app, found))
    shown = found[:MOST]
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small")
    picked = st.dataframe(
        _frame(app, shown), hide_index=True, on_select="rerun", selection_mode="multi-row",
        height=min(560, 38 + 35 * len(shown)), alt="Invited",
        key=f"invited_rows_{st.session_state.setdefault(_ROUND, 0)}",
        column_config={"State": st.column_config.TextColumn(width=110)},
    )  # fmt: skip
    chosen = [shown[row] for row in picked.selection.rows if row < len(shown)]
    with bar:
        _acts(app, identity, chosen)
        _files(app, chosen or found)


def state_of(one: Invitation, app: InvitationsFacade) -> str:
    """In words."""
    if one.standing is Standing.OPEN:
        return "Open" if one.usable(app.clock.now()) else "Over"
    return _WORDS[one.standing]


def _counts(app: InvitationsFacade, found: Sequence[Invited]) -> str:
    states = [state_of(one.invitation, app) for one in found]
    named = [f"{word.lower()}: {states.count(word):,}" for word in dict.fromkeys(states)]
    return f"{counted(len(found), 'person', 'people')} invited. {', '.join(named).capitalize()}."


def _frame(app: InvitationsFacade, found: Sequence[Invited]) -> pd.DataFrame:
    zone = app.site.timezone
    rows = []
    for one in found:
        inv, person = one.invitation, one.person
        why = app.desk.book.text(inv.id, inv.why) if inv.why else ""
        rows.append((
            person.name if person else "", person.id if person else "",
            person.group if person else "", state_of(inv, app),
            times.date_and_time(inv.made_at, zone), times.date_and_time(inv.until, zone),
            inv.mailed_to, why,
        ))  # fmt: skip
    names = ["Name", "ID", "Group", "State", "Invited", "Until", "Mailed to", "Why refused"]
    return pd.DataFrame(rows, columns=names)


def _acts(app: InvitationsFacade, identity: Identity, chosen: Sequence[Invited]) -> None:
    none = not chosen
    if st.button("Mail again", icon=":material/send:", disabled=none or not app.desk.mail.on(),
                 key="invited_mail"):  # fmt: skip
        _mail(app, chosen)
    if st.button("Invite anew", icon=":material/replay:", disabled=none, key="invited_anew",
                 help="A new link each; the one from before works no more."):  # fmt: skip
        _anew(app, identity, chosen)
    if st.button("Revoke", icon=":material/block:", disabled=none, key="invited_revoke"):
        require(Right.PEOPLE_WRITE)
        for one in chosen:
            app.desk.revoke(one.invitation.id, identity.name)
        _said(f"{counted(len(chosen), 'invitation')} revoked.")


def _mail(app: InvitationsFacade, chosen: Sequence[Invited]) -> None:
    require(Right.PEOPLE_WRITE)
    sent = [name for name in (one.invitation.id for one in chosen) if _again(app, name)]
    if sent:
        _said(f"{counted(len(sent), 'mail')} on the way.")


def _again(app: InvitationsFacade, name: str) -> str | None:
    return tried(lambda: app.desk.mail_again(name))


def _anew(app: InvitationsFacade, identity: Identity, chosen: Sequence[Invited]) -> None:
    require(Right.PEOPLE_WRITE)
    subjects = [one.invitation.subject for one in chosen]
    report = tried(lambda: app.desk.invite(subjects, identity.name, mail=app.desk.mail.on()))
    if report is None:
        return
    for _, person_id, why in report.refused:
        st.warning(f"{plain(person_id)} {why}.", icon=":material/warning:")
    if not report.refused:
        _said(f"{counted(len(report.invited), 'person', 'people')} invited anew.")


def _said(words: str) -> None:
    st.session_state[_ROUND] += 1  # nobody is ticked afterwards
    flash(words)
    st.rerun()


def _files(app: InvitationsFacade, found: Sequence[Invited]) -> None:
    now = app.clock.now()
    usable = [one for one in found if one.invitation.usable(now)]
    slips, title = slips_of(app, usable), app.site.title
    help_ = f"{counted(len(usable), 'link')} that can still be used."
    st.download_button(
        "QR codes", noted(Right.PEOPLE_WRITE, "invitations", lambda: sheet.sheet(title, slips,
                                                                                 LINES)),
        file_name="invitations.pdf", mime="application/pdf", icon=":material/download:",
        key="invited_pdf", disabled=not usable, help=help_,
    )  # fmt: skip
    st.download_button(
        "Links", noted(Right.PEOPLE_WRITE, "invitations", lambda: sheet.table(slips)),
        file_name="invitations.csv", mime="text/csv", icon=":material/download:",
        key="invited_csv", disabled=not usable, help=help_,
    )  # fmt: skip


def slips_of(app: InvitationsFacade, found: Sequence[Invited]) -> list[Slip]:
    """Under the address by which others reach the app."""
    base, *_ = bases_of(app.site.addresses, st.context.url or "")
    zone = app.site.timezone
    return [
        Slip(
            one.person.name, one.person.id, one.person.group, one.person.email,
            f"{base}{app.desk.path(one.invitation)}",
            f"Once, until {times.date_and_time(one.invitation.until, zone)}",
        )
        for one in found if one.person is not None
    ]  # fmt: skip
