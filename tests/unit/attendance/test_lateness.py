"""By how much somebody is told at the door that they come late, and when nothing is said."""

from datetime import timedelta

import pytest

from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.rules import Item
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.kiosks.kiosk import KioskRecord
from tests.attendance_days import ADA, LONG_AGO, MONDAY, at, shift
from tests.attendance_world import World

GRACE = shift(late_grace=5)


def told(text: str, *items: Item, now: str = "", up: str = "") -> int:
    """Minutes for the last of Ada's marks on a Monday from nine, a moment after it."""
    clock = now or text.split()[-1].removeprefix("out@").partition("/")[0]
    world = World(*(items or (GRACE,)), now=at(MONDAY, clock) + timedelta(seconds=1))
    if up:
        since, until = (at(MONDAY, f"{hour}:00") for hour in up.split("-"))
        world.rules.beat("main", until, since)
    events = world.mark(text)
    seconds = world.service().timesheets.late_by(events[-1])
    assert seconds % 60 == 0
    return seconds // 60


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("08:55", 0), ("09:00", 0), ("09:05", 0), ("09:12", 12), ("09:11:20", 12), ("10:30", 90)],
)
def test_who_comes_after_the_grace_is_told_the_minutes_from_the_start_as_reports_count_them(
    text: str, minutes: int
) -> None:
    assert told(text) == minutes


def test_only_the_mark_that_the_lateness_is_judged_by_is_told() -> None:
    assert told("09:12 13:00") == 0
    assert told("09:12 09:14") == 0
    assert told("08:50 12:00 12:40") == 0
    assert told("09:12", GRACE, now="11:00") == 12


@pytest.mark.parametrize(
    "more",
    [
        (Holiday("h", MONDAY, "Founders' day", frozenset()),),
        (Leave("l", ADA.subject, MONDAY, MONDAY, half=True),),
        (Leave("l", ADA.subject, MONDAY, MONDAY),),
    ],
    ids=["holiday", "half a day of leave", "leave"],
)
def test_where_nobody_is_expected_to_come_then_nobody_is_late(more: tuple[Item, ...]) -> None:
    assert told("09:12", GRACE, *more) == 0


def test_presence_only_knows_no_lateness() -> None:
    assert told("09:12", shift(presence_only=True)) == 0


def test_while_a_kiosk_was_down_when_they_may_have_come_nothing_is_said() -> None:
    watched = KioskRecord("main", watched_from=LONG_AGO)
    assert told("10:30", GRACE, watched, up="06-11") == 90
    assert told("10:30", GRACE, watched, up="10-11") == 0


def test_a_mark_that_has_not_arrived_and_one_of_nobody_are_not_judged() -> None:
    world = World(GRACE, now=at(MONDAY, "09:20"))
    for subject in (ADA.subject, "nobody"):
        event = Event("e", subject, at(MONDAY, "09:20"), EventKind.PUNCH, Source.VIDEO, "main")
        assert world.service().timesheets.late_by(event) == 0
