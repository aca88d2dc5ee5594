"""Dialogs in which a manager corrects marks; each needs a reason, and the original stays."""

from collections.abc import Callable
from datetime import date, datetime, time

import streamlit as st

from face_rec.attendance.marks.correction import choices
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.domain.errors import AttendanceError, NotAllowed, PersonMissing
from face_rec.domain.marks import MARK_KINDS, Event
from face_rec.domain.people import Person
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.languages.language import msgid
from pages.ui.frame.identity import Identity, Right, current, require
from pages.ui.frame.outcome import flash
from pages.ui.frame.page import guarded
from pages.ui.frame.parts import dialog
from pages.ui.records.records_table import KINDS
from pages.ui.shared import times
from pages.ui.shared.day_words import small, status_name
from pages.ui.shared.photos import PORTRAIT, photo, whole_picture
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import empty_state, picture, portrait
from pages.ui.shared.words import formats, in_words, said


@dialog(msgid("One mark"), Right.RECORDS, width="medium", icon=":material/edit:")
def correct_mark(app: AttendanceFacade, identity: Identity, entry: Entry, day: date) -> None:
    """Look at a mark and, with the right to, change what counts; while it is open, too, of whom
    one may see alone."""
    with guarded("records.correct"):
        person = app.people.get(entry.event.subject)
        if not current().sees(person.group if person else None):
            text = said("They may have been deleted, or belong to a group that you do not see.")
            empty_state("person_off", said("This person is not here"), text)
            return
        _pictures(app, entry)
        if not identity.may(Right.CORRECT):
            return
        offered = {choice.words: choice for choice in choices(entry)}
        chosen = st.pills(
            said("What should happen"), list(offered), required=True, default=next(iter(offered)),
            format_func=in_words, key="correct_choice",
        )  # fmt: skip
        choice = offered[chosen]
        st.caption(in_words(choice.hint))
        reason = _reason()
        if st.button(said("Save correction"), type="primary", key="correct_save"):
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


@dialog(msgid("Add a mark"), Right.CORRECT, icon=":material/add:")
def add_punch(app: AttendanceFacade, person: Person, day: date) -> None:
    """A mark that is missing, by hand."""
    with guarded("records.add"):
        st.markdown(said("For **{name}**", name=plain(person.name)))
        left, right = st.columns(2)
        on = left.date_input(
            said("Date"), day, max_value=app.service.timesheets.today(),
            format=formats().date_pattern, key="add_date",
        )  # fmt: skip
        at = right.time_input(said("Time"), None, step=60, key="add_time")
        kinds = {kind.value: kind for kind in MARK_KINDS}
        kind = st.segmented_control(
            said("Kind"), list(kinds), default="punch", required=True,
            format_func=lambda k: said(KINDS[k]),
            help=said("A plain mark is given its direction by the rules."), key="add_kind",
        )  # fmt: skip
        reason = _reason()
        if not st.button(said("Save"), type="primary", key="add_save"):
            return
        if at is None or not isinstance(on, date):
            st.error(said("Give the date and the time of the mark."), icon=":material/error:")
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
    name = plain(person.name if person else said("Deleted person"))
    place = plain(event.kiosk)
    st.markdown(
        said("**{name}**, {time} at {kiosk}", name=name, time=at, kiosk=place)
        if place
        else f"**{name}**, {at}"
    )
    if event.snapshot and st.toggle(said("Show the picture"), key=f"show_{event.id}"):
        compare(app, event, person)
    if event.score is not None:
        st.caption(" · ".join(_measured(event)))


def _measured(event: Event) -> list[str]:
    number = formats().number
    parts = [said("Score {score}", score=number(event.score or 0.0, 2))]
    # Where nobody else is registered there is no lead over anybody: Match counts them as -1.
    if event.margin and event.margin < (event.score or 0.0) + 0.999:
        parts.append(said("lead over the next person {lead}", lead=number(event.margin, 2)))
    if event.liveness is not None:
        parts.append(said("liveness {number}", number=number(event.liveness, 2)))
    return parts


def compare(app: AttendanceFacade, event: Event, person: Person | None) -> None:
    """The picture of a mark beside the enrolled photo."""
    name = person.name if person else said("Deleted person")
    left, right = st.columns(2)
    with left:
        source = whole_picture(app.pictures, event.snapshot)
        if source:
            picture(source, said("Picture of the mark of {name}", name=name))
        else:
            portrait(None, "?")
        st.caption(said("At the kiosk") if source else said("No picture of this mark is kept."))
    with right:
        portrait(photo(app.pictures, person.photo if person else None, PORTRAIT), name)
        st.caption(said("Enrolled"))


def _reason() -> str:
    return (
        st.text_area(
            said("Reason"), placeholder=said("Why? The reason is kept with your name."), height=80,
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
        st.error(plain(in_words(error.said)), icon=":material/error:")
        return
    after = _status(app, subject, day)
    if before != after:
        flash(said("Saved: {before} → {after}.", before=before, after=after))
    else:
        flash(said("Saved: the day stays {status}.", status=small(after)))
    st.rerun()


def _status(app: AttendanceFacade, subject: str, day: date) -> str:
    try:
        return status_name(app.service.mark_queries.explain(subject, day).record.status)
    except PersonMissing:
        return said("not registered")


def _moment(app: AttendanceFacade, on: date, at: time) -> datetime:
    return datetime.combine(on, at, app.site.timezone)
