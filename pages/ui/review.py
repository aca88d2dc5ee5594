"""The review: doubtful marks, one after another, beside the enrolled photo."""

from datetime import date
from typing import Final, Protocol

import streamlit as st

from face_rec.attendance.inquiry import Doubt
from face_rec.entities import Event
from face_rec.errors import AttendanceError, NotAllowed
from face_rec.groups import Groups
from face_rec.system import System
from pages.ui import times
from pages.ui.correct import compare
from pages.ui.flash import flash
from pages.ui.identity import Identity, Right, require
from pages.ui.navigation import RECORDS, open_button
from pages.ui.text import counted, plain
from pages.ui.widgets import empty_state

PAGE: Final = 10
_LOOKED: Final = "Looked at the picture"


def review(app: System, identity: Identity, first: date, last: date) -> None:
    """The queue, newest first; nothing of it is read before somebody opens this view."""
    doubts = [
        one
        for one in app.office.inquiry.review(first, last)
        if identity.sees(one.person.group if one.person else None)
    ]
    if not doubts:
        text = "Marks with a low score or a close second appear here until somebody confirms them."
        empty_state("fact_check", "Nothing to review in this period", text)
        return
    limits = app.office.book.rules().limits
    st.caption(
        f"{counted(len(doubts), 'doubtful mark')}: score below {limits.score:.2f}, lead below "
        f"{limits.margin:.2f}, or liveness unsure. Confirm what is right, void what is not."
    )
    for doubt in doubts[:PAGE]:
        with st.container(border=True, key=f"review_{doubt.entry.event.id}"):
            _doubt(app, identity, doubt)
    if len(doubts) > PAGE:
        st.caption(f"The next of {len(doubts) - PAGE:,} more follow when these are done.")


def _doubt(app: System, identity: Identity, doubt: Doubt) -> None:
    event, person = doubt.entry.event, doubt.person
    name = person.name if person else "Deleted person"
    left, right = st.columns([1.1, 1], gap="medium")
    with left:
        st.markdown(f"**{plain(name)}**")
        at = times.date_and_time(event.at, app.site.timezone)
        st.caption(f"{at} at {plain(event.kiosk)} · {', '.join(doubt.reasons)}")
        if identity.may(Right.CORRECT):
            _buttons(app, doubt)
        if person:
            day = event.at.astimezone(app.site.timezone).date().isoformat()
            open_button(
                RECORDS, "The whole day", f"day_{event.id}", person=person.subject, day=day
            )
    with right:
        compare(app, event, person)


def _buttons(app: System, doubt: Doubt) -> None:
    event = doubt.entry.event
    reason = _reason(event)
    with st.container(horizontal=True):
        if st.button("Confirm", icon=":material/check:", key=f"yes_{event.id}"):
            _decide(app.office.corrections.confirm, event, reason, "Confirmed.")
        if st.button("Does not count", icon=":material/block:", key=f"no_{event.id}"):
            _decide(app.office.corrections.void, event, reason, "The mark no longer counts.")


def _reason(event: Event) -> str:
    """Where there is no picture to look at, the reason is the reviewer's to find."""
    start = _LOOKED if event.snapshot else ""
    return st.text_input("Reason", start, max_chars=500, key=f"why_{event.id}") or ""


class _Correct(Protocol):
    """A correction as the desk makes it."""

    def __call__(self, event: Event, author: str, reason: str, *, within: Groups) -> Event: ...


def _decide(correct: _Correct, event: Event, reason: str, done: str) -> None:
    who = require(Right.CORRECT)
    try:
        correct(event, who.name, reason, within=who.groups)
    except (AttendanceError, NotAllowed) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    flash(done)
    st.rerun()
