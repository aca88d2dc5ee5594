"""What this machine keeps goes by the time for which it has run: whatever somebody, or NTP, does
to its wall clock, nothing goes too early, stays for ever, or is done twice."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from face_rec.access.audit.audit import Action
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.stores.chain import newest_entries
from face_rec.stores.chain.ledger import AUDIT, PEOPLE, RULES
from face_rec.stores.chain.write_log import UNDER_WAY
from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock
from tests.integration.chain.write_machines import (
    DAY,
    HOURS,
    Machine,
    clock,
    machine,
    other,
    remembered,
)

__all__ = ["clock", "machine", "other"]

WITHOUT_BATTERY = datetime(1970, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a list were long."""
    monkeypatch.setattr(newest_entries, "_AT_ONCE", 2)


@pytest.mark.parametrize("forward", [timedelta(hours=80), 55 * YEAR])
def test_a_clock_that_is_set_forward_empties_nothing(
    machine: Machine, clock: FakeClock, redis_client: Client, forward: timedelta
) -> None:
    clock.set(WITHOUT_BATTERY)
    machine.register()
    clock.set(clock.now() + forward)
    clock.advance(UNDER_WAY + 1)
    machine.offers.look()
    redis_client.flushdb()
    assert machine.offer() == 1
    assert machine.ids() == ["ada"]


@pytest.mark.parametrize("by", [-50 * YEAR, -80 * timedelta(hours=1), 50 * YEAR])
def test_it_goes_after_its_time_whatever_the_clock_is_set_to(
    machine: Machine, clock: FakeClock, by: timedelta
) -> None:
    machine.register()
    clock.set(clock.now() + by)
    clock.advance(HOURS - 1)
    machine.kept.expire()
    assert machine.kept.oldest() is not None
    clock.advance(2)
    machine.kept.expire()
    assert machine.kept.oldest() is None


@pytest.mark.parametrize("by", [timedelta(minutes=1), -timedelta(minutes=1), -50 * YEAR])
def test_a_write_under_way_is_nobody_else_s_though_the_clock_is_set_meanwhile(
    machine: Machine, clock: FakeClock, by: timedelta
) -> None:
    machine.register()
    clock.set(clock.now() + by)
    assert machine.kept.ids(PEOPLE) == {}
    clock.advance(UNDER_WAY + 1)
    assert len(machine.kept.ids(PEOPLE)) == 1


@pytest.mark.usefixtures("short_pages")
def test_what_was_written_by_a_clock_ahead_is_found_and_not_done_twice(
    machine: Machine, other: Machine, clock: FakeClock
) -> None:
    clock.set(clock.now() + YEAR)
    machine.access.audit.record(Action.EXPORTED, "the marks of May")
    clock.set(clock.now() - YEAR)
    for number in range(9):
        other.access.audit.record(Action.EXPORTED, f"more {number}")
    assert machine.offer() == 0
    assert len(list(machine.ledger(AUDIT).statements())) == 10


@pytest.mark.usefixtures("short_pages")
def test_the_entries_of_another_clock_hide_none_of_ours(
    machine: Machine, other: Machine, clock: FakeClock
) -> None:
    """Of a machine whose clock is years behind there are more than are read at once."""
    machine.access.audit.record(Action.EXPORTED, "the marks of May")
    now = clock.now()
    clock.set(WITHOUT_BATTERY)
    for number in range(9):
        other.access.audit.record(Action.EXPORTED, f"more {number}")
    clock.set(now)
    assert machine.offer() == 0
    assert len(list(machine.ledger(AUDIT).statements())) == 10


@pytest.mark.usefixtures("short_pages")
def test_an_erasure_is_heard_of_though_this_clock_was_ahead(
    machine: Machine, other: Machine, clock: FakeClock
) -> None:
    ada = machine.register()
    clock.set(clock.now() + YEAR)
    other.rules.put(Leave("l", ada.subject, DAY, DAY, "sick", author="boss"))
    clock.set(clock.now() - YEAR)
    machine.people.delete(ada.subject)
    for number in range(9):
        machine.register(f"p{number}")
    other.offers.look()
    assert other.kept.subjects() == set()


@pytest.mark.usefixtures("short_pages")
def test_one_entry_of_a_clock_behind_hides_no_erasure(
    machine: Machine, other: Machine, clock: FakeClock
) -> None:
    ada = machine.register()
    other.rules.put(Leave("l", ada.subject, DAY, DAY, "sick", author="boss"))
    machine.people.delete(ada.subject)
    now = clock.now()
    clock.set(WITHOUT_BATTERY)
    machine.register("bob")
    clock.set(now)
    machine.register("eve")
    other.offers.look()
    assert other.kept.subjects() == set()


def _as_before(machine: Machine, *written: tuple[str, float]) -> None:
    """As the version before does it, which knows no column of an age."""
    with closing(sqlite3.connect(machine.path)) as file, file:
        for write_id, at in written:
            file.execute(
                "INSERT INTO writes (id, at, stream, content) VALUES (?, ?, ?, ?)",
                (write_id, at, RULES, b"sealed"),
            )


def test_a_file_of_the_version_before_goes_on_and_that_version_writes_beside(
    redis_client: Client, tmp_path: Path, clock: FakeClock
) -> None:
    before: Any = Machine(redis_client, tmp_path, clock)
    with closing(before.kept):
        before.rules.put(Holiday("h", DAY, "Founders' day"))
    with closing(sqlite3.connect(before.path)) as file, file:
        file.execute("ALTER TABLE writes DROP COLUMN ran")
    redis_client.flushdb()
    machine = Machine(redis_client, tmp_path, clock)
    with closing(machine.kept):
        now = clock.now().timestamp()
        clock.set(clock.now() + YEAR)
        assert machine.offer() == 1
        assert [one.name for one in machine.rules.load().holidays] == ["Founders' day"]
        _as_before(machine, ("old", now), ("new", clock.now().timestamp()))
        assert "old" in machine.kept.ids(RULES)
        assert "new" not in machine.kept.ids(RULES), "it may be under way"
        clock.advance(UNDER_WAY + 1)
        machine.kept.expire()
        clock.advance(HOURS - 10)
        machine.kept.expire()
        assert {"old", "new"} <= machine.kept.ids(RULES).keys()
        clock.advance(20)
        machine.kept.expire()
        assert machine.kept.oldest() is None


def test_where_nobody_knows_any_more_how_long_the_machine_has_run_it_counts_from_now(
    machine: Machine, clock: FakeClock
) -> None:
    machine.register()
    clock._monotonic -= 900.0
    machine.kept.expire()
    clock.advance(HOURS - 10)
    machine.kept.expire()
    assert machine.kept.oldest() is not None
    clock.advance(20)
    machine.kept.expire()
    assert machine.kept.oldest() is None


def test_what_was_set_aside_goes_in_its_time_too_and_not_before(
    machine: Machine, clock: FakeClock, redis_client: Client
) -> None:
    lost = remembered(redis_client)
    machine.register()
    with closing(sqlite3.connect(machine.path)) as file, file:
        file.execute("UPDATE writes SET content = substr(content, 1, 60)")
    lost()
    machine.offer()
    clock.set(clock.now() + YEAR)
    machine.kept.expire()
    (shown,) = machine.aside.all()
    (machine.aside.folder / "writes-0123456789abcdef").write_bytes(b"of the version before")
    machine.kept.expire()
    clock.advance(HOURS - 10)
    machine.kept.expire()
    assert len(machine.aside) == 2
    assert shown.name in machine.aside
    clock.advance(20)
    machine.kept.expire()
    assert machine.aside.all() == []
    assert not list(machine.aside.folder.iterdir())
