"""One person's attendance: totals, a calendar of days, and why each is what it is."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import pandas as pd
import streamlit as st

from face_rec.access.pages import Page
from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.terms.duration import begun, whole
from face_rec.attendance.terms.status import ATTENDED, Status
from face_rec.domain.people import Person
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.languages.language import msgid
from face_rec.languages.sentence import pgettext
from pages.ui.frame.identity import Identity
from pages.ui.frame.navigation import open_page
from pages.ui.records.why_dialog import why
from pages.ui.shared.day_words import hours, minutes, status_legend, status_name, time_of
from pages.ui.shared.photos import photo
from pages.ui.shared.status_charts import calendar
from pages.ui.shared.text import plain
from pages.ui.shared.widgets import avatar, empty_state
from pages.ui.shared.words import formats, in_hours, in_words, said, said_many

_SPANS: Final = {msgid("3 months"): 91, msgid("6 months"): 182, msgid("12 months"): 365}
_DAY: Final = "person_day"
_MISSED = frozenset({Status.ABSENT})


def person_days(app: AttendanceFacade, identity: Identity, subject: str) -> None:
    """The whole page of one person."""
    if st.button(said("All records"), icon=":material/arrow_back:", type="tertiary"):
        open_page(Page.RECORDS, view="Days")
    person = app.people.get(subject)
    if person is None or not identity.sees(person.group):
        text = said("They may have been deleted, or belong to a group that you do not see.")
        empty_state("person_off", said("This person is not here"), text)
        return
    _head(app, person)
    today = app.service.timesheets.today()
    span = st.segmented_control(
        said("Period"),
        list(_SPANS),
        default="3 months",
        required=True,
        format_func=said,
        key="person_span",
    )
    first = today - timedelta(days=_SPANS[span] - 1)
    days = days_of(app, subject, first, today)
    _totals(days)
    day = _calendar(days, today)
    why(app, identity, subject, day, own_page=True)


def _head(app: AttendanceFacade, person: Person) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        avatar(photo(app.pictures, person.photo), person.name)
        with st.container(gap=None):
            st.subheader(plain(person.name), anchor=False)
            st.caption(" · ".join(plain(part) for part in (person.id, person.group) if part))


def days_of(app: AttendanceFacade, subject: str, first: date, last: date) -> list[DayRecord]:
    """Their records, both days included; not to be changed. PersonMissing, StoreUnavailable."""
    service = app.service

    def made() -> list[DayRecord]:
        with st.spinner(said("Working out the days …")):
            return service.timesheets.person(subject, first, last)

    return service.answers.of_days("person", first, last, subject, made)


def _totals(days: Sequence[DayRecord]) -> None:
    came = sum(one.status in ATTENDED for one in days)
    absent = sum(one.status in _MISSED for one in days)
    late = [one for one in days if one.late]
    expected = came + absent
    with st.grid(5, min_column_width=135, gap="small"):
        st.metric(
            said(pgettext("percentage", "Attendance")),
            formats().percent(came / expected) if expected else "–", border=True,
            help=said("{came} of {expected} working days that have come, without "
                         "leave.", came=came, expected=expected),
        )  # fmt: skip
        st.metric(said("Absent"), said_many("{count} d", "{count} d", absent), border=True)
        st.metric(
            said("Late"), f"{formats().number(len(late))} ×", border=True,
            help=said(
                "Together {time}.",
                time=minutes(sum(begun(one.late) for one in late)) or said("no time"),
            ),
        )  # fmt: skip
        st.metric(said("Hours"), hours(sum(whole(one.worked) for one in days)) or "–", border=True)
        st.metric(
            said("Overtime"), hours(sum(whole(one.overtime) for one in days)) or "–", border=True
        )


def _calendar(days: Sequence[DayRecord], today: date) -> date:
    """The calendar and the day chosen in it (or typed), which stands in the address."""
    with st.container(border=True):
        frame = _frame(days)
        chosen = st.altair_chart(
            calendar(frame),
            on_select="rerun",
            selection_mode="day",
            key="person_calendar",
            alt=said("Calendar of the person's days by status"),
        )
        status_legend(frame["status"])
        clicked = [str(row.get("day")) for row in chosen["selection"].get("day", [])]
        if clicked and st.session_state.get("_calendar_click") != clicked[0]:
            st.session_state[_DAY] = date.fromisoformat(clicked[0])
        st.session_state["_calendar_click"] = clicked[0] if clicked else None
        if _DAY not in st.session_state:
            st.session_state[_DAY] = _asked(days, today)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            day = st.date_input(
                said("Day"), max_value=today, format=formats().date_pattern, key=_DAY, width=180
            )
            st.caption(said("Or click a day in the calendar."))
    return day if isinstance(day, date) else today


def _asked(days: Sequence[DayRecord], today: date) -> date:
    """The day in the address, else the last one that was a working day."""
    try:
        return min(today, date.fromisoformat(st.query_params.get("day", "")))
    except ValueError:
        worked = [one.day for one in days if one.status in ATTENDED | _MISSED]
        return worked[-1] if worked else today


def _frame(days: Sequence[DayRecord]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (
                str(one.day - timedelta(days=one.day.weekday())),
                one.day.weekday(),
                str(one.day),
                status_name(one.status),
                one.code,
                _words(one),
            )
            for one in days
            if one.status is not Status.NOT_EMPLOYED
        ],
        columns=["week", "weekday", "day", "status", "code", "words"],
    )


def _words(one: DayRecord) -> str:
    if one.first is None:
        return in_words(one.note) or "–"
    out = time_of(one.last, one.day) or "…"
    return f"{time_of(one.first, one.day)}–{out}, {hours(one.worked) or in_hours(0)} h"
