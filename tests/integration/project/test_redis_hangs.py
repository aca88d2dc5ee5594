"""A Redis that hangs: who stands there is told within a second, and marked once."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import config
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.clock import SystemClock
from face_rec.domain.marks import Outcome
from face_rec.journey.marking.mark import DurableMarker
from tests.redis_servers import Server, standalone, wait_until
from tests.samples import an_event

pytestmark = pytest.mark.alone


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    with standalone(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def stores(redis: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    """As the app opens them."""
    environ = {"REDIS_URL": f"redis://127.0.0.1:{redis.port}", "DATA_DIR": str(tmp_path / "data")}
    with ExitStack() as stack:
        yield open_stores(config.load(environ, dotenv=None), SystemClock(), stack)


def test_who_comes_first_to_a_redis_that_hangs_waits_less_than_a_second_and_the_next_not_at_all(
    redis: Server, stores: Stores
) -> None:
    clock = SystemClock()
    marker = DurableMarker(
        stores.writers.marks, stores.journal, clock, lambda: 60.0, stores.pulse.away
    )
    assert marker.mark(an_event("before", "s0")).outcome is Outcome.MARKED
    process = int(redis.client().info("server")["process_id"])
    os.kill(process, signal.SIGSTOP)
    took: list[float] = []
    try:
        for number in range(1, 4):
            begun = time.monotonic()
            receipt = marker.mark(an_event(f"e{number}", f"s{number}"))
            took.append(time.monotonic() - begun)
            assert receipt.outcome is Outcome.SAVED_HERE
    finally:
        os.kill(process, signal.SIGCONT)
    assert took[0] < 1.0
    assert max(took[1:]) < 0.2
    wait_until(lambda: marker.pending_count() == 0, seconds=10)
    marker.close()
    found = [event.id for event in stores.attendance.day(an_event("x").at.date())]
    assert sorted(found) == ["before", "e1", "e2", "e3"]


def test_who_comes_once_the_pulse_knows_does_not_wait_at_all(
    redis: Server, stores: Stores
) -> None:
    marker = DurableMarker(
        stores.writers.marks, stores.journal, SystemClock(), lambda: 60.0, stores.pulse.away
    )
    process = int(redis.client().info("server")["process_id"])
    os.kill(process, signal.SIGSTOP)
    try:
        wait_until(stores.pulse.away, seconds=5)
        begun = time.monotonic()
        assert marker.mark(an_event("e1", "s1")).outcome is Outcome.SAVED_HERE
        assert time.monotonic() - begun < 0.2
    finally:
        os.kill(process, signal.SIGCONT)
    wait_until(lambda: marker.pending_count() == 0, seconds=10)
    marker.close()
