"""Processes of one machine keep the same events on one disk: one of them offers them at a time."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import pytest

from face_rec.domain.marks import Event, Receipt
from face_rec.journey.marking import reoffer, replay
from tests.chaos.kiosk import Pass
from tests.fakes.clock import MORNING, FakeClock
from tests.unit.journey.test_mark_states import Process, SimulatedRedis, _ByHand


class Watched(SimulatedRedis):
    """Has another process look while one offers, and counts what is offered."""

    def __init__(self) -> None:
        super().__init__()
        self.beside: Process | None = None
        self.offered: list[str] = []

    def apply(self, event: Event, cooldown: float, replay: bool = False) -> Receipt:
        self.offered.append(event.id)
        if self.beside is not None:
            self.beside.look()
        return super().apply(event, cooldown, replay)


class Machine:
    """Two processes, and some who were marked by one that has ended; Redis has lost them all."""

    def __init__(self, folder: Path) -> None:
        self.redis, self.clock = Watched(), FakeClock()
        ended = Process(folder, self.redis, self.clock)
        for number in range(6):
            ended.marker.mark(Pass(f"e{number}", f"s{number}", number, False).event())
        ended.journal.close()
        self.first, self.second = (Process(folder, self.redis, self.clock) for _ in range(2))
        self.first.look()
        self.second.look()
        self.redis.lose(6, said=True)
        self.redis.offered.clear()

    def there(self) -> list[str]:
        return sorted(event.id for event in self.redis.day(MORNING.date()))


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with ExitStack() as stack:
        for thread in (replay, reoffer):
            stack.enter_context(mock.patch.object(thread, "Background", _ByHand))
        made = Machine(tmp_path)
        for process in (made.first, made.second):
            stack.callback(process.journal.close)
        yield made


def test_what_was_lost_is_offered_once_by_two_processes_of_one_disk(machine: Machine) -> None:
    machine.redis.beside = machine.second
    machine.first.look()
    assert sorted(machine.redis.offered) == machine.there() == [f"e{n}" for n in range(6)]
    machine.second.look()  # its turn: there is nothing left to do
    assert len(machine.redis.offered) == 6
    assert not machine.second.reoffer.due


def test_a_process_that_is_stopped_while_it_offers_holds_up_nobody_for_long(
    machine: Machine,
) -> None:
    with machine.first.journal.offering.turn() as alone:
        assert alone
        machine.second.look()
        assert machine.there() == []
        assert machine.second.reoffer.due
        machine.clock.advance(31)
        machine.second.look()
        assert machine.there() == [f"e{n}" for n in range(6)]
