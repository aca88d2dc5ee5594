"""Closed days get to the disk by themselves."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from face_rec.attendance.closed_days import ClosedDays
from face_rec.attendance.marks import day_file
from face_rec.attendance.terms.status import Status
from face_rec.domain.errors import StoreUnavailable
from tests.attendance_days import MONDAY, at, punches
from tests.attendance_world import BOB, World, statuses
from tests.fakes.clock import FakeClock

LATER = at(MONDAY, "12:00") + timedelta(days=40)


def _days(world: World) -> ClosedDays:
    return ClosedDays(world.service().timesheets.sources.keep, world.clock)


def test_a_day_that_nobody_looked_at_is_written_once_and_serves_the_first_report(
    tmp_path: Path,
) -> None:
    world = World(now=LATER, folder=tmp_path)
    world.mark("09:00 17:00")
    assert _days(world).look() == 1
    assert [file.stem for file in tmp_path.rglob("*.day")] == [str(MONDAY)]
    world.attendance.read.clear()

    assert _days(world).look() == 0  # by another process of this disk, or after a start
    before = World(now=LATER)
    before.mark("09:00 17:00")
    assert world.service().timesheets.day(MONDAY) == before.service().timesheets.day(MONDAY)
    assert MONDAY not in world.attendance.read


def test_days_that_still_go_on_and_days_without_marks_have_no_file(tmp_path: Path) -> None:
    world = World(now=at(MONDAY, "18:00") + timedelta(days=1), folder=tmp_path)
    world.mark("09:00 17:00")
    assert _days(world).look() == 0
    assert not list(tmp_path.rglob("*.day"))


@pytest.mark.parametrize("left", [b"", b"not a day", None])
def test_a_file_that_is_damaged_or_gone_is_written_again(
    tmp_path: Path, left: bytes | None
) -> None:
    world = World(now=LATER, folder=tmp_path)
    world.mark("09:00 17:00")
    days = _days(world)
    days.look()
    (file,) = tmp_path.rglob("*.day")
    good = file.read_bytes()
    if left is None:
        file.unlink()
    else:
        file.write_bytes(left)
    assert days.look() == 1
    assert file.read_bytes() == good


def test_a_mark_that_comes_late_has_its_day_written_again(tmp_path: Path) -> None:
    world = World(now=LATER, folder=tmp_path)
    world.mark("09:00 17:00")
    days = _days(world)
    days.look()
    late = replace(punches("09:00")[0], id="late", subject=BOB.subject)
    world.attendance.apply(late, 0.0, replay=True)
    assert [days.look(), days.look()] == [1, 0]
    world.attendance.read.clear()
    assert statuses(world.service())["Bob"] is Status.MISSING_OUT
    assert MONDAY not in world.attendance.read


def test_who_has_no_disk_for_days_keeps_none() -> None:
    world = World(now=LATER)
    world.mark("09:00 17:00")
    assert _days(world).look() == 0
    assert MONDAY not in world.attendance.read


def test_a_database_that_is_away_is_asked_again_later() -> None:
    def away(_: date) -> bool:
        raise StoreUnavailable("away")

    with pytest.raises(StoreUnavailable):
        ClosedDays(away, FakeClock()).look()


def test_a_disk_that_takes_no_day_is_not_offered_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(now=LATER, folder=tmp_path)
    for number in range(3):
        world.mark("09:00 17:00", MONDAY + timedelta(days=number))
    days, tried = _days(world), 0

    def full(*_: object, **__: object) -> None:
        nonlocal tried
        tried += 1
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(day_file, "write", full)
        with pytest.raises(OSError, match="No space left"):
            days.look()
    assert tried == 1
    assert days.look() == 3  # when there is room again
