"""Who works when in a group, in the calendar of who looks after it, by a secret address."""

from typing import Final

import streamlit as st

from face_rec.domain.errors import AccessError
from face_rec.facades.attendance.requests import RequestsFacade
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.scope import NO_GROUP, visible_groups
from pages.ui.frame.step_up import ask, awaited, fresh, refused
from pages.ui.shared.words import day as day_words
from pages.ui.shared.words import said

_ADDRESS: Final = "_group_calendar"
_AGAIN: Final = "group_calendar"
"""What the address of the page is called by on the way back from a proof."""


def group_calendar(app: RequestsFacade, identity: Identity) -> None:
    """The address is shown once, when it is made."""
    with st.expander(
        said("Roster in your calendar"), icon=":material/calendar_month:", key="group_calendar",
        expanded=awaited() == _AGAIN,
    ):  # fmt: skip
        st.caption(
            said(
                "An address with who works when in a group, for your calendar program. It says "
                "that somebody is away, never why. Whoever has it sees it: give it to nobody."
            )
        )
        group = st.selectbox(
            said("Group"), visible_groups(app.people, identity), key="group_calendar_of",
            format_func=lambda name: name or said(NO_GROUP),
        )  # fmt: skip
        if group is not None:
            _of(app, identity, group)


def _of(app: RequestsFacade, identity: Identity, group: str) -> None:
    feed = app.calendars.of_group(identity, group)
    may = fresh()
    made_last, address = st.session_state.get(_ADDRESS, (None, ""))
    if feed and made_last == (feed.id, feed.made_at):  # else another tab has made a newer one
        st.code(address, language=None, wrap_lines=True)
        st.caption(said("Copy it now: it is not shown again."))
    elif feed:
        made = feed.made_at.astimezone(app.site.timezone).date()
        st.caption(said("There is an address, made on {date}.", date=day_words(made)))
    with st.container(horizontal=True):
        label = said("Make a new address") if feed else said("Make an address")
        if may and st.button(label, icon=":material/link:", key="group_calendar_make"):
            _make(app, group)
        if feed and st.button(
            said("Switch it off"), icon=":material/link_off:", key="group_calendar_end"
        ):
            app.calendars.end_group(require(Right.RECORDS), group)
            st.session_state.pop(_ADDRESS, None)
            st.rerun()
    if not may:
        ask(_AGAIN)


def _make(app: RequestsFacade, group: str) -> None:
    who = require(Right.RECORDS)
    try:
        made = app.calendars.renew_group(who, group)
    except AccessError as error:
        refused(error)
        return
    feed = app.calendars.of_group(who, group)
    st.session_state[_ADDRESS] = (feed and (feed.id, feed.made_at), app.address(made))
    st.rerun()
