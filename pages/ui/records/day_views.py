"""Days on Records: everybody's as a table, one person's as a page of their own."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from face_rec.access.pages import Page
from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.terms.duration import begun, whole
from face_rec.attendance.terms.status import ATTENDED, Status
from face_rec.domain.people import Person
from face_rec.facades.attendance import AttendanceFacade
from pages.ui.frame.identity import Identity
from pages.ui.frame.navigation import open_page
from pages.ui.records.day_rows import DayRows
from pages.ui.records.why_dialog import why
from pages.ui.shared import charts
from pages.ui.shared.day_words import (
    BLANK,
    FILLS,
    STATUS_NAMES,
    hours,
    lateness,
    minutes,
    status_legend,
    time_of,
)
from pages.ui.shared.photos import photo
from pages.ui.shared.text import counted, plain
from pages.ui.shared.widgets import avatar, empty_state

PAGE: Final = 100
_FILL_OF: Final = {STATUS_NAMES[one]: fill for one, fill in FILLS.items()}
_COLUMNS: Final = {
    "Date": st.column_config.TextColumn(width=132),
    "Name": st.column_config.TextColumn(),
    "Status": st.column_config.TextColumn(width=128),
    "In": st.column_config.TextColumn(width=75),
    "Out": st.column_config.TextColumn(width=85),
    "Hours": st.column_config.TextColumn(
        "Worked", width=70, alignment="right", help="Hours and minutes"
    ),
    "Late": st.column_config.TextColumn(width=65, alignment="right", help="Hours and minutes"),
    "Group": st.column_config.TextColumn(width=105),
    "Shift": st.column_config.TextColumn(width=105),
    "ID": st.column_config.TextColumn(width=75),
    "Remarks": st.column_config.TextColumn(),
}


def show_days(app: AttendanceFacade, identity: Identity, rows: DayRows) -> None:
    """Draw the table, PAGE rows at a time, and why the chosen day is what it is."""
    people = len(set(rows.chosen[:, 1].tolist()))
    st.caption(
        f"{counted(len(rows), 'day')} of {counted(people, 'person', 'people')} · "
        f"times in {app.site.timezone.key}"
    )
    place = st.container(key="records_days")
    number = _page_number(-(-len(rows) // PAGE))
    shown = rows.page(number, PAGE)
    with place:
        picked = _table(shown)
    if picked is None:
        st.caption("Choose a row to see why the day has its status, and to correct it.")
    else:
        why(app, identity, picked.person.subject, picked.day)


def _table(shown: Sequence[DayRecord]) -> DayRecord | None:
    chosen = st.dataframe(
        coloured(pd.DataFrame([_row(one) for one in shown], columns=list(_COLUMNS))),
        column_config=_COLUMNS,
        hide_index=True,
        height=min(560, 38 + 35 * len(shown)),
        on_select="rerun",
        selection_mode="single-row",
        key=f"days_table_{hash(tuple((one.person.subject, one.day) for one in shown))}",
        alt="Daily records, newest first",
    )
    picked = chosen["selection"]["rows"]
    return shown[picked[0]] if picked and picked[0] < len(shown) else None


def _page_number(pages: int) -> int:
    if pages <= 1:
        return 1
    with st.container(horizontal=True, horizontal_alignment="center"):
        return min(pages, st.pagination(pages, width="stretch", key=f"days_page_{pages}"))


def coloured(frame: pd.DataFrame) -> Styler:
    """The table with each status on its colour."""
    return frame.style.map(_fill, subset=pd.Index(["Status"]))


def _fill(status: object) -> str:
    return f"background-color: {_FILL_OF.get(str(status), BLANK)}; color: #12211f"


def _row(one: DayRecord) -> tuple[str, ...]:
    return (
        _day(one.day),
        one.person.name,
        STATUS_NAMES[one.status],
        time_of(one.first, one.day),
        time_of(one.last, one.day),
        hours(one.worked),
        lateness(one.late),
        one.person.group,
        one.shift,
        one.person.id,
        "; ".join(one.remarks),
    )


def _day(day: date) -> str:
    return f"{day:%a %Y-%m-%d}"


_SPANS: Final = {"3 months": 91, "6 months": 182, "12 months": 365}
_DAY: Final = "person_day"
_MISSED = frozenset({Status.ABSENT})


def person_days(app: AttendanceFacade, identity: Identity, subject: str) -> None:
    """The whole page of one person."""
    if st.button("All records", icon=":material/arrow_back:", type="tertiary"):
        open_page(Page.RECORDS, view="Days")
    person = app.people.get(subject)
    if person is None or not identity.sees(person.group):
        text = "They may have been deleted, or belong to a group that you do not see."
        empty_state("person_off", "This person is not here", text)
        return
    _head(app, person)
    today = app.service.timesheets.today()
    span = st.segmented_control(
        "Period", list(_SPANS), default="3 months", required=True, key="person_span"
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
        with st.spinner("Working out the days …"):
            return service.timesheets.person(subject, first, last)

    return service.answers.of_days("person", first, last, subject, made)


def _totals(days: Sequence[DayRecord]) -> None:
    came = sum(one.status in ATTENDED for one in days)
    absent = sum(one.status in _MISSED for one in days)
    late = [one for one in days if one.late]
    expected = came + absent
    with st.grid(5, min_column_width=135, gap="small"):
        st.metric(
            "Attendance", f"{100 * came / expected:.0f} %" if expected else "–", border=True,
            help=f"{came} of {expected} working days that have come, without leave.",
        )  # fmt: skip
        st.metric("Absent", f"{absent} d", border=True)
        st.metric(
            "Late", f"{len(late)} ×", border=True,
            help=f"Together {minutes(sum(begun(one.late) for one in late)) or 'no time'}.",
        )  # fmt: skip
        st.metric("Hours", hours(sum(whole(one.worked) for one in days)) or "–", border=True)
        st.metric("Overtime", hours(sum(whole(one.overtime) for one in days)) or "–", border=True)


def _calendar(days: Sequence[DayRecord], today: date) -> date:
    """The calendar and the day chosen in it (or typed), which stands in the address."""
    with st.container(border=True):
        frame = _frame(days)
        chosen = st.altair_chart(
            charts.calendar(frame),
            on_select="rerun",
            selection_mode="day",
            key="person_calendar",
            alt="Calendar of the person's days by status",
        )
        status_legend(frame["status"])
        clicked = [str(row.get("day")) for row in chosen["selection"].get("day", [])]
        if clicked and st.session_state.get("_calendar_click") != clicked[0]:
            st.session_state[_DAY] = date.fromisoformat(clicked[0])
        st.session_state["_calendar_click"] = clicked[0] if clicked else None
        if _DAY not in st.session_state:
            st.session_state[_DAY] = _asked(days, today)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            day = st.date_input("Day", max_value=today, key=_DAY, width=180)
            st.caption("Or click a day in the calendar.")
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
                STATUS_NAMES[one.status],
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
        return one.note or "–"
    out = time_of(one.last, one.day) or "…"
    return f"{time_of(one.first, one.day)}–{out}, {hours(one.worked) or '0:00'} h"
