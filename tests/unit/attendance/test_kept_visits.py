"""The visits of a day that grows are what a reading of the whole day would group, whatever came
and whatever became of the lists; and of a day that has grown nobody else is grouped again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.marks.kept_marks import EffectiveMarks
from face_rec.attendance.marks.visit import KeptVisits, Stays, Visits, by_person, stays_of, visits
from face_rec.domain.marks import CORRECTION_KINDS, Event, EventKind, Source
from face_rec.kiosks.kiosk import KioskRecord
from tests.attendance_days import BERLIN, MONDAY, at
from tests.fakes.attendance import FakeAttendance

MIDNIGHT: Final = at(MONDAY, "00:00")
"""An hour before the UTC day begins: a local day lies in two lists."""
TUESDAY: Final = MONDAY + timedelta(days=1)
PEOPLE, KIOSKS = ("ada", "bob", "cy"), ("door", "gate")
KINDS: Final = sorted((EventKind.PUNCH, EventKind.IN, EventKind.OUT, EventKind.HELD))

seconds = st.integers(-3600, 26 * 3600) | st.integers(0, 7200) | st.sampled_from([480, 500, 540])
"""Also of the days before and after; many close to one another, some at the same moment."""
steps = st.one_of(
    st.tuples(st.just("mark"), st.sampled_from(PEOPLE), seconds, st.sampled_from(KIOSKS),
              st.sampled_from([EventKind.PUNCH, *KINDS]),
              st.sampled_from([Source.VIDEO, Source.VIDEO, Source.PIN])),
    st.tuples(st.just("correct"), st.integers(0, 99), st.sampled_from(sorted(CORRECTION_KINDS))),
    st.tuples(st.just("lose"), st.integers(1, 3)),
    st.tuples(st.just("stay"), st.sampled_from(KIOSKS), st.integers(0, 15)),
    st.tuples(st.just("look")),
)  # fmt: skip


class Lists(FakeAttendance):
    def __init__(self) -> None:
        super().__init__()
        self.made: list[Event] = []

    def mark(
        self, subject: str, second: int, kiosk: str = "door", kind: EventKind = EventKind.PUNCH,
        source: Source = Source.VIDEO,
    ) -> Event:  # fmt: skip
        when = MIDNIGHT + timedelta(seconds=second)
        event = Event(f"e{len(self.made):03}", subject, when, kind, source, kiosk)
        return self._add(event)

    def correct(self, number: int, kind: EventKind) -> None:
        """One of the marks, or nothing where there is none."""
        marks = [event for event in self.made if event.target is None]
        if marks:
            event = marks[number % len(marks)]
            self._add(replace(
                event, id=f"c{len(self.made):03}", kind=kind, source=Source.MANUAL,
                target=event.id, becomes=EventKind.OUT, author="boss", reason="so",
                recorded_at=MIDNIGHT + timedelta(days=2, seconds=len(self.made)),
            ))  # fmt: skip

    def lose(self, most: int) -> None:
        """As in a failover to a replica that had not been given everything yet."""
        for listed in self._days.values():
            del listed[-most:]

    def _add(self, event: Event) -> Event:
        self.made.append(event)
        self.apply(event, 0.0, replay=True)
        return event


class Day:
    """Read by one who keeps its visits, and each time by a newcomer."""

    def __init__(self) -> None:
        self.lists = Lists()
        self.stays = Stays()
        self._minutes: dict[str, int] = {}
        self.marks = EffectiveMarks(self.lists)
        self.kept = KeptVisits(self.marks, BERLIN)

    def mark(self, *what: object) -> None:
        self.lists.mark(*what)  # type: ignore[arg-type]

    def correct(self, number: int, kind: EventKind) -> None:
        self.lists.correct(number, kind)

    def lose(self, most: int) -> None:
        """Read by somebody while it is shorter: as long again it would pass for what it was."""
        self.lists.lose(most)
        self.look()

    def stay(self, kiosk: str, minutes: int) -> None:
        self._minutes[kiosk] = minutes
        kiosks = [KioskRecord(id_, minimum_stay=m) for id_, m in self._minutes.items()]
        self.stays = stays_of(kiosks, BERLIN)

    def look(self) -> None:
        """Somebody else reads the marks, and of other days."""
        self.marks.local(MONDAY - timedelta(days=1), TUESDAY, BERLIN)

    def found(self, day: date = MONDAY) -> Visits:
        return self.kept.of(day, self.stays)

    def check(self) -> None:
        found, fresh = self.found(), self.anew()
        assert list(found.all) == list(fresh.all)
        assert _own(found) == _own(fresh)

    def anew(self) -> Visits:
        marks = EffectiveMarks(self.lists).local(MONDAY, MONDAY, BERLIN)
        return by_person(visits((one for one in marks if not one.voided), self.stays))


def _own(found: Visits) -> dict[str, Sequence[tuple[Entry, ...]]]:
    return {who: [one.marks for one in own] for who, own in found.own.items() if own}


@given(st.lists(st.tuples(steps, st.booleans()), max_size=40))
def test_whatever_comes_the_visits_are_those_that_a_newcomer_groups(
    what: list[tuple[tuple[str, ...], bool]],
) -> None:
    day = Day()
    for (name, *arguments), looked_at in what:
        getattr(day, name)(*arguments)
        if looked_at:
            day.check()
    day.check()


@pytest.fixture
def day() -> Day:
    """Three people, each seen twice within a minute."""
    made = Day()
    for number, person in enumerate(PEOPLE):
        for minute in (0, 1):
            made.lists.mark(person, 8 * 3600 + 600 * number + 60 * minute)
    return made


def test_of_a_day_that_has_grown_nobody_else_is_grouped_again(day: Day) -> None:
    before = day.found()
    day.lists.mark("bob", 17 * 3600)
    after = day.found()
    assert {len(own) for own in before.own.values()} == {1}
    assert len(after.of("bob")) == 2
    assert after.of("ada") is before.of("ada")
    assert after.of("cy") is before.of("cy")
    assert len(before.all) == 3  # whoever still shows them has what they had
    day.check()


@pytest.mark.parametrize("kind", sorted(CORRECTION_KINDS))
def test_of_a_day_that_was_corrected_nobody_else_is_grouped_again(
    day: Day, kind: EventKind
) -> None:
    before = day.found()
    day.lists.correct(2, kind)  # the first of bob's
    after = day.found()
    assert after.of("ada") is before.of("ada")
    assert after.of("cy") is before.of("cy")
    assert after.of("bob") is not before.of("bob")
    day.check()


def test_a_correction_of_a_mark_that_comes_with_it_is_known_too(day: Day) -> None:
    day.found()
    day.lists.mark("bob", 17 * 3600)
    day.lists.correct(6, EventKind.VOID)
    assert len(day.found().of("bob")) == 1
    day.check()


def test_a_day_that_has_not_changed_is_the_same_one(day: Day) -> None:
    assert day.found().all is day.found().all


def test_a_mark_of_before_takes_its_place(day: Day) -> None:
    """One that a kiosk kept while the server was away."""
    day.found()
    day.lists.mark("cy", 6 * 3600)
    assert [one.first.event.subject for one in day.found().all] == ["cy", "ada", "bob", "cy"]
    day.check()


def test_what_is_voided_is_gone_and_what_is_deleted_too(day: Day) -> None:
    day.found()
    for number in (0, 1):
        day.lists.correct(number, EventKind.VOID)
    assert [one.first.event.subject for one in day.found().all] == ["bob", "cy"]
    assert not day.found().of("ada")
    day.lists.lose(99)  # the day's lists are deleted, as when it has grown too old
    assert not day.found().all
    day.check()


def test_another_minimum_stay_groups_the_day_anew(day: Day) -> None:
    assert len(day.found().all) == 3
    day.stay("door", 1)
    assert len(day.found().all) == 6
    day.check()


def test_another_day_is_another_days(day: Day) -> None:
    day.lists.mark("ada", 25 * 3600)
    assert len(day.found().all) == 3
    assert [one.first.event.subject for one in day.found(TUESDAY).all] == ["ada"]
    day.check()
