"""What is not backed up over, restored into, or believed: what exists, is damaged or forged."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from face_rec.assembly.commands.commands import open_backups
from face_rec.assembly.storage.chain import witness_folder
from face_rec.demo.company import company
from face_rec.domain.errors import BackupRefused, NotEmpty
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.backup.backup_place import FilePlace
from face_rec.stores.backup.backup_records import Record
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import access_keys, keys
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.keyring import Keyring, derived
from face_rec.stores.site.schema import SCHEMA
from tests.fakes.clock import MORNING, FakeClock
from tests.integration.stores.backup_site import (
    OPEN,
    SEALED,
    TODAY,
    ZONE,
    everything_in,
    file_of,
    pair,
    server,
    small,
)
from tests.samples import a_person, an_event

__all__ = ["pair", "server"]


def raw(client: Any) -> Any:  # noqa: ANN401
    return client


def test_an_existing_file_stays_unless_forced(pair: tuple[Client, Client], tmp_path: Path) -> None:
    place = FilePlace(tmp_path / "backup")
    (tmp_path / "backup").write_text("precious")
    backups = open_backups(pair[0], "main", OPEN)
    with pytest.raises(BackupRefused, match="--force"):
        backups.save(place, MORNING)
    assert (tmp_path / "backup").read_text() == "precious"
    backups.save(place, MORNING, force=True)
    assert backups.verify(place).people == 0
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("what", ["person", "event", "rule", "account"])
def test_only_an_empty_system_is_restored_into(
    pair: tuple[Client, Client], tmp_path: Path, what: str
) -> None:
    place = FilePlace(tmp_path / "backup")
    open_backups(pair[0], "main", OPEN).save(place, MORNING)
    people = RedisPeople(pair[1], "main", FakeClock())
    actions: dict[str, Callable[[], object]] = {
        "person": lambda: people.create(a_person(), [], 0),
        "event": lambda: RedisAttendance(pair[1], "main").apply(an_event(), 60),
        "rule": lambda: RedisRules(pair[1], "main").put(*company(TODAY, ZONE).rules[:1]),
        "account": lambda: raw(pair[1]).hset(access_keys.access("main", "accounts"), "ada", "{}"),
    }
    actions[what]()
    with pytest.raises(NotEmpty, match="empty system"):
        open_backups(pair[1], "main", OPEN).load(place)


def test_what_an_app_without_data_leaves_does_not_count(
    pair: tuple[Client, Client], tmp_path: Path
) -> None:
    small(pair[0])
    open_backups(pair[0], "main", OPEN).save(FilePlace(tmp_path / "backup"), MORNING)
    RedisRules(pair[1], "main").epoch()
    pair[1].set(access_keys.session("main", "d"), "{}", ex=1000)
    outbox = RedisOutbox(pair[1], "main")
    outbox.publish("begun", "", MORNING.isoformat(), ())  # by an app that runs
    assert open_backups(pair[1], "main", OPEN).load(FilePlace(tmp_path / "backup")).people == 3
    assert outbox.places() == {}  # it begins anew: nothing that comes back is told


def test_a_restore_that_was_cut_short_can_be_repeated(
    pair: tuple[Client, Client], tmp_path: Path
) -> None:
    small(pair[0])
    place = FilePlace(tmp_path / "backup")
    digest = open_backups(pair[0], "main", OPEN).save(place, MORNING).digest
    pair[1].set(keys.restoring("main"), digest)
    pair[1].rpush(keys.attendance("main", MORNING.date()), "half")
    open_backups(pair[1], "main", OPEN).load(place)
    assert everything_in(pair[1]) == everything_in(pair[0])


def test_a_backup_of_another_site_is_refused(pair: tuple[Client, Client], tmp_path: Path) -> None:
    place = FilePlace(tmp_path / "backup")
    open_backups(pair[0], "main", OPEN).save(place, MORNING)
    with pytest.raises(BackupRefused, match="SITE=main"):
        open_backups(pair[1], "north", OPEN).load(place)


@pytest.mark.parametrize("keyring", [OPEN, SEALED], ids=["open", "encrypted"])
@pytest.mark.parametrize("harm", ["cut", "flipped", "other"])
def test_a_damaged_backup_is_refused_and_nothing_is_written(
    pair: tuple[Client, Client], tmp_path: Path, keyring: Keyring, harm: str
) -> None:
    small(pair[0])
    path = tmp_path / "backup"
    open_backups(pair[0], "main", keyring).save(FilePlace(path), MORNING)
    whole = path.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 0x55]) + whole[middle + 1 :]
    path.write_bytes({"cut": whole[:middle], "flipped": flipped, "other": b"PK\3\4"}[harm])
    with pytest.raises(BackupRefused):
        open_backups(pair[1], "main", keyring).load(FilePlace(path))
    assert not pair[1].dbsize()


def test_an_encrypted_backup_shows_nothing_and_needs_its_key(
    pair: tuple[Client, Client], tmp_path: Path
) -> None:
    small(pair[0])
    path = tmp_path / "backup"
    open_backups(pair[0], "main", SEALED).save(FilePlace(path), MORNING)
    assert path.read_bytes()[:2] != b"\x1f\x8b"
    for other in (OPEN, derived(["b" * 64], "backup")):
        with pytest.raises(BackupRefused, match="DATA_KEY"):
            open_backups(pair[1], "main", other).verify(FilePlace(path))
    newer = derived(["b" * 64, "a" * 64], "backup")  # the key was changed since
    assert open_backups(pair[1], "main", newer).load(FilePlace(path)).people == 3


@pytest.fixture
def forged(pair: tuple[Client, Client], tmp_path: Path) -> FilePlace:
    """A backup with an attacker's admin, made without the key."""
    small(pair[0])
    pair[0].hset(access_keys.access("main", "accounts"), "mallory", '{"role":"admin"}')
    place = FilePlace(tmp_path / "forged")
    open_backups(pair[0], "main", OPEN).save(place, MORNING)
    return place


def test_with_a_key_set_only_what_the_key_sealed_is_restored(
    pair: tuple[Client, Client], forged: FilePlace
) -> None:
    backups = open_backups(pair[1], "main", SEALED)
    for read in (backups.load, backups.verify):
        with pytest.raises(BackupRefused, match="--unsealed"):
            read(forged)
    assert not pair[1].dbsize()


def test_an_unsealed_backup_is_taken_only_when_asked_for_and_its_admins_are_named(
    pair: tuple[Client, Client], forged: FilePlace
) -> None:
    found = open_backups(pair[1], "main", SEALED).load(forged, unsealed=True)
    assert found.admins == ("mallory",)
    assert found.people == 3


@pytest.mark.parametrize(
    "record",
    [
        Record("person:{other}:1", "hash", ((b"id", b"1"),)),
        Record("config", "string", ((b"1",),)),
        Record("../../../outside", "witness", ((b"{}",),)),
    ],
    ids=lambda record: record.key,
)
def test_foreign_keys_and_paths_in_a_backup_are_refused_before_anything_is_written(
    pair: tuple[Client, Client], tmp_path: Path, record: Record
) -> None:
    inside = tmp_path / "data"
    backups = open_backups(pair[1], "main", OPEN, witness_folder(inside, "main"))
    evil = tmp_path / "evil"
    evil.write_bytes(file_of([record], schema=SCHEMA).getvalue())
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BackupRefused, match="no backup of this app holds"):
        backups.load(FilePlace(evil))
    assert sorted(tmp_path.rglob("*")) == before
    assert not pair[1].dbsize()


def test_what_another_program_keeps_beside_ours_is_left_out_and_said(
    pair: tuple[Client, Client], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    small(pair[0])
    pair[0].set("foreign:{main}", "1")
    place = FilePlace(tmp_path / "backup")
    open_backups(pair[0], "main", OPEN).save(place, MORNING)
    assert "foreign:{main}" in caplog.text
    open_backups(pair[1], "main", OPEN).load(place)
    assert not pair[1].exists("foreign:{main}")
