"""Backups of real servers: whole, at one moment, refused where they must be."""

import io
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from config import Settings, load
from face_rec import assembly
from face_rec.assembly.commands.commands import open_backups
from face_rec.attendance.reports.reports import REPORTS, Wanted, make, written
from face_rec.attendance.terms.filters import EVERYBODY
from face_rec.attendance.timesheets import Timesheets
from face_rec.demo.company import Company, company
from face_rec.domain.kiosks.look import Look, logo_of
from face_rec.domain.marks import Event
from face_rec.site_options import LiveOptions
from face_rec.stores.attendance import event_codec
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.backup.backup_place import FilePlace
from face_rec.stores.chain.links import Chain
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import access_keys, keys
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.keyring import Keyring, derived
from face_rec.stores.site.site_state import RedisOptions
from face_rec.stores.verify.chain_report import Flaw
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.options import OPTIONS
from tests.integration.stores.backup_site import (
    OPEN,
    SEALED,
    TODAY,
    ZONE,
    everything_in,
    pair,
    server,
    small,
)
from tests.redis_servers import Server
from tests.samples import a_person, a_template, an_event

__all__ = ["pair", "server"]


def settings_of(server: Server, db: int, folder: Path) -> Settings:
    url = f"redis://127.0.0.1:{server.port}/{db}"
    environ = {"REDIS_URL": url, "DATA_DIR": str(folder), "TIMEZONE": "Europe/Berlin"}
    return load(environ, dotenv=None)


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
    here, there = (settings_of(server, db, tmp_path / str(db)) for db in (0, 1))
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


def test_a_restored_chain_is_whole_and_its_witness_still_sees_a_cut(
    server: Server, pair: tuple[Client, Client], tmp_path: Path
) -> None:
    settings = (settings_of(server, db, tmp_path / str(db)) for db in (0, 1))
    here, there = (one.model_copy(update={"chain_key": "c" * 40}) for one in settings)
    mark_some(here, 3)
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
    settings = (settings_of(server, db, tmp_path / str(db)) for db in (0, 1))
    here, there = (one.model_copy(update={"chain_key": "c" * 40}) for one in settings)
    started(there)
    if age == "of before it":
        small(pair[0])
    else:
        started(here)
        with assembly.build_attendance_stores(here) as (_, stores):
            stores.people.create(a_person(), [a_template()], 0)
            stores.marks.apply(an_event(), 60)
    for client in pair:  # of an engine of vectors
        client.set(keys.vector_secret("main"), b"x" * 96)
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


def started(settings: Settings) -> None:
    """What an app leaves that nobody has used yet."""
    with assembly.build_chain(settings) as chain:
        chain.copy()
        chain.copy()


def mark_some(settings: Settings, count: int) -> None:
    """Some marks, linked and witnessed."""
    with assembly.build_attendance_stores(settings) as (_, stores):
        for number in range(count):
            stores.marks.apply(an_event(f"e{number}", subject=f"s{number}"), 60)


@pytest.mark.parametrize("keyring", [OPEN, SEALED], ids=["open", "encrypted"])
def test_every_key_that_lasts_comes_back_as_it_was(
    pair: tuple[Client, Client], tmp_path: Path, keyring: Keyring
) -> None:
    people = small(pair[0])
    RedisRules(pair[0], "main").put(*company(TODAY, ZONE).rules)
    pair[0].xadd(access_keys.audit("main"), {"who": "ada", "what": b"\xff"})
    pair[0].hset(access_keys.access("main", "accounts"), "ada", "{}")
    pair[0].set(access_keys.session("main", "d"), "{}", ex=1000)
    place = FilePlace(tmp_path / "backup")
    open_backups(pair[0], "main", keyring).save(place, MORNING)
    open_backups(pair[1], "main", keyring).load(place)
    before = everything_in(pair[0])
    del before[access_keys.session("main", "d").encode()]
    assert everything_in(pair[1]) == before
    restored = RedisPeople(pair[1], "main", FakeClock())
    assert {p.subject for p in restored.all()} == {p.subject for p in people.all()}
    assert restored.revision() > 0


@pytest.mark.parametrize("keyring", [OPEN, SEALED], ids=["open", "encrypted"])
def test_the_screens_look_comes_back_with_its_logo(
    pair: tuple[Client, Client], tmp_path: Path, keyring: Keyring
) -> None:
    small(pair[0])
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
    small(cluster_client)
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
    small(pair[0])
    for name in ("one", "two"):
        open_backups(pair[0], "main", OPEN).save(FilePlace(tmp_path / name), MORNING)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
