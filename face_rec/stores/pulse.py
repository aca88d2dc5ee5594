"""Redis' pulse: whether it answers at this moment, known without waiting for it.

A Redis that hangs is worse than one that is gone: every question waits for its time-out. Who asks
the pulse first says so at once, and goes on with what it knows.
"""

import time
from typing import Final

from redis.exceptions import RedisError

from face_rec.background import Background
from face_rec.stores.client import Client

EVERY: Final = 0.25
SILENT: Final = 0.8
"""Seconds without an answer after which Redis counts as away."""


class Pulse:
    """Pings in a thread of its own until closed. ``away`` costs nothing; any thread."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._answered = time.monotonic()
        self._thread = Background("redis-pulse", self._run)

    def start(self) -> None:
        self._answered = time.monotonic()
        self._thread.start()

    def close(self, timeout: float = 10.0) -> None:
        self._thread.stop(timeout)

    def away(self) -> bool:
        """Whether the last answer is too long ago."""
        return time.monotonic() - self._answered > SILENT

    def _run(self) -> None:
        while not self._thread.stopping.wait(EVERY):
            self._ping()

    def _ping(self) -> None:
        try:
            self._client.ping()
        except RedisError:
            return
        self._answered = time.monotonic()
