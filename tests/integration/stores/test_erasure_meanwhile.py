"""Somebody is erased while something else holds them: another who erases, registers, backs up or
writes about them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import config
from config import Settings
from face_rec.__main__ import main
from face_rec.access.audit.audit import Action
from face_rec.assembly.people.personal_data import privacy_of
from face_rec.assembly.storage.services import cached_days, open_services
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.attendance.attendance_service import AttendanceService
from face_rec.attendance.cached_stores import Stores as Sources
from face_rec.attendance.exports.export import Exporter
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.calendar import Leave
from face_rec.cli.records import report
from face_rec.clock import SystemClock
from face_rec.domain import pictures
from face_rec.domain.errors import FaceRecError, PersonMissing, RuleRefused
from face_rec.domain.people import Person
from face_rec.notices.guardians.guardian import Guardian
from face_rec.privacy.certificate import Certificate
from face_rec.privacy.export import PersonExport
from face_rec.stores.backup.records_reader import SiteBackup
from face_rec.stores.chain import write_log
from face_rec.stores.chain.ledger import Ledger
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import purge
from tests.integration.chain.write_machines import remembered
from tests.integration.stores.what_is_left import holds_any, left, value_of
from tests.redis_servers import wait_until
from tests.samples import a_person, a_template, an_event

ROOT = Path(__file__).resolve().parents[3]
ID, NAME, MAIL = "ERASE-ME-4711", "Zaphod Quartzfeldt", "zaphod@quartz.example"
HOME = "mother.of.zaphod@home.example"
DAY = date(2025, 3, 12)
FACE = b"\xff\xd8 the face of somebody \xff\xd9"


@pytest.fixture(params=["plain", "sealed"])
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DATA_KEY", "k" * 40 if request.param == "sealed" else "")
    return config.load(dotenv=None)


@pytest.fixture
def stores(settings: Settings) -> Iterator[Stores]:
    with ExitStack() as stack:
        yield open_stores(settings, SystemClock(), stack)


def _registered(stores: Stores, name: str = NAME) -> Person:
    """With a PIN, a photo, leave and a guardian."""
    person = replace(a_person(ID, name), subject=f"s{time.monotonic_ns():x}", email=MAIL)
    person = stores.writers.people.create(person, [a_template(1)], stores.people.revision())
    stores.access.pins.set(person, "402917")
    stores.spool.put(f"people/{person.subject}/1.jpg", FACE)
    leave = Leave(f"l{person.subject}", person.subject, DAY, DAY, "sick", author="boss")
    stores.rules.put(leave)
    book, now = stores.guardians, SystemClock().now()
    one = Guardian("g", book.sealed("g", HOME), "m…", "en", "boss", now)
    book.add(person.subject, lambda found: replace(found, guardians=(one,)))
    wait_until(lambda: stores.spool.pending() == 0)
    return person


def _erased(settings: Settings, stores: Stores, person: Person) -> Certificate:
    privacy = privacy_of(settings, stores, SystemClock(), lambda _: True)
    return privacy.erasure.erase(person.subject, "boss")


def _office(settings: Settings, stores: Stores) -> AttendanceService:
    read = Sources(stores.attendance, stores.people, stores.rules, cached_days(settings))
    return open_services(read, stores.writers, SystemClock(), stores.options).current()


def test_two_who_erase_somebody_at_once_leave_nothing_of_them(
    settings: Settings, stores: Stores
) -> None:
    person = _registered(stores)
    assert left(settings, stores, ID, NAME, MAIL, HOME), "or this could not fail"
    done: list[Certificate] = []
    refused: list[Exception] = []
    begin = threading.Barrier(2)

    def erase() -> None:
        with ExitStack() as stack:
            own = open_stores(settings, SystemClock(), stack)
            begin.wait()
            try:
                done.append(_erased(settings, own, person))
            except PersonMissing as error:  # the other one was faster
                refused.append(error)

    threads = [threading.Thread(target=erase) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) + len(refused) == 2
    assert done
    assert left(settings, stores, ID, NAME, MAIL, HOME) == []


def test_who_is_registered_under_the_same_id_while_the_one_before_goes_loses_nothing(
    settings: Settings, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, delete = _registered(stores), RedisPeople.delete
    anew: list[Person] = []

    def deleted(self: RedisPeople, subject: str) -> Person | None:
        gone = delete(self, subject)
        if not anew:
            anew.append(_registered(stores, "Zaphod the Second"))
        return gone

    monkeypatch.setattr(RedisPeople, "delete", deleted)
    _erased(settings, stores, before)
    (second,) = anew
    found = stores.people.by_id(ID)
    assert found is not None
    assert (found.subject, found.name) == (second.subject, "Zaphod the Second")
    assert stores.access.pins.has(second.subject)
    assert list(stores.spool.keys(f"people/{second.subject}/")) != []
    assert len(stores.guardians.held(second.subject)) == 1
    assert [leave.subject for leave in stores.rules.load().leaves] == [second.subject]
    assert left(settings, stores, NAME) == []


def test_leave_that_is_being_saved_while_its_person_is_erased_is_refused_and_not_kept(
    settings: Settings, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By an office whose process was stopped between the look and the write."""
    person = _registered(stores)
    stores.rules.remove(*stores.rules.load().leaves)  # the erasure changes no rule then
    office = _office(settings, stores)
    _between(monkeypatch, lambda: _erased(settings, stores, person))
    with pytest.raises(RuleRefused, match="removed meanwhile"):
        office.rules.save(
            Leave("l", person.subject, DAY, DAY, "a very private reason", author="boss"),
            authority=Authority(company=True),
        )
    assert stores.rules.load().leaves == ()
    assert not [key for key in stores.client.scan_iter() if b"private" in value_of(stores, key)]


def _between(monkeypatch: pytest.MonkeyPatch, erase: Callable[[], object]) -> None:
    """Have it done once, right before the next write of this thread."""
    linked, waiting = Ledger.linked, [erase]

    def late(self: Ledger, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        if waiting:
            waiting.pop()()
        return linked(self, *arguments, **named)

    monkeypatch.setattr(Ledger, "linked", late)


@pytest.mark.parametrize("what", ["PIN", "profile", "photos", "guardian"])
def test_what_is_written_about_somebody_right_after_they_were_erased_finds_nobody(
    settings: Settings, stores: Stores, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    person = _registered(stores)
    people, writer, seen = stores.people, stores.writers.people, stores.people.revision()
    book = stores.guardians
    writes: dict[str, Callable[[], object]] = {
        "PIN": lambda: stores.access.pins.set(person, "831905"),
        "profile": lambda: writer.update(replace(person, email="late@quartz.example")),
        "photos": lambda: writer.put_templates(person.subject, [a_template(2)], 1, seen),
        "guardian": lambda: book.change(person.subject, replace),
    }
    _between(monkeypatch, lambda: _erased(settings, stores, person))
    with suppress(FaceRecError):
        writes[what]()
    assert people.get(person.subject) is None
    assert left(settings, stores, ID, NAME, MAIL, HOME, "late@quartz.example") == []


def test_what_came_too_late_for_the_rewriting_is_in_no_file_after_the_next_look(
    settings: Settings, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    privacy = privacy_of(settings, stores, SystemClock(), lambda _: True)
    privacy.erasure.erase(_registered(stores).subject, "boss")
    late = Leave("l", "somebody-gone", DAY, DAY, "a very private reason", author="boss")
    stores.rules.put(late)
    stores.rules.remove(late)
    privacy.retention.finish()
    assert holds_any(("a very private reason",), _files(settings)), (
        "not yet: there may be more to come"
    )
    monkeypatch.setattr(purge, "_LATER", 0.0)
    privacy.retention.finish()
    assert not holds_any(("a very private reason",), _files(settings))
    rewritten = {path.name for path in _files_of(settings)}
    privacy.retention.finish()
    assert {path.name for path in _files_of(settings)} == rewritten, "once is enough"


STANDS = """
import sys, time
from face_rec.__main__ import main
from face_rec.stores.backup.comparison import Comparison

def stand(self):
    print("restored", flush=True)
    time.sleep(600)

Comparison.run = stand
main(["backup", "test", sys.argv[1]])
"""


def test_a_trial_of_a_backup_that_was_killed_serves_nobody_on_after_an_erasure(
    settings: Settings, stores: Stores, tmp_path: Path
) -> None:
    """Its database has everybody in its memory."""
    person, backup = _registered(stores), str(tmp_path / "backup")
    assert main(["backup", "--out", backup]) == 0
    trial = subprocess.Popen(
        [sys.executable, "-c", STANDS, backup], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert trial.stdout
    assert trial.stdout.readline() == b"restored\n"
    _erased(settings, stores, person)
    assert (settings.data_dir / "drill").exists(), "one that is under way ends by itself"
    trial.kill()
    trial.communicate(timeout=30)
    (served,) = _servers(settings.data_dir / "drill")
    privacy_of(settings, stores, SystemClock(), lambda _: True).retention.finish()
    assert not (settings.data_dir / "drill").exists()
    wait_until(lambda: not Path(f"/proc/{served}").exists())


def _servers(folder: Path) -> list[str]:
    """The processes whose server lock lies there."""
    found = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if link.readlink() == folder.resolve() / "redis" / "server.lock":
                found.add(link.parts[2])
    return sorted(found)


STOPS = """
import sys, time
from pathlib import Path
from face_rec import files

with files.exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_process_that_was_stopped_while_it_rewrote_the_files_holds_up_no_erasure(
    settings: Settings, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "_PATIENCE", 0.2)
    person = _registered(stores)
    lock = settings.data_dir / "redis" / "purge.lock"
    stopped = subprocess.Popen(
        [sys.executable, "-c", STOPS, str(lock)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert stopped.stdout
    assert stopped.stdout.readline() == b"held\n"
    stopped.send_signal(signal.SIGSTOP)
    certificate = _erased(settings, stores, person)
    assert "NOT DONE YET" in certificate.files[0]
    assert stores.people.by_id(ID) is None
    stopped.kill()
    stopped.communicate(timeout=30)
    privacy_of(settings, stores, SystemClock(), lambda _: True).retention.finish()
    assert left(settings, stores, ID, NAME, MAIL, HOME) == []


def _files_of(settings: Settings) -> list[Path]:
    """Of the database; each time they are rewritten they have other names."""
    return list((settings.data_dir / "redis" / "appendonlydir").iterdir())


def _files(settings: Settings) -> bytes:
    return b"".join(path.read_bytes() for path in _files_of(settings))


def test_an_export_that_ends_after_its_person_is_erased_is_refused_and_names_them_nowhere(
    settings: Settings, stores: Stores, tmp_path: Path
) -> None:
    person = _registered(stores)
    privacy = privacy_of(settings, stores, SystemClock(), lambda _: True)

    def erase(done: int, of: int) -> None:
        if done == of:
            privacy.erasure.erase(person.subject, "boss")

    with (tmp_path / "theirs.zip").open("wb") as out, pytest.raises(PersonMissing, match="erased"):
        privacy.export.write(person.subject, out, progress=erase)
    assert not [one for one in stores.access.audit.newest(9) if one.action == Action.EXPORTED]
    assert left(settings, stores, ID, NAME, MAIL, HOME) == []


def test_an_erasure_that_redis_has_lost_is_done_again_with_all_that_goes_with_it(
    settings: Settings, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a failover: with DATA_KEY their own key comes back, too, and is destroyed."""
    monkeypatch.setattr(write_log, "UNDER_WAY", 0.0)
    person = _registered(stores)
    lost = remembered(stores.client)
    _erased(settings, stores, person)
    lost()
    assert stores.people.get(person.subject) is not None, "or this could not fail"
    stores.offers.offer()
    assert stores.people.by_id(ID) is None
    assert stores.guardians.held(person.subject) == []
    assert stores.rules.load().leaves == ()
    assert not stores.client.hlen("person-keys:{main}")
    in_redis = [
        key
        for key in stores.client.scan_iter()
        if holds_any((ID, NAME, HOME), value_of(stores, key))
    ]
    assert in_redis == []


def test_a_file_of_kept_writes_that_could_not_be_read_goes_with_whoever_is_erased(
    settings: Settings,
) -> None:
    """Nobody can be looked for in it."""
    with ExitStack() as stack:
        person = _registered(open_stores(settings, SystemClock(), stack))
    kept, aside = settings.data_dir / "journal" / "writes.db", settings.data_dir / "journal"
    kept.write_bytes(b"damaged" * 20 + kept.read_bytes()[140:])
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        stores.rules.put(Leave("other", "somebody-else", DAY, DAY, "sick", author="boss"))
        assert len(list(aside.rglob("writes-*.db"))) == 1, "or this could not fail"
        _erased(settings, stores, person)
    assert list(aside.rglob("writes-*")) == []


KILLED = """
import os, shutil, sys, time
from face_rec.__main__ import main
from face_rec.access.audit.audit import Action
from face_rec.stores.backup import backup_place
from face_rec.stores.backup.records_reader import SiteBackup

def copied(source, out, size):
    out.write(source.read())
    out.flush()
    print("writing", flush=True)
    time.sleep(600)

records = SiteBackup.records

def read(self):
    yield from records(self)
    print("writing", flush=True)
    time.sleep(600)

if sys.argv[2] == "made":
    SiteBackup.records = read
else:
    backup_place.shutil.copyfileobj = copied
sys.exit(main(["backup", "--out", sys.argv[1]]))
"""


@pytest.mark.parametrize("when", ["made", "copied"])
def test_of_a_backup_that_is_killed_on_the_way_nothing_stays_with_people_in_it(
    settings: Settings, stores: Stores, tmp_path: Path, when: str
) -> None:
    """Neither beside it, whatever its next one is called, nor where temporary files are."""
    _registered(stores)
    places = [tmp_path / "tmp", tmp_path / "out"]
    for place in places:
        place.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(places[1] / "monday"), when], cwd=ROOT,
        env={**os.environ, "TMPDIR": str(places[0])}, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == b"writing\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    long_ago = time.time() - 3600
    for path in places[1].iterdir():
        os.utime(path, (long_ago, long_ago))
    assert main(["backup", "--out", str(places[1] / "tuesday")]) == 0
    assert [path for path in places[0].rglob("*") if path.is_file()] == []
    assert [path.name for path in places[1].iterdir()] == ["tuesday"]


def test_a_backup_under_way_during_an_erasure_may_hold_the_person_and_the_certificate_says_so(
    settings: Settings, stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, records = _registered(stores), SiteBackup._people
    certificates: list[Certificate] = []

    def read(self: SiteBackup) -> Iterator[Any]:
        yield from records(self)
        certificates.append(_erased(settings, stores, person))

    monkeypatch.setattr(SiteBackup, "_people", read)
    assert main(["backup", "--out", str(tmp_path / "backup")]) == 0
    (certificate,) = certificates
    assert "under way" in " ".join(certificate.kept)
    assert left(settings, stores, ID, NAME, MAIL, HOME) == []


def test_the_picture_of_a_mark_that_was_made_during_an_erasure_does_not_stay(
    settings: Settings, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a process that had not heard that they are gone, or since an API made them active again:
    nobody looked for its picture any more then, and its mark is tied to nobody."""
    person, delete = _registered(stores), RedisPeople.delete
    event = replace(an_event("late", person.subject), at=SystemClock().now())
    key = pictures.key_of(event.id, event.at, person.subject)

    def marked(self: RedisPeople, subject: str) -> Person | None:
        hidden = stores.people.get(subject)
        assert hidden is not None
        stores.writers.people.update(replace(hidden, active=True))
        stores.writers.marks.apply(replace(event, snapshot=key), 0)
        stores.spool.put(key, FACE)
        wait_until(lambda: key in set(stores.spool.keys("marks/")))
        wait_until(lambda: stores.spool.pending() == 0)
        return delete(self, subject)

    monkeypatch.setattr(RedisPeople, "delete", marked)
    _erased(settings, stores, person)
    assert list(stores.spool.keys("marks/")) == []
    assert [path for path in settings.data_dir.rglob("*.jpg") if path.is_file()] == []
    (kept,) = stores.attendance.day(event.at.date())
    assert kept.subject == person.subject, "the hours stay, by a number that leads to nobody"
    assert left(settings, stores, ID, NAME, MAIL, HOME) == []


@pytest.mark.parametrize(
    ("command", "made"),
    [("export days", (Exporter, "write")), ("report muster", (report, "written"))],
    ids=["Parquet", "workbook"],
)
def test_of_who_is_erased_while_a_command_makes_a_file_there_is_none(
    settings: Settings,
    stores: Stores,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    made: tuple[Any, str],
) -> None:
    person, make, gone = _registered(stores), getattr(*made), list[Certificate]()

    def late(*arguments: Any, **words: Any) -> Any:  # noqa: ANN401
        data = make(*arguments, **words)
        if not gone:
            gone.append(_erased(settings, stores, person))
        return data

    monkeypatch.setattr(*made, late)
    out = settings.data_dir.parent / "out"
    out.mkdir()
    file = out / ("days.parquet" if "export" in command else "muster.xlsx")
    line = f"{command} --from 2025-03-12 --to 2025-03-14 --out {file}".split()
    assert main(line) != 0
    assert list(out.iterdir()) == []
    assert left(settings, stores, ID, NAME, MAIL, HOME) == []
    assert main(line) == 0
    assert not holds_any((ID, NAME), file.read_bytes())


def test_of_who_is_erased_while_everything_about_them_is_collected_there_is_no_file(
    settings: Settings, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the command; a page asks the same way."""
    person, collected = _registered(stores), PersonExport._pictures

    def late(self: PersonExport, *arguments: Any) -> list[str]:  # noqa: ANN401
        missing = collected(self, *arguments)
        _erased(settings, stores, person)
        return missing

    monkeypatch.setattr(PersonExport, "_pictures", late)
    out = settings.data_dir.parent / "out"
    out.mkdir()
    assert main(["privacy", "export", ID, "--out", str(out / "all.zip")]) != 0
    assert list(out.iterdir()) == []
    assert left(settings, stores, ID, NAME, MAIL, HOME) == []
