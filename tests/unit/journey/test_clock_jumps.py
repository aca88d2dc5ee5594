"""The cooldown, and what is said of marks, while the wall clock jumps back and forth.

What is true is told by the time since the machine was started, which the tests move on: who comes
back after the cooldown is marked, who stays is not, whatever the wall clock says; and a mark whose
time is wrong is in doubt by the amount by which it is.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_rec.attendance.marks.clock_doubts import ClockChanges
from face_rec.domain.clock_state import TOLD
from face_rec.domain.marks import Event, EventKind, Outcome, Receipt, Source
from face_rec.journey.marking.mark import DurableMarker
from face_rec.timekeeping.ntp import Kept
from face_rec.timekeeping.watch import ClockWatch, Jump
from tests.fakes.attendance import FakeAttendance, FakeJournal
from tests.fakes.clock import FakeClock

COOLDOWN = 300.0
SPRING = datetime(2025, 3, 30, 0, 58, tzinfo=UTC)  # two minutes before Berlin's night of 23 hours
AUTUMN = datetime(2025, 10, 26, 0, 58, tzinfo=UTC)  # before the hour that comes twice


class Gate:
    """A marker as the app builds one, beside a clock that is set."""

    def __init__(self, start: datetime) -> None:
        self.clock = FakeClock(start)
        self.error = 0.0  # seconds that the wall clock shows too much
        self.told: list[Jump] = []
        self.store, self.journal = FakeAttendance(), FakeJournal()
        self.watch = ClockWatch(self.clock, lambda: Kept(self.right), {}, self.told.append)
        self.marker = self.begun()
        self.made: list[tuple[Receipt, float, float]] = []
        """What became of each, when it was by the time that nobody sets, and the clock's error."""

    @property
    def right(self) -> bool:
        """NTP keeps the clock while it is right."""
        return self.error == 0

    def begun(self) -> DurableMarker:
        return DurableMarker(
            self.store, self.journal, self.clock, lambda: COOLDOWN, stamp=self.watch.stamp
        )

    def set(self, error: float) -> None:
        self.clock.set(self.clock.now() + timedelta(seconds=error - self.error))
        self.error = error
        self.watch.look()

    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.watch.look()

    def come(self, subject: str) -> Receipt:
        event = Event(
            f"e{len(self.made)}", subject, self.clock.now(), EventKind.PUNCH, Source.VIDEO, "gate"
        )
        receipt = self.marker.mark(event)
        self.made.append((receipt, self.clock.monotonic(), self.error))
        return receipt

    def stored(self) -> list[Event]:
        return self.store.all()


@contextmanager
def _gate(start: datetime = SPRING) -> Iterator[Gate]:
    gate = Gate(start)
    try:
        yield gate
    finally:
        gate.marker.close(0.1)


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("come"), st.sampled_from(["ada", "bob"])),
        st.tuples(st.just("wait"), st.sampled_from([1.0, 100.0, 299.0, 301.0, 3600.0])),
        st.tuples(st.just("set"), st.sampled_from([0.0, 180.0, -180.0, 3600.0, -3600.0, 1e7])),
        st.tuples(st.just("restart"), st.none()),
    ),
    max_size=25,
)


def _walk(gate: Gate, steps: Sequence[tuple[str, Any]]) -> None:
    for what, value in steps:
        if what == "restart":
            gate.marker.close(0.1)
            gate.marker = gate.begun()
        else:
            getattr(gate, what)(value)


@given(st.sampled_from([SPRING, AUTUMN]), _STEPS)
def test_whoever_comes_back_is_marked_and_whoever_stays_is_not(
    start: datetime, steps: Sequence[tuple[str, Any]]
) -> None:
    with _gate(start) as gate:
        _walk(gate, steps)
        last: dict[str, float] = {}
        for receipt, up, _ in gate.made:
            who = receipt.event.subject
            due = who not in last or up - last[who] >= COOLDOWN
            assert (receipt.outcome is Outcome.MARKED) == due, receipt
            last[who] = up if due else last[who]
        confirmed = [one.event for one, *_ in gate.made if one.outcome is Outcome.MARKED]
        assert sorted(event.id for event in gate.stored()) == sorted(e.id for e in confirmed)


@given(st.sampled_from([SPRING, AUTUMN]), _STEPS)
def test_a_mark_is_in_doubt_where_its_time_is_wrong_and_nowhere_else(
    start: datetime, steps: Sequence[tuple[str, Any]]
) -> None:
    with _gate(start) as gate:
        gate.watch.look()  # NTP has kept it until here
        _walk(gate, steps)
        gate.wait(1)
        gate.set(0.0)
        changes = ClockChanges([jump.change for jump in gate.told if jump.change])
        for receipt, _, error in gate.made:
            event = receipt.event
            assert event.clock is not None
            said = event.clock.doubt or changes.doubt(event, UTC)
            assert bool(said) == (abs(error) >= TOLD), (event, error)
            if event.clock.ahead is not None:
                assert event.clock.ahead == pytest.approx(error, abs=1)


def test_a_clock_set_back_by_an_hour_refuses_nobody_who_comes_back() -> None:
    """Without the other clock the second one reads as within the cooldown of the first."""
    with _gate() as gate:
        first = gate.come("ada")
        gate.wait(3600)
        gate.set(-3600)
        again = gate.come("ada")
        assert again.outcome is Outcome.MARKED
        assert again.event.at == first.event.at
        assert again.event.clock is not None
        assert again.event.clock.apart


def test_a_clock_set_forward_marks_nobody_twice_who_stands_there() -> None:
    with _gate() as gate:
        gate.come("ada")
        gate.wait(5)
        gate.set(3600)
        assert gate.come("ada").outcome is Outcome.ALREADY


def test_both_marks_around_a_clock_set_back_are_replayed_also_after_a_restart() -> None:
    with _gate() as gate:
        gate.store.available = False
        assert gate.come("ada").outcome is Outcome.SAVED_HERE
        gate.wait(3600)
        gate.set(-3600)
        assert gate.come("ada").outcome is Outcome.SAVED_HERE
        gate.marker.close(0.1)
        gate.store.available = True
        gate.marker = gate.begun()
        gate.marker.close()  # after a last try
        assert [event.id for event in gate.stored()] == ["e0", "e1"]
        assert gate.journal.pending() == []


def test_the_order_in_which_marks_were_made_stays_whatever_their_times_say() -> None:
    with _gate() as gate:
        gate.come("ada")
        gate.wait(600)
        gate.set(-3600)
        gate.come("bob")
        gate.wait(600)
        gate.set(0.0)
        gate.come("ada")
        ups = {event.id: event.clock.up for event in gate.stored() if event.clock}
        assert sorted(ups, key=lambda one: ups[one]) == ["e0", "e1", "e2"]
        assert list(ups) != ["e0", "e1", "e2"]  # by the wall clock


def test_a_time_that_comes_twice_refuses_nobody_at_its_second_coming() -> None:
    """The third mark meets the first one by the wall clock, not the one before it."""
    with _gate() as gate:
        gate.come("ada")
        gate.wait(600)
        gate.set(-3600)
        gate.come("ada")
        gate.wait(3000)
        assert gate.come("ada").outcome is Outcome.MARKED


def test_a_picture_that_was_longer_on_its_way_frees_nobody_of_the_cooldown() -> None:
    """Nobody has set the clock; another process has just marked the person."""
    with _gate() as gate:
        gate.come("ada")
        gate.wait(COOLDOWN - 10)
        other = replace(gate.made[0][0].event, id="other", at=gate.clock.now(), clock=None)
        gate.store.apply(other, COOLDOWN - 10)
        gate.wait(10)
        taken = gate.clock.now() - timedelta(seconds=0.5)
        late = Event("late", "ada", taken, EventKind.PUNCH, Source.VIDEO, "gate")
        assert gate.marker.mark(late).outcome is Outcome.ALREADY
        assert [event.id for event in gate.stored()] == ["e0", "other"]
