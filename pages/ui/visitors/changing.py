"""Changing a visit that is not over: to whom, until when, what for; before they come, also who."""

from datetime import datetime

import streamlit as st

from face_rec.facades.people.visitors import VisitorsFacade
from face_rec.languages.language import msgid
from face_rec.visitors.desk import Listed
from face_rec.visitors.visit import LONGEST_NAME, LONGEST_PURPOSE, Guest
from pages.ui.frame.identity import Right, current, require
from pages.ui.frame.outcome import flash, tried
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, said
from pages.ui.visitors.announcing import host_field, joined


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
            until = _until(app, was)
            if st.form_submit_button(said("Save"), type="primary", key=f"change_go_{name}"):
                require(Right.VISITORS)
                _changed(app, was, Guest(*guest, purpose or ""), host, until)


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


def _until(app: VisitorsFacade, was: Listed) -> datetime | None:
    local = was.visit.until.astimezone(app.site.timezone)
    one, two, *_ = st.columns(4)
    day = one.date_input(
        said("Until"), local.date(), format=formats().date_pattern,
        key=f"change_end_{was.visit.id}",
    )  # fmt: skip
    at = two.time_input(said("Time"), local.time(), step=900, key=f"change_ends_{was.visit.id}")
    chosen = joined(app, day, at)
    shown = was.visit.until.replace(second=0, microsecond=0)
    return was.visit.until if chosen == shown else chosen  # its seconds are not on the screen


def _changed(
    app: VisitorsFacade, was: Listed, guest: Guest, host: str, until: datetime | None
) -> None:
    if until is None:
        st.error(said("Give both days and times."), icon=":material/error:")
        return
    told = tried(lambda: app.desk.change(was, guest, host, until))
    if told is None:
        return
    name = plain(guest.name)
    if told:
        flash(said("{name}: the visit is changed; the new host is told by mail.", name=name))
    else:
        flash(said("{name}: the visit is changed.", name=name))
    st.rerun()
