"""Two databases of one server, small and full, and what a backup of one is held against."""

import io
from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.backup import backup_file
from face_rec.stores.backup.backup_file import Header
from face_rec.stores.backup.backup_records import Record
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.sealing.keyring import Keyring, derived
from tests.fakes.clock import MORNING, FakeClock
from tests.redis_servers import Server, standalone
from tests.samples import a_person, a_template, an_event

TODAY = date(2025, 6, 3)
ZONE = ZoneInfo("Europe/Berlin")
OPEN = Keyring()
SEALED = derived(["a" * 64], "backup")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with standalone(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def pair(server: Server) -> tuple[Client, Client]:
    """Two empty databases: one to back up, one to restore into."""
    server.client().flushall()
    return client_of(server, 0), client_of(server, 1)


def client_of(server: Server, db: int) -> Client:
    return connect(RedisAddress(nodes=(("127.0.0.1", server.port),), db=db))


def small(client: Client) -> RedisPeople:
    """Three people, two days."""
    people = RedisPeople(client, "main", FakeClock())
    for number in range(3):
        people.create(a_person(str(number)), [a_template()], people.revision())
    attendance = RedisAttendance(client, "main")
    for number in range(4):
        attendance.apply(an_event(f"e{number}", seconds=40_000 * number), 60)
    return people


def everything_in(client: Any) -> dict[bytes, object]:  # noqa: ANN401
    """What a restored system must have again, read past all our own code."""
    own = {b"revision:{main}", b"changes:{main}", b"rules:{main}"}
    readers = {b"list": lambda k: client.lrange(k, 0, -1), b"hash": client.hgetall,
               b"set": client.smembers, b"string": client.get,
               b"stream": client.xrange}  # fmt: skip
    return {key: readers[client.type(key)](key) for key in client.scan_iter() if key not in own}


def file_of(records: list[Record], schema: int = 1) -> io.BytesIO:
    out = io.BytesIO()
    backup_file.write(out, Header("main", MORNING, "0.9", schema), records)
    return io.BytesIO(out.getvalue())
