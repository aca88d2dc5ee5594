"""A Redis that hangs is known within a second, and nobody waits for it."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from face_rec.stores.client import RedisAddress, connect
from face_rec.stores.pulse import SILENT, Pulse
from tests.redis_servers import Server, standalone, wait_until


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    with standalone(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def pulse(redis: Server) -> Iterator[Pulse]:
    pulse = Pulse(connect(RedisAddress(nodes=(("127.0.0.1", redis.port),))))
    pulse.start()
    yield pulse
    pulse.close()


def _process(redis: Server) -> int:
    return int(redis.client().info("server")["process_id"])


def test_a_frozen_redis_is_away_at_once_and_back_at_once(redis: Server, pulse: Pulse) -> None:
    process = _process(redis)
    wait_until(lambda: not pulse.away())
    os.kill(process, signal.SIGSTOP)
    try:
        stopped = time.monotonic()
        wait_until(pulse.away, seconds=SILENT + 2)
        before = time.monotonic()
        assert pulse.away()
        assert time.monotonic() - before < 0.1  # asking waits for nothing
        assert before - stopped >= SILENT - 0.5
    finally:
        os.kill(process, signal.SIGCONT)
    wait_until(lambda: not pulse.away(), seconds=5)


def test_a_redis_that_is_gone_is_away_and_its_return_is_noticed(
    redis: Server, pulse: Pulse
) -> None:
    redis.kill()
    wait_until(pulse.away, seconds=5)
    redis.start()
    wait_until(lambda: not pulse.away(), seconds=10)
