"""How long a machine has run: nobody can set it, and it goes on across starts and processes."""

from pathlib import Path

import pytest

from face_rec import files
from face_rec.timekeeping.operating_time import NAME, SAVED, OperatingTime
from tests.fakes.clock import FakeClock


class Machine:
    """Its clock, and what lies on its disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "data" / NAME
        self.clock = FakeClock()

    def process(self) -> OperatingTime:
        return OperatingTime(self.path, self.clock)

    def starts(self, up: float) -> None:
        """Off and on again; ``up``: seconds until the app begins."""
        self.clock.start_of_machine = f"{int(self.clock.start_of_machine, 16) + 1:08x}"
        self.clock._monotonic = up


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_it_is_the_time_that_passes_whatever_the_wall_clock_shows(machine: Machine) -> None:
    ran = machine.process()
    before = ran()
    machine.clock.set(machine.clock.now().replace(year=2099))
    assert ran() == before
    machine.clock.advance(100)
    assert ran() == before + 100


def test_processes_of_a_start_agree_also_one_that_begins_later(machine: Machine) -> None:
    first = machine.process()
    first()
    machine.starts(5)
    second = machine.process()
    second()
    machine.clock.advance(40)
    assert machine.process()() == second() == 1000 + 40


def test_it_goes_on_across_starts_and_counts_no_time_off(machine: Machine) -> None:
    ran = machine.process()
    begun = ran()
    machine.clock.advance(SAVED + 1)
    ran()  # noted
    machine.clock.advance(SAVED - 2)
    last = ran()
    machine.starts(30)
    again = machine.process()
    assert begun + SAVED < again() <= last
    machine.clock.advance(10)
    assert again() == begun + SAVED + 1 + 10


def test_it_never_goes_back_though_another_process_knows_less(machine: Machine) -> None:
    """Where every process takes itself for a start of its own, as on a Mac, too."""
    machine.process()()
    machine.starts(5)
    ran = machine.process()
    ran()
    machine.clock.advance(1000)
    known = ran()
    machine.path.unlink()
    machine.process()()
    machine.clock.advance(SAVED)
    assert ran() >= known
    machine.clock.advance(1)
    machine.clock.start_of_machine = "ffffffff"
    other = machine.process()
    other()
    machine.clock.advance(10 * SAVED)
    assert abs(other() - ran()) <= SAVED


@pytest.mark.parametrize("content", [b"", b"nonsense", b"[]", b'{"boot":"x","base":1e999,"up":0}'])
def test_a_damaged_note_begins_anew_with_this_start(machine: Machine, content: bytes) -> None:
    machine.path.parent.mkdir()
    machine.path.write_bytes(content)
    assert machine.process()() == 1000


def test_a_full_disk_stops_nobody(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "sync_file", full)
    ran = machine.process()
    ran()
    machine.clock.advance(SAVED + 1)
    assert ran() == 1000 + SAVED + 1
    assert not machine.path.exists()


def test_starts_that_are_shorter_than_a_note_count_too(machine: Machine) -> None:
    """A machine that is started every minute keeps nothing for ever."""
    machine.process()()
    for _ in range(20):
        machine.starts(20)
        ran = machine.process()
        ran()
        machine.clock.advance(60)
    assert machine.process()() > 1000
