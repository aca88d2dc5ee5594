"""Whether Redis answers.

Whether it does at this moment is known without waiting for it: a Redis that hangs is worse
than one that is gone, for every question waits for its time-out. Who asks the pulse first says so
at once, and goes on with what it knows. Who asked Redis just before waits on, for
``ANSWER_SECONDS`` at most.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, cast

from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.health import HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, sentence
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import (
    ANY_ERROR,
    RESTORING,
    Client,
    RedisAddress,
    connect,
    held,
    is_away,
    redis_errors,
)

log = logging.getLogger(__name__)

Check = Callable[[], HealthCheck]
_FEW_SECONDS: Final = 5.0  # that two clocks may be apart

EVERY: Final = 0.1  # seconds between two pings
SILENT: Final = 0.5
"""Seconds without an answer after which Redis counts as away."""


def reachable_check(client: Client) -> Check:
    """Not ready while Redis does not answer a PING."""

    def check() -> HealthCheck:
        try:
            with redis_errors():
                client.ping()
        except StoreError as error:
            return HealthCheck(
                "redis", ok=False, detail=msgid("does not answer"), advice=error.said
            )
        return HealthCheck("redis", ok=True, detail=msgid("answers"))

    return check


def redis_clock_check(ahead: Callable[[], float | None], server: str = "Redis") -> Check:
    """A warning when this machine and Redis disagree about the time; see
    :func:`ahead_of_redis`. ``server``: another one that was asked."""
    name = f"clock and {server.lower()}"

    def check() -> HealthCheck:
        apart = ahead()
        if apart is None:
            return HealthCheck(
                name, ok=True, detail=sentence("not known, {server} is away", server=server)
            )
        close = abs(apart) <= _FEW_SECONDS
        advice = "" if close else sentence(
            "Marks would get wrong times, and midnight would fall differently on each machine. "
            "Switch on NTP here and on the {server} server: timedatectl set-ntp true",
            server=server,
        )  # fmt: skip
        return HealthCheck(
            name, ok=True, detail=sentence("{seconds} s apart", seconds=Figure(abs(apart), 1)),
            advice=advice, warning=not close,
        )  # fmt: skip

    return check


def ahead_of_redis(client: Client, clock: Clock) -> Callable[[], float | None]:
    """By how many seconds this clock is ahead of that of Redis; None where it does not answer, or
    so late that the answer tells nothing. Of an embedded one it is the same clock."""

    def ask() -> float | None:
        began, asked = clock.monotonic(), clock.now()
        try:
            with redis_errors():
                answer: Any = client.time()
        except StoreError:
            return None
        took = clock.monotonic() - began
        if took > _FEW_SECONDS / 2:
            return None
        there = datetime.fromtimestamp(answer[0] + answer[1] / 1e6, UTC)
        return (asked - there).total_seconds() + took / 2

    return ask


def pulse_of(address: RedisAddress, site: str, outdated: Callable[[bytes | None], str]) -> "Pulse":
    """The pulse of the Redis at ``address``, over a connection of its own. ``outdated``: why what
    the database says of its form keeps this process from it, or ""."""
    return Pulse(connect(address, patience=SILENT), site, outdated)


class Pulse:
    """Pings in a thread of its own until closed. ``away`` costs nothing; any thread.

    Only a ping that was sent and not answered counts, never the time since the last one: a
    process that was busy with itself does not take Redis for silent. While a backup is put back,
    or the data are of a later version, every store of this process is held
    (:data:`face_rec.stores.redis.client.held`).
    """

    def __init__(
        self,
        client: Client,
        site: str = "",
        outdated: Callable[[bytes | None], str] = lambda _: "",
    ) -> None:
        """``client``: waits no longer than ``SILENT`` for an answer; closed with the pulse.
        ``site``: whose data are looked after; "" for none."""
        self._client = client
        self._site = site
        self._outdated = outdated
        self._silent_since: float | None = None
        self._away = False
        self._thread = Background("redis-pulse", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self, timeout: float = 10.0) -> None:
        self._thread.stop(timeout)
        self._client.close()
        held.clear()

    def away(self) -> bool:
        """Whether pings have been without an answer for too long, or nothing may be asked."""
        return self._away or held.is_set()

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
            self._client.ping()
            if self._site:
                self._hold(self._obstacle())
        except ANY_ERROR as error:
            return not is_away(error)  # a refusal is an answer
        return True

    def _obstacle(self) -> str:
        """Why nothing may be asked now, or ""."""
        looked_at = [keys.restoring(self._site), keys.schema(self._site)]
        restoring, form = cast("list[bytes | None]", self._client.mget(looked_at))
        return RESTORING if restoring is not None else self._outdated(form)

    def _hold(self, obstacle: str) -> None:
        if obstacle and not held.is_set():
            log.error("held reason=%s", obstacle)
            held.reason = obstacle
            held.set()
        elif held.is_set() and not obstacle:
            log.warning("held_no_more")
            held.clear()
