"""A day that grows is kept up with: what came is read and no more, and it is what a reading of the
whole list would find, whatever came and whatever became of the list."""

import random
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from face_rec.attendance.marks.columns_cache import ColumnsCache
from face_rec.attendance.marks.effective_marks import Entries, entries
from face_rec.attendance.marks.kept_marks import EffectiveMarks
from face_rec.attendance.marks.mark_columns import Codes, Marks, columns_of
from face_rec.domain.marks import Event, EventKind, Source
from tests.attendance_days import ADA, MONDAY, at, shift
from tests.attendance_world import World
from tests.fakes.attendance import FakeAttendance
from tests.fakes.clock import FakeClock

NOW = at(MONDAY, "12:00")


class PartlyRead(FakeAttendance):
    """Counts the entries that are read. ``listed``: the day's list, to be changed by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.entries = 0
        self.listed: list[Event | None] = []

    def lengths(self, utc_days: object) -> list[int]:
        assert utc_days == [MONDAY]
        return [len(self.listed)]

    def part(self, utc_day: date, start: int, end: int) -> list[Event | None]:
        assert utc_day == MONDAY
        found = self.listed[start:end]
        self.entries += len(found)
        return found


def mark(number: int, seconds: float = 0.0, subject: str = "") -> Event:
    when = at(MONDAY, "08:00") + timedelta(seconds=seconds or number)
    who = subject or f"s{number:03}"
    return Event(
        f"e{number:04}", who, when, EventKind.PUNCH, Source.VIDEO, "main",
        score=0.5 + number / 10_000, margin=0.3, liveness=0.9,
    )  # fmt: skip


def about(event: Event, kind: EventKind, number: int) -> Event:
    when = at(MONDAY, "18:00") + timedelta(seconds=number)
    return Event(
        f"c{number:04}", event.subject, event.at, kind, Source.MANUAL, "", target=event.id,
        author="boss", reason="seen", recorded_at=when,
    )  # fmt: skip


class Day:
    """A day's list, read again and again by one who keeps it, and each time by a newcomer."""

    def __init__(self) -> None:
        self.store = PartlyRead()
        self.codes = Codes()
        self.standing = EffectiveMarks(self.store)
        self.columns = self._columns()

    def _columns(self) -> ColumnsCache:
        return ColumnsCache(self.store, self.codes, FakeClock(NOW), folder=None, epoch="1")

    def found(self) -> Entries:
        return self.standing.days([MONDAY])[0]

    def marks(self, columns: ColumnsCache) -> Marks:
        return columns.columns([MONDAY], self.store.lengths([MONDAY]))[0].marks

    def check(self) -> None:
        """Both ways of reading find the same, whichever comes first."""
        other = EffectiveMarks(self.store)
        if len(self.store.listed) % 2:
            assert self.found() == other.days([MONDAY])[0]
        events = entries(event for event in self.store.listed if event)
        whole = columns_of(events, 0, self.codes).marks
        np.testing.assert_array_equal(self.marks(self.columns), whole)
        np.testing.assert_array_equal(self.marks(self._columns()), whole)
        assert self.found() == other.days([MONDAY])[0]

    def read_again(self) -> int:
        """Entries that are read to learn what has come, by one who keeps entries and one who
        keeps columns."""
        self.store.entries = 0
        self.found()
        self.marks(self.columns)
        return self.store.entries


@pytest.fixture
def day() -> Day:
    return Day()


def test_of_a_day_that_has_grown_only_its_end_is_read(day: Day) -> None:
    day.store.listed = [mark(number) for number in range(2000)]
    assert day.read_again() == 2 * 2000
    assert day.read_again() == 0
    for number in range(2000, 2010):
        day.store.listed.append(mark(number))
        assert day.read_again() < 2 * 40
        day.check()


def test_marks_that_come_are_put_in_and_nothing_else_is_made_again(day: Day) -> None:
    day.store.listed = [mark(number) for number in range(50)]
    before = day.found().marks
    day.store.listed.append(mark(50, seconds=10.5))
    after = day.found().marks
    assert [one.event.id for one in after[10:13]] == ["e0010", "e0050", "e0011"]
    assert {id(one) for one in before} < {id(one) for one in after}


@pytest.mark.parametrize(
    "what",
    [["mark"], ["mark", "few"], ["mark", "mark", "twice", "other"], ["mark", "few", "correction"],
     ["mark", "mark", "none", "ahead"], ["mark", "mark", "mark", "held", "correction"],
     ["mark", "mark", "mark", "few", "correction", "ahead", "twice", "other", "none"]],
    ids=" ".join,
)  # fmt: skip
def test_whatever_comes_the_day_is_what_a_newcomer_reads(
    day: Day, what: list[str], thorough: bool
) -> None:
    """Marks in and out of order, of many people and of few, some in one microsecond; corrections
    of them, of ones that come later and of none; entries twice and under the id of another; what
    is no event."""
    chance, listed = random.Random(9), day.store.listed
    count = 200 if thorough else 100
    for number in range(1, count):
        known = [event for event in listed if event and event.target is None]
        some = chance.choice(known) if known else mark(0)
        listed.append(comes(chance.choice(what), number, some, chance))
        if chance.random() < 0.7:
            day.check()
    day.check()
    assert len(day.found().marks) > count / 4


def comes(what: str, number: int, some: Event, chance: random.Random) -> Event | None:
    """One more entry; ``some``: a mark of before."""
    when = chance.randrange(1, 9000)
    kind = chance.choice([EventKind.VOID, EventKind.CONFIRM])
    return {
        "mark": mark(number, when),
        "few": mark(number, when % 5 + 1, f"few{when % 2}"),
        "correction": about(some, kind, number),
        "ahead": about(mark(number + 5), kind, number),
        "held": replace(mark(number, when), kind=EventKind.HELD),
        "twice": some,
        "other": mark(int(some.id[1:]), when),
        "none": None,
    }[what]


@pytest.mark.parametrize("lost", [1, 5, 60])
def test_a_list_that_lost_its_end_and_grew_again_is_read_as_it_is(day: Day, lost: int) -> None:
    """As after a failover to a replica that had not been given everything yet."""
    day.store.listed = [mark(number) for number in range(100)]
    day.check()
    del day.store.listed[-lost:]
    day.store.listed += [mark(500 + number) for number in range(lost + 3)]
    day.check()
    assert "e0099" not in {one.event.id for one in day.found().marks}


def test_what_a_failover_lost_leaves_the_columns_whoever_has_read_the_shorter_list(
    day: Day,
) -> None:
    """Somebody who needs no columns reads the list while it is shorter."""
    day.store.listed = [mark(number) for number in range(100)]
    day.check()
    del day.store.listed[-5:]
    day.found()
    day.store.listed += [mark(500 + number) for number in range(8)]
    day.found()
    day.check()


def test_a_list_that_is_shorter_now_is_read_as_it_is(day: Day) -> None:
    day.store.listed = [mark(number) for number in range(10)]
    day.check()
    del day.store.listed[4:]
    day.check()
    assert len(day.found().marks) == 4
    day.store.listed.clear()
    day.check()
    assert not day.found().marks


def test_who_asks_for_a_length_of_a_moment_ago_reads_nothing_again(day: Day) -> None:
    """Two threads ask; the one that asked first for the length comes last."""
    day.store.listed = [mark(number) for number in range(100)]
    day.found()
    day.store.listed.append(mark(100))
    day.found()
    day.store.entries = 0
    assert day.standing.read(MONDAY, 100).length == 101
    assert day.store.entries == 0


def test_of_two_days_of_any_size_none_is_read_again_for_the_other() -> None:
    """A local day lies in two UTC days."""
    world = World()
    days = [MONDAY, MONDAY + timedelta(days=1)]
    for one in days:
        world.mark("08:00 09:00 10:00 11:00 12:00 13:00", one)
    standing = EffectiveMarks(world.attendance, most=4)
    standing.days(days)
    world.attendance.read.clear()
    assert [len(one.marks) for one in standing.days(days)] == [6, 6]
    assert world.attendance.read == []


def test_by_how_much_somebody_is_late_is_asked_of_them_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Were everybody read anew, each registration would cost the next greeting seconds."""
    world = World(shift(late_grace=5), now=at(MONDAY, "09:20"))
    book = world.service().timesheets
    (event,) = world.mark("09:12")
    monkeypatch.setattr(world.people, "everybody", None)
    assert book.late_by(event) == 12 * 60
    assert book.somebody(ADA.subject).name == ADA.name
