"""A full disk keeps nobody from noting what has happened, nor from taking something away: Redis
has it, and the disk has it as soon as there is room."""

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from face_rec.access.audit.audit import Action
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.domain.errors import JournalError
from face_rec.journey.marking.reoffer import Reoffer
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.chain.ledger import AUDIT, RULES
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock
from tests.integration.chain.write_machines import (
    Machine,
    clock,
    machine,
    other,
    remembered,
)

__all__ = ["clock", "machine", "other"]

DAY = date(2025, 3, 12)


def _room(machine: Machine, pages: int) -> None:
    """How many pages the file may have: SQLite then says itself that the disk is full."""
    with machine.kept._opened() as file:
        file.execute(f"PRAGMA max_page_count={pages}").fetchall()


@pytest.fixture
def full(machine: Machine) -> Callable[[bool], None]:
    """Whether the disk takes nothing any more."""
    machine.register("somebody")

    def is_full(now: bool) -> None:
        _room(machine, 1 if now else 1 << 30)
        for size in (4000, 400, 1) if now else ():
            while _takes(machine, size):  # what is left in its pages is room, too
                pass

    return is_full


def _takes(machine: Machine, size: int) -> bool:
    try:
        machine.rules.put(Holiday(f"fill-{len(machine.rules.stored())}", DAY, "x" * size))
    except JournalError:
        return False
    return True


def _told(machine: Machine) -> list[str]:
    return [entry.target for entry in machine.access.audit.newest(9)]


def test_what_has_happened_is_noted_though_the_disk_is_full(
    machine: Machine, full: Callable[[bool], None], caplog: pytest.LogCaptureFixture
) -> None:
    full(True)
    with caplog.at_level(logging.WARNING):
        machine.access.audit.record(Action.EXPORTED, "the marks of May")
        machine.access.audit.record(Action.EXPORTED, "the marks of June", must=True)
        machine.access.audit.record(Action.EXPORTED, "the marks of July", once="a1b2c3d4")
        machine.access.audit.record(Action.EXPORTED, "the marks of July", once="a1b2c3d4")
    assert _told(machine) == ["the marks of July", "the marks of June", "the marks of May"]
    said = [record.message for record in caplog.records]
    assert any("entry_not_kept" in one for one in said)
    assert not any("audit_not_stored" in one for one in said)
    with pytest.raises(JournalError):
        machine.rules.put(Holiday("h", DAY, "Founders' day" * 999))


def test_it_is_noted_also_of_somebody_whose_own_key_is_made_for_that(
    machine: Machine, full: Callable[[bool], None]
) -> None:
    ada = machine.register()
    full(True)
    for target in ("ada came", "ada went"):
        machine.access.audit.record(Action.EXPORTED, target, about=ada.subject)
    assert _told(machine) == ["ada went", "ada came"]


def test_it_is_kept_once_there_is_room_and_comes_back_where_redis_had_lost_it_before(
    machine: Machine, full: Callable[[bool], None], redis_client: Client, clock: FakeClock
) -> None:
    full(True)
    lost = remembered(redis_client)
    machine.access.audit.record(Action.EXPORTED, "the marks of May")
    assert not machine.offers.look(), "it is full still"
    lost()
    assert _told(machine) == []
    full(False)
    assert machine.offers.look(), "or it comes back at the next loss alone"
    assert not machine.offers.look()
    machine.offer()
    assert _told(machine) == ["the marks of May"]
    assert len([*machine.ledger(AUDIT).statements()]) == 1


def test_a_removal_that_the_full_disk_refused_is_done_again_once_there_was_room(
    machine: Machine, full: Callable[[bool], None], redis_client: Client
) -> None:
    ada = machine.register()
    full(True)
    before = remembered(redis_client)
    machine.people.delete(ada.subject)
    full(False)
    machine.offers.look()
    before()
    assert "ada" in machine.ids()
    machine.offer()
    assert machine.ids() == ["somebody"]
    assert ada.subject not in machine.kept.subjects()


def test_what_was_made_after_it_stands_after_it_whatever_redis_loses(
    machine: Machine, full: Callable[[bool], None], redis_client: Client
) -> None:
    holiday = Holiday("h", DAY, "Founders' day")
    machine.rules.put(holiday)
    full(True)
    machine.rules.remove(holiday)
    full(False)
    machine.rules.put(holiday)
    before = len([*machine.ledger(RULES).statements()])
    redis_client.flushdb()
    machine.offer()
    assert "Founders' day" in {one.name for one in machine.rules.load().holidays}
    assert len([*machine.ledger(RULES).statements()]) == before


def test_of_somebody_who_is_erased_on_a_full_disk_nothing_is_kept_later(
    machine: Machine, full: Callable[[bool], None], redis_client: Client
) -> None:
    ada = machine.register()
    leave = Leave("l", ada.subject, DAY, DAY, "sick", author="boss")
    machine.rules.put(leave)
    machine.pins.put(ada.subject, "hashed")
    full(True)
    machine.rules.remove(leave)
    machine.pins.clear(ada.subject)
    machine.access.audit.record(Action.EXPORTED, "what Ada did", about=ada.subject)
    machine.people.delete(ada.subject)
    length = len([*machine.ledger(AUDIT).statements()])
    full(False)
    machine.offers.look()
    assert ada.subject not in machine.kept.subjects()
    redis_client.flushdb()
    machine.offer()
    assert len([*machine.ledger(AUDIT).statements()]) == length
    assert "ada" not in machine.ids()


def test_the_app_looks_for_it_by_itself_though_nothing_says_that_redis_lost_anything(
    machine: Machine, full: Callable[[bool], None], redis_client: Client, clock: FakeClock,
    tmp_path: Path,
) -> None:  # fmt: skip
    marks, told = RedisAttendance(redis_client, "main"), list[tuple[str, int]]()
    journal = FileJournal(tmp_path / "marks")
    again = Reoffer(
        marks, marks.missing, journal, clock, cooldown=lambda: 60.0, lost=lambda: "",
        told=lambda why, back: told.append((why, back.writes)), others=machine.offers,
    )  # fmt: skip
    full(True)
    lost = remembered(redis_client)
    machine.access.audit.record(Action.EXPORTED, "the marks of May")
    lost()
    again.look()
    full(False)
    for _ in range(30):
        clock.advance(1)
        again.look()
    assert _told(machine) == ["the marks of May"]
    assert ("", 1) in told
    journal.close()
