"""What is forgotten of unknown people stands in no file any more, and none of them in a backup."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

import config
from config import Settings
from face_rec import assembly
from face_rec.__main__ import main
from face_rec.assembly.people.personal_data import privacy_of, purge_of
from face_rec.assembly.people.strangers import StrangerParts, open_stranger_parts
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.clock import SystemClock
from face_rec.domain.faces import Vector
from face_rec.domain.strangers import Stranger, Visit
from face_rec.stores.backup.records_reader import SiteBackup
from face_rec.strangers.storage import Change
from tests.integration.conftest import SettingsFrom
from tests.redis_servers import wait_until
from tests.samples import a_person, a_template

KEY, NEWER = "k" * 40, "n" * 40
PICTURE = b"\xff\xd8 somebody nobody knows \xff\xd9"


@pytest.fixture(params=["plain", "sealed"])
def settings(request: pytest.FixtureRequest, settings_from: SettingsFrom) -> Settings:
    key = KEY if request.param == "sealed" else ""
    return settings_from(STRANGER_DAYS="7", DATA_KEY=key)


def a_face() -> Vector:
    """Of somebody who is registered later, too: 512 numbers."""
    return a_template(1, dimension=512).vector


def kept(stores: Stores, name: str, face: Vector) -> Stranger:
    """Somebody unknown, seen once, with a picture."""
    now = SystemClock().now()
    visit = Visit(f"visit{name}", name, "door", "c0ffee", now, now)
    one = Stranger(name, "c0ffee", now, now, "door", 1, ("door",), (visit.id,))
    stores.strangers.write(Change(put=(one,), kept=((visit, face),)))
    stores.spool.put(visit.picture, PICTURE)
    wait_until(lambda: stores.spool.pending() == 0)
    return one


def parts_of(settings: Settings, stores: Stores) -> StrangerParts:
    return open_stranger_parts(stores, SystemClock(), purge_of(settings, stores.client))


def on_disk(settings: Settings, *needles: bytes) -> set[Path]:
    """The files in which one of ``needles`` stands."""
    files = (path for path in settings.data_dir.rglob("*") if path.is_file())
    return {path for path in files if any(one in path.read_bytes() for one in needles)}


def traces(face: Vector) -> list[bytes]:
    raw = face.astype("<f4").tobytes()
    return [PICTURE, raw[:32], raw[1001:1033]]


def test_who_is_deleted_stands_in_no_file(settings: Settings) -> None:
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        one, parts = kept(stores, "eve", a_face()), parts_of(settings, stores)
        before = on_disk(settings, *traces(a_face()))
        assert bool(before) is not bool(settings.data_key), "sealed, no face is read anyway"
        assert stores.strangers.faces(one.visits)
        assert parts.forgetting.people([one.id]) == 1
        parts.forgetting.purge()
        assert not on_disk(settings, *traces(a_face()), b"visiteve", b'"eve"')


def test_an_erased_person_takes_the_visits_along_that_look_like_them(settings: Settings) -> None:
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        person = a_person("GONE-1", "Eve Known")
        stores.writers.people.create(
            person, [a_template(1, dimension=512)], stores.people.revision()
        )
        kept(stores, "eve", a_face())
        other = kept(stores, "max", a_template(5, dimension=512).vector)
        privacy = privacy_of(settings, stores, SystemClock(), lambda _: True)
        with (settings.data_dir.parent / "export.zip").open("wb") as out:
            assert privacy.export.write(person.subject, out) > 4
    assert b"visit_as_somebody_unknown" in (settings.data_dir.parent / "export.zip").read_bytes()
    assert main(["privacy", "erase", "GONE-1", "--yes"]) == 0
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        assert [one.id for one in stores.strangers.all()[1]] == [other.id]
        assert stores.strangers.count() == 1
    raw = a_face().astype("<f4").tobytes()
    assert not on_disk(settings, raw[:32], raw[1001:1033], b"visiteve")


def test_retention_forgets_what_is_old_enough_and_rewrites_the_files(settings: Settings) -> None:
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        kept(stores, "eve", a_face())
        clock = SystemClock()
        later = type("Later", (), {"now": lambda _: clock.now() + timedelta(days=8)})()
        privacy = privacy_of(settings, stores, later, lambda _: True)
        run = privacy.retention.run()
        assert run is not None
        assert (run.strangers, run.problem) == (1, "")
        assert not on_disk(settings, *traces(a_face()), b"visiteve")


def test_no_backup_holds_anybody_unknown(settings: Settings) -> None:
    with ExitStack() as stack:
        stores = open_stores(settings, SystemClock(), stack)
        kept(stores, "eve", a_face())
        found = {record.key for record in SiteBackup(stores.client, settings.site).records()}
        assert found
        assert not [key for key in found if "strangers" in key]


def test_another_data_key_seals_their_faces_anew(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        one = kept(open_stores(settings, SystemClock(), stack), "eve", a_face())
    monkeypatch.setenv("DATA_KEY", f"{NEWER},{settings.data_key or ''}".rstrip(","))
    with assembly.build_data_keys(config.load(dotenv=None)) as resealing:
        resealing.run()
    monkeypatch.setenv("DATA_KEY", NEWER)
    with ExitStack() as stack:
        stores = open_stores(config.load(dotenv=None), SystemClock(), stack)
        (face,) = stores.strangers.faces(one.visits).values()
        assert np.array_equal(face, a_face())
        visit = stores.strangers.visits(one.visits)[one.visits[0]]
        assert stores.spool.get(visit.picture) == PICTURE
