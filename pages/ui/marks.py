"""Events and marks of local days, read again only when a day has grown."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from face_rec.attendance.records import marks_table
from face_rec.entities import Event
from face_rec.protocols import AttendanceStore
from face_rec.system import System
from pages.ui.people_index import Index, people_index
from pages.ui.times import bounds


def events_of(store: AttendanceStore, first: date, last: date, zone: ZoneInfo) -> list[Event]:
    """Events of the local days ``first`` to ``last``, by time; raises StoreUnavailable.

    Days are cached by the length of their list, so that a late replay is seen.
    """
    start, end = bounds(first, last, zone)
    days = _utc_days(start, end)
    lengths = store.lengths(days)
    grown = [(day, length) for day, length in zip(days, lengths, strict=True) if length]
    found = [event for day, length in grown for event in _day(store, id(store), day, length)]
    return sorted((e for e in found if start <= e.at < end), key=lambda event: event.at)


def table_of(app: System, first: date, last: date) -> pd.DataFrame:
    """The standing marks of local days, newest first, with names; not to be changed.

    Columns as in :mod:`face_rec.attendance.records`; raises StoreUnavailable.
    """
    days = _utc_days(*bounds(first, last, app.site.timezone))
    lengths = tuple(app.attendance.lengths(days))
    index = people_index(app.people)
    return _table(app, index, id(app.attendance), first, last, lengths, index.revision)


def _utc_days(start: datetime, end: datetime) -> list[date]:
    first, last = start.astimezone(UTC).date(), (end - timedelta(microseconds=1)).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@st.cache_resource(max_entries=800, show_spinner=False)
def _day(
    _store: AttendanceStore,
    store_id: int,  # noqa: ARG001
    day: date,
    length: int,  # noqa: ARG001
) -> tuple[Event, ...]:
    return tuple(_store.day(day))


@st.cache_resource(max_entries=8, show_spinner="Reading marks …")
def _table(
    _app: System,
    _index: Index,
    store_id: int,  # noqa: ARG001
    first: date,
    last: date,
    lengths: tuple[int, ...],  # noqa: ARG001
    revision: int,  # noqa: ARG001
) -> pd.DataFrame:
    events = events_of(_app.attendance, first, last, _app.site.timezone)
    return marks_table(events, _index.by_subject, _app.site.timezone)
