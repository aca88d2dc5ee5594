"""The review: doubtful marks, one after another, beside the enrolled photo."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import streamlit as st

from face_rec.access.pages import Page
from face_rec.attendance.mark_queries import Doubt
from face_rec.domain.errors import AttendanceError, NotAllowed
from face_rec.domain.marks import Event
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.languages.language import msgid
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.navigation import open_button
from pages.ui.frame.outcome import flash
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import callback, dialog
from pages.ui.records.correct import compare
from pages.ui.shared import times
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import empty_state
from pages.ui.shared.words import formats, in_words, said, said_many

PAGE: Final = 20
CLOCKS: Final = 3
"""Of a clock that is set all the time the newest changes are told one by one."""
REASONS: Final = (
    msgid("Looked at the picture"),
    msgid("Asked the person"),
    msgid("Seen by a colleague"),
    msgid("Another person"),
    msgid("Nobody was there"),
)
_REASON: Final = "review_reason"


def review(app: AttendanceFacade, identity: Identity, first: date, last: date) -> None:
    """The queue, newest first; nothing of it is read before somebody opens this view."""
    doubts = [
        one
        for one in app.service.mark_queries.review(first, last)
        if identity.sees(one.person.group if one.person else None)
    ]
    _clocks(app, first, last)
    if not doubts:
        text = said(
            "Marks with a low score or a close second appear here until somebody confirms them."
        )
        empty_state("fact_check", said("Nothing to review in this period"), text)
        return
    limits = app.service.mark_queries.limits()
    st.caption(
        said_many(
            "{count} doubtful mark: score below {score}, lead below {lead}, or liveness unsure. "
            "Confirm what is right, void what is not.",
            "{count} doubtful marks: score below {score}, lead below {lead}, or liveness unsure. "
            "Confirm what is right, void what is not.",
            len(doubts),
            score=formats().number(limits.score, 2),
            lead=formats().number(limits.margin, 2),
        )
    )
    shown = doubts[:PAGE]
    if identity.may(Right.CORRECT):
        _together(app, shown)
    for doubt in shown:
        with st.container(border=True, key=f"review_{doubt.entry.event.id}"):
            _doubt(app, identity, doubt)
    if len(doubts) > PAGE:
        st.caption(
            said_many(
                "The next of {count} more follows when these are done.",
                "The next of {count} more follow when these are done.",
                len(doubts) - PAGE,
            )
        )


def _clocks(app: AttendanceFacade, first: date, last: date) -> None:
    """When clocks were set in this period: the marks of before wait here."""
    zone = app.site.timezone
    found = [
        one
        for one in app.service.timesheets.sources.clock_changes().found
        if first <= one.noticed.astimezone(zone).date() <= last
    ]
    for one in reversed(found[-CLOCKS:]):
        st.info(
            said(
                "On {time} {clock}. Marks of before that are in doubt wait here, with the time "
                "that it rather was; none of them was changed.",
                time=times.date_and_time(one.noticed, zone),
                clock=plain(in_words(one.words)),
            ),
            icon=":material/schedule:",
        )
    if (more := len(found) - CLOCKS) > 0:
        st.caption(
            said_many(
                "Clocks were set {count} more time in this period: see the audit log.",
                "Clocks were set {count} more times in this period: see the audit log.",
                more,
            )
        )


def _together(app: AttendanceFacade, shown: Sequence[Doubt]) -> None:
    """The reason, asked once, and what is done with all that are ticked."""
    events = [doubt.entry.event for doubt in shown]
    with st.container(horizontal=True, vertical_alignment="bottom", key="review_together"):
        st.checkbox(
            said_many("{count} shown", "All {count} shown", len(events)), key="review_all",
            on_change=callback(Right.CORRECT, _tick), args=([event.id for event in events],),
        )  # fmt: skip
        st.selectbox(
            said("Reason"), [said(one) for one in REASONS],
            index=0 if all(event.snapshot for event in events) else None,
            placeholder=said("Choose a reason, or write one"), accept_new_options=True, width=340,
            key=_REASON, help=said("Kept with your name beside every mark that you decide."),
        )  # fmt: skip
        ticked = [event for event in events if st.session_state.get(_ticked(event.id))]
        if st.button(
            said_many("Confirm {count} mark", "Confirm {count} marks", len(ticked)),
            icon=":material/done_all:", type="primary", disabled=not ticked, key="review_confirm",
        ):  # fmt: skip
            _decide(app, ticked, right=True)
        if st.button(
            said_many("{count} mark does not count", "{count} marks do not count", len(ticked)),
            icon=":material/block:", disabled=not ticked, key="review_void",
        ):  # fmt: skip
            _ask_to_void(app, ticked)


def _tick(ids: Sequence[str]) -> None:
    for event_id in ids:
        st.session_state[_ticked(event_id)] = st.session_state["review_all"]


def _ticked(event_id: str) -> str:
    return f"tick_{event_id}"


@dialog(msgid("Let these marks no longer count?"), Right.CORRECT, icon=":material/block:")
def _ask_to_void(app: AttendanceFacade, events: Sequence[Event]) -> None:
    """The days of these people may become absences, so it is asked once more."""
    with guarded("records.void"):
        st.markdown(
            said_many(
                "**{count} mark** will no longer count. Each stays in the book and can be brought "
                "back by confirming it.",
                "**{count} marks** will no longer count. Each stays in the book and can be "
                "brought back by confirming it.",
                len(events),
            )
        )
        if st.button(said("They do not count"), type="primary", key="review_void_sure"):
            _decide(app, events, right=False)


def _doubt(app: AttendanceFacade, identity: Identity, doubt: Doubt) -> None:
    event, person = doubt.entry.event, doubt.person
    name = person.name if person else said("Deleted person")
    left, right = st.columns([1.1, 1], gap="medium")
    with left:
        st.markdown(f"**{plain(name)}**")
        at = times.date_and_time(event.at, app.site.timezone)
        where = said("{time} at {kiosk}", time=at, kiosk=plain(event.kiosk))
        st.caption(f"{where} · {', '.join(map(in_words, doubt.reasons))}")
        if identity.may(Right.CORRECT):
            _buttons(app, doubt)
        if person:
            day = event.at.astimezone(app.site.timezone).date().isoformat()
            open_button(
                Page.RECORDS,
                said("The whole day"),
                f"day_{event.id}",
                person=person.subject,
                day=day,
            )
    with right:
        compare(app, event, person)


def _buttons(app: AttendanceFacade, doubt: Doubt) -> None:
    event = doubt.entry.event
    with st.container(horizontal=True, vertical_alignment="center"):
        st.checkbox(said("Select"), key=_ticked(event.id))
        if st.button(said("Confirm"), icon=":material/check:", key=f"yes_{event.id}"):
            _decide(app, [event], right=True)
        if st.button(said("Does not count"), icon=":material/block:", key=f"no_{event.id}"):
            _decide(app, [event], right=False)


def _decide(app: AttendanceFacade, events: Sequence[Event], *, right: bool) -> None:
    who, reason = require(Right.CORRECT), str(st.session_state.get(_REASON) or "")
    try:
        made = app.service.corrections.decide(events, right, who.name, reason, within=who.groups)
    except (AttendanceError, NotAllowed) as error:
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    done = (
        said_many("{count} mark confirmed.", "{count} marks confirmed.", len(made))
        if right
        else said_many(
            "{count} mark set not to count.", "{count} marks set not to count.", len(made)
        )
    )
    if left := len(events) - len(made):
        others = said_many(
            "Somebody else had decided {count} meanwhile.",
            "Somebody else had decided {count} meanwhile.",
            left,
        )
        done = f"{done} {others}"
    flash(done)
    st.session_state.pop("review_all", None)
    st.rerun()
