"""Every way the settings can name a Redis, and what its errors become."""

from collections.abc import Iterator
from typing import Any

import pytest
from redis import exceptions
from redis.connection import SSLConnection
from redis.sentinel import SentinelManagedSSLConnection

from face_rec.domain.errors import StoreError, StoreUnavailable
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, RedisAddress, connect, redis_errors
from tests import redis_servers
from tests.fakes.clock import FakeClock
from tests.redis_servers import Server

SECRET = "correct-horse"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that wants a password."""
    with redis_servers.standalone(tmp_path_factory.mktemp("guarded")) as server:
        server.client().config_set("requirepass", SECRET)
        yield server


def _count(address: RedisAddress) -> int:
    return RedisPeople(connect(address), "main", FakeClock()).count()


def test_a_server_is_reached_by_its_parts_or_by_a_url(guarded: Server) -> None:
    nodes = (("127.0.0.1", guarded.port),)
    url = f"redis://127.0.0.1:{guarded.port}/0"
    assert _count(RedisAddress(nodes=nodes, password=SECRET)) == 0
    assert _count(RedisAddress(url=url, password=SECRET)) == 0
    assert _count(RedisAddress(url=url.replace("//", f"//:{SECRET}@"))) == 0


@pytest.mark.parametrize("password", [None, "hunter2"])
def test_a_wrong_password_is_said_without_showing_it(
    guarded: Server, password: str | None
) -> None:
    address = RedisAddress(nodes=(("127.0.0.1", guarded.port),), password=password)
    with pytest.raises(StoreUnavailable, match="REDIS_ settings") as caught:
        _count(address)
    assert "hunter2" not in str(caught.value)


def test_an_address_does_not_show_its_password() -> None:
    address = RedisAddress(url=f"redis://:{SECRET}@localhost", password=SECRET)
    assert SECRET not in repr(address)


def test_databases_are_kept_apart(redis_server: Server, redis_client: Client) -> None:
    redis_client.hset(keys.ids("main"), "7", "s")
    nodes = (("127.0.0.1", redis_server.port),)
    assert _count(RedisAddress(nodes=nodes)) == 1
    assert _count(RedisAddress(nodes=nodes, db=3)) == 0


def test_tls_is_spoken_where_asked_for() -> None:
    nodes = (("localhost", 6379),)
    alone: Any = connect(RedisAddress(nodes=nodes, tls=True))
    by_url: Any = connect(RedisAddress(url="rediss://localhost"))
    assert issubclass(alone.connection_pool.connection_class, SSLConnection)
    assert issubclass(by_url.connection_pool.connection_class, SSLConnection)
    by_parts = RedisAddress(mode="sentinel", nodes=nodes, tls=True)
    spelled = RedisAddress(mode="sentinel", url="rediss://:secret@localhost:26380/2")
    for address in (by_parts, spelled):
        watched: Any = connect(address)
        assert watched.connection_pool.connection_class is SentinelManagedSSLConnection
    assert watched.connection_pool.connection_kwargs["password"] == "secret"
    assert watched.connection_pool.connection_kwargs["db"] == 2


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ConnectionError("refused"),
        exceptions.TimeoutError("slow"),
        exceptions.BusyLoadingError("loading"),
        exceptions.ReadOnlyError("replica"),
        exceptions.ClusterDownError("down"),
        exceptions.RedisClusterException("no node"),
        exceptions.OutOfMemoryError("maxmemory"),
        exceptions.ResponseError("MISCONF cannot write to disk"),
    ],
)
def test_what_may_pass_is_unavailable(error: Exception) -> None:
    with pytest.raises(StoreUnavailable, match="keeps trying"), redis_errors():
        raise error


def test_what_will_not_pass_is_an_error_of_its_own(redis_client: Client) -> None:
    redis_client.set(keys.ids("main"), "not a hash")
    with pytest.raises(StoreError, match="refused a command") as caught:
        RedisPeople(redis_client, "main", FakeClock()).count()
    assert not isinstance(caught.value, StoreUnavailable)
