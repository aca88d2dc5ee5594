"""The night of 25 hours: two marks of the same wall time stay two, in order, and are told apart
wherever somebody reads them. The night of 23 hours leaves nothing out."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_rec.attendance.marks.effective_marks import entries
from face_rec.attendance.marks.records import marks_table
from face_rec.attendance.reports.spreadsheets import to_csv
from face_rec.clock import offset_if_twice
from face_rec.domain.marks import Event, EventKind, Source
from pages.ui.records.records_table import readable
from pages.ui.shared import times
from tests.attendance_days import ADA, BERLIN, shift
from tests.attendance_world import World

AUTUMN, SPRING = date(2024, 10, 27), date(2024, 3, 31)
FIRST = datetime(2024, 10, 27, 0, 30, tzinfo=UTC)  # 02:30 in Berlin, UTC+02:00
SECOND = FIRST + timedelta(hours=1)  # 02:30 again, UTC+01:00
NIGHT = {"start": time(22), "end": time(6), "days": frozenset(range(7))}


def _mark(number: str, at: datetime) -> Event:
    return Event(number, ADA.subject, at, EventKind.PUNCH, Source.VIDEO, "main")


def _worked(*moments: datetime, day: date, **changes: object) -> timedelta:
    world = World(shift(**changes))
    for number, at in enumerate(moments):
        world.attendance.apply(_mark(f"e{number}", at), 0.0, replay=True)
    (record,) = world.service().timesheets.person(ADA.subject, day, day)
    return timedelta(seconds=record.worked)


@pytest.mark.parametrize(("day", "hours"), [(AUTUMN, 9), (SPRING, 7), (date(2024, 5, 1), 8)])
def test_a_night_shift_over_the_change_is_paid_by_the_hours_that_passed(
    day: date, hours: int
) -> None:
    evening = day - timedelta(days=1)
    came = datetime.combine(evening, time(22), BERLIN)
    left = datetime.combine(day, time(6), BERLIN)
    assert _worked(came, left, day=evening, **NIGHT) == timedelta(hours=hours)


def test_whoever_comes_and_leaves_at_the_same_wall_time_was_there_for_an_hour() -> None:
    came_early = {"start": time(2), "end": time(3), "days": frozenset(range(7))}
    assert _worked(FIRST, SECOND, day=AUTUMN, **came_early) == timedelta(hours=1)


def test_both_marks_of_one_wall_time_are_told_apart_in_the_day_the_table_and_the_file() -> None:
    world = World(shift(**NIGHT))
    found = [_mark("first", FIRST), _mark("second", SECOND)]
    for event in found:
        world.attendance.apply(event, 0.0, replay=True)
    service = world.service()
    explained = service.mark_queries.explain(ADA.subject, AUTUMN - timedelta(days=1))
    assert [offset_if_twice(line.at) for line in explained.events] == [" UTC+02:00", " UTC+01:00"]
    assert any("Sun 02:30 UTC+02:00 to Sun 02:30 UTC+01:00" in step for step in explained.steps)

    table = marks_table(entries(found).marks, {ADA.subject: ADA}, BERLIN)
    shown = readable(table.assign(until=table["time"], marks=1))
    assert list(shown["clock"]) == ["02:30:00 UTC+01:00", "02:30:00 UTC+02:00"]
    lines = to_csv(table).decode("utf-8-sig").splitlines()
    assert "UTC+01:00" in lines[1]
    assert "UTC+02:00" in lines[2]
    said = [times.date_and_time(event.at, BERLIN) for event in found]
    assert said == ["27 Oct 2024, 02:30 UTC+02:00", "27 Oct 2024, 02:30 UTC+01:00"]


def test_no_other_time_is_told_with_its_offset() -> None:
    for day in (AUTUMN, SPRING, date(2024, 5, 1)):
        midnight = datetime.combine(day, time(), BERLIN).astimezone(UTC)
        quarters = [midnight + timedelta(minutes=15 * n) for n in range(96)]
        told = [at for at in quarters if offset_if_twice(at.astimezone(BERLIN))]
        assert len(told) == (8 if day == AUTUMN else 0)


@given(
    st.integers(-12 * 3600, 12 * 3600),
    st.sampled_from(["Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata"]),
)
def test_a_local_time_with_its_offset_is_one_moment(seconds: int, zone: str) -> None:
    moment = FIRST + timedelta(seconds=seconds)
    local = moment.astimezone(ZoneInfo(zone))
    offset = offset_if_twice(local).removeprefix(" UTC")
    wall = local.replace(tzinfo=None, fold=0)
    if offset:
        assert datetime.fromisoformat(f"{wall.isoformat()}{offset}") == moment
    else:
        assert wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) == moment


def test_a_table_without_rows_is_drawn() -> None:
    table = marks_table([], {}, BERLIN)
    assert isinstance(readable(table.assign(until=table["time"], marks=1)), pd.DataFrame)
