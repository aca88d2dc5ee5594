"""A clock that is set, or wrong, is noticed; which marks that leaves in doubt."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from face_rec import clock as machine_clock
from face_rec.attendance.marks.clock_doubts import ClockChanges
from face_rec.clock import SystemClock
from face_rec.domain.clock_state import ClockChange, Stamp, apart
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.timekeeping.ntp import Keeper, Kept, kernel
from face_rec.timekeeping.seen import SeenFile
from face_rec.timekeeping.watch import ClockWatch, Jump, Opinion
from tests.fakes.clock import MORNING, FakeClock

MINUTES = timedelta(minutes=3)
BERLIN = ZoneInfo("Europe/Berlin")


class Machine:
    """A clock, who keeps it, what another machine says, and a watch over it all."""

    def __init__(self, folder: Path | None = None) -> None:
        self.clock = FakeClock()
        self.kept: bool | None = False
        self.truth: Callable[[], datetime] | None = None
        self.file = SeenFile(folder / "clock.json") if folder else None
        self.told: list[Jump] = []
        self.away = False
        self.watch = self.begun()

    def begun(self) -> ClockWatch:
        others: dict[str, Opinion] = {"redis": self._ahead}
        kept = lambda: Kept(self.kept)  # noqa: E731
        return ClockWatch(self.clock, kept, others, self._hear, file=self.file, machine="gate-pc")

    def run(self, seconds: float) -> None:
        """The watch looks, time passes, it looks again."""
        self.watch.look()
        self.clock.advance(seconds)
        self.watch.look()

    def set(self, by: timedelta) -> None:
        self.clock.set(self.clock.now() + by)

    def mark(self, source: Source = Source.VIDEO) -> Event:
        return Event(
            "e", "ada", self.clock.now(), EventKind.PUNCH, source, "gate", clock=self.watch.stamp()
        )

    def doubt(self, event: Event) -> str:
        changes = ClockChanges([jump.change for jump in self.told if jump.change])
        return (event.clock.doubt if event.clock else "") or changes.doubt(event, BERLIN)

    def _ahead(self) -> float | None:
        return (self.clock.now() - self.truth()).total_seconds() if self.truth else None

    def _hear(self, jump: Jump) -> None:
        if self.away:
            raise StoreUnavailable("The fake store is away. Switch it on.")
        self.told.append(jump)


def test_a_mark_carries_the_time_that_nobody_can_set() -> None:
    machine = Machine()
    machine.kept = True
    machine.run(5)
    stamp = machine.watch.stamp()
    assert stamp == Stamp("0123abcd", 1005.0, kept=True, ahead=None)
    assert machine.told == []


@pytest.mark.parametrize("by", [MINUTES, -MINUTES, timedelta(days=400), timedelta(seconds=2.5)])
def test_a_clock_that_is_set_is_noticed_at_the_next_mark_already(by: timedelta) -> None:
    machine = Machine()
    machine.run(60)
    machine.set(by)
    machine.watch.stamp()
    assert machine.watch.state().jumps == 1
    machine.watch.look()
    (jump,) = machine.told
    assert jump.by == pytest.approx(by.total_seconds())
    assert jump.after - jump.before == by


def test_a_clock_that_ntp_slews_or_that_nobody_sets_is_left_alone() -> None:
    machine = Machine()
    for _ in range(200):
        machine.run(1)
        machine.set(timedelta(seconds=0.4))
    assert machine.told == []
    assert machine.watch.state().jumps == 0


def test_marks_of_before_are_in_doubt_where_the_clock_is_right_since() -> None:
    machine = Machine()
    machine.run(60)
    early = machine.mark()
    machine.run(60)
    machine.set(MINUTES)
    machine.kept = True
    machine.watch.look()
    late = machine.mark()
    (jump,) = machine.told
    assert jump.words == (
        "Marks of before are in doubt: the clock of gate-pc was set: it was 3 min behind."
    )
    assert machine.doubt(early) == (
        "marked while the clock was wrong, by about 3 min behind when it was set: "
        "rather at 2025-03-10 09:04"
    )
    assert machine.doubt(late) == ""


def test_where_nobody_knows_better_the_clock_is_taken_to_have_been_set_right() -> None:
    machine = Machine()
    machine.run(60)
    early = machine.mark()
    machine.run(1)
    machine.set(-MINUTES)
    machine.watch.look()
    assert "3 min ahead when it was set, it seems: rather at" in machine.doubt(early)
    assert machine.doubt(machine.mark()) == ""


def test_a_right_clock_that_is_set_wrong_makes_marks_that_say_so_themselves() -> None:
    machine = Machine()
    machine.kept = True
    machine.run(60)
    early = machine.mark()
    machine.kept = False
    machine.set(timedelta(hours=1, minutes=5))
    wrong = machine.mark()  # before the thread has looked
    machine.watch.look()
    assert machine.doubt(early) == ""
    assert machine.doubt(wrong) == "marked while the clock was wrong, by about 1 h 5 min ahead"
    assert machine.told[0].words == "It is 1 h 5 min ahead since: marks made now say so."
    machine.clock.advance(600)
    machine.set(-timedelta(hours=1, minutes=5))  # back to what it was when it was right
    assert machine.doubt(machine.mark()) == ""


def test_another_machine_tells_which_side_is_wrong_where_ntp_does_not() -> None:
    machine = Machine()
    machine.truth = lambda: MORNING + timedelta(seconds=machine.clock.monotonic() - 1000)
    machine.run(60)
    early = machine.mark()
    machine.set(MINUTES)
    machine.watch.look()
    assert machine.watch.state().ahead == pytest.approx(180)
    assert (
        machine.doubt(machine.mark()) == "marked while the clock was wrong, by about 3 min ahead"
    )
    assert machine.doubt(early) == ""
    machine.set(-MINUTES)
    machine.run(1)
    assert machine.watch.state().ahead is None
    assert machine.doubt(machine.mark()) == ""


def test_a_clock_that_was_wrong_all_the_time_is_noticed_without_a_jump() -> None:
    machine = Machine()
    machine.truth = lambda: machine.clock.now() + timedelta(hours=2)
    machine.watch.look()
    assert machine.doubt(machine.mark()) == "marked while the clock was wrong, by about 2 h behind"
    machine.kept = True  # NTP knows better than another machine
    machine.watch.look()
    assert machine.doubt(machine.mark()) == ""


def test_a_virtual_machine_that_stood_still_leaves_no_mark_in_doubt() -> None:
    machine = Machine()
    machine.kept = True
    machine.run(60)
    early = machine.mark()
    machine.set(timedelta(hours=8))
    machine.watch.look()
    assert machine.told[0].change is None
    assert "stood still" in machine.told[0].words
    assert machine.doubt(early) == machine.doubt(machine.mark()) == ""


def test_sleep_of_the_machine_is_no_jump() -> None:
    machine = Machine()
    machine.run(8 * 3600)  # uptime counts sleep
    assert machine.told == []


def test_what_happens_while_the_app_is_down_is_noticed_at_its_start(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.run(60)
    early = machine.mark()
    machine.watch.close()
    machine.clock.advance(600)
    machine.set(MINUTES)
    machine.watch = machine.begun()
    machine.watch.look()
    assert machine.told[0].by == pytest.approx(180)
    assert "3 min behind" in machine.doubt(early)
    assert machine.doubt(machine.mark()) == ""


def test_a_machine_that_lost_the_time_when_it_was_off_says_so_with_its_marks(
    tmp_path: Path,
) -> None:
    machine = Machine(tmp_path)
    machine.run(60)
    early = machine.mark()
    machine.watch.close()
    machine.clock.start_of_machine = "fedcba98"
    machine.set(datetime(1970, 1, 1, tzinfo=UTC) - machine.clock.now())
    machine.watch = machine.begun()
    machine.watch.look()
    lost = machine.mark()
    assert "by about 20,157 days behind" in machine.doubt(lost)
    assert machine.doubt(early) == ""
    machine.set(MORNING + timedelta(minutes=5) - machine.clock.now())
    machine.kept = True
    machine.watch.look()
    assert machine.doubt(machine.mark()) == ""
    assert [jump.by < 0 for jump in machine.told] == [True, False]


def test_a_machine_that_was_only_started_anew_has_no_jump(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.run(60)
    machine.watch.close()
    machine.clock.start_of_machine = "fedcba98"
    machine.clock.advance(120)
    machine.watch = machine.begun()
    machine.run(1)
    assert machine.told == []


def test_what_could_not_be_told_is_told_later_also_after_a_restart(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.run(60)
    machine.away = True
    machine.set(MINUTES)
    machine.watch.look()
    machine.watch.close()  # the file still tells of the clock before
    machine.away = False
    machine.watch = machine.begun()
    machine.run(1)
    machine.run(1)
    assert [round(jump.by) for jump in machine.told] == [180]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"boot":"0123abcd"}',
     json.dumps({"boot": "0123abcd", "up": "x", "wall": 0, "right": None,
                 "right_offset": None, "ahead": None}).encode()],
)  # fmt: skip
def test_a_damaged_file_costs_nothing_but_the_look_back(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "clock.json").write_bytes(content)
    machine = Machine(tmp_path)
    machine.run(60)
    assert machine.told == []
    machine.watch.close()
    assert SeenFile(tmp_path / "clock.json").read() is not None


def test_what_a_device_kept_while_the_server_was_away_has_its_time_from_there() -> None:
    machine = Machine()
    machine.run(60)
    kept = machine.mark(Source.OFFLINE)
    machine.set(MINUTES)
    machine.watch.look()
    assert machine.told[0].change is not None
    assert machine.doubt(kept) == ""


def test_a_change_knows_the_days_that_the_wrong_clock_told() -> None:
    noticed = datetime(2025, 3, 10, 8, tzinfo=UTC)
    change = ClockChange("b", 0, 86400, -400 * 86400, noticed)
    days = ClockChanges([change]).days()
    wrong = (noticed - timedelta(days=400)).date()
    assert {wrong, wrong - timedelta(days=1)} <= days
    assert noticed.date() not in days


def test_processes_of_one_machine_notice_the_same_and_others_do_not() -> None:
    at = MORNING
    one = ClockChange("b", 0, 500.0, 180.0, at)
    assert one.same(ClockChange("b", 10, 501.2, 180.4, at))
    assert not one.same(ClockChange("c", 0, 500.0, 180.0, at))
    assert not one.same(ClockChange("b", 0, 500.0, -180.0, at))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(31, "31 s ahead"), (-181, "3 min behind"), (59.6, "1 min ahead"), (3600, "1 h ahead"),
     (-3900, "1 h 5 min behind"), (86400 * 12, "12 days ahead")],
)  # fmt: skip
def test_how_far_a_clock_is_off_is_said_as_people_say_it(seconds: float, words: str) -> None:
    assert apart(seconds) == words


def test_the_kernel_is_asked_without_any_rights() -> None:
    found = kernel()
    assert found.synchronised in {True, False, None}
    assert found.worst is None or found.worst >= 0


def test_systemd_is_asked_once_a_minute_where_the_kernel_may_not_be() -> None:
    clock, asked = FakeClock(), []

    def systemd() -> Kept:
        asked.append(clock.monotonic())
        return Kept(True)

    keeper = Keeper(lambda: Kept(None), systemd, clock.monotonic)
    for _ in range(90):
        assert keeper() == Kept(True)
        clock.advance(1)
    assert len(asked) == 2
    Keeper(lambda: Kept(False), systemd, clock.monotonic)()
    assert len(asked) == 2


@pytest.mark.parametrize("linux", [True, False])
def test_the_machines_own_time_runs_on_every_system(
    monkeypatch: pytest.MonkeyPatch, linux: bool
) -> None:
    if not linux:
        monkeypatch.setattr(machine_clock, "_SINCE_BOOT", None)
    clock = SystemClock()
    assert 0 < clock.uptime() <= clock.uptime()
    assert clock.boot == clock.boot
    assert len(clock.boot) == 8


def test_a_night_of_sleep_is_counted_on_linux_and_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    """time.monotonic stands still then on macOS."""
    monkeypatch.setattr(time, "CLOCK_BOOTTIME", 7, raising=False)
    monkeypatch.setattr(time, "CLOCK_MONOTONIC_RAW", 4, raising=False)
    found = {name: machine_clock._counts_sleep(name) for name in ("linux", "darwin", "win32")}
    assert found == {"linux": 7, "darwin": 4, "win32": None}
