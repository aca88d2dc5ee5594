"""Backups of real servers: whole, at one moment, refused where they must be."""

import io
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from moto.server import ThreadedMotoServer
from PIL import Image

from config import Settings, load
from face_rec import assembly
from face_rec.assembly.commands import open_backups
from face_rec.assembly.storage.chain import witness_folder
from face_rec.attendance.reports.reports import REPORTS, Wanted, make, written
from face_rec.attendance.terms.filters import EVERYBODY
from face_rec.attendance.timesheets import Timesheets
from face_rec.demo.company import Company, company
from face_rec.domain.errors import BackupRefused, NotEmpty, StoreError
from face_rec.domain.look import Look, logo_of
from face_rec.domain.marks import Event
from face_rec.site_options import LiveOptions
from face_rec.stores.attendance import event_codec
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.backup import backup_file
from face_rec.stores.backup.backup_file import BackupReader, Header
from face_rec.stores.backup.backup_place import FilePlace
from face_rec.stores.backup.backup_records import Record
from face_rec.stores.backup.records_reader import SiteBackup
from face_rec.stores.chain.links import Chain
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import access_keys, keys
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.sealing.keyring import Keyring, derived
from face_rec.stores.site.schema import SCHEMA
from face_rec.stores.site.site_state import RedisOptions
from face_rec.stores.verify.chain_report import Flaw
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.options import OPTIONS
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
    return _client(server, 0), _client(server, 1)


def _client(server: Server, db: int) -> Client:
    return connect(RedisAddress(nodes=(("127.0.0.1", server.port),), db=db))


def _settings(server: Server, db: int, folder: Path) -> Settings:
    url = f"redis://127.0.0.1:{server.port}/{db}"
    environ = {"REDIS_URL": url, "DATA_DIR": str(folder), "TIMEZONE": "Europe/Berlin"}
    return load(environ, dotenv=None)


def _raw(client: Any) -> Any:  # noqa: ANN401
    return client


def _small(client: Client) -> RedisPeople:
    """Three people, two days."""
    people = RedisPeople(client, "main", FakeClock())
    for number in range(3):
        people.create(a_person(str(number)), [a_template()], people.revision())
    attendance = RedisAttendance(client, "main")
    for number in range(4):
        attendance.apply(an_event(f"e{number}", seconds=40_000 * number), 60)
    return people


def _all(client: Any) -> dict[bytes, object]:  # noqa: ANN401
    """What a restored system must have again, read past all our own code."""
    own = {b"revision:{main}", b"changes:{main}", b"rules:{main}"}
    readers = {b"list": lambda k: client.lrange(k, 0, -1), b"hash": client.hgetall,
               b"set": client.smembers, b"string": client.get,
               b"stream": client.xrange}  # fmt: skip
    return {key: readers[client.type(key)](key) for key in client.scan_iter() if key not in own}


# --- identical reports on many events -----------------------------------


def _fill(client: Client, made: Company, copies: int) -> int:
    """The company ``copies`` times over, straight into the lists; returns the events."""
    RedisRules(client, "main").put(*made.rules)
    people = RedisPeople(client, "main", FakeClock())
    for person in made.people:
        for copy in range(copies):
            other = replace(person, subject=f"{person.subject}{copy}", id=f"{person.id}-{copy}")
            people.create(other, [a_template()], people.revision())
    everything = (
        replace(event, id=f"{event.id}{copy}", subject=f"{event.subject}{copy}")
        for event in made.events
        for copy in range(copies)
    )
    return _append(client, everything)


def _append(client: Client, everything: Iterable[Event]) -> int:
    count = 0
    remaining = iter(everything)
    while some := list(islice(remaining, 2000)):
        pipeline = client.pipeline(transaction=False)
        for event in some:
            day = event.at.astimezone(UTC).date()
            pipeline.rpush(keys.attendance("main", day), event_codec.encode(event))
            pipeline.sadd(keys.seen("main", day), event.id)
        pipeline.execute()
        count += len(some)
    return count


def _csv(book: Timesheets, wanted: Wanted) -> bytes:
    return written(make(book, wanted), ".csv")


def _reports(settings: Settings) -> dict[str, bytes]:
    first, last = TODAY - timedelta(days=30), TODAY
    with assembly.build_attendance(settings) as service:
        return {
            name: re.sub(
                rb"Made: [^\r]*",
                b"",
                _csv(service.timesheets, Wanted(name, first, last, EVERYBODY)),
            )
            for name in REPORTS
        }


@pytest.mark.timeout(400)
def test_reports_are_identical_after_a_restore_of_all_events(
    server: Server, pair: tuple[Client, Client], tmp_path: Path, thorough: bool
) -> None:
    made = company(TODAY, ZONE)
    wanted = 100_000 if thorough else 10_000
    count = _fill(pair[0], made, copies=-(-wanted // len(made.events)))
    assert count >= wanted
    here, there = (_settings(server, db, tmp_path / str(db)) for db in (0, 1))
    place = assembly.backup_place(here, str(tmp_path / "all.backup"))
    with assembly.build_backups(here) as backups:
        saved = backups.save(place, MORNING)
    with assembly.build_backups(there) as backups:
        backups.load(place)
    assert saved.events == count
    assert saved.people == RedisPeople(pair[1], "main", FakeClock()).count()
    before = _reports(here)
    assert len(before["daily"]) > wanted  # it says something
    assert _reports(there) == before


# --- the chain's witness travels along -------------------------------------


def test_a_restored_chain_is_whole_and_its_witness_still_sees_a_cut(
    server: Server, pair: tuple[Client, Client], tmp_path: Path
) -> None:
    settings = (_settings(server, db, tmp_path / str(db)) for db in (0, 1))
    here, there = (one.model_copy(update={"chain_key": "c" * 40}) for one in settings)
    _mark(here, 3)
    place = assembly.backup_place(here, str(tmp_path / "chained.backup"))
    with assembly.build_backups(here) as backups:
        backups.save(place, MORNING)
    with assembly.build_backups(there) as backups:
        backups.load(place)
    with assembly.build_chain(there) as chain:
        report = chain.verify()
        assert report.whole
        assert (report.linked, report.newer) == (3, 0)
        day = an_event().at.date()
        pair[1].delete(keys.attendance("main", day), keys.head("main", day))
        bad = chain.verify().first_bad
        assert bad is not None
        assert (bad.day, bad.flaw) == (day, Flaw.MISSING_DAY)


@pytest.mark.parametrize("age", ["with a chain of people", "of before it"])
def test_a_backup_is_restored_where_an_app_was_only_started_and_its_chain_holds(
    server: Server, pair: tuple[Client, Client], tmp_path: Path, age: str
) -> None:
    settings = (_settings(server, db, tmp_path / str(db)) for db in (0, 1))
    here, there = (one.model_copy(update={"chain_key": "c" * 40}) for one in settings)
    _started(there)
    if age == "of before it":
        _small(pair[0])
    else:
        _started(here)
        with assembly.build_attendance_stores(here) as (_, stores):
            stores.people.create(a_person(), [a_template()], 0)
            stores.marks.apply(an_event(), 60)
    place = assembly.backup_place(here, str(tmp_path / "some.backup"))
    with assembly.build_backups(here) as backups:
        backups.save(place, MORNING)
    with assembly.build_backups(there) as backups:
        backups.load(place)
    with assembly.build_chain(there) as chain:
        for _ in range(2):
            chain.copy()
        report = chain.verify()
        assert report.whole, report.lines()
        assert report.changes["people"] >= 2
        assert chain.status().broken == ""


def _started(settings: Settings) -> None:
    """What an app leaves that nobody has used yet."""
    with assembly.build_chain(settings) as chain:
        chain.copy()
        chain.copy()


def _mark(settings: Settings, count: int) -> None:
    """Some marks, linked and witnessed."""
    with assembly.build_attendance_stores(settings) as (_, stores):
        for number in range(count):
            stores.marks.apply(an_event(f"e{number}", subject=f"s{number}"), 60)


# --- everything comes back -----------------------------------


@pytest.mark.parametrize("keyring", [OPEN, SEALED], ids=["open", "encrypted"])
def test_every_key_that_lasts_comes_back_as_it_was(
    pair: tuple[Client, Client], tmp_path: Path, keyring: Keyring
) -> None:
    people = _small(pair[0])
    RedisRules(pair[0], "main").put(*company(TODAY, ZONE).rules)
    pair[0].xadd(access_keys.audit("main"), {"who": "ada", "what": b"\xff"})
    pair[0].hset(access_keys.access("main", "accounts"), "ada", "{}")
    pair[0].set(access_keys.session("main", "d"), "{}", ex=1000)
    place = FilePlace(tmp_path / "backup")
    open_backups(pair[0], "main", keyring).save(place, MORNING)
    open_backups(pair[1], "main", keyring).load(place)
    before = _all(pair[0])
    del before[access_keys.session("main", "d").encode()]
    assert _all(pair[1]) == before
    restored = RedisPeople(pair[1], "main", FakeClock())
    assert {p.subject for p in restored.all()} == {p.subject for p in people.all()}
    assert restored.revision() > 0


@pytest.mark.parametrize("keyring", [OPEN, SEALED], ids=["open", "encrypted"])
def test_the_screens_look_comes_back_with_its_logo(
    pair: tuple[Client, Client], tmp_path: Path, keyring: Keyring
) -> None:
    _small(pair[0])
    drawn = io.BytesIO()
    Image.effect_noise((600, 200), 90).save(drawn, "PNG")  # a picture that is not small
    look = Look("#1d4ed8", "Good morning!", logo_of(drawn.getvalue()), voice=True, show_late=True)
    before, after = (
        LiveOptions(OPTIONS, frozenset(), RedisOptions(client, "main"), lambda *_: None)
        for client in pair
    )
    before.change(look.texts(), before.version)
    place = FilePlace(tmp_path / "backup")
    open_backups(pair[0], "main", keyring).save(place, MORNING)
    open_backups(pair[1], "main", keyring).load(place)
    after.refresh()
    assert after.current().look == look
    assert len(look.logo) > 10_000


def test_chain_links_hold_after_a_restore_and_the_chain_goes_on(
    pair: tuple[Client, Client], tmp_path: Path
) -> None:
    chain = Chain("main", derived(["k" * 64], "chain"))
    RedisAttendance(pair[0], "main", chain=chain).apply(an_event("e1"), 60)
    place = FilePlace(tmp_path / "backup")
    open_backups(pair[0], "main", OPEN).save(place, MORNING)
    open_backups(pair[1], "main", OPEN).load(place)
    RedisAttendance(pair[1], "main", chain=chain).apply(an_event("e2", seconds=900), 60)
    head: Any = pair[1].get(keys.head("main", MORNING.date()))
    assert head.startswith(b"2:")


def test_a_cluster_is_backed_up_and_restored(
    cluster_client: Client, pair: tuple[Client, Client], tmp_path: Path
) -> None:
    _small(cluster_client)
    place, back = FilePlace(tmp_path / "one"), FilePlace(tmp_path / "two")
    first = open_backups(cluster_client, "main", OPEN).save(place, MORNING)
    open_backups(pair[1], "main", OPEN).load(place)
    cluster_client.flushall()
    open_backups(pair[1], "main", OPEN).save(back, MORNING)
    again = open_backups(cluster_client, "main", OPEN).load(back)
    assert (again.people, again.events) == (first.people, first.events) == (3, 4)


def test_two_backups_of_the_same_data_are_the_same(
    pair: tuple[Client, Client], tmp_path: Path
) -> None:
    _small(pair[0])
    for name in ("one", "two"):
        open_backups(pair[0], "main", OPEN).save(FilePlace(tmp_path / name), MORNING)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


# --- while kiosks run -----------------------------------


class _Busy(SiteBackup):
    """A backup on whose way something changes."""

    def __init__(self, client: Client, change: Any) -> None:  # noqa: ANN401
        super().__init__(client, "main")
        self._change = change

    def _persons(self, subjects: Any) -> Iterator[Record]:  # noqa: ANN401
        yield from super()._persons(subjects)
        change, self._change = self._change, lambda: None
        change()


def test_who_changed_during_the_backup_is_in_it_as_they_are_now(
    pair: tuple[Client, Client], tmp_path: Path
) -> None:
    people = _small(pair[0])
    first, second, _ = sorted(people.all(), key=lambda person: person.id)

    def change() -> None:
        people.delete(first.subject)
        people.update(replace(second, id=first.id, name="Grace"))

    out = io.BytesIO()
    header = Header("main", MORNING, "1")
    told = backup_file.write(out, header, _Busy(pair[0], change).records())
    (tmp_path / "backup").write_bytes(out.getvalue())
    open_backups(pair[1], "main", OPEN).load(FilePlace(tmp_path / "backup"))
    restored = RedisPeople(pair[1], "main", FakeClock())
    found = restored.by_id(first.id)
    assert found is not None
    assert (found.subject, found.name) == (second.subject, "Grace")
    assert restored.get(first.subject) is None
    assert restored.count() == told.people == 2


def test_a_backup_while_a_kiosk_marks_holds_whole_days(
    server: Server, pair: tuple[Client, Client], tmp_path: Path
) -> None:
    chain = Chain("main", derived(["k" * 64], "chain"))
    attendance = RedisAttendance(_client(server, 0), "main", chain=chain)
    over = threading.Event()

    def kiosk() -> None:
        number = 0
        while not over.is_set():
            attendance.apply(an_event(f"e{number}", f"s{number}", seconds=number), 0)
            number += 1

    thread = threading.Thread(target=kiosk)
    thread.start()
    try:
        saved = open_backups(pair[0], "main", OPEN).save(FilePlace(tmp_path / "backup"), MORNING)
    finally:
        over.set()
        thread.join()
    open_backups(pair[1], "main", OPEN).load(FilePlace(tmp_path / "backup"))
    day = MORNING.date()
    listed: Any = pair[1].lrange(keys.attendance("main", day), 0, -1)
    assert len(listed) == saved.events
    assert pair[1].scard(keys.seen("main", day)) == saved.events
    head: Any = pair[1].get(keys.head("main", day)) or b"0:"
    assert int(head.split(b":")[0]) == saved.events


def test_an_app_that_runs_on_the_empty_system_notices_the_people(
    pair: tuple[Client, Client], tmp_path: Path
) -> None:
    _small(pair[0])
    there = RedisPeople(pair[1], "main", FakeClock())
    seen = there.revision()
    open_backups(pair[0], "main", OPEN).save(FilePlace(tmp_path / "backup"), MORNING)
    open_backups(pair[1], "main", OPEN).load(FilePlace(tmp_path / "backup"))
    assert there.changes(seen) is None  # a gap: it loads everything


# --- refusals -----------------------------------


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
        "account": lambda: _raw(pair[1]).hset(access_keys.access("main", "accounts"), "ada", "{}"),
    }
    actions[what]()
    with pytest.raises(NotEmpty, match="empty system"):
        open_backups(pair[1], "main", OPEN).load(place)


def test_what_an_app_without_data_leaves_does_not_count(
    pair: tuple[Client, Client], tmp_path: Path
) -> None:
    _small(pair[0])
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
    _small(pair[0])
    place = FilePlace(tmp_path / "backup")
    digest = open_backups(pair[0], "main", OPEN).save(place, MORNING).digest
    pair[1].set(keys.restoring("main"), digest)
    pair[1].rpush(keys.attendance("main", MORNING.date()), "half")
    open_backups(pair[1], "main", OPEN).load(place)
    assert _all(pair[1]) == _all(pair[0])


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
    _small(pair[0])
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
    _small(pair[0])
    path = tmp_path / "backup"
    open_backups(pair[0], "main", SEALED).save(FilePlace(path), MORNING)
    assert path.read_bytes()[:2] != b"\x1f\x8b"
    for other in (OPEN, derived(["b" * 64], "backup")):
        with pytest.raises(BackupRefused, match="DATA_KEY"):
            open_backups(pair[1], "main", other).verify(FilePlace(path))
    newer = derived(["b" * 64, "a" * 64], "backup")  # the key was changed since
    assert open_backups(pair[1], "main", newer).load(FilePlace(path)).people == 3


# --- made by somebody else -----------------------------------


@pytest.fixture
def forged(pair: tuple[Client, Client], tmp_path: Path) -> FilePlace:
    """A backup with an attacker's admin, made without the key."""
    _small(pair[0])
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
    evil.write_bytes(_file([record], schema=SCHEMA).getvalue())
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BackupRefused, match="no backup of this app holds"):
        backups.load(FilePlace(evil))
    assert sorted(tmp_path.rglob("*")) == before
    assert not pair[1].dbsize()


def test_what_another_program_keeps_beside_ours_is_left_out_and_said(
    pair: tuple[Client, Client], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _small(pair[0])
    pair[0].set("foreign:{main}", "1")
    place = FilePlace(tmp_path / "backup")
    open_backups(pair[0], "main", OPEN).save(place, MORNING)
    assert "foreign:{main}" in caplog.text
    open_backups(pair[1], "main", OPEN).load(place)
    assert not pair[1].exists("foreign:{main}")


# --- across versions -----------------------------------


def _file(records: list[Record], schema: int = 1) -> io.BytesIO:
    out = io.BytesIO()
    backup_file.write(out, Header("main", MORNING, "0.9", schema), records)
    return io.BytesIO(out.getvalue())


def test_an_older_backup_passes_through_the_migrations() -> None:
    old = [Record("shift:{main}", "hash", ((b"a", b"1"),)), Record("gone:{main}", "set", ())]
    migrations = {
        1: lambda record: None if record.key.startswith("gone") else record,
        2: lambda record: replace(record, key="rules:{main}:shifts"),
    }
    found = list(BackupReader(_file(old), 3, migrations).records())
    assert found == [Record("rules:{main}:shifts", "hash", ((b"a", b"1"),))]


def test_a_newer_backup_asks_for_an_update_first() -> None:
    with pytest.raises(BackupRefused, match="Update this app first"):
        BackupReader(_file([], schema=2))


def test_every_schema_before_this_one_has_its_migration() -> None:
    assert set(backup_file.MIGRATIONS) == set(range(1, SCHEMA))


# --- S3 -----------------------------------


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A bucket, as settings."""
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    settings = {
        "S3_ENDPOINT_URL": f"http://{host}:{port}", "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing-secret",
    }  # fmt: skip
    place: Any = assembly.backup_place(load(settings, dotenv=None), "s3://backups/any")
    place._client.create_bucket(Bucket="backups")
    yield settings
    server.stop()


def test_a_backup_goes_to_s3_and_comes_from_there(
    pair: tuple[Client, Client], bucket: dict[str, str]
) -> None:
    _small(pair[0])
    place = assembly.backup_place(load(bucket, dotenv=None), "s3://backups/daily/1.backup")
    backups = open_backups(pair[0], "main", SEALED)
    backups.save(place, MORNING)
    with pytest.raises(BackupRefused, match="--force"):
        backups.save(place, MORNING)
    assert open_backups(pair[1], "main", SEALED).load(place).people == 3
    stored: Any = place
    about = stored._client.head_object(Bucket="backups", Key="daily/1.backup")
    assert about["ServerSideEncryption"] == "AES256"


@pytest.mark.parametrize("address", ["s3://backups", "s3:///key", "s3://no-such-bucket/key"])
def test_an_address_in_s3_that_cannot_be_says_what_to_do(
    pair: tuple[Client, Client], bucket: dict[str, str], address: str
) -> None:
    with pytest.raises(StoreError, match=r"write it like|Check the bucket"):
        open_backups(pair[0], "main", OPEN).save(
            assembly.backup_place(load(bucket, dotenv=None), address), MORNING
        )
