"""Whether Redis answers, and whether it will still have the marks tomorrow.

Whether it answers at this moment is known without waiting for it: a Redis that hangs is worse
than one that is gone, for every question waits for its time-out. Who asks the pulse first says so
at once, and goes on with what it knows. Who asked Redis just before waits on, for
``ANSWER_SECONDS`` at most.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from redis.exceptions import RedisError

from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.health import HealthCheck
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import (
    ANY_ERROR,
    Client,
    LateCluster,
    RedisAddress,
    connect,
    held,
    is_away,
    redis_errors,
)

log = logging.getLogger(__name__)

Check = Callable[[], HealthCheck]
_SYNCED: Final = {
    "always": "on its disk before it answers",
    "everysec": "on its disk within a second",
    None: "kept on its disk",
}
_FEW_SECONDS: Final = 5.0  # that two clocks may be apart

EVERY: Final = 0.1  # seconds between two pings
_DAYS_WATCHED: Final = 4  # UTC days whose marks the journal may hold
SILENT: Final = 0.5
"""Seconds without an answer after which Redis counts as away."""


def reachable_check(client: Client) -> Check:
    """Not ready while Redis does not answer a PING."""

    def check() -> HealthCheck:
        try:
            with redis_errors():
                client.ping()
        except StoreError as error:
            return HealthCheck("redis", ok=False, detail="does not answer", advice=str(error))
        return HealthCheck("redis", ok=True, detail="answers")

    return check


def durable_check(client: Client) -> Check:
    """A warning when Redis may evict keys or lose them in a restart.

    Looks at every primary. Silent while Redis is away: that is the other
    check's to say.
    """

    def check() -> HealthCheck:
        try:
            with redis_errors():
                infos = list(_infos(client))
        except StoreError:
            return HealthCheck(
                "redis data", ok=True, detail="not known while the database is away"
            )
        worries = sorted({text for info in infos for text in _worries(info)})
        if not worries:
            synced = {_SYNCED[info["appendfsync"]] for info in infos}
            detail = f"{', '.join(sorted(synced))}, and nothing is thrown away for room"
            return HealthCheck("redis data", ok=True, detail=detail)
        return HealthCheck(
            "redis data", ok=True, detail="at risk", advice=" ".join(worries), warning=True
        )

    return check


def redis_clock_check(client: Client, clock: Clock) -> Check:
    """A warning when this machine and Redis disagree about the time."""

    def check() -> HealthCheck:
        try:
            with redis_errors():
                answer: Any = client.time()
        except StoreError:
            return HealthCheck("clock and redis", ok=True, detail="not known, Redis is away")
        there = datetime.fromtimestamp(answer[0] + answer[1] / 1e6, UTC)
        apart = abs((clock.now() - there).total_seconds())
        close = apart <= _FEW_SECONDS
        advice = "" if close else (
            "Marks would get wrong times, and midnight would fall differently on each machine. "
            "Switch on NTP here and on the Redis server: timedatectl set-ntp true"
        )  # fmt: skip
        return HealthCheck(
            "clock and redis", ok=True, detail=f"{apart:.1f} s apart", advice=advice,
            warning=not close,
        )  # fmt: skip

    return check


def _infos(client: Client) -> Iterable[Mapping[str, Any]]:
    """INFO of every primary, with its settings ``save`` and ``appendfsync`` where these may be
    asked for, else None. Managed services allow INFO and often forbid CONFIG.
    """
    for node in _primaries(client):
        info: dict[str, Any] = {**node.info("memory"), **node.info("persistence")}
        for name in ("save", "appendfsync"):
            try:
                info[name] = node.config_get(name).get(name, "")
            except RedisError:
                info[name] = None
        yield info


def _primaries(client: Client) -> list[Client]:
    asked: Any = client
    if not isinstance(asked, LateCluster):
        return [client]
    cluster: Any = asked.cluster
    return [cluster.get_redis_connection(node) for node in cluster.get_primaries()]


def _worries(info: Mapping[str, Any]) -> Iterable[str]:
    policy = info.get("maxmemory_policy", "noeviction")
    if int(info.get("maxmemory", 0)) and policy != "noeviction":
        yield (
            f"Redis may evict people and marks when memory is short (policy {policy}). "
            "Set maxmemory-policy to noeviction."
        )
    if int(info.get("aof_enabled", 0)):
        if info.get("aof_last_write_status", "ok") != "ok":
            yield "Redis cannot write its append-only file. Check the disk of the Redis server."
        if info["appendfsync"] == "no":
            yield (
                "Redis leaves to its system when its file reaches the disk (appendfsync no): a "
                "power cut may take half a minute of everything. Marks come back from the "
                "journals of this app, people and rules do not. Set appendfsync everysec."
            )
    elif info["save"] == "":
        yield "Redis keeps nothing on disk: a restart loses everything. Set appendonly yes."
    else:
        yield (
            "Redis has no append-only file: a crash may lose the marks since its last snapshot. "
            "Set appendonly yes, or use a durable service such as MemoryDB."
        )


def pulse_of(address: RedisAddress, site: str) -> "Pulse":
    """The pulse of the Redis at ``address``, over a connection of its own."""
    return Pulse(connect(address, patience=SILENT), keys.restoring(site))


class Pulse:
    """Pings in a thread of its own until closed. ``away`` costs nothing; any thread.

    Only a ping that was sent and not answered counts, never the time since the last one: a
    process that was busy with itself does not take Redis for silent. While ``restoring`` exists
    every store of this process is held (:data:`face_rec.stores.redis.client.held`).
    """

    def __init__(self, client: Client, restoring: str = "") -> None:
        """``client``: waits no longer than ``SILENT`` for an answer; closed with the pulse."""
        self._client = client
        self._restoring = restoring
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
            if self._restoring:
                self._hold(bool(self._client.exists(self._restoring)))
        except ANY_ERROR as error:
            return not is_away(error)  # a refusal is an answer
        return True

    def _hold(self, restoring: bool) -> None:
        if restoring and not held.is_set():
            log.error("held_while_a_backup_is_restored")
            held.set()
        elif held.is_set() and not restoring:
            log.warning("goes_on_after_a_restore")
            held.clear()


BEGUN: Final = "the app has begun, and nobody knows what the database went through meanwhile"


class ServerHistory:
    """Notices that Redis may have lost what it acknowledged: it began anew, another server answers
    in its place, or a list of marks is shorter than it was. For one thread."""

    def __init__(
        self, client: Client, lengths: Callable[[Sequence[date]], list[int]], clock: Clock
    ) -> None:
        """``lengths``: how many entries the lists of these UTC days have."""
        self._client = client
        self._lengths = lengths
        self._clock = clock
        self._servers: frozenset[str] = frozenset()
        self._longest: dict[date, int] = {}

    def lost(self) -> str:
        """Why something may be gone since the last question, or "". The first one, and the first
        after an answer that could not be used, say that nobody knows. Raises StoreUnavailable."""
        servers = self._seen()
        shorter = self._shorter()
        before, self._servers = self._servers, servers
        if not before:
            return BEGUN
        if servers != before:
            return "the database began anew, or another server answers in its place"
        return shorter

    @redis_errors()
    def _seen(self) -> frozenset[str]:
        """Every primary: by the number of its run, and by the history that it goes on."""
        found = []
        for node in _primaries(self._client):
            info: Any = {**node.info("server"), **node.info("replication")}
            found.append(f"{info.get('run_id')}/{info.get('master_replid')}")
        return frozenset(found)

    def _shorter(self) -> str:
        today = self._clock.now().astimezone(UTC).date()
        days = [today - timedelta(days=number) for number in range(_DAYS_WATCHED)]
        before, self._longest = self._longest, dict(zip(days, self._lengths(days), strict=True))
        fallen = [day for day in days if self._longest[day] < before.get(day, 0)]
        return f"the marks of {fallen[0]} are fewer than they were" if fallen else ""
