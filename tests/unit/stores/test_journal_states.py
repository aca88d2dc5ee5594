"""The journal against every order of writing, failing, dying and losing power: hypothesis looks
for one in which it forgets what was confirmed, or remembers what nobody was told."""

import random
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from face_rec.domain.errors import JournalError
from face_rec.domain.marks import Event
from face_rec.stores.journal import journal as journal_module
from face_rec.stores.journal import journal_folder, journal_segment
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.journal.journal_segment import Segment
from tests.fakes.clock import FakeClock
from tests.fakes.disk import memory_folder, simulated_disk
from tests.samples import an_event
from tests.states import BROKEN_STATES, STATES

_KEEP = 72 * 3600.0
_PROCESSES = st.integers(0, 1)


class JournalStates(RuleBasedStateMachine):
    """Two processes share a folder. What each event's fate allows is compared with the files."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._folder = Path(tempfile.mkdtemp(dir=memory_folder()))
        self._stack.callback(shutil.rmtree, self._folder, ignore_errors=True)
        self._disk = self._stack.enter_context(simulated_disk())
        # Small enough that a dozen events fill segments, are put together and roll on.
        for module, name, value in (
            (journal_module, "_SEGMENT_BYTES", 700),
            (journal_module, "_REWRITTEN", 2),
            (journal_segment, "_SMALL", 3),
        ):
            self._stack.enter_context(mock.patch.object(module, name, value))
        self._clock = FakeClock()
        self._journals: list[FileJournal] = []
        self._count = 0
        self.waits: dict[str, Event] = {}
        """Confirmed, and nobody said that Redis has it."""
        self.settled: dict[str, Event] = {}
        """Redis has it, and may lose it."""
        self.void: set[str] = set()
        """It became no mark: it may wait again where the disk has not taken that."""
        self.refused: set[str] = set()
        """Nobody was told of it: it may wait again after a power cut, no sooner."""

    @initialize()
    def begin(self) -> None:
        self._journals = [self._opened(), self._opened()]

    def _opened(self) -> FileJournal:
        return FileJournal(self._folder, keep=_KEEP, operating_time=self._clock.uptime)

    # --- what processes do

    @rule(who=_PROCESSES, count=st.integers(1, 4))
    def append(self, who: int, count: int) -> None:
        for _ in range(count):
            self._count += 1
            event = an_event(f"e{self._count}", f"s{self._count % 3}", self._count)
            try:
                self._journals[who].append(event)
            except JournalError:
                self.refused.add(event.id)
            else:
                self.waits[event.id] = event

    @precondition(lambda self: self.waits)
    @rule(data=st.data(), void=st.booleans())
    def settle(self, data: st.DataObject, void: bool) -> None:
        """By the process that has it, as a replayer does."""
        event_id = data.draw(st.sampled_from(sorted(self.waits)))
        for journal in self._journals:
            if event_id in {event.id for event in journal.pending()}:
                journal.settle(event_id, void=void)
                event = self.waits.pop(event_id)
                if void:
                    self.void.add(event_id)
                else:
                    self.settled[event_id] = event
                return

    @precondition(lambda self: self.waits)
    @rule()
    def settle_all(self) -> None:
        for event_id in list(self.waits):
            for journal in self._journals:
                journal.settle(event_id)
            self.settled[event_id] = self.waits.pop(event_id)

    @rule(who=_PROCESSES)
    def check(self, who: int) -> None:
        try:
            self._journals[who].check()
        except JournalError:
            assert self._disk.full or self._disk.deaf

    @rule(minutes=st.integers(1, 200))
    def time_passes(self, minutes: int) -> None:
        self._clock.advance(minutes * 60)

    # --- what happens to them

    @rule(full=st.booleans(), deaf=st.booleans())
    def disk_fails(self, full: bool, deaf: bool) -> None:
        self._disk.full, self._disk.deaf = full, deaf

    @rule()
    def disk_works(self) -> None:
        self._disk.full = self._disk.deaf = False

    @rule(who=_PROCESSES)
    def restarted(self, who: int) -> None:
        self.disk_works()
        self._journals[who].close()
        self._journals[who] = self._opened()

    @rule(who=_PROCESSES)
    def killed(self, who: int) -> None:
        self.disk_works()
        _killed(self._journals[who])
        self._journals[who] = self._opened()

    @rule(seed=st.integers(0, 1 << 32))
    def power_cut(self, seed: int) -> None:
        self.disk_works()
        for journal in self._journals:
            _killed(journal)
        self._disk.power_cut(self._folder, random.Random(seed))
        self.void |= self.refused
        self._journals = [self._opened(), self._opened()]

    # --- what must hold

    @invariant()
    def nothing_is_forgotten_or_invented(self) -> None:
        if not self._journals or self._disk.full or self._disk.deaf:
            return
        waiting = [event for journal in self._journals for event in journal.pending()]
        found = {event.id: event for event in waiting}
        assert len(found) == len(waiting), "one waits twice"
        assert self.waits.items() <= found.items(), "what was confirmed does not wait"
        kept_events = {e.id: e for j in self._journals for e in j.kept()}
        there = {**kept_events, **found}
        assert self.settled.items() <= there.items(), "what Redis may lose is not kept"
        assert kept_events.keys() & self.waits.keys() == set(), "kept before Redis had it"
        assert found.keys() <= self.waits.keys() | self.settled.keys() | self.void, "invented"

    def teardown(self) -> None:
        for journal in self._journals:
            _killed(journal)
        self._stack.close()


def _killed(journal: FileJournal) -> None:
    """The process is gone: its files are closed, and nothing else is done to them."""
    for segment in journal._segments:
        segment.close()
    journal._segments.clear()


TestJournalStates = JournalStates.TestCase
TestJournalStates.settings = STATES


def _append_without_sync(self: FileJournal, event: Event) -> None:
    with self._lock, self._disk():
        self._write(lambda segment: segment.add(event))
        self._home[event.id] = self._newest


def _removed(self: journal_folder.KeptSegments, segment: Segment) -> None:
    segment.discard()


def _settled_unwritten(self: Segment, event_id: str, *, void: bool = False) -> None:
    self.waiting.pop(event_id, None)
    self.settled += 1


def _said_once(self: Segment) -> None:
    said, self._unsaid = self._unsaid, b""
    self._write(said)


def _failing_goes_on(self: FileJournal, event: Event) -> None:
    with self._lock, self._disk():
        ticket = self._write(lambda segment: segment.add(event))
        self._home[event.id] = self._newest
    self._sync(ticket)


BROKEN = {
    "confirms before it is on the disk": (FileJournal, "append", _append_without_sync),
    "forgets to take back what was refused": (FileJournal, "append", _failing_goes_on),
    "removes what Redis may lose": (journal_folder.KeptSegments, "retire", _removed),
    "does not write that an event is settled": (Segment, "settle", _settled_unwritten),
    "retires before the ends are on the disk": (Segment, "finish", Segment.say),
    "does not say later what the disk refused": (Segment, "say", _said_once),
}


QUICK = {"confirms before it is on the disk", "removes what Redis may lose"}
"""Those that are found at once."""


def test_a_journal_broken_on_purpose_is_noticed(thorough: bool) -> None:
    for broken, (place, name, other) in BROKEN.items():
        if thorough or broken in QUICK:
            with mock.patch.object(place, name, other), pytest.raises(AssertionError):
                run_state_machine_as_test(JournalStates, settings=BROKEN_STATES)


def test_what_waits_is_told_though_a_failing_disk_takes_no_new_segment() -> None:
    state = JournalStates()
    try:
        state.begin()
        state.time_passes(minutes=61)
        state.append(count=2, who=0)
        state.disk_fails(deaf=True, full=False)
        journal = state._journals[0]
        journal.settle(journal.pending()[0].id)
        assert [event.id for event in journal.pending()] == ["e2"]
    finally:
        state.teardown()
