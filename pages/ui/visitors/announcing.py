"""Announcing a visitor: who comes, to whom, from when until when."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face_rec.facades.people.visitors import VisitorsFacade
from face_rec.languages.language import msgid
from face_rec.visitors.visit import LONGEST_NAME, LONGEST_PURPOSE, Guest
from pages.ui.frame.identity import Right, require
from pages.ui.frame.outcome import flash, tried
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.shared.people_index import people_index
from pages.ui.shared.text import plain
from pages.ui.shared.words import formats, said

_LASTS: Final = timedelta(hours=2)


def announcing(app: VisitorsFacade) -> None:
    """The way to begin."""
    with st.container(horizontal=True):
        if st.button(said("Announce a visitor"), icon=":material/person_add:", type="primary",
                     key="announce_open"):  # fmt: skip
            _announce()
    if not app.mail_on():
        st.caption(said("No mail server is chosen (Notifications): hosts are not written to."))


@dialog(msgid("Announce a visitor"), Right.VISITORS, icon=":material/person_add:", width="medium")
def _announce() -> None:
    with guarded("visitors.announce"):
        app = VisitorsFacade.current()
        with st.form("announce", border=False):
            left, right = st.columns(2)
            name = left.text_input(
                said("Name"), max_chars=LONGEST_NAME, key="announce_name", autocomplete="off"
            )
            company = right.text_input(
                said("Company (optional)"), max_chars=LONGEST_NAME, key="announce_company",
                autocomplete="off",
            )  # fmt: skip
            host = host_field(app, "announce_host")
            purpose = st.text_input(
                said("Purpose (optional)"), max_chars=LONGEST_PURPOSE, key="announce_purpose"
            )
            begins, until = _times(app)
            if st.form_submit_button(said("Announce"), type="primary", key="announce_go"):
                who = require(Right.VISITORS)
                guest = Guest(name or "", company or "", purpose or "")
                _announced(app, guest, host, (begins, until), who.id)


def host_field(app: VisitorsFacade, key: str, chosen: str = "") -> str:
    """Who of the people that are active; "": nobody."""
    known = people_index(app.people).by_subject
    hosts = [one for one, person in known.items() if person.active]
    host = st.selectbox(
        said("Host"), hosts, index=hosts.index(chosen) if chosen in hosts else None,
        placeholder=said("Name or ID"), key=key,
        format_func=lambda one: f"{known[one].name} ({known[one].id})",
    )  # fmt: skip
    return host or ""


def _times(app: VisitorsFacade) -> tuple[datetime | None, datetime | None]:
    """In the site's time; today, for two hours, if nobody says else."""
    local = app.clock.now().astimezone(app.site.timezone)
    first = local.replace(minute=0, second=0, microsecond=0)
    last = min(first + timedelta(hours=1) + _LASTS, first.replace(hour=23, minute=59))
    one, two, three, four = st.columns(4)
    begins = moment_fields(app, (one, two), said("From"), first, "announce_from")
    return begins, moment_fields(app, (three, four), said("Until"), last, "announce_until")


def moment_fields(
    app: VisitorsFacade,
    columns: tuple[DeltaGenerator, DeltaGenerator],
    label: str,
    shown: datetime,
    key: str,
    *,
    fixed: bool = False,
) -> datetime | None:
    """A day and a time of the site, beginning with ``shown`` (there); ``fixed``: they are read
    only. None: one of the two is empty."""
    one, two = columns
    day = one.date_input(
        label, shown.date(), format=formats().date_pattern, key=f"{key}_day", disabled=fixed
    )
    at = two.time_input(said("Time"), shown.time(), step=900, key=f"{key}_at", disabled=fixed)
    return joined(app, day, at)


def joined(app: VisitorsFacade, day: object, at: object) -> datetime | None:
    if not (isinstance(day, date) and isinstance(at, time)):
        return None
    return datetime.combine(day, at, app.site.timezone).astimezone(UTC)


def _announced(
    app: VisitorsFacade,
    guest: Guest,
    host: str,
    span: tuple[datetime | None, datetime | None],
    by: str,
) -> None:
    begins, until = span
    if begins is None or until is None:
        st.error(said("Give both days and times."), icon=":material/error:")
        return
    made = tried(lambda: app.service.announce(guest, host, begins, until, by))
    if made is not None:
        flash(said("{name} is announced.", name=plain(guest.name)))
        st.rerun()
