"""Whether Redis will still have tomorrow what it has taken.

Nothing here is needed to mark anybody: it is what operators are told.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from redis.exceptions import ResponseError

from face_rec.domain.errors import StoreError
from face_rec.domain.health import HealthCheck
from face_rec.languages.language import msgid
from face_rec.languages.sentence import listed, sentence
from face_rec.stores.redis.binary import OLDEST
from face_rec.stores.redis.client import Client, primaries_of, redis_errors

Check = Callable[[], HealthCheck]
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


IN_REDIS_ALONE: Final = msgid(
    "Unknown people, notices on their way, links that wait and sign-ins lie in Redis alone, and "
    "go with what it loses."
)
_LEAST: Final = ("nothing", "unknown", "no", "everysec", "always")
"""What a server keeps by itself, the least first."""


def kept_check(client: Client, *, embedded: bool, replicas: bool, hours: int) -> Check:
    """Says what this deployment keeps; a warning where nothing comes back from here. ``hours``:
    JOURNAL_HOURS; ``replicas``: whether others may take over for a server that dies, if there are
    any."""

    def check() -> HealthCheck:
        try:
            with redis_errors():
                named = "embedded" if embedded else _named(list(_infos(client)), replicas)
        except StoreError:
            return HealthCheck("what is kept", ok=True, detail=msgid("not known, Redis is away"))
        advice = "" if hours or embedded else (
            msgid("With JOURNAL_HOURS=0 nothing comes back from here. Set it to 72.")
        )  # fmt: skip
        says = [KEPT_BY[named], *([] if embedded else [IN_REDIS_ALONE])]
        return HealthCheck(
            "what is kept", ok=True, detail=listed(says, " "), advice=advice,
            warning=bool(advice),
        )  # fmt: skip

    return check


def _named(infos: Sequence[Mapping[str, Any]], replicas: bool) -> str:
    """Of several servers what the one keeps that keeps least: each has a part of the data."""
    if replicas and all(int(info.get("connected_slaves", 0)) for info in infos):
        return "replicas"
    return min(map(_written, infos), key=_LEAST.index)


def _written(info: Mapping[str, Any]) -> str:
    if not int(info.get("aof_enabled", 0)):
        return "unknown" if info["save"] is None else "nothing"
    return str(info["appendfsync"] or "unknown")


def _infos(client: Client) -> Iterable[Mapping[str, Any]]:
    """INFO of every primary (version, memory, files, replicas), with its settings ``save`` and
    ``appendfsync`` where these may be asked for, else None. Managed services allow INFO and often
    forbid CONFIG, or answer it with nothing.
    """
    for node in primaries_of(client):
        parts = [node.info(part) for part in ("server", "memory", "persistence", "replication")]
        info: dict[str, Any] = {name: value for part in parts for name, value in part.items()}
        info |= {name: _setting(node, name) for name in ("save", "appendfsync")}
        info[_READS_ALL] = _reads_all(node)
        yield info


def _setting(node: Client, name: str) -> str | None:
    told: Any = _allowed(lambda: node.config_get(name))
    return None if told is None else told.get(name)


def _allowed(ask: Callable[[], Any]) -> Any:  # noqa: ANN401
    """The answer; None where it is refused."""
    try:
        return ask()
    except ResponseError:
        return None


_READS_ALL: Final = "reads all"
_CHECKS, _CHECKS_NO_MORE = (7, 0), (8, 6)
"""The first version of Redis that asks for rights when it reads its file (6.2.14 does not, 7.0.15
and 8.2.3 do), and the first that does not any more; Valkey calls itself 7.2."""
_DEFAULT: Final = (b"default", "default")
_FINE: Final = (b"OK", "OK")
_TRIED: Final = (
    ("RPUSH", "a", "b"), ("SADD", "a", "b"), ("HSET", "a", "b", "c"), ("SET", "a", "b"),
    ("XADD", "a", "1-0", "b", "c"), ("DEL", "a"),
)  # fmt: skip


def _reads_all(node: Client) -> bool | None:
    """Whether the user ``default`` may write what scripts of ours do; None where it is not told.

    As that user a server reads its append-only file, and checks its rights at each transaction,
    which is what scripts leave there: redis issue 14541, Valkey's 3983.
    """
    if _allowed(node.acl_whoami) in _DEFAULT:
        return True  # what this app may
    for one in _TRIED:
        answer = _allowed(partial(node.acl_dryrun, "default", *one))
        if answer not in _FINE:
            return None if answer is None else False
    return True


def _worries(info: Mapping[str, Any]) -> Iterable[str]:
    if _older(info, OLDEST):
        yield sentence(
            "Redis {version} is too old: notices, and marks that waited, need {oldest} or later. "
            "Install a newer one.",
            version=info["redis_version"],
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
        yield from _unread(info)
    elif info["save"] == "":
        yield msgid("Redis keeps nothing on disk: a restart loses everything. Set appendonly yes.")
    else:
        yield msgid(
            "Redis has no append-only file: a crash may lose the marks since its last snapshot. "
            "Set appendonly yes, or use a durable service such as MemoryDB."
        )


def _unread(info: Mapping[str, Any]) -> Iterable[str]:
    """What is in its file, and was not there when it had read it."""
    if info[_READS_ALL] or _older(info, _CHECKS) or not _older(info, _CHECKS_NO_MORE):
        return
    if info[_READS_ALL] is None:
        yield msgid(
            "Redis reads its append-only file as the user default. Whether that may write cannot "
            "be seen from here; where it may not, a restart forgets what scripts wrote, nearly "
            "everything. Let the user in REDIS_USERNAME ask: ACL SETUSER NAME +acl|dryrun"
        )
        return
    yield msgid(
        "Redis reads its append-only file as the user default, which may not write here: a "
        "restart forgets what scripts wrote, nearly everything, and only what is younger than "
        "JOURNAL_HOURS comes back. Let it write, behind a long password: ACL SETUSER default on "
        ">PASSWORD ~* &* +@all"
    )


def _older(info: Mapping[str, Any], than: tuple[int, int]) -> bool:
    numbers = re.match(r"(\d+)\.(\d+)", str(info.get("redis_version", "")))
    return numbers is not None and tuple(map(int, numbers.groups())) < than
