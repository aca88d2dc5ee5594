"""Who is in the house at a moment: for an evacuation nobody may be missing because a day ended."""

from datetime import datetime, time, timedelta

import pytest

from face_rec.attendance.days.today import inside_now, listed, overview
from face_rec.attendance.rules.shift import DEFAULT_ID, Shift
from tests.attendance_days import DAY_SHIFT, MONDAY, at
from tests.attendance_world import World

TUESDAY = MONDAY + timedelta(days=1)
NIGHT = Shift(id=DEFAULT_ID, name="Night", start=time(22), end=time(6), days=frozenset(range(7)))


def _inside(shift: Shift, marks: str, now: datetime) -> list[str]:
    """Of whom is in at ``now``, a moment of Tuesday, after these marks of Ada's on Monday."""
    world = World(shift, now=now)
    world.mark(marks)
    table = world.service().timesheets.table(MONDAY, TUESDAY)
    return [record.person.name for record in inside_now(table, now)]


@pytest.mark.parametrize(
    ("marks", "clock", "names"),
    [
        ("21:55", "02:00", ["Ada"]),
        ("21:55 02:00+1 02:30+1", "03:00", ["Ada"]),
        ("21:55 02:00+1", "02:10", []),
        ("21:55 06:02+1", "06:30", []),
    ],
)
def test_a_night_s_shift_is_in_the_house_after_midnight(
    marks: str, clock: str, names: list[str]
) -> None:
    assert _inside(NIGHT, marks, at(TUESDAY, clock)) == names


@pytest.mark.parametrize(
    ("marks", "clock", "names"),
    [
        ("09:00", "00:30", ["Ada"]),
        ("09:00", "01:30", []),
        ("09:00 17:00", "00:30", []),
        ("09:00 07:00+1", "07:30", ["Ada"]),
        ("09:00 07:00+1 08:00+1", "08:30", []),
    ],
)
def test_who_stays_past_midnight_is_in_the_house_for_as_long_as_a_double_shift(
    marks: str, clock: str, names: list[str]
) -> None:
    assert _inside(DAY_SHIFT, marks, at(TUESDAY, clock)) == names


def test_who_came_back_from_a_meal_is_in_the_house_and_not_any_more_once_they_go() -> None:
    """By turns the last mark is taken for the leaving only once the day is over."""
    inside = [_today("09:00 12:00 12:45"), _today("09:00 12:00 12:45 14:30")]
    assert inside == [(1, ["Ada"], True), (0, [], False)]


def _today(marks: str) -> tuple[int, list[str], bool]:
    """Of Monday at three: how many are in, who that is, and whether Ada's day says so."""
    world = World(DAY_SHIFT, now=at(MONDAY, "15:00"))
    world.mark(marks)
    table = world.service().timesheets.table(MONDAY, MONDAY)
    names = [table.record(0, who).person.name for who in listed(table, "In")]
    (ada,) = (one for one in table.records() if one.person.name == "Ada")
    return overview(table).inside, names, ada.inside
