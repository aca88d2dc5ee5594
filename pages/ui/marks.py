"""The events of local days, read again only when a day has grown."""

from datetime import UTC, date, datetime, timedelta, tzinfo

import streamlit as st

from face_rec.entities import Event
from face_rec.protocols import AttendanceStore
from pages.ui.times import bounds


def events_of(store: AttendanceStore, first: date, last: date, zone: tzinfo) -> list[Event]:
    """Events of the local days ``first`` to ``last``, by time; raises StoreUnavailable.

    Days are cached by the length of their list, so that a late replay is seen.
    """
    start, end = bounds(first, last, zone)
    days = _utc_days(start, end)
    events = [
        event
        for day, length in zip(days, store.lengths(days), strict=True)
        if length
        for event in _day(store, id(store), day, length)
        if start <= event.at < end
    ]
    return sorted(events, key=lambda event: event.at)


def _utc_days(start: datetime, end: datetime) -> list[date]:
    first, last = start.astimezone(UTC).date(), (end - timedelta(microseconds=1)).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@st.cache_resource(max_entries=800, show_spinner=False)
def _day(_store: AttendanceStore, store_id: int, day: date, length: int) -> tuple[Event, ...]:  # noqa: ARG001
    return tuple(_store.day(day))
