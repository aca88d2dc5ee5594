"""The Redis checks against real servers, alone, in a cluster, and gone."""

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from face_rec.domain.errors import StoreUnavailable
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.redis.durability import (
    IN_REDIS_ALONE,
    KEPT_BY,
    durable_check,
    kept_check,
)
from face_rec.stores.redis.redis_health import reachable_check
from face_rec.stores.redis.server_history import BEGUN, ServerHistory
from tests.fakes.clock import MORNING, FakeClock
from tests.redis_servers import (
    Server,
    free_port,
    redis_binary,
    standalone,
    vector_binary,
    wait_until,
)
from tests.samples import an_event

DESIGN = Path(__file__).resolve().parents[3] / "docs" / "design.md"
ADVISED = {
    "maxmemory": "0", "maxmemory-policy": "noeviction", "save": "", "appendonly": "yes",
    "appendfsync": "everysec",
}  # fmt: skip


@contextmanager
def _set_up_as_advised(client: Any) -> Iterator[None]:  # noqa: ANN401
    """A server with other settings than its own; put back afterwards."""
    before = {name: client.config_get(name)[name] for name in ADVISED}
    for name, value in ADVISED.items():
        client.config_set(name, value)
    yield
    for name, value in before.items():
        client.config_set(name, value)


@pytest.fixture
def safe(redis_client: Client) -> Iterator[Client]:
    with _set_up_as_advised(redis_client):
        yield redis_client


def test_a_server_that_answers_is_reachable(redis_client: Client) -> None:
    assert reachable_check(redis_client)().ok


def test_a_server_that_is_gone_is_not_ready_and_says_what_to_check() -> None:
    gone = connect(RedisAddress(nodes=(("127.0.0.1", free_port()),)))
    result = reachable_check(gone)()
    assert not result.ok
    assert "REDIS_" in result.advice


def test_of_a_server_that_is_gone_nothing_is_claimed_about_its_data() -> None:
    gone = connect(RedisAddress(nodes=(("127.0.0.1", free_port()),)))
    result = durable_check(gone)()
    assert (result.ok, result.warning) == (True, False)
    assert "not known" in result.detail


def test_a_server_set_up_as_advised_has_no_warning(safe: Client) -> None:
    result = durable_check(safe)()
    assert (result.ok, result.warning, result.advice) == (True, False, "")


@pytest.mark.parametrize(
    ("synced", "words"),
    [("always", "before it answers"), ("everysec", "within a second"), ("no", "at risk")],
)
def test_when_the_servers_file_reaches_its_disk_is_said(
    safe: Client, synced: str, words: str
) -> None:
    safe.config_set("appendfsync", synced)
    result = durable_check(safe)()
    assert words in result.detail
    assert result.warning == ("appendfsync no" in result.advice) == (synced == "no")


def test_a_server_that_may_have_lost_something_is_noticed(tmp_path: Path) -> None:
    """It began anew, was replaced, or has fewer marks than it had; else nothing is said."""
    with standalone(tmp_path / "one") as server:
        client = connect(RedisAddress(nodes=(("127.0.0.1", server.port),)))
        marks = RedisAttendance(client, "main")
        history = ServerHistory(client, marks.lengths, FakeClock())
        assert history.lost() == BEGUN
        marks.apply(an_event("e1"), 0)
        assert history.lost() == ""
        marks.apply(an_event("e2"), 0)
        assert history.lost() == ""
        client.rpop(keys.attendance("main", MORNING.date()))
        assert "fewer than they were" in history.lost()
        assert history.lost() == ""
        server.kill()
        with pytest.raises(StoreUnavailable):
            history.lost()
        server.start()
        assert "began anew" in history.lost()
        assert history.lost() == ""
        client.close()


@pytest.mark.parametrize("named", KEPT_BY)
def test_what_is_kept_is_said_alike_in_the_documentation(named: str) -> None:
    assert f"| {KEPT_BY[named]} |" in DESIGN.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [
        ("appendfsync", "always", "always"),
        ("appendfsync", "everysec", "everysec"),
        ("appendfsync", "no", "no"),
        ("appendonly", "no", "nothing"),
    ],
)
def test_what_is_kept_follows_from_how_the_server_writes(
    safe: Client, setting: str, value: str, named: str
) -> None:
    safe.config_set(setting, value)
    result = kept_check(safe, embedded=False, replicas=False, hours=72)()
    assert (str(result.detail), result.warning) == (f"{KEPT_BY[named]} {IN_REDIS_ALONE}", False)


def test_what_is_kept_follows_from_the_settings(safe: Client) -> None:
    assert kept_check(safe, embedded=True, replicas=False, hours=0)().detail == KEPT_BY["embedded"]
    alone = kept_check(safe, embedded=False, replicas=False, hours=0)()
    assert "JOURNAL_HOURS" in alone.advice


def test_that_a_replica_takes_over_is_said_only_where_there_is_one(tmp_path: Path) -> None:
    with standalone(tmp_path / "one", "--appendonly", "yes") as master:
        client = connect(RedisAddress(nodes=(("127.0.0.1", master.port),), service="mymaster"))
        check = kept_check(client, embedded=False, replicas=True, hours=72)
        assert KEPT_BY["everysec"] in check().detail
        following = ("--replicaof", "127.0.0.1", str(master.port))
        with standalone(tmp_path / "two", *following):
            wait_until(lambda: _followers(master) == 1)
            assert KEPT_BY["replicas"] in check().detail
        client.close()


def _followers(master: Server) -> int:
    said: Any = master.client().info("replication")
    return int(said["connected_slaves"])


def test_of_a_cluster_is_said_what_the_one_keeps_that_keeps_least(
    redis_cluster: list[Server], cluster_client: Client
) -> None:
    check = kept_check(cluster_client, embedded=False, replicas=True, hours=72)
    with ExitStack() as stack:
        for server in redis_cluster:
            stack.enter_context(_set_up_as_advised(server.client()))
        assert KEPT_BY["everysec"] in check().detail
        redis_cluster[-1].client().config_set("appendonly", "no")
        assert KEPT_BY["nothing"] in check().detail


@pytest.mark.parametrize("logged", ["yes", "no"])
def test_of_settings_that_a_service_answers_with_nothing_nothing_is_claimed(
    safe: Client, monkeypatch: pytest.MonkeyPatch, logged: str
) -> None:
    safe.config_set("appendonly", logged)
    monkeypatch.setattr(safe, "config_get", lambda _: {})
    assert "loses everything" not in durable_check(safe)().advice
    assert (
        KEPT_BY["unknown"] in kept_check(safe, embedded=False, replicas=False, hours=72)().detail
    )


class _Guarded(Server):
    """One with an append-only file, of which ``app`` is the user; ``default`` may what is said."""

    def __init__(self, folder: Path, default: str, app: str = "+@all", binary: str = "") -> None:
        ours = ("--user", "app", "on", ">secret", "~*", "&*", *app.split())
        others = ("--user", "default", *default.split())
        super().__init__(folder, "--appendonly", "yes", *ours, *others, binary=binary)
        self.address = RedisAddress(
            nodes=(("127.0.0.1", self.port),), username="app", password="secret"
        )

    def client(self) -> Redis:
        return Redis(port=self.port, username="app", password="secret", protocol=2)


@pytest.mark.parametrize("of", [redis_binary, vector_binary])
@pytest.mark.parametrize(
    ("default", "forgets"),
    [("off", True), ("on >long ~* &* +@all", False), ("off ~* &* +@all -@dangerous", False),
     ("on >long ~* &* +@read", True)],
)  # fmt: skip
def test_a_server_that_would_not_read_back_what_it_wrote_is_warned_of(
    tmp_path: Path, default: str, forgets: bool, of: Callable[[], str]
) -> None:
    binary = of()
    server = _Guarded(tmp_path, default, binary=binary)
    server.start()
    client = connect(server.address)
    marks = RedisAttendance(client, "main")
    try:
        marks.apply(an_event("e1"), 0)
        said = durable_check(client)()
        server.stop()
        server.start()
        there = marks.length(MORNING.date())
    finally:
        client.close()
        server.stop()
    assert ("user default" in said.advice) == said.warning == (there == 0)
    if _asks_for_rights(binary):
        assert (there == 0) == forgets


def _asks_for_rights(binary: str) -> bool:
    said = subprocess.check_output([binary, "--version"], text=True)
    major, minor = re.findall(r"v=(\d+)\.(\d+)", said)[0]
    return (7, 0) <= (int(major), int(minor)) < (8, 6)


def test_what_cannot_be_asked_of_a_server_is_said_so(tmp_path: Path) -> None:
    server = _Guarded(tmp_path, "off", "+@all -acl")
    server.start()
    client = connect(server.address)
    try:
        said = durable_check(client)()
    finally:
        client.close()
        server.stop()
    assert ("cannot be seen" in said.advice) == said.warning == _asks_for_rights(redis_binary())


@pytest.mark.parametrize(("version", "old"), [("6.0.16", True), ("6.2.0", False), ("10.0", False)])
def test_a_server_that_lacks_what_is_asked_for_is_warned_of(
    safe: Client, monkeypatch: pytest.MonkeyPatch, version: str, old: bool
) -> None:
    asked: Any = safe.info

    def told(section: str) -> dict[str, Any]:
        return {**asked(section), "redis_version": version}

    monkeypatch.setattr(safe, "info", told)
    result = durable_check(safe)()
    assert result.warning is old
    assert (f"Redis {version} is too old" in result.advice) is old


def test_eviction_is_warned_of(safe: Client) -> None:
    safe.config_set("maxmemory", "100mb")
    safe.config_set("maxmemory-policy", "allkeys-lru")
    result = durable_check(safe)()
    assert (result.ok, result.warning) == (True, True)
    assert "allkeys-lru" in result.advice
    assert "noeviction" in result.advice


def test_a_limit_without_eviction_is_no_worry(safe: Client) -> None:
    safe.config_set("maxmemory", "100mb")
    assert not durable_check(safe)().warning


def test_a_server_that_keeps_nothing_on_disk_is_warned_of(safe: Client) -> None:
    safe.config_set("appendonly", "no")
    result = durable_check(safe)()
    assert result.warning
    assert "loses everything" in result.advice


def test_snapshots_alone_are_warned_of_more_gently(safe: Client) -> None:
    safe.config_set("appendonly", "no")
    safe.config_set("save", "3600 1")
    result = durable_check(safe)()
    assert result.warning
    assert "since its last snapshot" in result.advice


def test_a_service_that_forbids_config_is_judged_by_what_it_tells(safe: Client) -> None:
    safe.config_set("appendonly", "no")
    server: Any = safe
    server.execute_command("ACL", "SETUSER", "default", "-config")
    try:
        result = durable_check(safe)()
    finally:
        server.execute_command("ACL", "SETUSER", "default", "+@all")
    assert result.warning
    assert "append-only" in result.advice


def test_every_primary_of_a_cluster_is_looked_at(
    redis_cluster: list[Server], cluster_client: Client
) -> None:
    assert reachable_check(cluster_client)().ok
    with ExitStack() as stack:
        for server in redis_cluster:
            stack.enter_context(_set_up_as_advised(server.client()))
        assert not durable_check(cluster_client)().warning
        redis_cluster[-1].client().config_set("appendonly", "no")
        assert durable_check(cluster_client)().warning
