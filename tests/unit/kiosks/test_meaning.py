"""What the greeting says a mark means."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.marks.meaning import meaning, way_of
from face_rec.attendance.marks.visit import Stays, Visit, visits
from face_rec.domain.marks import Event, EventKind, Source, Way
from face_rec.kiosks.kiosk import Direction
from tests.fakes.clock import MORNING

ZONE = ZoneInfo("Europe/Berlin")  # an hour before UTC in winter


def a_mark(minutes: int, subject: str = "ada") -> Event:
    at = MORNING + timedelta(minutes=minutes)
    return Event(f"{subject}-{minutes}", subject, at, EventKind.PUNCH, Source.VIDEO, "door")


def of_day(*events: Event) -> list[Visit]:
    return visits([Entry(event, event.kind) for event in events], Stays())


def said(*minutes: int, direction: Direction = Direction.BOTH, late: int = 0) -> str:
    """Of the last of ada's marks at these minutes."""
    events = [a_mark(0, "bo"), *(a_mark(minute) for minute in minutes)]
    return meaning(events[-1], of_day(*events), direction, ZONE, late)


def test_marks_are_in_and_out_by_turns() -> None:
    assert said(2) == "In: welcome"
    assert said(2, 523) == f"Out: here since {MORNING.astimezone(ZONE):%H}:02, 8:41 h"
    assert said(2, 200, 260) == "In: welcome back"


def test_who_lingers_is_told_that_nothing_changes() -> None:
    assert said(2, 4) == f"Seen again: nothing changes since {MORNING.astimezone(ZONE):%H}:02"


@pytest.mark.parametrize(
    ("direction", "words"),
    [(Direction.IN, "In: welcome back"), (Direction.OUT, "Out: here since")],
)
def test_a_kiosk_that_counts_one_way_says_that_way(direction: Direction, words: str) -> None:
    assert words in said(2, 100, direction=direction)
    assert said(2, direction=Direction.OUT) == "Out: goodbye"


def test_what_somebody_said_of_a_mark_is_told_and_counted_on() -> None:
    first, second, third = a_mark(2), a_mark(200), a_mark(260)
    said = {first.id: EventKind.OUT, second.id: EventKind.BREAK}
    day = visits(
        [Entry(one, said.get(one.id, one.kind)) for one in (first, second, third)], Stays()
    )
    assert meaning(first, day, Direction.BOTH, ZONE) == "Out: goodbye"
    assert meaning(second, day, Direction.BOTH, ZONE) == "Break: see you soon"
    assert meaning(third, day, Direction.BOTH, ZONE) == "In: welcome back"


def test_nothing_is_made_up_of_a_mark_that_is_not_in_the_day_yet() -> None:
    assert meaning(a_mark(2), of_day(a_mark(0, "bo")), Direction.BOTH, ZONE) == ""
    assert meaning(a_mark(2), [], Direction.IN, ZONE) == "In: welcome"


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (0, "In: welcome"),
        (720, "In: welcome · Late by 12 min"),
        (4500, "In: welcome · Late by 1:15 h"),
    ],
)
def test_lateness_stands_beside_the_welcome(late: int, words: str) -> None:
    assert said(2, late=late) == words


def test_nothing_of_lateness_is_said_to_who_goes_or_of_whom_nothing_is_known() -> None:
    assert said(2, direction=Direction.OUT, late=720) == "Out: goodbye"
    assert meaning(a_mark(2), of_day(a_mark(0, "bo")), Direction.BOTH, ZONE, 720) == ""


def _ways(*events: Event, direction: Direction = Direction.BOTH) -> list[Way]:
    day = of_day(*events)
    return [way_of(one.id, day, direction) for one in events]


def test_which_way_a_mark_counts_is_what_was_said_the_kiosk_s_or_by_turns() -> None:
    marks = [a_mark(2), a_mark(200), a_mark(260)]
    assert _ways(*marks) == [Way.IN, Way.OUT, Way.IN]
    assert _ways(*marks, direction=Direction.OUT) == [Way.OUT] * 3
    said_out = replace(marks[0], kind=EventKind.OUT)
    assert _ways(said_out, *marks[1:], direction=Direction.IN) == [Way.OUT, Way.IN, Way.IN]
    assert _ways(a_mark(2), a_mark(4)) == [Way.IN, Way.ANY], "seen again changes nothing"
    assert way_of("another", [], Direction.IN) is Way.ANY
