"""The embedded Redis' file is damaged, empty or gone: what the app does, on the disk and whole."""

import logging
import shutil
from datetime import UTC
from pathlib import Path

import pytest

from config import Settings, load
from face_rec import assembly
from face_rec.assembly.system import System
from face_rec.cli import doctor
from face_rec.domain.errors import StoreError
from face_rec.domain.marks import Event
from face_rec.stores.redis import aof_repair
from face_rec.stores.redis.embedded import folder_of
from face_rec.stores.redis.purge import EmbeddedPurge
from tests.redis_servers import redis_binary, wait_until
from tests.samples import an_event

COUNT = 20


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    redis_binary()
    environ = {"DATA_DIR": str(tmp_path / "data"), "MODEL_PACK": str(tmp_path / "none")}
    return load(environ, dotenv=None)


def _file(settings: Settings) -> Path:
    folder = folder_of(settings.data_dir)
    return next(iter([*folder.glob("appendonlydir/*.incr.aof"), folder / "appendonly.aof"]))


def _marked(settings: Settings, count: int = COUNT) -> int:
    """As many marks, confirmed by a whole app that ends; how long the file was before them."""
    with assembly.build(settings) as system:
        before = _file(settings).stat().st_size
        sample = an_event("e")
        for number in range(count):
            event = Event(
                f"e{number}", f"s{number}", system.clock.now(), sample.kind, sample.source, "main"
            )
            system.marker.mark(event)
    return before


def _marks(system: System) -> int:
    return len(system.attendance.day(system.clock.now().astimezone(UTC).date()))


def test_a_file_that_redis_refuses_is_repaired_and_what_was_cut_is_offered_again(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    place = _marked(settings)
    damaged = bytearray(_file(settings).read_bytes())
    damaged[place : place + 4] = b"\xff\xff\r\n"  # in the middle: Redis does not cut it by itself
    _file(settings).write_bytes(damaged)
    with caplog.at_level(logging.CRITICAL), assembly.build(settings) as system:
        assert any("redis_file_repaired" in record.message for record in caplog.records)
        wait_until(lambda: _marks(system) == COUNT, 30)
        ours = {one.name: one for one in system.health.results()}
        assert ours["database file"].warning
    folder = folder_of(settings.data_dir)
    (aside,) = folder.glob(f"{aof_repair.ASIDE}*")
    assert damaged in [path.read_bytes() for path in aside.rglob("*.aof")]
    assert aside.stat().st_mode & 0o077 == 0
    said = aof_repair.repaired_check(folder, 72)()
    assert said.warning
    assert str(aside) in said.advice
    assert doctor.shown(said).startswith("WARN database file: was damaged and repaired")
    assert f"{COUNT} marks and" in said.detail
    with assembly.build_redis(settings) as client:  # what is erased is gone from there, too
        EmbeddedPurge(client, "main", folder).run()
    assert not aside.exists()
    assert not aof_repair.repaired_check(folder, 72)().warning


@pytest.mark.parametrize("how", ["empty", "gone"])
def test_a_file_that_is_gone_or_empty_is_said_loudly_and_marks_come_back(
    settings: Settings, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    _marked(settings)
    if how == "gone":
        for path in folder_of(settings.data_dir).glob("appendonly*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    else:
        _file(settings).write_bytes(b"")
    with caplog.at_level(logging.CRITICAL), assembly.build(settings) as system:
        assert any("database_is_empty" in record.message for record in caplog.records)
        assert "has none of them" in system.chain.emptied
        wait_until(lambda: _marks(system) == COUNT, 30)


def test_what_cannot_be_repaired_is_left_as_it_was_and_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = _marked(settings, 3)
    damaged = bytearray(_file(settings).read_bytes())
    damaged[place : place + 4] = b"\xff\xff\r\n"
    _file(settings).write_bytes(damaged)
    monkeypatch.setattr(aof_repair, "_fixed", lambda *_: False)
    with pytest.raises(StoreError, match="does not start"), assembly.build_redis(settings):
        pass
    assert _file(settings).read_bytes() == damaged
    assert not [*folder_of(settings.data_dir).glob(f"{aof_repair.ASIDE}*")]
    assert not [*folder_of(settings.data_dir).glob(".repair-*")]
