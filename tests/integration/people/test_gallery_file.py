"""The gallery's file over a real Redis and a real disk: read it tells what Redis tells, and it
opens for nobody from the moment on that somebody's templates go."""

import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import config
from face_rec.assembly.models.vectors import gallery_of
from face_rec.assembly.people.personal_data import privacy_of
from face_rec.assembly.storage.stores import open_stores
from face_rec.clock import SystemClock
from face_rec.domain.people import Contract, Person
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.gallery.gallery_file import quick_start
from face_rec.stores.backup.backup_records import BackupKeys
from face_rec.stores.backup.restore import SiteRestore
from face_rec.stores.chain.linking import Linking
from face_rec.stores.chain.statements import States
from face_rec.stores.gallery import gallery_file
from face_rec.stores.gallery.file_keys import FileKeys
from face_rec.stores.gallery.gallery_file import GalleryFile
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing import keyring
from face_rec.stores.sealing.keyring import Key
from tests.fakes.clock import FakeClock
from tests.fakes.models import FakeModelSource, fake_models
from tests.samples import CONSENT, CONTRACT, a_person, a_template, added

OF = Contract(CONTRACT, 8)
FILES = keys.gallery_files("main")
SECRET = "a secret of the tests, 32 long .."


def _machine(secret: str = SECRET) -> Key:
    key = keyring.derived([secret], "gallery").current
    assert key is not None
    return key


def _never() -> bool:
    return False


class Site:
    """Twelve people with one to three templates each, and a machine that has a file of them."""

    def __init__(self, client: Client, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.store = RedisPeople(client, "main", FakeClock())
        self.people = [self.join(number) for number in range(12)]
        self.kept = self.machine(folder)
        self.path = folder / "gallery" / "main" / "people.sealed"
        assert self.kept.write(OF, _never)

    def join(self, number: int) -> Person:
        return added(self.store, a_person(str(number)), templates=1 + number % 3)

    def machine(self, folder: Path, secret: str = SECRET, site: str = "main") -> GalleryFile:
        return GalleryFile(folder, site, self.client, self.store, _machine(secret))

    def by_redis(self) -> MemoryGallery:
        gallery = MemoryGallery(OF)
        gallery.load(self.store.entries(CONTRACT), self.store.revision())
        return gallery

    def by_file(self, make: Callable[[Contract], MemoryGallery] = MemoryGallery) -> Any:  # noqa: ANN401
        return quick_start(self.kept, self.store, make(OF))


@pytest.fixture
def site(redis_client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setattr(gallery_file, "_AT_ONCE", 5)
    return Site(redis_client, tmp_path)


def _told(gallery: MemoryGallery) -> tuple[object, ...]:
    """All that it says: everybody's score for as many probes as there are numbers in a row."""
    looks = np.eye(8, dtype=np.float32)
    found = [
        sorted((one.subject, round(one.score, 5)) for one in gallery.nearest(look, OF, 32) or ())
        for look in looks
    ]
    return gallery.revision, gallery.people, gallery.templates, found


@pytest.mark.parametrize("kind", ["exact", "int8"])
def test_a_start_from_the_file_knows_what_a_start_from_redis_knows(site: Site, kind: str) -> None:
    settings = config.load({"GALLERY": kind, "DATA_DIR": str(site.folder)}, dotenv=None)
    make = gallery_of(settings)
    assert _told(site.by_file(make)) == _told(site.by_redis())
    site.join(12)
    site.join(13)
    site.store.update(replace(site.people[3], name="Another"))
    assert site.kept.behind(OF) == 3
    assert _told(site.by_file(make)) == _told(site.by_redis())
    assert site.by_file(make).people == 14


def _follower(site: Site) -> GalleryFollower:
    models = FakeModelSource(fake_models(CONTRACT, 8))
    quick = partial(quick_start, site.kept, site.store)
    return GalleryFollower(site.store, models, FakeClock(), quick=quick)


def test_a_process_reads_the_file_once_and_redis_whenever_that_is_in_doubt(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    follower = _follower(site)
    follower.step(0)
    assert follower.status().people == 12
    assert "from=file" in caplog.text
    caplog.clear()
    follower.doubt()
    follower.step(0)
    assert "from=redis" in caplog.text
    assert follower.status().people == 12


def _erase(site: Site) -> None:
    site.store.delete(site.people[5].subject)


def _deactivate(site: Site) -> None:
    site.store.update(replace(site.people[5], active=False))


def _withdraw(site: Site) -> None:
    site.store.update(
        replace(site.people[5], consent=replace(CONSENT, withdrawn_at=CONSENT.given_at))
    )


def _replace(site: Site) -> None:
    person = site.people[5]
    looks = [a_template(9, dimension=8)]
    site.store.put_templates(person.subject, looks, person.version, site.store.revision())


@pytest.mark.parametrize("change", [_erase, _deactivate, _withdraw, _replace])
def test_whatever_takes_a_template_away_destroys_the_key_in_the_same_step(
    site: Site, change: Callable[[Site], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = site.machine(site.folder / "another machine")
    assert other.write(OF, _never)
    assert site.client.hlen(FILES) == 2
    commands: list[object] = []
    real: Any = site.client.execute_command

    def heard(*words: object, **more: object) -> object:
        commands.append(words[0])
        return real(*words, **more)

    monkeypatch.setattr(site.client, "execute_command", heard)
    change(site)
    assert set(commands) <= {"HGET", "HMGET", "EVALSHA", "EVAL", "GET"}, "one script wrote it all"
    assert not site.client.exists(FILES)
    assert site.by_file() is None
    assert other.read(OF) is None
    follower = _follower(site)
    follower.step(0)
    matrix = follower.matrix()
    assert matrix is not None
    assert _told(matrix) == _told(site.by_redis())
    assert site.path.exists()
    assert site.kept.behind(OF) is None
    assert not site.path.exists(), "it is of no use"
    assert site.kept.write(OF, _never)
    assert _told(site.by_file()) == _told(site.by_redis())


class OlderVersion(RedisPeople):
    """Its scripts know nothing of files."""

    def _linked(self, states: States, linking: Linking, *flags: str) -> Sequence[Any]:
        return super()._linked(states, replace(linking, keys=linking.keys[:-1]), *flags)


def test_who_was_erased_by_an_older_version_is_in_no_gallery_and_soon_in_no_file(
    site: Site,
) -> None:
    older = OlderVersion(site.client, "main", FakeClock())
    older.delete(site.people[5].subject)
    older.update(replace(site.people[6], active=False))
    person = site.people[7]
    older.put_templates(person.subject, [a_template(9)], person.version, older.revision())
    assert _told(site.by_file()) == _told(site.by_redis())
    assert site.by_file().people == 10
    assert site.kept.behind(OF) is None
    assert not site.path.exists()
    assert not site.client.exists(FILES)


def test_keys_that_nobody_looks_after_expire(site: Site) -> None:
    assert 0 < int(site.client.ttl(FILES)) <= 72 * 3600
    site.client.expire(FILES, 60)
    assert site.kept.behind(OF) == 0
    assert int(site.client.ttl(FILES)) > 60


# --- which file is read


def test_a_file_of_others_is_none(site: Site, tmp_path: Path) -> None:
    content = site.path.read_bytes()
    assert site.kept.read(Contract("another model", 8)) is None
    assert site.kept.read(Contract(CONTRACT, 16)) is None
    assert site.machine(tmp_path, "another DATA_KEY, 32 long .......").read(OF) is None
    site.path.parent.with_name("branch").mkdir()
    site.path.parent.with_name("branch").joinpath("people.sealed").write_bytes(content)
    assert site.machine(tmp_path, site="branch").read(OF) is None
    assert site.by_file() is not None


def test_the_file_is_the_owners_alone_and_shows_no_template(site: Site) -> None:
    assert stat.S_IMODE(site.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(site.path.parent.stat().st_mode) == 0o700
    content = site.path.read_bytes()
    assert a_template(0).vector.tobytes()[:8] not in content
    assert site.people[0].subject.encode() not in content


def test_an_older_file_that_is_put_back_is_none(site: Site) -> None:
    older = site.path.read_bytes()
    site.join(12)
    assert site.kept.write(OF, _never)
    assert site.client.hlen(FILES) == 1
    assert site.kept.behind(OF) == 0
    site.path.write_bytes(older)
    assert site.by_file() is None


@pytest.mark.parametrize("place", [0, 60, -200, -3], ids=["form", "header", "people", "end"])
def test_a_damaged_file_is_removed_and_redis_read(
    site: Site, place: int, caplog: pytest.LogCaptureFixture
) -> None:
    content = bytearray(site.path.read_bytes())
    content[place] ^= 4
    site.path.write_bytes(content)
    follower = _follower(site)
    follower.step(0)
    assert follower.status().people == 12
    assert site.kept.behind(OF) is None
    assert not site.path.exists()
    if place != 60:  # a header that says something else is that of another file
        assert "gallery_file_refused" in caplog.text


def test_where_the_changes_are_not_known_any_more_redis_is_read(site: Site) -> None:
    site.join(12)
    site.client.xtrim(keys.changes("main"), maxlen=0)
    site.join(13)
    other = site.machine(site.folder / "another machine")
    assert other.write(OF, _never)
    assert site.by_file() is None
    assert site.kept.behind(OF) is None
    assert not site.path.exists()
    assert other.behind(OF) == 0


def test_a_redis_that_went_back_behind_the_file_opens_none(site: Site) -> None:
    names = {key.decode() for key in site.client.scan_iter()} - {FILES}
    before: dict[str, Any] = {name: site.client.dump(name) for name in names}
    site.join(12)
    assert site.kept.write(OF, _never)
    site.client.flushall()
    for key, value in before.items():
        site.client.restore(key, 0, value)
    site.join(13)  # has the revision that the other one had
    assert site.by_file() is None


# --- backups


def test_no_backup_holds_the_key_and_none_that_is_put_back_has_one(site: Site) -> None:
    assert BackupKeys("main").left_out(FILES)
    SiteRestore(site.client, "main").write([], "digest")
    assert not site.client.exists(FILES)
    assert site.by_file() is None


# --- while it is written


@pytest.mark.parametrize("unseen", [False, True])
def test_who_is_erased_while_it_is_written_is_in_no_file(
    site: Site, unseen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if unseen:  # after the last look at whether the key still stands
        monkeypatch.setattr(FileKeys, "stands", lambda *_: True)
    gone: list[Person] = []

    def meanwhile() -> bool:
        if not gone:
            gone.extend([site.people[5]])
            _erase(site)
        return False

    assert not site.kept.write(OF, meanwhile)
    assert not site.client.exists(FILES)
    assert site.by_file() is None
    assert not list(site.path.parent.glob(".*"))


def test_a_file_is_in_vain_where_redis_may_have_lost_what_was_read(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = iter("ab")
    monkeypatch.setattr(gallery_file, "servers_of", lambda _: frozenset(next(runs)))
    before = site.path.read_bytes()
    assert not site.kept.write(OF, _never)
    assert site.path.read_bytes() == before
    assert site.client.hlen(FILES) == 1
    assert site.by_file() is not None


def test_one_process_writes_and_one_that_ends_leaves_the_old_file(site: Site) -> None:
    again: list[bool] = []

    def meanwhile() -> bool:
        again.append(site.machine(site.folder).write(OF, _never))
        return True

    assert not site.kept.write(OF, meanwhile)
    assert again == [False]
    assert site.by_file() is not None


_VICTIM = """
import sys
from pathlib import Path
from face_rec.clock import SystemClock
from face_rec.domain.people import Contract
from face_rec.stores.gallery import gallery_file
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import RedisAddress, connect
from face_rec.stores.sealing import keyring
client = connect(RedisAddress(nodes=(("127.0.0.1", int(sys.argv[1])),)))
gallery_file._AT_ONCE = 5
machine = keyring.derived([sys.argv[3]], "gallery").current
store = RedisPeople(client, "main", SystemClock())
kept = gallery_file.GalleryFile(Path(sys.argv[2]), "main", client, store, machine)
def wait():
    print("writing", flush=True)
    sys.stdin.read()
kept.write(Contract("c0ffee", 8), wait)
"""


def test_a_process_that_is_killed_while_it_writes_leaves_nothing_that_is_read(
    site: Site,
) -> None:
    port = site.client.connection_pool.connection_kwargs["port"]
    command = [sys.executable, "-c", _VICTIM, str(port), str(site.folder), SECRET]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline() == b"writing\n"
        victim.send_signal(signal.SIGKILL)
    assert len(list(site.path.parent.glob(".*"))) == 1
    assert _told(site.by_file()) == _told(site.by_redis())
    site.join(12)
    assert site.kept.write(OF, _never)
    assert not list(site.path.parent.glob(".*"))
    assert site.by_file().people == 13


# --- the disk after an erasure


def _bytes_below(folder: Path) -> bytes:
    content = b""
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # Redis has replaced one just now
            content += path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    return content


def test_after_the_certificate_the_key_is_on_no_disk_and_in_no_redis(tmp_path: Path) -> None:
    settings = config.load({"DATA_DIR": str(tmp_path)}, dotenv=None)
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        people = stores.people
        person = stores.writers.people.create(a_person(), [a_template()], people.revision())
        stores.writers.people.create(a_person("stays"), [a_template(1)], people.revision())
        kept = GalleryFile(tmp_path, "main", stores.client, people, _machine())
        assert kept.write(OF, _never)
        stored: Any = stores.client.hvals(FILES)
        key = stored[0].removeprefix(b"whole:")
        deadline = time.monotonic() + 60
        while key not in _bytes_below(tmp_path):
            assert time.monotonic() < deadline, "Redis has not written it"
        privacy_of(settings, stores, SystemClock(), lambda _: True).erasure.erase(
            person.subject, "boss"
        )
        assert (tmp_path / "gallery" / "main" / "people.sealed").exists()
        assert key not in _bytes_below(tmp_path)
        assert not stores.client.exists(FILES)
        assert kept.read(OF) is None
