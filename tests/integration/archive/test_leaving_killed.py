"""Whoever takes a day out of Redis, or brings it back, is killed at a command that it sends: the
day is in Redis or in the archive, whole, and the next one goes on."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from face_rec.stores.left import left_days
from face_rec.stores.redis.client import Client
from tests.fakes.clock import MORNING
from tests.integration.archive.site import Site, settings_of, site
from tests.killed import killed_after
from tests.redis_servers import Server

WHEN = MORNING.date()
SLOT = f"{{main|{WHEN}}}"


@pytest.fixture
def at(
    tmp_path: Path, redis_server: Server, redis_client: Client, archive_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Site]:  # fmt: skip
    monkeypatch.setattr(left_days, "_AT_ONCE", 5)
    with site(settings_of(tmp_path, redis_server, archive_url, REDIS_DAYS="90")) as made:
        for number in range(17):
            made.mark(f"e{number}", "s1", number * 600)
        yield made


def _archived(at: Site) -> None:
    """As it is after an hour: what a process wrote that was killed is witnessed by another."""
    at.copy()
    at.archive.leave()
    at.stores.chain.copy()


def _read(at: Site, redis_client: Client) -> list[str]:
    """The day's marks; it is in one place, and what was on its way is forgotten soon."""
    keys: Any = redis_client.keys(f"*{SLOT}*")
    names = [key.decode().partition(":")[0] for key in keys]
    assert ("left" in names) != ("attendance" in names), names
    for key in keys:
        assert redis_client.ttl(key) == -1 or key.startswith(b"coming:"), key
    return [event.id for event in at.stores.attendance.day(WHEN)]


def _killed_at_each(step: int, work: Callable[[], None], check: Callable[[], None]) -> int:
    """How many processes were killed, ``step`` commands apart, before one came to its end."""
    kills = 0
    while killed_after(kills * step, work):
        kills += 1
        check()
    check()
    return kills


@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.nightly)])
def test_a_day_is_whole_whoever_is_killed_while_it_leaves_and_comes_back(
    at: Site, redis_client: Client, step: int
) -> None:
    marks = _read(at, redis_client)

    def leave() -> None:
        at.archive.database.engine.dispose(close=False)  # of the process that was forked
        at.archive.leave()

    def unchanged() -> None:
        assert _read(at, redis_client) == marks

    _archived(at)
    assert _killed_at_each(step, leave, unchanged) > 1
    assert redis_client.exists(f"left:{SLOT}")

    def back() -> None:
        opened = at.stores.left.archive._opened  # type: ignore[attr-defined]
        opened._database.engine.dispose(close=False)
        at.mark(f"late{len(marks)}", "s1", 300 + len(marks) * 600)

    def leaves_again() -> None:
        found = _read(at, redis_client)
        assert found[: len(marks)] == marks
        marks[:] = found
        if redis_client.exists(f"attendance:{SLOT}"):
            _archived(at)
            at.archive.leave()
            assert redis_client.exists(f"left:{SLOT}")
            unchanged()

    assert _killed_at_each(step, back, leaves_again) > 2
    assert len(marks) > 17
    assert at.stores.chain.verify().whole
    assert at.archive.verify.run().differences == ()
