"""What several test folders share: real Redis servers, started once a session."""

from collections.abc import Iterator

import pytest
from redis import Redis, RedisCluster

from tests import redis_servers
from tests.redis_servers import Server


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with redis_servers.standalone(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_client(redis_server: Server) -> Iterator[Redis]:
    """A client of an empty standalone server."""
    client = redis_server.client()
    client.flushall()
    yield client
    client.close()


@pytest.fixture(scope="session")
def redis_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    with redis_servers.cluster(tmp_path_factory.mktemp("cluster")) as servers:
        yield servers


@pytest.fixture
def cluster_client(redis_cluster: list[Server]) -> Iterator[RedisCluster]:
    """A client of an empty cluster of three masters."""
    client = RedisCluster(host="127.0.0.1", port=redis_cluster[0].port, protocol=2)
    client.flushall(target_nodes=RedisCluster.PRIMARIES)
    yield client
    client.close()
