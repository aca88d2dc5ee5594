"""Whether Redis answers, and whether it will still have the marks tomorrow."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from redis.exceptions import RedisError

from face_rec.domain.errors import StoreError
from face_rec.domain.health import HealthCheck
from face_rec.stores.redis.client import Client, LateCluster, redis_errors

Check = Callable[[], HealthCheck]


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
                worries = sorted({text for info in _infos(client) for text in _worries(info)})
        except StoreError:
            return HealthCheck(
                "redis data", ok=True, detail="not known while the database is away"
            )
        if not worries:
            return HealthCheck(
                "redis data", ok=True, detail="kept on disk, and nothing is thrown away for room"
            )
        return HealthCheck(
            "redis data", ok=True, detail="at risk", advice=" ".join(worries), warning=True
        )

    return check


def _infos(client: Client) -> Iterable[Mapping[str, Any]]:
    """INFO of every primary, with its ``save`` setting where it may be asked for.

    Managed services allow INFO and often forbid CONFIG.
    """
    for node in _primaries(client):
        info: dict[str, Any] = {**node.info("memory"), **node.info("persistence")}
        try:
            info["save"] = node.config_get("save").get("save", "")
        except RedisError:
            info["save"] = None
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
    elif info["save"] == "":
        yield "Redis keeps nothing on disk: a restart loses everything. Set appendonly yes."
    else:
        yield (
            "Redis has no append-only file: a crash may lose the marks since its last snapshot. "
            "Set appendonly yes, or use a durable service such as MemoryDB."
        )
