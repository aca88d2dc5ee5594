"""Today's records, judged again only when something has changed or a minute has passed."""

from collections.abc import Hashable
from datetime import date, timedelta

import streamlit as st

from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.terms.filters import Filters
from face_rec.facades.attendance import AttendanceFacade

_ONE = timedelta(days=1)


def today_of(app: AttendanceFacade, filters: Filters) -> list[DayRecord]:
    """Everybody expected or seen today; not to be changed. StoreUnavailable."""
    today = app.service.timesheets.today()
    return _records(app, id(app), today, filters, stamp(app, today, today))


def stamp(app: AttendanceFacade, first: date, last: date) -> Hashable:
    """What the answers about these days depend on: events, people, rules, and the minute
    where the days are not over."""
    timesheets = app.service.timesheets
    days = [first + n * _ONE for n in range(-1, (last - first).days + 3)]
    now = timesheets.now()
    open_ended = last >= now.date() - 3 * _ONE
    return (
        tuple(app.attendance.lengths(days)),
        app.people.revision(),
        timesheets.rules().version,
        f"{now:%d %H:%M}" if open_ended else "",
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _records(
    _app: AttendanceFacade,
    system_id: int,  # noqa: ARG001
    day: date,
    filters: Filters,
    stamp: Hashable,  # noqa: ARG001
) -> list[DayRecord]:
    return _app.service.timesheets.day(day, filters)
