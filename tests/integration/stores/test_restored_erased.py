"""An older backup brings back whom it held when it was made; whoever restores it is told whom this
machine cannot take away again by itself."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import config
from face_rec import assembly
from face_rec.__main__ import main
from face_rec.assembly.storage.stores import open_stores
from face_rec.clock import SystemClock
from tests import redis_servers
from tests.samples import a_person, a_template

Made = Callable[[timedelta], Path]


@pytest.fixture
def backup_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """A backup with Ada, made so long ago; the system is empty afterwards."""
    redis_servers.redis_binary()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.setattr("face_rec.cli.records.backup._NOTICED", 0)  # no app runs

    def made(before: timedelta) -> Path:
        settings, out = config.load(), tmp_path / "backup"
        with ExitStack() as stack:
            stores = open_stores(settings, SystemClock(), stack)
            seen = stores.people.revision()
            stores.writers.people.create(a_person("ada", "Ada"), [a_template()], seen)
        with assembly.build_backups(settings) as backups:
            backups.save(assembly.backup_place(settings, str(out)), _now() - before)
        (tmp_path / "data").rename(tmp_path / "before")
        (tmp_path / "data").mkdir()
        (tmp_path / "before" / "keys").rename(tmp_path / "data" / "keys")
        return out

    return made


def _now() -> datetime:
    return SystemClock().now()


def test_who_restores_an_old_backup_is_told_who_must_be_erased_anew(
    backup_of: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore", str(backup_of(timedelta(hours=80)))]) == 0
    until = f"{_now() - timedelta(hours=72):%Y-%m-%d}"
    told = capsys.readouterr().out
    assert f"Whoever was erased between the backup and {until}" in told
    assert "erase them anew" in told


def test_of_a_young_one_this_machine_knows_who_was_erased(
    backup_of: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore", str(backup_of(timedelta(hours=70)))]) == 0
    assert "erased" not in capsys.readouterr().out


def test_as_it_was_is_with_all_who_were_erased_since(
    backup_of: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore", "--as-it-was", str(backup_of(timedelta(hours=1)))]) == 0
    assert "Whoever was erased between the backup and" in capsys.readouterr().out
