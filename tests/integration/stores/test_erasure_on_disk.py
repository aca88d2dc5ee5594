"""After the certificate nothing on the disk tells who was erased, or what they look like."""

import base64
import gzip
import json
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import config
from config import Settings
from face_rec import assembly
from face_rec.__main__ import main
from face_rec.access.audit.audit import AuditEntry, details
from face_rec.assembly.people.personal_data import privacy_of
from face_rec.assembly.storage.services import cached_days, open_services
from face_rec.assembly.storage.stores import open_stores
from face_rec.attendance.cached_stores import Stores
from face_rec.attendance.rules.calendar import Leave
from face_rec.clock import SystemClock
from face_rec.domain.errors import SnapshotMissing, StoreError
from face_rec.domain.marks import EventKind
from face_rec.domain.people import ERASED, Person, Template
from face_rec.domain.pictures import kept_photo, key_of
from face_rec.invitations.invitation import Invitation, SelfEnrolment
from face_rec.invitations.invitation_records import InvitationRecords
from face_rec.stores.access.access_codec import encode
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.redis import access_keys, keys
from face_rec.stores.redis.client import Client
from face_rec.stores.redis.purge import EmbeddedPurge
from face_rec.stores.site.model_change import RedisModelChange
from tests.fakes.clock import MORNING
from tests.integration.conftest import SettingsFrom
from tests.nightly import every_day_but
from tests.redis_servers import Server, standalone, wait_until
from tests.samples import a_person, a_photo, a_template, an_event

ID, NAME, MAIL = "ERASE-ME-4711", "Zaphod Quartzfeldt", "zaphod@quartz.example"
FORMER = "Zaphod Formerly-Called"
KEY = "k" * 40
WORDS = [text.encode() for text in (ID, NAME, MAIL, FORMER)]
PHOTO = "0" * 32
FACE = b"\xff\xd8 the face of somebody \xff\xd9"
WAITS = [base64.b64encode(one) for one in (FACE, json.dumps([ID, NAME]).encode())]
"""Of somebody who is not approved: the picture, and what they typed, as records of JSON have them
where nothing is sealed."""


def _templates() -> list[Template]:
    return [a_template(slot, dimension=512) for slot in range(1, 4)]


def _needles() -> list[bytes]:
    """Words, the picture, and pieces of the templates: an aligned and a crooked one of each."""
    raw = [template.vector.astype("<f4").tobytes() for template in _templates()]
    return [*WORDS, FACE, *WAITS, *(r[:32] for r in raw), *(r[1001:1033] for r in raw)]


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Server]:
    """A Redis of somebody else, which keeps an append-only file."""
    with standalone(tmp_path / "outside", "--appendonly", "yes") as server:
        yield server


@pytest.fixture(
    params=every_day_but(
        {"outside sealed"},  # what "embedded sealed" and "outside" have not shown is little
        ["embedded", "embedded sealed", "outside", "outside sealed"],
    )
)
def settings(request: pytest.FixtureRequest, settings_from: SettingsFrom) -> Settings:
    key = KEY if "sealed" in request.param else ""
    if "outside" not in request.param:
        return settings_from(DATA_KEY=key)
    server: Server = request.getfixturevalue("outside")
    return settings_from(DATA_KEY=key, REDIS_HOST="127.0.0.1", REDIS_PORT=str(server.port))


def _lived(settings: Settings) -> Person:
    """Somebody with all that the app keeps about people, beside somebody who stays."""
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        people, writer = stores.people, stores.writers.people
        writer.create(a_person("stays", "Ada Remains"), [a_template()], people.revision())
        person = replace(a_person(ID, FORMER), email=MAIL, photo="people/x/1.jpg")
        person = writer.create(person, _templates(), people.revision())
        person = writer.update(replace(person, name=NAME, photo=f"people/{person.subject}/1.jpg"))
        writer.put_templates(person.subject, _templates(), person.version, people.revision())
        stores.access.pins.set(person, "402917")
        stores.spool.put(f"people/{person.subject}/1.jpg", FACE)
        stores.spool.put(kept_photo(person.subject, PHOTO), FACE)
        change = RedisModelChange(stores.client, settings.site)
        change.fail(person.subject, {PHOTO: "This pack finds no face in the photo."})
        picture = key_of("e1", MORNING, person.subject)
        stores.writers.marks.apply(replace(an_event("e1", person.subject), snapshot=picture), 60)
        stores.spool.put(picture, FACE)
        day = date(2025, 3, 12)
        RedisRules(stores.client, settings.site).put(
            Leave("l1", person.subject, day, day, "sick", author="boss")
        )
        stores.journal.append(an_event("waiting", person.subject, 3600))
        _waits(stores.invitations, person.subject, "a" * 24, "")
        _waits(stores.invitations, "", "b" * 24, json.dumps([ID, NAME]))
        privacy = privacy_of(settings, stores, SystemClock(), lambda _: True)
        with (settings.data_dir.parent / "export.zip").open("wb") as out:
            privacy.export.write(person.subject, out)
        read = Stores(stores.attendance, stores.people, stores.rules, cached_days(settings))
        service = open_services(read, stores.writers, SystemClock(), stores.options).current()
        assert service.timesheets.marks(MORNING.date(), MORNING.date())
        service.timesheets.day(MORNING.date())
        wait_until(lambda: stores.spool.pending() == 0)
    assert [path for path in (settings.data_dir / "attendance-cache").rglob("*") if path.is_file()]
    return person


def _waits(records: InvitationRecords, subject: str, name: str, typed: str) -> None:
    """They have registered on their phone, by name or by a poster."""
    now, photo = SystemClock().now(), a_photo(FACE, _templates()[0].vector)
    records.invitations.create(Invitation(name, subject, "boss", now, now + timedelta(days=1)))
    sealed = records.sealed(name, typed)
    records.keep(
        SelfEnrolment(name, name, subject, now, "I agree.", "1", "en", now, typed=sealed), [photo]
    )


def _erased(settings: Settings) -> dict[str, Any]:
    certificate = settings.data_dir.parent / "certificate.json"
    assert main(["privacy", "erase", ID, "--yes", "--certificate", str(certificate)]) == 0
    found: dict[str, Any] = json.loads(certificate.read_text())
    return found


def _on_disk(folder: Path) -> Iterator[tuple[Path, bytes]]:
    yield from ((p, p.read_bytes()) for p in folder.rglob("*") if p.is_file())


def _in_redis(client: Client) -> Iterator[tuple[str, bytes]]:
    """Every key with its value as Redis would save it, and as it is read."""
    for key in client.scan_iter(count=1000):
        read: Any = {
            b"hash": client.hgetall, b"list": lambda k: client.lrange(k, 0, -1),
            b"set": client.smembers, b"string": client.get, b"stream": client.xrange,
        }[client.type(key)]  # type: ignore[index]  # fmt: skip
        yield key.decode(), key + _flat(read(key))


def _flat(value: Any) -> bytes:  # noqa: ANN401
    if isinstance(value, dict):
        return _flat([part for pair in value.items() for part in pair])
    if isinstance(value, list | tuple | set):
        return b"\n".join(map(_flat, value))
    return value if isinstance(value, bytes) else str(value).encode()


def _found(places: Iterator[tuple[Any, bytes]]) -> list[tuple[str, bytes]]:
    return [(str(where), n) for where, content in places for n in _needles() if n in content]


def test_what_lived_can_be_found_before_it_is_erased(settings: Settings) -> None:
    """Or the test below could not fail."""
    _lived(settings)
    with assembly.build_redis(settings) as client:
        before = {needle for _, needle in _found(_in_redis(client))}
    clear = (ID,) if settings.data_key else (ID, NAME, MAIL)
    assert before & set(WORDS) == {text.encode() for text in clear}
    faces = before - set(WORDS)
    assert len(faces) == (0 if settings.data_key else 6 + len(WAITS))
    with assembly.build_privacy(settings), assembly.build_access(settings) as access:
        said = " ".join(f"{e.target} {details(e)}" for e in access.audit.newest(100))
    assert all(text in said for text in (ID, NAME, FORMER, MAIL))


def test_nothing_on_the_disk_tells_of_somebody_erased(settings: Settings, tmp_path: Path) -> None:
    _lived(settings)
    certificate = _erased(settings)
    assert _found(_on_disk(settings.data_dir)) == []
    with assembly.build_redis(settings) as client:
        assert _found(_in_redis(client)) == []
        assert not RedisModelChange(client, settings.site).failures()
        _as_the_certificate_says(client, settings)
    assert _found(_on_disk(tmp_path / "outside")) == []
    said = " ".join(certificate["database_files"])
    assert ("BGREWRITEAOF" in said) == (not settings.embedded_redis)
    assert ("were rewritten" in said) == settings.embedded_redis


def _missed(settings: Settings, person: Person) -> None:
    """Visits of two days that came near to them and ended without a name."""
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        now = stores.people.get(person.subject)
        assert now is not None
        today = SystemClock().now().date()
        for day in (today, today, today - timedelta(days=3)):
            assert stores.missed.add(person.subject, now.version, day)


def test_how_often_somebody_was_missed_is_exported_and_goes_with_them(settings: Settings) -> None:
    _missed(settings, _lived(settings))
    words = b"missed:{main}:"
    files = settings.data_dir if settings.embedded_redis else settings.data_dir.parent / "outside"
    assert any(words in content for _, content in _on_disk(files)), "or this could not fail"
    out = settings.data_dir.parent / "all.zip"
    assert main(["privacy", "export", ID, "--out", str(out)]) == 0
    with zipfile.ZipFile(out) as archive:
        name = "day_with_visits_that_ended_without_a_name.json"
        assert [one["visits"] for one in json.loads(archive.read(name))] == [2, 1]
        assert name in archive.read("README.txt").decode()
    removed = {item["what"]: item["count"] for item in _erased(settings)["removed"]}
    assert removed["day with visits that ended without a name"] == 2
    with assembly.build_redis(settings) as client:
        assert not [key for key, _ in _in_redis(client) if key.startswith("missed:")]
    if settings.embedded_redis:
        assert not any(words in content for _, content in _on_disk(settings.data_dir))


def _imported_twin(settings: Settings, person: Person) -> Person:
    """Somebody who looks like ``person`` and waits for a decision."""
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        twin = replace(a_person("twin", "Ada's twin"), active=False, resembles=person.subject)
        return stores.writers.people.create(twin, [a_template()], stores.people.revision())


def test_nobody_who_looks_like_somebody_erased_leads_to_their_marks(settings: Settings) -> None:
    person = _lived(settings)
    twin = _imported_twin(settings, person)
    certificate = _erased(settings)
    removed = {item["what"]: item["count"] for item in certificate["removed"]}
    assert removed["note that another looks like them"] == 1
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        found = stores.people.get(twin.subject)
        assert found is not None
        assert (found.resembles, found.active) == (ERASED, False)
        said = " ".join(str(details(entry)) for entry in stores.access.audit.newest(100))
        assert person.subject not in said
        record = dict(_in_redis(stores.client))[keys.person(settings.site, twin.subject)]
        assert person.subject.encode() not in record
    tie = f'"resembles":"{person.subject}"'.encode()
    assert not [path for path, content in _on_disk(settings.data_dir) if tie in content]


def _as_the_certificate_says(client: Client, settings: Settings) -> None:
    """What is left to the administrator of an outside Redis; before, its files hold the ID, and
    all of it without a DATA_KEY."""
    if settings.embedded_redis:
        return
    folder = settings.data_dir.parent / "outside"
    held = {needle for _, needle in _found(_on_disk(folder))}
    assert held >= ({ID.encode()} if settings.data_key else {*_needles()} - {FACE})
    assert not settings.data_key or held == {ID.encode()}
    client.bgrewriteaof()
    wait_until(lambda: not client.info("persistence")["aof_rewrite_in_progress"])


def test_a_copy_of_the_pictures_made_before_opens_no_more(
    settings: Settings, tmp_path: Path
) -> None:
    """Not with DATA_KEY either. Without one pictures are stored as they are."""
    person = _lived(settings)
    pictures = {
        key_of("e1", MORNING, person.subject),
        f"people/{person.subject}/1.jpg",
        kept_photo(person.subject, PHOTO),
    }
    shutil.copytree(settings.data_dir / "snapshots", tmp_path / "copy")

    def opened() -> list[bytes]:
        with ExitStack() as stack:
            spool = open_stores(settings, SystemClock(), stack).spool
            assert set(spool.keys()) == pictures
            found = []
            for key in pictures:
                with suppress(SnapshotMissing):
                    found.append(spool.get(key))
            return found

    assert opened() == [FACE] * 3
    _erased(settings)
    assert not list((settings.data_dir / "snapshots").rglob("*.jpg"))
    shutil.copytree(tmp_path / "copy", settings.data_dir / "snapshots", dirs_exist_ok=True)
    assert opened() == ([] if settings.data_key else [FACE] * 3)


def _by_a_wrong_clock(settings: Settings, person: Person) -> None:
    """Marks of a machine that began in 1970 and of one in 2099, a correction of the latter, and
    a picture whose mark never came."""
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        for number, year in enumerate((1970, 2099)):
            at = datetime(year, 7, 1, 8, tzinfo=UTC)
            event = replace(an_event(f"w{number}", person.subject), at=at)
            picture = key_of(event.id, at, person.subject)
            stores.writers.marks.apply(replace(event, snapshot=picture), 60)
            stores.spool.put(picture, FACE)
        disputed = replace(event, id="c1", kind=EventKind.DISPUTE, target="w1", author="Grace")
        stores.writers.marks.apply(disputed, 60)
        stores.spool.put(key_of("never", at, person.subject), FACE)
        wait_until(lambda: stores.spool.pending() == 0)


def test_what_a_machine_with_a_wrong_clock_has_laid_elsewhere_goes_and_is_exported_too(
    settings: Settings, tmp_path: Path
) -> None:
    person = _lived(settings)
    _by_a_wrong_clock(settings, person)
    assert len(list((settings.data_dir / "snapshots").rglob("*.jpg"))) == 6
    out = str(tmp_path / "all.zip")
    assert main(["privacy", "export", ID, "--out", out]) == 0
    with zipfile.ZipFile(out) as archive:
        assert len([name for name in archive.namelist() if name.startswith("marks/")]) == 4
        events = json.loads(archive.read("events.json"))
    assert [event["id"] for event in events] == ["w0", "e1", "w1", "c1"]
    removed = {item["what"]: item["count"] for item in _erased(settings)["removed"]}
    assert removed["picture of a mark"] == 4
    assert not list((settings.data_dir / "snapshots").rglob("*.jpg"))


def test_a_picture_that_another_process_holds_during_the_erasure_does_not_arrive(
    settings: Settings,
) -> None:
    person = _lived(settings)
    with ExitStack() as stack:
        other = open_stores(settings, SystemClock(), stack).spool
        _erased(settings)
        other.offer(key_of("e2", MORNING, person.subject), np.zeros((8, 8, 3), np.uint8))
        other.put(f"people/{person.subject}/2.jpg", FACE)
        wait_until(lambda: other.pending() == 0)
        assert list(other.keys()) == []
    assert not list(settings.data_dir.rglob("*.jpg"))


def test_a_backup_made_later_tells_nothing_either(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lived(settings)
    _erased(settings)
    assert main(["backup", "--out", str(tmp_path / "backup")]) == 0
    content = (tmp_path / "backup").read_bytes()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    assert _found(iter([("backup", content)])) == []


def test_old_files_of_the_database_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    settings = config.load(dotenv=None)
    redis = tmp_path / "data" / "redis"
    with assembly.build_redis(settings) as client:
        client.set("person:{main}:x", NAME)
        client.delete("person:{main}:x")
        (redis / ".repair-killed").mkdir()
        for name in (
            "dump.rdb", "temp-rewriteaof-4194304.aof", "appendonlydir/temp-4194304.rdb",
            ".repair-killed/appendonly.aof",
        ):  # fmt: skip
            (redis / name).write_bytes(NAME.encode())
        assert NAME.encode() in b"".join(content for _, content in _on_disk(redis))
        EmbeddedPurge(client, "main", redis).run()
        assert NAME.encode() not in b"".join(content for _, content in _on_disk(redis))


def test_writes_go_on_while_the_files_are_rewritten_and_all_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    settings = config.load(dotenv=None)
    with assembly.build_redis(settings) as client:
        stop, written = threading.Event(), list[int]()

        def write() -> None:
            while not stop.is_set():
                client.rpush("kept", len(written))
                written.append(len(written))

        writer = threading.Thread(target=write)
        writer.start()
        done: list[tuple[str, ...]] = []

        def purge() -> None:
            done.append(EmbeddedPurge(client, "main", tmp_path / "data" / "redis").run())

        purges = [threading.Thread(target=purge) for _ in range(3)]
        for thread in purges:
            thread.start()
        for thread in purges:
            thread.join()
        stop.set()
        writer.join()
        assert len(done) == 3
    with assembly.build_redis(settings) as client:
        assert client.llen("kept") == len(written)


def test_a_rewrite_that_failed_is_said_and_done_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    settings = config.load(dotenv=None)
    _lived(settings)

    def fail(_: EmbeddedPurge, __: float) -> None:
        raise StoreError("Redis could not rewrite its append-only file. Make room.")

    with monkeypatch.context() as patch:
        patch.setattr(EmbeddedPurge, "_rewrite", fail)
        assert "NOT DONE YET" in _erased(settings)["database_files"][0]
    with assembly.build_privacy(settings) as (privacy, _):
        privacy.retention.finish()
    assert _found(_on_disk(settings.data_dir)) == []


def test_the_audit_log_keeps_that_somebody_was_there_and_not_who(settings: Settings) -> None:
    _lived(settings)
    with assembly.build_access(settings) as access:
        before = [e for e in access.audit.newest(100) if ID in f"{e.target} {details(e)}"]
    _erased(settings)
    with assembly.build_access(settings) as access:
        after = {e.number: e for e in access.audit.newest(100)}
    assert {e.action for e in before} >= {"person.registered", "person.edited", "person.pin.set"}
    names = {after[e.number].target for e in before}
    assert len(names) == 1
    assert names.pop().startswith("(erased) ")
    assert all(details(after[e.number]) == "" for e in before)
    assert all(after[e.number].at == e.at and after[e.number].who == e.who for e in before)
    deleted = next(e for e in after.values() if e.action == "person.deleted")
    assert deleted.target == after[before[0].number].target


def test_entries_that_older_versions_wrote_in_clear_go_too_and_no_others(
    settings: Settings,
) -> None:
    _lived(settings)
    with assembly.build_redis(settings) as client:
        for target, action, was in (
            ("ERASE-OLD-1", "person.registered", {}),
            (ID, "person.edited", {"id": "ERASE-OLD-1"}),
            (f"PIN of {ID}", "pin.locked", {}),
            (f"personal data of {ID}", "exported", {}),
            ("stays", "person.registered", {}),
            (f"{ID}-another", "person.registered", {}),
        ):
            entry = AuditEntry(MORNING, "boss", "user", "127.0.0.1", action, target, was)
            client.xadd(access_keys.audit(settings.site), {"entry": encode(entry)})
    certificate = _erased(settings)
    (counted,) = [r for r in certificate["removed"] if "audit" in r["what"]]
    assert counted["count"] == 4
    with assembly.build_access(settings) as access:
        left = [e.target for e in access.audit.newest(100)]
    assert "stays" in left
    assert f"{ID}-another" in left
    assert "ERASE-OLD-1" not in left


def test_people_s_own_keys_are_sealed_anew_and_none_comes_back(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not settings.data_key:
        pytest.skip("there is nothing to rotate without a DATA_KEY")
    _lived(settings)
    monkeypatch.setenv("DATA_KEY", f"{'n' * 40},{KEY}")
    assert main(["keys", "rotate-data"]) == 0
    monkeypatch.setenv("DATA_KEY", "n" * 40)
    with assembly.build_access(config.load(dotenv=None)) as access:
        assert NAME in " ".join(details(e) for e in access.audit.newest(100))
    _erased(config.load(dotenv=None))
    with assembly.build_redis(settings) as client:
        assert client.hlen("person-keys:{main}") <= 1  # of the one who stays
