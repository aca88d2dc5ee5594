"""One visit in a list: who, to whom, from when until when, and what can be done about it."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

import streamlit as st

from face_rec.badges.card import Card
from face_rec.badges.cards import single
from face_rec.facades.people.visitors import VisitorsFacade
from face_rec.languages.language import LANGUAGES, language_of, msgid
from face_rec.visitors.consent import Agreement
from face_rec.visitors.visit import Stage, Visit
from face_rec.visitors.visitor_service import Listed
from face_rec.web.gate.shown_links import bases_of, own_machine, qr
from pages.ui.frame.exports import moment, noted
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.outcome import carried_out, flash, tried
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.shared import times
from pages.ui.shared.text import plain
from pages.ui.shared.words import said, said_many, words
from pages.ui.visitors.changing import change_dialog


def visit_row(app: VisitorsFacade, one: Listed, identity: Identity) -> None:
    left, right = st.columns([1.4, 1], gap="medium", vertical_alignment="center")
    with left:
        _who(app, one)
    if identity.may(Right.VISITORS):
        with right, st.container(
            horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"
        ):  # fmt: skip
            _acts(app, one, identity)


def _who(app: VisitorsFacade, one: Listed) -> None:
    visit, guest = one.visit, one.guest
    company = f" · {plain(guest.company)}" if guest.company else ""
    st.markdown(f"**{plain(guest.name)}**{company}")
    if one.host is None:
        host = said("The host is not registered any more")
    else:
        group = f" ({plain(one.host.group)})" if one.host.group else ""
        host = said("To {host}", host=plain(one.host.name) + group)
    purpose = f" · {plain(guest.purpose)}" if guest.purpose else ""
    st.caption(f"{host} · {_when(visit, app.clock.now(), app.site.timezone)}{purpose}")
    if visit.stage(app.clock.now()) is not Stage.GONE:
        st.caption(_standing(visit, app.clock.now()))


def _when(visit: Visit, now: datetime, zone: tzinfo) -> str:
    until = times.moment(visit.until, now, zone)
    if visit.left_at is not None and visit.came_at is not None:
        came, left = (times.moment(at, now, zone) for at in (visit.came_at, visit.left_at))
        return said("came {came}, left {left}", came=came, left=left)
    if visit.came_at is not None:
        came = times.moment(visit.came_at, now, zone)
        return said("here since {came}, until {until}", came=came, until=until)
    begins = times.moment(visit.begins, now, zone)
    if visit.stage(now) is Stage.GONE:
        return said("did not come ({begins} to {until})", begins=begins, until=until)
    return said("{begins} to {until}", begins=begins, until=until)


def _standing(visit: Visit, now: datetime) -> str:
    if visit.overdue(now):
        stays = said("Still here after the end of the visit")
        return f":material/warning: {stays}"
    if visit.agreed_at is None:
        not_yet = said("Has not agreed yet")
        return f":material/info: {not_yet}"
    tongue = language_of(visit.language).own_name
    return said(
        "Has agreed to version {version} of the text, in {tongue}",
        version=plain(visit.text_version), tongue=tongue,
    )  # fmt: skip


def _acts(app: VisitorsFacade, one: Listed, identity: Identity) -> None:
    visit, now = one.visit, app.clock.now()
    stage, name = visit.stage(now), visit.id
    if stage is Stage.HERE:
        if st.button(said("Check out"), icon=":material/logout:", type="primary",
                     key=f"out_{name}"):  # fmt: skip
            _leave(app, one)
    elif stage is Stage.EXPECTED and visit.agreed_at is None:
        if st.button(said("Consent …"), icon=":material/check:", type="primary",
                     key=f"agree_{name}"):  # fmt: skip
            agree_dialog(name)
    elif stage is Stage.EXPECTED and st.button(
        said("Check in"), icon=":material/how_to_reg:", type="primary", key=f"in_{name}",
        disabled=not visit.begun(now, app.site.timezone),
    ):  # fmt: skip
        _come(app, one)
    if stage is not Stage.GONE and app.service.on():
        _badge_and_change(app, one, identity)
    if st.button(said("Erase"), icon=":material/delete:", key=f"erase_{name}"):
        erase_dialog([name])


def _badge_and_change(app: VisitorsFacade, one: Listed, identity: Identity) -> None:
    _badge(app, one, identity)
    if st.button(said("Change …"), icon=":material/edit:", key=f"change_{one.visit.id}"):
        change_dialog(one)


def _come(app: VisitorsFacade, one: Listed) -> None:
    require(Right.VISITORS)
    told = tried(lambda: app.service.come(one.visit.id))
    if told is None:
        return
    name = plain(one.guest.name)
    if told:
        flash(said("{name} is checked in; the host is told by mail.", name=name))
    else:
        flash(said("{name} is checked in. No mail went to the host: tell them.", name=name))
    st.rerun()


def _leave(app: VisitorsFacade, one: Listed) -> None:
    require(Right.VISITORS)
    if carried_out(lambda: app.service.leave(one.visit.id)):
        flash(said("{name} is checked out.", name=plain(one.guest.name)))
        st.rerun()


def _badge(app: VisitorsFacade, one: Listed, identity: Identity) -> None:
    """Made at the press: a new one each time, which voids the one before."""
    visit, guest, zone = one.visit, one.guest, app.site.timezone
    until = said("until {until}", until=times.date_and_time(visit.until, zone))
    host = one.host.name if one.host else ""
    lines, service, look = (guest.company, host, until), app.service, app.look
    note = said("Visitor")

    def made() -> bytes:
        code = service.badge(visit.id, identity.id)
        return single(look(), [Card(guest.name, lines, code, note=note)])

    st.download_button(
        said("Badge"), noted(Right.VISITORS, "visitor-badge", made, since=moment()),
        file_name="visitor.pdf",
        mime="application/pdf", icon=":material/badge:", key=f"badge_{visit.id}",
        on_click="ignore",
        help=said("A new one each time; the one from before is void. It opens no door: at a kiosk "
                  "that reads badges it checks the visitor in and out."),
    )  # fmt: skip


@dialog(msgid("Erase?"), Right.VISITORS, icon=":material/delete:")
def erase_dialog(names: Sequence[str]) -> None:
    with guarded("visitors.erase"):
        st.markdown(
            said_many(
                "**{count} visit** is erased at once and for good, with the badge: here and in "
                "the database's files. Backups made before have it until they expire.",
                "**{count} visits** are erased at once and for good, with the badges: here and in "
                "the database's files. Backups made before have them until they expire.",
                len(names),
            )
        )
        if st.button(said("Erase"), type="primary", key="visits_erase_sure"):
            require(Right.VISITORS)
            if carried_out(lambda: VisitorsFacade.current().service.erase(names)):
                flash(said("Erased."))
                st.rerun()


def erase_many(names: Sequence[str]) -> None:
    """All that are listed."""
    if st.button(said("Erase all of these"), icon=":material/delete:", key="visits_erase_all"):
        erase_dialog(names)


# The visitor reads what is kept of them and agrees: on this screen, or on their own phone.


@dialog(msgid("For the visitor"), Right.VISITORS, icon=":material/check:", width="medium")
def agree_dialog(name: str) -> None:
    """Turn the screen, or hold the phone before the code."""
    with guarded("visitors.agree"):
        app = VisitorsFacade.current()
        found = app.service.get(name)
        if found is None:
            st.info(said("This visit is not there any more. Reload the page."))
            return
        codes, here = list(LANGUAGES), words().language.code
        language = st.selectbox(
            said("Language"), codes, codes.index(here), key="visit_language",
            format_func=lambda code: LANGUAGES[code].own_name,
        )  # fmt: skip
        theirs = app.words(language)
        shown = app.texts.shown(theirs)
        st.markdown(f"**{plain(found.guest.name)}**")
        for line in shown.text.splitlines():
            st.markdown(plain(line))
        st.caption(said("Version {version}", version=plain(shown.version)))
        if found.visit.agreed_at is None:
            _press(app, name, shown, theirs.gettext("I agree"))
            base, *_ = bases_of(app.site.addresses, st.context.url or "")
            if not own_machine(base):
                st.image(qr(f"{base}{app.links.path(found.visit)}"), width=140)
                st.caption(said("Or on their own phone: hold its camera before this code."))
        else:
            st.success(said("The visitor has agreed."))


def _press(app: VisitorsFacade, name: str, shown: Agreement, label: str) -> None:
    """A text that was changed meanwhile is another button: nobody agrees to what they have not
    read."""
    key = f"visit_agreed_{name}_{hash(shown)}"
    if st.button(label, type="primary", icon=":material/check:", key=key):
        require(Right.VISITORS)
        if carried_out(lambda: app.service.agree(name, shown)):
            flash(said("The visitor has agreed."))
            st.rerun()
