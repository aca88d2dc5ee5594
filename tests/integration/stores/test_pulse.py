"""A Redis that hangs is known within a second, and nobody waits long for it."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import RedisClusterException, ResponseError

from face_rec.stores.redis.client import ANSWER_SECONDS, RedisAddress
from face_rec.stores.redis.redis_health import EVERY, SILENT, Pulse, pulse_of
from tests.redis_servers import Server, standalone, wait_until


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    with standalone(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def pulse(redis: Server) -> Iterator[Pulse]:
    pulse = pulse_of(RedisAddress(nodes=(("127.0.0.1", redis.port),)), "main", lambda _: "")
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
        assert before - stopped >= SILENT
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


def test_what_a_kiosk_waits_for_leaves_time_to_draw_within_three_seconds() -> None:
    """Longest: Redis hangs just after a ping; the kiosk asks it something just before the pulse
    knows, and says so when it has waited that out."""
    assert EVERY + SILENT + ANSWER_SECONDS <= 2.2


class _Cluster:
    """A client that raises ``error`` until that is None, and counts its pings."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.pings = 0

    def ping(self) -> bool:
        self.pings += 1
        if self.error is not None:
            raise self.error
        return True

    def close(self) -> None:
        """Nothing to close."""


def _pulse_of(cluster: _Cluster) -> Pulse:
    client: Any = cluster
    return Pulse(client)


def test_a_cluster_that_is_gone_is_away_and_its_return_is_noticed_at_once() -> None:
    cluster = _Cluster(RedisClusterException("no node answers"))
    pulse = _pulse_of(cluster)
    pulse.start()
    try:
        wait_until(lambda: cluster.pings > 2 * SILENT / EVERY, seconds=5)
        assert pulse.away()
        cluster.error = None
        wait_until(lambda: not pulse.away(), seconds=1)
    finally:
        pulse.close()


def test_a_redis_that_refuses_the_ping_does_answer() -> None:
    cluster = _Cluster(ResponseError("NOPERM this user has no permissions to run 'ping'"))
    pulse = _pulse_of(cluster)
    pulse.start()
    try:
        wait_until(lambda: cluster.pings > (SILENT / EVERY) + 5, seconds=10)
        assert not pulse.away()
    finally:
        pulse.close()
