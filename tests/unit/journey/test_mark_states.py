"""Marker, replayer and re-offer on a simulated clock, disk and Redis: hypothesis looks for an
order of faults after which somebody who was confirmed is not there, or twice."""

import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import date
from pathlib import Path
from threading import Event as Flag
from typing import Any, Final
from unittest import mock

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from face_rec.domain.errors import JournalError, NotReplicated, StoreError, StoreUnavailable
from face_rec.domain.marks import Event, Outcome, Receipt
from face_rec.journey.marking import reoffer, replay
from face_rec.journey.marking.mark import DurableMarker
from face_rec.journey.marking.reoffer import LOOKS, Reoffer
from face_rec.journey.marking.replay import Replayer
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.redis.server_history import ServerHistory
from tests.chaos.history import History
from tests.chaos.kiosk import COOLDOWN, REFUSED, Pass
from tests.fakes.attendance import FakeAttendance
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.disk import SimulatedDisk, memory_folder, simulated_disk
from tests.states import BROKEN_STATES, STATES

_MODES: Final = ("good", "away", "deaf", "alone", "refuses", "strange")


class SimulatedRedis(FakeAttendance):
    """Takes, refuses, loses; and says by INFO that it is another one now."""

    def __init__(self) -> None:
        super().__init__()
        self.mode = "good"
        self.repeated: set[str] = set()
        """Of which the audit log says that another mark stands instead."""
        self._run = 0

    def apply(self, event: Event, cooldown: float, replay: bool = False) -> Receipt:
        self._reached()
        if self.mode == "refuses":
            raise StoreError("This event is not understood. Look at the log.")
        if self.mode == "strange":
            raise RuntimeError("nobody has thought of this")
        receipt = super().apply(event, cooldown, replay)
        if receipt.outcome is Outcome.ALREADY and replay:
            self.repeated.add(event.id)
        if self.mode == "deaf":
            raise StoreUnavailable("The answer was lost.")
        if self.mode == "alone" and not receipt.already:
            raise NotReplicated("The master alone has it.")
        return receipt

    def lengths(self, utc_days: Sequence[date]) -> list[int]:
        self._reached()
        return super().lengths(utc_days)

    def missing(self, events: Sequence[Event]) -> list[Event]:
        self._reached()
        return super().missing(events)

    def info(self, section: str) -> dict[str, object]:
        self._reached()
        return {"run_id": self._run, "master_replid": "one"}

    def lose(self, count: int, *, said: bool) -> None:
        """The newest are gone; ``said``: another server answers, else the list is shorter."""
        day = self._days[MORNING.date()]
        del day[max(len(day) - count, 0) :]
        self._run += said

    def _reached(self) -> None:
        if self.mode == "away":
            raise StoreUnavailable("The simulated Redis does not answer.")


class _ByHand:
    """In the place of a thread: what it would do is done step by step."""

    def __init__(self, *_: object, **__: object) -> None:
        self.stopping = Flag()

    def start(self) -> None: ...


class Process:
    """An app on the machine whose journals lie in ``folder``."""

    def __init__(self, folder: Path, store: SimulatedRedis, clock: FakeClock) -> None:
        self.journal = FileJournal(folder, keep=72 * 3600.0, operating_time=clock.uptime)
        self.marker = DurableMarker(store, self.journal, clock, lambda: COOLDOWN)
        redis: Any = store
        lost = ServerHistory(redis, store.lengths, clock).lost
        self.reoffer = Reoffer(
            store, store.missing, self.journal, clock, cooldown=lambda: COOLDOWN, lost=lost
        )

    def replay(self) -> None:
        self.marker._replayer._adopt()
        self.marker._replayer._pass()

    def look(self) -> None:
        with suppress(StoreUnavailable):
            self.reoffer.look()

    def killed(self) -> None:
        for segment in self.journal._segments:
            segment.close()
        self.journal._segments.clear()


class MarkStates(RuleBasedStateMachine):
    """Two processes on one machine and one on another pass people to one Redis."""

    who = st.integers(0, 2)

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        for thread in (replay, reoffer):
            self._stack.enter_context(mock.patch.object(thread, "Background", _ByHand))
        self._disk: SimulatedDisk = self._stack.enter_context(simulated_disk())
        self._root = Path(tempfile.mkdtemp(dir=memory_folder()))
        self._stack.callback(shutil.rmtree, self._root, ignore_errors=True)
        self._machines = [self._root / "one", self._root / "one", self._root / "two"]
        self._clock, self._redis, self._history = FakeClock(), SimulatedRedis(), History()
        self._processes = [self._begun(number) for number in range(3)]
        self._passes = 0

    def _begun(self, number: int) -> Process:
        return Process(self._machines[number], self._redis, self._clock)

    # --- what happens every day

    @rule(who=who, subject=st.integers(0, 2), seconds=st.integers(0, 90))
    def somebody_passes(self, who: int, subject: int, seconds: int) -> None:
        self._clock.advance(seconds)
        self._passes += 1
        at = int((self._clock.now() - MORNING).total_seconds())
        one = Pass(f"p{self._passes}", f"s{subject}", at)
        self._history.begin(one)
        try:
            told = self._processes[who].marker.mark(one.event()).outcome.value
        except JournalError:
            told = REFUSED
        self._history.end(one, told)

    @rule(who=who)
    def replays(self, who: int) -> None:
        self._processes[who].replay()

    @rule(who=who, seconds=st.sampled_from([0, 1, 11]))
    def looks(self, who: int, seconds: int) -> None:
        self._clock.advance(seconds)
        self._processes[who].look()

    # --- faults

    @rule(mode=st.sampled_from(_MODES))
    def redis_is(self, mode: str) -> None:
        self._redis.mode = mode

    @rule(count=st.integers(1, 4), said=st.booleans())
    def redis_loses(self, count: int, said: bool) -> None:
        """A failover or a power cut; or a loss that only the shorter list tells of, and then
        every process had looked before."""
        if not said:
            mode, self._redis.mode = self._redis.mode, "good"
            for process in self._processes:
                process.look()
            self._redis.mode = mode
        self._redis.lose(count, said=said)
        if not said:
            for process in self._processes:
                process.look()

    @rule(full=st.booleans(), deaf=st.booleans())
    def disk_is(self, full: bool, deaf: bool) -> None:
        self._disk.full, self._disk.deaf = full, deaf

    @rule(who=who)
    def killed(self, who: int) -> None:
        self._disk.full = self._disk.deaf = False
        self._processes[who].killed()
        self._processes[who] = self._begun(who)

    @rule(seed=st.integers(0, 1 << 32), machine=st.sampled_from([(0, 1), (2,)]))
    def power_cut(self, seed: int, machine: tuple[int, ...]) -> None:
        self._disk.full = self._disk.deaf = False
        for who in machine:
            self._processes[who].killed()
        self._disk.power_cut(self._machines[machine[0]], random.Random(seed))
        for name in self._history.refused():  # what was written and not fsynced may be there
            self._history.end(self._history.passes[name], None)
        for who in machine:
            self._processes[who] = self._begun(who)

    # --- what must hold

    @rule()
    def all_is_well_again(self) -> None:
        """The faults end; then everything that was confirmed is there, once."""
        self._disk.full = self._disk.deaf = False
        self._redis.mode = "good"
        for seconds in (0, *LOOKS, 0):
            self._clock.advance(seconds)
            for process in self._processes:
                process.replay()
                process.look()
        events = [*self._redis.day(MORNING.date())]
        assert self._history.flaws(events, self._redis.repeated) == []
        assert not sum(process.marker.pending_count() for process in self._processes)

    def teardown(self) -> None:
        try:
            self.all_is_well_again()
        finally:
            for process in self._processes:
                process.killed()
            self._stack.close()


TestMarkStates = MarkStates.TestCase
TestMarkStates.settings = STATES


def _apply_first(self: DurableMarker, event: Event) -> Receipt:
    receipt = self._apply(event)
    self._keep(event)
    return receipt


def _not_waiting(self: DurableMarker, event: Event, *, away: bool) -> Receipt:
    return Receipt(event, Outcome.SAVED_HERE)


def _settled_at_first(self: Replayer, event: Event) -> bool:
    self._journal.settle(event.id, void=True)
    self._forget(event)
    self._attendance.apply(event, self._cooldown(), replay=True)
    return True


def _nothing_lost(self: ServerHistory) -> str:
    return ""


def _only_newest(self: FileJournal, event: Event) -> None:
    with self._lock, self._disk():
        self._write(lambda segment: segment.add(event))
        self._home[event.id] = self._newest


BROKEN: Final[dict[str, tuple[object, str, Callable[..., object]]]] = {
    "asks Redis before the journal has it": (DurableMarker, "_mark", _apply_first),
    "hands nothing on later": (DurableMarker, "_later", _not_waiting),
    "confirms before it is on the disk": (FileJournal, "append", _only_newest),
    "settles before Redis was asked": (Replayer, "_hand_on", _settled_at_first),
    "offers nothing again": (ServerHistory, "lost", _nothing_lost),
}


def test_the_order_of_journal_and_redis_broken_on_purpose_is_noticed(thorough: bool) -> None:
    for place, name, other in [*BROKEN.values()][: None if thorough else 2]:
        with mock.patch.object(place, name, other), pytest.raises(Exception):  # noqa: B017, PT011
            run_state_machine_as_test(MarkStates, settings=BROKEN_STATES)
