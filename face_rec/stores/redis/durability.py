"""Whether Redis will still have tomorrow what it has taken, and whether it still has it.

Nothing here is needed to mark anybody: it is what operators are told, and what makes the journal
offer again what it keeps.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, timedelta
from typing import Any, Final

from redis.exceptions import RedisError

from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.health import HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import listed, sentence
from face_rec.stores.redis.binary import OLDEST
from face_rec.stores.redis.client import Client, LateCluster, redis_errors

Check = Callable[[], HealthCheck]
_DAYS_WATCHED: Final = 4  # UTC days whose marks the journal may hold
_SYNCED: Final = {
    "always": msgid("on its disk before it answers"),
    "everysec": msgid("on its disk within a second"),
    None: msgid("kept on its disk"),
}


def durable_check(client: Client) -> Check:
    """A warning when Redis may evict keys or lose them in a restart, or is too old.

    Looks at every primary. Silent while Redis is away: that is the other
    check's to say.
    """

    def check() -> HealthCheck:
        try:
            with redis_errors():
                infos = list(_infos(client))
        except StoreError:
            return HealthCheck(
                "redis data", ok=True, detail=msgid("not known while the database is away")
            )
        worries = sorted({text for info in infos for text in _worries(info)})
        if not worries:
            synced = {_SYNCED[info["appendfsync"]] for info in infos}
            detail = sentence(
                "{synced}, and nothing is thrown away for room", synced=listed(sorted(synced))
            )
            return HealthCheck("redis data", ok=True, detail=detail)
        return HealthCheck(
            "redis data",
            ok=True,
            detail=msgid("at risk"),
            advice=listed(worries, " "),
            warning=True,
        )

    return check


def emptied_check(why: Callable[[], str]) -> Check:
    """Failed where the database began without anything of what it is known to have had."""

    def check() -> HealthCheck:
        if not (emptied := why()):
            return HealthCheck("database", ok=True, detail=msgid("the one that was here before"))
        return HealthCheck(
            "database", ok=False, detail=msgid("empty, and it was not"),
            advice=sentence(
                "{emptied} Stop the app, put the database's files or a backup back (restore), and "
                "start again; what was confirmed in the last JOURNAL_HOURS comes back by itself. "
                "If it was emptied on purpose, remove DATA_DIR/journal, DATA_DIR/witness and "
                "DATA_DIR/keys/witness-*.json.",
                emptied=emptied,
            ),
        )  # fmt: skip

    return check


KEPT_BY: Final[Mapping[str, str]] = {
    "embedded": msgid(
        "When the app, its database or the machine crashes, nothing is lost. When its disk "
        "dies: all since the last backup."
    ),
    "always": msgid(
        "When the app, Redis or a machine crashes, nothing is lost. When the disk of Redis "
        "dies, what was confirmed within JOURNAL_HOURS comes back from the machines that "
        "wrote it, the rest from the last backup."
    ),
    "everysec": msgid(
        "When the app or Redis crashes, nothing is lost. When the machine of Redis does, "
        "what its disk lacked comes back from the machines that wrote it."
    ),
    "no": msgid(
        "When the app or Redis crashes, nothing is lost. When the machine of Redis does, "
        "what its disk lacked comes back from the machines that wrote it."
    ),
    "nothing": msgid(
        "When the app crashes, nothing is lost. When Redis does, what was confirmed within "
        "JOURNAL_HOURS comes back from the machines that wrote it; what is older and newer "
        "than its last snapshot is lost."
    ),
    "replicas": msgid(
        "When the app or a Redis crashes, nothing is lost: what the promoted replica lacked "
        "comes back from the machines that wrote it."
    ),
    "unknown": msgid(
        "When the app crashes, nothing is lost. This server does not say when it writes: "
        "MemoryDB loses nothing; what ElastiCache's replicas lacked at a failover comes back "
        "from the machines that wrote it."
    ),
}
"""What is kept of what somebody was told is done, by deployment; docs/design.md says the same."""


def kept_check(client: Client, *, embedded: bool, replicas: bool, hours: int) -> Check:
    """Says what this deployment keeps; a warning where nothing comes back from here. ``hours``:
    JOURNAL_HOURS; ``replicas``: whether others take over for a server that dies."""

    def check() -> HealthCheck:
        try:
            with redis_errors():
                named = "embedded" if embedded else "replicas" if replicas else _written(client)
        except StoreError:
            return HealthCheck("what is kept", ok=True, detail=msgid("not known, Redis is away"))
        advice = "" if hours or embedded else (
            msgid("With JOURNAL_HOURS=0 nothing comes back from here. Set it to 72.")
        )  # fmt: skip
        return HealthCheck(
            "what is kept", ok=True, detail=KEPT_BY[named], advice=advice, warning=bool(advice)
        )

    return check


def _written(client: Client) -> str:
    info = next(iter(_infos(client)))
    if not int(info.get("aof_enabled", 0)):
        return "unknown" if info["save"] is None else "nothing"
    return str(info["appendfsync"] or "unknown")


def _infos(client: Client) -> Iterable[Mapping[str, Any]]:
    """INFO of every primary (version, memory, files), with its settings ``save`` and
    ``appendfsync`` where these may be asked for, else None. Managed services allow INFO and often
    forbid CONFIG.
    """
    for node in _primaries(client):
        parts = [node.info(part) for part in ("server", "memory", "persistence")]
        info: dict[str, Any] = {name: value for part in parts for name, value in part.items()}
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
    version = str(info.get("redis_version", ""))
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers and tuple(map(int, numbers.groups())) < OLDEST:
        yield sentence(
            "Redis {version} is too old: notices, and marks that waited, need {oldest} or later. "
            "Install a newer one.",
            version=version,
            oldest=".".join(map(str, OLDEST)),
        )
    policy = info.get("maxmemory_policy", "noeviction")
    if int(info.get("maxmemory", 0)) and policy != "noeviction":
        yield sentence(
            "Redis may evict people and marks when memory is short (policy {policy}). "
            "Set maxmemory-policy to noeviction.",
            policy=policy,
        )
    if int(info.get("aof_enabled", 0)):
        if info.get("aof_last_write_status", "ok") != "ok":
            yield msgid(
                "Redis cannot write its append-only file. Check the disk of the Redis server."
            )
        if info["appendfsync"] == "no":
            yield msgid(
                "Redis leaves to its system when its file reaches the disk (appendfsync no): a "
                "power cut may take half a minute of everything, which then comes back from the "
                "disks of the machines that wrote it, if they live. Set appendfsync everysec."
            )
    elif info["save"] == "":
        yield msgid("Redis keeps nothing on disk: a restart loses everything. Set appendonly yes.")
    else:
        yield msgid(
            "Redis has no append-only file: a crash may lose the marks since its last snapshot. "
            "Set appendonly yes, or use a durable service such as MemoryDB."
        )


BEGUN: Final = msgid(
    "the app has begun, and nobody knows what the database went through meanwhile"
)


@redis_errors()
def servers_of(client: Client) -> frozenset[str]:
    """Every primary: by the number of its run, and by the history that it goes on. Others than a
    moment ago may have lost what was acknowledged. Raises StoreUnavailable."""
    found = []
    for node in _primaries(client):
        info: Any = {**node.info("server"), **node.info("replication")}
        found.append(f"{info.get('run_id')}/{info.get('master_replid')}")
    return frozenset(found)


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
        servers = servers_of(self._client)
        shorter = self._shorter()
        before, self._servers = self._servers, servers
        if not before:
            return BEGUN
        if servers != before:
            return msgid("the database began anew, or another server answers in its place")
        return shorter

    def _shorter(self) -> str:
        today = self._clock.now().astimezone(UTC).date()
        days = [today - timedelta(days=number) for number in range(_DAYS_WATCHED)]
        before, self._longest = self._longest, dict(zip(days, self._lengths(days), strict=True))
        fallen = [day for day in days if self._longest[day] < before.get(day, 0)]
        return (
            sentence("the marks of {day} are fewer than they were", day=fallen[0])
            if fallen
            else ""
        )
