"""A running server is taken over by another process while people are marked, and by nobody who
should not: real processes, the real journal, the embedded Redis. The long form: make upgrades."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from face_rec import files
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.redis.embedded import EmbeddedRedis
from face_rec.web.server import handover
from face_rec.web.server.handover import Server, Taker
from face_rec.web.server.runner import alone
from tests.data import Material
from tests.nginx_server import Nginx, in_front_of
from tests.redis_servers import wait_until
from tests.upgrades.drill import UpgradedServer, flaws

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(900)]

PATIENCE = 240.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, drawn: Material) -> Iterator[UpgradedServer]:
    served = UpgradedServer(tmp_path_factory.mktemp("upgrade") / "data", drawn)
    served.fill()
    with served:
        yield served


@pytest.fixture
def database(server: UpgradedServer) -> Iterator[Client]:
    """The server's own Redis, joined."""
    redis = EmbeddedRedis(server.data_dir)
    client = connect(RedisAddress(unix_socket=str(redis.start())))
    yield client
    client.close()
    redis.stop()


def _ready(server: UpgradedServer) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/readyz", timeout=5) as told:
            return bool(told.status == 200)
    except OSError:
        return False


def _refused(server: UpgradedServer, newcomer: "subprocess.Popen[bytes]", words: str) -> None:
    """It ends with words, and the one that serves has noticed nothing."""
    assert newcomer.wait(PATIENCE) == 1
    assert words in server.logged()
    assert _ready(server)


def _upgrade(server: UpgradedServer, proxy: Nginx | None = None) -> list[str]:
    """Once, while people are marked: what was not served at the doors. Nothing is lost."""
    with ExitStack() as stack:
        doors = [stack.enter_context(door) for door in server.doors(proxy)]
        begun = len(server.confirmed())
        wait_until(lambda: len(server.confirmed()) > begun + 2, PATIENCE)
        before = len(server.confirmed())
        server.becomes(server.newcomer())
        wait_until(lambda: len(server.confirmed()) > before + 2, PATIENCE)
    confirmed = server.confirmed()
    server.stop()  # what waits is handed on
    assert flaws(confirmed, server.events()) == []
    server.start()
    return [why for door in doors for why in door.failed]


def test_nobody_is_refused_a_connection_and_no_mark_is_lost_or_doubled_by_an_upgrade(
    server: UpgradedServer,
) -> None:
    failed = _upgrade(server)
    assert any("1012" in why for why in failed), "the line is told to come again"
    assert not [why for why in failed if "refused" in why or "ConnectError" in why]


@pytest.mark.nightly  # what the app does is tried above every day
def test_behind_nginx_nobody_is_refused_and_no_mark_is_lost_or_doubled_by_an_upgrade(
    server: UpgradedServer, tmp_path: Path
) -> None:
    with in_front_of(server.port, tmp_path / "nginx") as proxy:
        failed = _upgrade(server, proxy)
    assert any("1012" in why for why in failed), "nginx hands the word on"
    assert not [why for why in failed if "'502" in why or "'504" in why], "its word of a dead app"


def test_of_two_begun_at_once_one_is_refused(
    server: UpgradedServer,
) -> None:
    pid = server.pid
    with alone(server.data_dir, server.port):
        _refused(server, server.newcomer(), "Another process is taking over at this moment")
    assert server.pid == pid


def test_the_old_one_serves_on_if_the_new_one_dies_with_the_socket_in_its_hand(
    server: UpgradedServer,
) -> None:
    place = handover.meeting_place(server.data_dir, server.port)
    found = Taker.ask(Server("main", "127.0.0.1", server.port, "x"), place)
    assert found is not None
    taker, taken = found
    taken.close()
    taker.wait_until_left(0.001)
    wait_until(lambda: "handover_failed" in server.logged())
    assert _ready(server)


def test_the_new_one_serves_if_the_old_one_dies_while_it_warms_up(
    server: UpgradedServer,
) -> None:
    newcomer = server.newcomer()
    locked = server.data_dir / f"upgrade-{server.port}.lock"
    wait_until(lambda: _is_locked(locked), PATIENCE)
    os.kill(server.pid, signal.SIGKILL)
    server.becomes(newcomer, ends=-signal.SIGKILL)
    wait_until(lambda: _ready(server), PATIENCE)
    assert newcomer.poll() is None


def _is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    held = files.open_lock(path)
    try:
        return not files.lock(held)
    finally:
        os.close(held)


@pytest.mark.nightly  # tests/integration/stores/test_schema.py has each step
def test_a_later_version_s_data_are_shared_while_they_can_be_and_never_touched_after_that(
    server: UpgradedServer, database: Client
) -> None:
    """This version is the older one here: N − 1."""
    key = keys.schema("main")
    ours = database.get(key)
    try:
        database.set(key, json.dumps({"at": 99, "reads": 1, "by": "9.0"}))
        server.becomes(server.newcomer())  # as by going back to the version before
        assert _ready(server)
        database.set(key, json.dumps({"at": 99, "reads": 99, "by": "9.0"}))
        wait_until(lambda: not _ready(server), PATIENCE)
        before = database.dbsize()
        older = server.newcomer()
        assert older.wait(PATIENCE) == 2, "starting again does not help"
        assert "A newer version (9.0) has brought the data" in server.logged()
        assert "Traceback" not in server.logged()
        assert database.dbsize() == before
    finally:
        database.set(key, ours or b"")
    wait_until(lambda: _ready(server), PATIENCE)


def test_a_port_that_another_program_has_is_said_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        told = subprocess.run(
            [sys.executable, "app.py"], capture_output=True, text=True, timeout=PATIENCE,
            env=os.environ | {"DATA_DIR": str(tmp_path), "PORT": port, "ACCOUNTS": "off"},
            check=False,
        )  # fmt: skip
    assert told.returncode == 1
    assert f"Port {port} is not available" in told.stderr
