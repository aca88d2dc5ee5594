"""A client for any Redis the settings can name, and its errors in our words."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

from redis import Redis, RedisCluster, exceptions
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.cluster import ClusterNode
from redis.connection import parse_url
from redis.retry import Retry
from redis.sentinel import Sentinel

from face_rec.domain.errors import StoreError, StoreUnavailable
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

CONNECT_SECONDS: Final = 2.0
ANSWER_SECONDS: Final = 1.5
"""So long a caller waits at most for a Redis that hangs; with what
:mod:`face_rec.stores.redis.redis_health` needs to notice, a kiosk says so within 3 seconds."""
MARK_SECONDS: Final = 0.8
"""The same for who stands there to be marked: with what else a mark takes it stays below a second,
and the mark is in the journal."""
BLOCK_MS: Final = 1000  # longest wait inside Redis; well under ANSWER_SECONDS
_RETRIES: Final = 4  # 0.05 + 0.1 + 0.2 + 0.4 s: as long as a restarted server needs
MARK_RETRIES: Final = 2  # 0.05 + 0.1 s
_HEALTH_CHECK_SECONDS: Final = 15

Client = Redis
"""What the stores are given. A cluster's client understands the same commands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisAddress:
    """Where Redis is.

    One of ``unix_socket``, ``url`` and ``nodes`` ((host, port) pairs) is set. In
    sentinel mode the nodes are the sentinels, ``service`` is what they watch, and user
    and password are those of the servers.
    """

    mode: Literal["standalone", "cluster", "sentinel"] = "standalone"
    unix_socket: str | None = None
    url: str | None = field(default=None, repr=False)  # may hold a password
    nodes: tuple[tuple[str, int], ...] = ()
    db: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    service: str = "mymaster"


def connect(address: RedisAddress, patience: float | None = None, retries: int = 0) -> Client:
    """A client that connects when first used, retries briefly and then raises.

    Safe to share between threads. Nothing is asked of Redis here, so that the app
    starts while Redis is away, and recovers when it is back. With ``patience`` it waits for an
    answer that many seconds instead of ``ANSWER_SECONDS``, and has so many ``retries`` where a
    connection fails at once.
    """
    make = {"standalone": _standalone, "cluster": _cluster, "sentinel": _sentinel}
    return make[address.mode](address, _manners(patience, retries))


def _standalone(address: RedisAddress, manners: dict[str, Any]) -> Client:
    if address.url:
        return Redis.from_url(address.url, **_user(address), **manners)
    if address.unix_socket:
        return Redis(unix_socket_path=address.unix_socket, **manners)
    host, port = address.nodes[0]
    return Redis(host=host, port=port, db=address.db, **_credentials(address), **manners)


def _cluster(address: RedisAddress, manners: dict[str, Any]) -> Client:
    # The nodes given stay the way in: behind one DNS name addresses come and go.
    manners = {**manners, "dynamic_startup_nodes": False}

    def make() -> RedisCluster:
        if address.url:
            return RedisCluster.from_url(address.url, **_user(address), **manners)
        nodes = [_untyped(ClusterNode)(host, port) for host, port in address.nodes]
        return RedisCluster(startup_nodes=nodes, **_credentials(address), **manners)

    return cast("Client", LateCluster(make))


def _sentinel(address: RedisAddress, manners: dict[str, Any]) -> Client:
    if address.url:
        address = _spelled_out(address, address.url)
    # The next sentinel is asked instead, and all of them again by the command's own retry.
    watchers = {
        "socket_timeout": manners["socket_connect_timeout"],
        "retry": Retry(NoBackoff(), 0),
        "ssl": address.tls,
        "protocol": 2,
    }
    sentinel = _untyped(Sentinel)(list(address.nodes), sentinel_kwargs=watchers)
    options = {**_credentials(address), **manners}
    return cast("Client", sentinel.master_for(address.service, db=address.db, **options))


def _spelled_out(address: RedisAddress, url: str) -> RedisAddress:
    """The same without a URL; what the URL says comes first."""
    given: dict[str, Any] = _untyped(parse_url)(url)
    return dataclasses.replace(
        address,
        url=None,
        nodes=((given["host"], given.get("port", 26379)),),
        db=given.get("db", address.db),
        username=given.get("username", address.username),
        password=given.get("password", address.password),
        tls=address.tls or url.startswith("rediss:"),
    )


def _credentials(address: RedisAddress) -> dict[str, Any]:
    return {**_user(address), **({"ssl": True} if address.tls else {})}


def _user(address: RedisAddress) -> dict[str, Any]:
    given = {"username": address.username, "password": address.password}
    return {name: value for name, value in given.items() if value}


def _untyped(function: Any) -> Any:  # noqa: ANN401
    """For the parts of redis-py that have no types."""
    return function


def _manners(patience: float | None, retries: int) -> dict[str, Any]:
    # A timeout is not tried again: the caller has waited long enough, and a
    # mark is safe in the journal.
    retry = Retry(
        ExponentialBackoff(cap=0.5, base=0.05),
        _RETRIES if patience is None else retries,
        supported_errors=(exceptions.ConnectionError,),
    )
    return {
        "socket_connect_timeout": CONNECT_SECONDS if patience is None else patience,
        "socket_timeout": ANSWER_SECONDS if patience is None else patience,
        "health_check_interval": _HEALTH_CHECK_SECONDS,
        "retry": retry,
        "protocol": 2,
    }


class LateCluster:
    """A RedisCluster that is made when first used.

    redis-py asks the cluster for its layout in the constructor, and so could not be
    built while the cluster is away.
    """

    def __init__(self, make: Callable[[], RedisCluster]) -> None:
        self._make = make
        self._made: RedisCluster | None = None
        self._lock = threading.Lock()

    @property
    def cluster(self) -> RedisCluster:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def close(self) -> None:
        with self._lock:
            if self._made is not None:
                self._made.close()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self.cluster, name)


def node_of(client: Client, key: str) -> Client:
    """The client of the one server that holds ``key``."""
    late: object = client
    if not isinstance(late, LateCluster):
        return client
    cluster: Any = late.cluster
    return cast("Client", cluster.get_redis_connection(cluster.get_node_from_key(key)))


def primaries_of(client: Client) -> list[Client]:
    """A client of each server that takes writes. May raise what redis-py raises."""
    late: object = client
    if not isinstance(late, LateCluster):
        return [client]
    cluster: Any = late.cluster
    return [cluster.get_redis_connection(node) for node in cluster.get_primaries()]


_AWAY = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.ClusterError,
    exceptions.RedisClusterException,
    exceptions.AskError,  # MOVED too: the slots are on their way to another node
    exceptions.TryAgainError,
    exceptions.ReadOnlyError,
    exceptions.OutOfMemoryError,
)
ANY_ERROR: Final = (exceptions.RedisError, exceptions.RedisClusterException)
_AWAY_ANSWERS = (
    "MISCONF", "NOREPLICAS", "MASTERDOWN", "LOADING",
    "WAIT cannot be used with replica",  # a master that has just become one
)  # fmt: skip


RESTORING: Final = msgid(
    "A backup is being put back, or was only half put back. Nothing is read or written until it "
    "is whole: wait for the command restore, or run it again with the same backup."
)


class Held(threading.Event):
    """``reason``: why it is set, in words."""

    reason = RESTORING


held = Held()
"""Set while the database holds half of a backup, or data of a later version: every store of this
process then answers as if it were away. By the pulse only."""


@contextmanager
def redis_errors() -> Iterator[None]:
    """Raise StoreUnavailable for what may pass, StoreError for what will not."""
    if held.is_set():
        raise StoreUnavailable(held.reason)
    try:
        yield
    except ANY_ERROR as error:
        if is_away(error):
            raise _unavailable(error) from error
        raise StoreError(
            sentence(
                "Redis refused a command: {error}. Check that the user in REDIS_USERNAME may use "
                "this database and that no other program writes to it.",
                error=str(error),
            )
        ) from error


def is_away(error: Exception) -> bool:
    """Whether ``error`` says that Redis cannot answer at the moment."""
    # Anywhere in it: a pipeline puts the command before what the server said.
    return isinstance(error, _AWAY) or any(answer in str(error) for answer in _AWAY_ANSWERS)


def _unavailable(error: Exception) -> StoreUnavailable:
    return StoreUnavailable(
        sentence(
            "Redis does not answer ({error}). The app keeps trying and goes on by itself; if this "
            "stays, check that Redis runs and the REDIS_ settings fit.",
            error=f"{type(error).__name__}: {error}",
        )
    )
