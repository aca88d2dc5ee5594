"""Changing a visit that is not over: to whom, until when, what for; before they come, also who and
from when."""

from datetime import datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face_rec.facades.people.visitors import VisitorsFacade
from face_rec.languages.language import msgid
from face_rec.visitors.checks import Wanted
from face_rec.visitors.visit import LONGEST_NAME, LONGEST_PURPOSE, Guest
from face_rec.visitors.visitor_service import Listed
from pages.ui.frame.identity import Right, current, require
from pages.ui.frame.outcome import flash, tried
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.shared.text import plain
from pages.ui.shared.words import said
from pages.ui.visitors.announcing import host_field, moment_fields


@dialog(msgid("Change the visit"), Right.VISITORS, icon=":material/edit:", width="medium")
def change_dialog(was: Listed) -> None:
    """``was``: as whoever opens it has seen it; the fields begin with that."""
    with guarded("visitors.change"):
        app, name = VisitorsFacade.current(), was.visit.id
        if not current().groups.holds(was.host.group if was.host else None):
            st.error(said("This visit is not there any more. Reload the page."))
            return
        with st.form(f"change_{name}", border=False):
            guest = _guest(was)
            host = host_field(app, f"change_host_{name}", was.visit.host)
            purpose = st.text_input(
                said("Purpose (optional)"), was.guest.purpose, max_chars=LONGEST_PURPOSE,
                key=f"change_purpose_{name}",
            )  # fmt: skip
            begins, until = _times(app, was)
            if st.form_submit_button(said("Save"), type="primary", key=f"change_go_{name}"):
                require(Right.VISITORS)
                _changed(app, was, Guest(*guest, purpose or ""), host, (begins, until))


def _guest(was: Listed) -> tuple[str, str]:
    """Name and company; of who is here they are only shown."""
    here, name = was.visit.came_at is not None, was.visit.id
    left, right = st.columns(2)
    typed = left.text_input(
        said("Name"), was.guest.name, max_chars=LONGEST_NAME, key=f"change_name_{name}",
        autocomplete="off", disabled=here,
    )  # fmt: skip
    company = right.text_input(
        said("Company (optional)"), was.guest.company, max_chars=LONGEST_NAME,
        key=f"change_company_{name}", autocomplete="off", disabled=here,
    )  # fmt: skip
    if was.visit.agreed_at is not None and not here:
        st.caption(said("Whoever has another name is asked to agree anew, and needs a new badge."))
    return (was.guest.name, was.guest.company) if here else (typed or "", company or "")


def _times(app: VisitorsFacade, was: Listed) -> tuple[datetime | None, datetime | None]:
    """When it begins is only shown of who is here."""
    visit = was.visit
    one, two, three, four = st.columns(4)
    begins = _moment(
        app, (one, two), said("From"), visit.begins, f"change_from_{visit.id}",
        fixed=visit.came_at is not None,
    )  # fmt: skip
    return begins, _moment(app, (three, four), said("Until"), visit.until, f"change_{visit.id}")


def _moment(
    app: VisitorsFacade,
    columns: tuple[DeltaGenerator, DeltaGenerator],
    label: str,
    was: datetime,
    key: str,
    *,
    fixed: bool = False,
) -> datetime | None:
    """Who leaves the fields alone leaves the seconds, which are not on the screen."""
    local = was.astimezone(app.site.timezone)
    chosen = moment_fields(app, columns, label, local, key, fixed=fixed)
    return was if fixed or chosen == was.replace(second=0, microsecond=0) else chosen


def _changed(
    app: VisitorsFacade,
    was: Listed,
    guest: Guest,
    host: str,
    span: tuple[datetime | None, datetime | None],
) -> None:
    begins, until = span
    if begins is None or until is None:
        st.error(said("Give both days and times."), icon=":material/error:")
        return
    told = tried(lambda: app.service.change(was, Wanted(host, begins, until, guest)))
    if told is None:
        return
    name = plain(guest.name)
    if told:
        flash(said("{name}: the visit is changed; the new host is told by mail.", name=name))
    else:
        flash(said("{name}: the visit is changed.", name=name))
    st.rerun()
