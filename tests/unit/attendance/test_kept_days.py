"""Days that are kept and followed are what judging them all anew would find, whatever came in
whatever order; and after a mark one person is judged."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_rec.attendance.attendance_service import AttendanceService
from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.marks.mark_columns import MarkColumns
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.roster_week import OFF, weeks_of
from face_rec.attendance.rules.rules import Item, Limits
from face_rec.attendance.rules.shift import Counting, Reading, Shift
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.marks import CORRECTION_KINDS, Event, EventKind, Source
from face_rec.domain.people import Person
from face_rec.kiosks.kiosk import Direction, KioskRecord
from face_rec.protocols.models import Progress
from tests.attendance_days import LONG_AGO, MONDAY, at, shift
from tests.attendance_world import World

GROUPS: Final = ("Office", "Shop", "Yard")
PEOPLE: Final = 30
DAYS: Final = [MONDAY + timedelta(days=n) for n in range(-4, 2)]
"""Settled, ending and going on; the last one is tomorrow."""
NOON: Final = at(MONDAY, "12:00")
AT: Final = st.tuples(
    st.sampled_from(DAYS), st.integers(0, 23), st.sampled_from([0, 4, 30, 59]), st.integers(0, 59)
)
BUSY: Final = st.integers(0, 4)  # so that one person has several marks
SHIFTS: Final = (
    shift(),
    shift(late_grace=0, half_day_below=240, absent_below=60, overtime_after=300),
    shift(unpaid_break=30, break_after=60, counting=Counting.EVERY_PAIR, close_missing=True),
    shift(reading=Reading.TYPED, overtime_after=60),
    shift(presence_only=True),
    shift(start=time(22), end=time(6)),
)
RULES: Final = st.one_of(
    st.builds(Leave, st.just("l"), st.sampled_from([f"s{n:02}" for n in range(5)]),
              st.sampled_from(DAYS), st.just(MONDAY + timedelta(days=3)), half=st.booleans()),
    st.builds(Employment, st.sampled_from([f"s{n:02}" for n in range(5)]),
              st.sampled_from([None, *DAYS]), st.sampled_from([None, *DAYS])),
    st.builds(Assignment, st.just("own"), st.sampled_from(["early", "night"]),
              st.sampled_from([f"s{n:02}" for n in range(5)])),
    st.builds(
        lambda who, day, told: weeks_of({(who, day): told})[0],
        st.sampled_from([f"s{n:02}" for n in range(5)]), st.sampled_from(DAYS),
        st.sampled_from(["early", "night", OFF]),
    ),
    st.builds(Assignment, st.just("group"), st.sampled_from(["early", "night"]),
              group=st.sampled_from(GROUPS)),
    st.builds(Holiday, st.just("h"), st.sampled_from(DAYS), st.just("Feast"),
              st.sampled_from([frozenset(), frozenset({"Shop"})])),
    st.builds(KioskRecord, st.sampled_from(["door", "gate"]),
              direction=st.sampled_from(Direction),
              watched_from=st.sampled_from([None, LONG_AGO])),
    st.builds(Limits, outage=st.sampled_from([5, 60])),
    st.sampled_from(SHIFTS),
)  # fmt: skip
steps = st.one_of(
    st.tuples(st.just("mark"), BUSY | st.integers(0, PEOPLE - 1), AT,
              st.sampled_from([EventKind.PUNCH, EventKind.PUNCH, EventKind.IN, EventKind.OUT,
                               EventKind.HELD]), st.sampled_from(["door", "gate"])),
    st.tuples(st.just("correct"), st.integers(0, 99), st.sampled_from(sorted(CORRECTION_KINDS))),
    st.tuples(st.just("lose"), st.integers(1, 3)),
    st.tuples(st.just("rule"), RULES),
    st.tuples(st.just("unrule"), RULES),
    st.tuples(st.just("beat"), st.sampled_from(["door", "gate"])),
    st.tuples(st.just("move"), BUSY, st.sampled_from(GROUPS)),
    st.tuples(st.just("leave"), BUSY),
    st.tuples(st.just("rename"), BUSY),
    st.tuples(st.just("erase"), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("join")),
    st.tuples(st.just("pass"), st.sampled_from([1, 600, 7200, 40_000, 90_000])),
    st.tuples(st.just("set back"), st.sampled_from([60, 90_000])),
    st.tuples(st.just("look")),
)  # fmt: skip


class Office:
    """Thirty people: so many that their days are kept."""

    def __init__(self) -> None:
        self.world = World(
            *SHIFTS[:1], Shift("early", "Early", time(6), time(14)),
            Shift("night", "Night", time(21), time(5)), now=NOON,
        )  # fmt: skip
        self.made: list[Event] = []
        self.joined = 0
        for _ in range(PEOPLE - 2):  # Ada and Bob are there
            self.join()
        self.keeping = self.world.service()

    def look(self, days: Sequence[date] = DAYS) -> None:
        kept = days_of(self.keeping, days)
        assert kept == days_of(self.world.service(), days)

    def join(self) -> None:
        person = Person(
            f"s{self.joined:02}", f"1{self.joined}", f"Person {self.joined}",
            GROUPS[self.joined % 3], created_at=LONG_AGO,
        )  # fmt: skip
        self.joined += 1
        self.world.people.create(person, (), self.world.people.revision())

    def mark(self, who: int, moment: tuple[Any, ...], kind: EventKind, kiosk: str) -> Event:
        day, hour, minute, second = moment
        when = at(day, f"{hour:02}:{minute:02}:{second:02}")
        event = Event(f"e{len(self.made):03}", f"s{who:02}", when, kind, Source.VIDEO, kiosk)
        return self._add(event)

    def correct(self, number: int, kind: EventKind) -> None:
        marks = [event for event in self.made if event.target is None]
        if marks:
            event = marks[number % len(marks)]
            self._add(replace(
                event, id=f"c{len(self.made):03}", kind=kind, source=Source.MANUAL,
                target=event.id, becomes=EventKind.OUT, author="boss", reason="so",
                recorded_at=NOON + timedelta(seconds=len(self.made)),
            ))  # fmt: skip

    def lose(self, most: int) -> None:
        """As in a failover to a replica that had not been given everything yet."""
        for listed in self.world.attendance._days.values():
            del listed[-most:]
        self.look()

    def rule(self, item: Item) -> None:
        self.world.rules.put(item)

    def unrule(self, item: Item) -> None:
        if not isinstance(item, Shift):
            self.world.rules.remove(item)

    def beat(self, kiosk: str) -> None:
        self.world.rules.beat(kiosk, self.world.clock.now())

    def move(self, who: int, group: str) -> None:
        self._change(who, group=group)

    def rename(self, who: int) -> None:
        self._change(who, name="Another")

    def leave(self, who: int) -> None:
        person = self.world.people.get(f"s{who:02}")
        if person is not None:
            self._change(who, active=not person.active)

    def erase(self, who: int) -> None:
        self.world.people.delete(f"s{who:02}")

    def act(self, step: tuple[Any, ...]) -> None:
        what, *how = step
        if what == "pass":
            self.world.clock.advance(*how)
        elif what == "set back":
            self.world.clock.set(self.world.clock.now() - timedelta(seconds=how[0]))
        else:
            getattr(self, what)(*how)

    def _change(self, who: int, **changes: Any) -> None:  # noqa: ANN401 - fields of Person
        person = self.world.people.get(f"s{who:02}")
        if person is not None:
            self.world.people.update(replace(person, **changes))

    def _add(self, event: Event) -> Event:
        self.made.append(event)
        self.world.attendance.apply(event, 0.0, replay=True)
        return event


def days_of(service: AttendanceService, days: Sequence[date]) -> list[DayRecord]:
    return list(service.timesheets.table(days[0], days[-1]).records())


@given(st.lists(steps, max_size=14))
def test_days_that_are_followed_are_what_judging_them_anew_finds(
    some: list[tuple[Any, ...]],
) -> None:
    office = Office()
    office.look()
    for step in some:
        office.act(step)
    office.look()
    office.look()


def test_a_list_that_was_lost_as_a_whole_and_grows_again_is_another_one() -> None:
    office = Office()
    office.mark(0, (DAYS[2], 1, 0, 1), EventKind.PUNCH, "door")
    office.look()
    office.lose(1)
    office.mark(0, (DAYS[2], 2, 0, 0), EventKind.PUNCH, "door")
    office.look()


@pytest.fixture
def office() -> Office:
    office = Office()
    office.mark(3, (MONDAY, 8, 0, 0), EventKind.PUNCH, "door")
    office.look()
    return office


def judged_by(office: Office) -> int:
    """How many people's days a look at all of DAYS judges, for all that was done before it."""
    before = office.keeping.timesheets.judged
    office.look()
    return office.keeping.timesheets.judged - before


def test_a_mark_has_one_person_judged_and_only_on_the_days_that_it_may_touch(
    office: Office,
) -> None:
    assert judged_by(office) == 0
    office.mark(4, (MONDAY, 11, 0, 0), EventKind.PUNCH, "door")
    assert judged_by(office) == len([day for day in DAYS if abs((day - MONDAY).days) <= 2])
    event = office.mark(5, (DAYS[0], 9, 0, 0), EventKind.PUNCH, "door")
    assert judged_by(office) == 3
    office.correct(office.made.index(event), EventKind.VOID)
    assert judged_by(office) == 3


def test_a_change_of_one_person_or_of_their_rules_has_nobody_else_judged(office: Office) -> None:
    office.rename(4)
    assert judged_by(office) == 0
    office.move(4, "Yard")
    office.rule(Leave("l", "s05", MONDAY, MONDAY))
    assert judged_by(office) == 2 * len(DAYS)
    office.join()
    office.erase(7)
    assert judged_by(office) == len(DAYS)


def test_who_is_in_grows_by_the_second_without_being_judged(office: Office) -> None:
    def worked() -> int:
        return max(one.worked for one in days_of(office.keeping, [MONDAY]))

    before = worked()
    office.world.clock.advance(60)
    assert judged_by(office) == 0
    assert worked() == before + 60


def test_every_moment_of_a_plan_that_matters_is_come_to(office: Office) -> None:
    """Grace, end and closing of today and tomorrow, looked at every 47 minutes."""
    for _ in range(50):
        office.world.clock.advance(47 * 60)
        office.look()


def test_whoever_asks_for_a_day_that_is_kept_does_not_wait_for_a_month_that_is_made(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    timesheets = office.keeping.timesheets
    months = [MONDAY - timedelta(days=40 - number) for number in range(3)]
    begun, go_on = threading.Event(), threading.Event()
    columns = timesheets.sources.columns_of

    def slow(days: Sequence[date], progress: Progress | None = None) -> list[MarkColumns]:
        if MONDAY not in days:
            begun.set()
            assert go_on.wait(30)
        return columns(days, progress)

    monkeypatch.setattr(timesheets.sources, "columns_of", slow)
    with ThreadPoolExecutor() as pool:
        month = pool.submit(days_of, office.keeping, months)
        assert begun.wait(30)
        office.mark(4, (MONDAY, 11, 0, 0), EventKind.PUNCH, "door")
        office.look()
        assert not month.done()
        go_on.set()
        assert len(month.result()) == 3 * PEOPLE


def test_a_day_that_could_not_be_followed_is_made_anew_when_the_database_is_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.mark(4, (MONDAY, 11, 0, 0), EventKind.PUNCH, "door")

    def away(*_: object) -> list[Event | None]:
        raise StoreUnavailable("The fake store was switched off. Switch it on.")

    with monkeypatch.context() as patched:
        patched.setattr(office.world.attendance, "part", away)
        with pytest.raises(StoreUnavailable):
            days_of(office.keeping, DAYS)
    office.look()
