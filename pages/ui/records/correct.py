"""Dialogs in which a manager corrects marks; each needs a reason, and the original stays."""

from collections.abc import Callable
from datetime import date, datetime, time

import streamlit as st

from face_rec.attendance.marks.correction import choices
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.domain.errors import AttendanceError, NotAllowed, PersonMissing
from face_rec.domain.marks import MARK_KINDS, Event
from face_rec.domain.people import Person
from face_rec.facades.attendance import AttendanceFacade
from pages.ui.frame.identity import Identity, Right, require
from pages.ui.frame.outcome import flash
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.records.records_table import KINDS
from pages.ui.shared import times
from pages.ui.shared.day_words import STATUS_NAMES
from pages.ui.shared.photos import PORTRAIT, photo, whole_picture
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import picture, portrait


@dialog("One mark", Right.RECORDS, width="medium", icon=":material/edit:")
def correct_mark(app: AttendanceFacade, identity: Identity, entry: Entry, day: date) -> None:
    """Look at a mark and, with the right to, change what counts."""
    with guarded("records.correct"):
        _pictures(app, entry)
        if not identity.may(Right.CORRECT):
            return
        offered = {choice.words: choice for choice in choices(entry)}
        chosen = st.pills(
            "What should happen", list(offered), required=True, default=next(iter(offered)),
            key="correct_choice",
        )  # fmt: skip
        choice = offered[chosen]
        st.caption(choice.hint)
        reason = _reason()
        if st.button("Save correction", type="primary", key="correct_save"):
            who = require(Right.CORRECT)
            _save(
                app,
                entry.event.subject,
                day,
                lambda: app.service.corrections.correct(
                    choice.kind, entry.event, who.name, reason,
                    within=who.groups, becomes=choice.becomes,
                ),
            )  # fmt: skip


@dialog("Add a mark", Right.CORRECT, icon=":material/add:")
def add_punch(app: AttendanceFacade, person: Person, day: date) -> None:
    """A mark that is missing, by hand."""
    with guarded("records.add"):
        st.markdown(f"For **{plain(person.name)}**")
        left, right = st.columns(2)
        on = left.date_input("Date", day, max_value=app.service.timesheets.today(), key="add_date")
        at = right.time_input("Time", None, step=60, key="add_time")
        kinds = {kind.value: kind for kind in MARK_KINDS}
        kind = st.segmented_control(
            "Kind", list(kinds), default="punch", required=True, format_func=lambda k: KINDS[k],
            help="A plain mark is given its direction by the rules.", key="add_kind",
        )  # fmt: skip
        reason = _reason()
        if not st.button("Save", type="primary", key="add_save"):
            return
        if at is None or not isinstance(on, date):
            st.error("Give the date and the time of the mark.", icon=":material/error:")
            return
        moment = _moment(app, on, at)
        who = require(Right.CORRECT)
        _save(
            app,
            person.subject,
            day,
            lambda: app.service.corrections.add(
                person.subject, moment, kinds[kind], who.name, reason, within=who.groups
            ),
        )


def _pictures(app: AttendanceFacade, entry: Entry) -> None:
    """When and where; the enrolled photo beside the mark's own, which is read only if asked."""
    event, person = entry.event, app.directory.person(entry.event.subject)
    at = times.clock_time(event.at, app.site.timezone)
    where = f" at {plain(event.kiosk)}" if event.kiosk else ""
    st.markdown(f"**{plain(person.name if person else 'Deleted person')}**, {at}{where}")
    if event.snapshot and st.toggle("Show the picture", key=f"show_{event.id}"):
        compare(app, event, person)
    if event.score is not None:
        margin = f", lead over the next person {event.margin:.2f}" if event.margin else ""
        life = f", liveness {event.liveness:.2f}" if event.liveness is not None else ""
        st.caption(f"Score {event.score:.2f}{margin}{life}")


def compare(app: AttendanceFacade, event: Event, person: Person | None) -> None:
    """The picture of a mark beside the enrolled photo."""
    name = person.name if person else "Deleted person"
    left, right = st.columns(2)
    with left:
        source = whole_picture(app.pictures, event.snapshot)
        if source:
            picture(source, f"Picture of the mark of {name}")
        else:
            portrait(None, "?")
        st.caption("At the kiosk" if source else "No picture of this mark is kept.")
    with right:
        portrait(photo(app.pictures, person.photo if person else None, PORTRAIT), name)
        st.caption("Enrolled")


def _reason() -> str:
    return (
        st.text_area(
            "Reason", placeholder="Why? The reason is kept with your name.", height=80,
            max_chars=500, key="correct_reason",
        )
        or ""
    )  # fmt: skip


def _save(app: AttendanceFacade, subject: str, day: date, work: Callable[[], Event]) -> None:
    """Correct, and say what it changed."""
    before = _status(app, subject, day)
    try:
        work()
    except (AttendanceError, NotAllowed) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    after = _status(app, subject, day)
    changed = f"{before} → {after}" if before != after else f"the day stays {after.lower()}"
    flash(f"Saved: {changed}.")
    st.rerun()


def _status(app: AttendanceFacade, subject: str, day: date) -> str:
    try:
        return STATUS_NAMES[app.service.mark_queries.explain(subject, day).record.status]
    except PersonMissing:
        return "not registered"


def _moment(app: AttendanceFacade, on: date, at: time) -> datetime:
    return datetime.combine(on, at, app.site.timezone)
