"""Redis' pulse: whether it answers at this moment, known without waiting for it.

A Redis that hangs is worse than one that is gone: every question waits for its time-out. Who asks
the pulse first says so at once, and goes on with what it knows. Who asked Redis just before waits
on, for ``ANSWER_SECONDS`` at most.
"""

import time
from typing import Final

from face_rec.background import Background
from face_rec.domain.errors import StoreError, StoreUnavailable
from face_rec.stores.redis.client import Client, RedisAddress, connect, redis_errors

EVERY: Final = 0.1
SILENT: Final = 0.5
"""Seconds without an answer after which Redis counts as away."""


def pulse_of(address: RedisAddress) -> "Pulse":
    """The pulse of the Redis at ``address``, over a connection of its own."""
    return Pulse(connect(address, patience=SILENT))


class Pulse:
    """Pings in a thread of its own until closed. ``away`` costs nothing; any thread.

    Only a ping that was sent and not answered counts, never the time since the last one: a
    process that was busy with itself does not take Redis for silent.
    """

    def __init__(self, client: Client) -> None:
        """``client``: waits no longer than ``SILENT`` for an answer; closed with the pulse."""
        self._client = client
        self._silent_since: float | None = None
        self._away = False
        self._thread = Background("redis-pulse", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self, timeout: float = 10.0) -> None:
        self._thread.stop(timeout)
        self._client.close()

    def away(self) -> bool:
        """Whether pings have been without an answer for too long."""
        return self._away

    def _run(self) -> None:
        while not self._thread.stopping.wait(EVERY):
            self._ping()

    def _ping(self) -> None:
        asked = time.monotonic()
        if self._answers():
            self._silent_since, self._away = None, False
            return
        if self._silent_since is None:
            self._silent_since = asked
        self._away = time.monotonic() - self._silent_since >= SILENT

    def _answers(self) -> bool:
        try:
            with redis_errors():
                self._client.ping()
        except StoreUnavailable:
            return False
        except StoreError:  # a refusal is an answer
            return True
        return True
