"""``keys rotate-data`` as an admin types it, on a data folder: what the old key is for then."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

import config
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.clock import SystemClock
from face_rec.domain.errors import FaceRecError
from face_rec.domain.people import Person
from face_rec.domain.pictures import key_of
from face_rec.stores.sealing import keyring
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.stores.snapshots.sealed_snapshots import PICTURE
from tests.fakes.clock import MORNING
from tests.redis_servers import wait_until
from tests.samples import CONTRACT, a_person, a_template, an_event

ROOT = Path(__file__).resolve().parents[3]
OLD, NEW = "o" * 40, "n" * 40
FACE = b"\xff\xd8 the face of somebody \xff\xd9"
OLDER, NOBODY_S = "marks/2025/03/10/e2.jpg", "marks/2025/03/10/e3.jpg"
"""Named before names told whose a picture is: one has a mark that tells, one has none."""


@dataclass
class Home:
    """A data folder and the keys that the settings name at the moment."""

    folder: Path
    patch: pytest.MonkeyPatch

    def keys(self, *secrets: str) -> None:
        self.patch.setenv("DATA_KEY", ",".join(secrets))

    @contextmanager
    def stores(self) -> Iterator[Stores]:
        with ExitStack() as stack:
            yield open_stores(config.load(dotenv=None), SystemClock(), stack)

    def rotate(self) -> tuple[int, str]:
        """The exit status of the command, and what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "face_rec", "keys", "rotate-data"], cwd=ROOT, text=True,
            env=dict(os.environ), capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def pictures(self) -> list[bytes]:
        """Every picture as it lies on the disk."""
        found = (self.folder / "snapshots").rglob("*.jpg")
        return [path.read_bytes() for path in found]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    for name in ("REDIS_HOST", "REDIS_URL", "S3_BUCKET"):
        monkeypatch.setenv(name, "")
    made = Home(tmp_path / "data", monkeypatch)
    made.keys(OLD)
    return made


def _stored(stores: Stores) -> tuple[Person, list[str]]:
    """Somebody with a template, and pictures of every kind; their keys."""
    people = stores.people
    person = stores.writers.people.create(a_person(), [a_template()], people.revision())
    own = [f"people/{person.subject}/1.jpg", key_of("e1", MORNING, person.subject)]
    for event, key in (("e1", own[1]), ("e2", OLDER)):
        marked = an_event(event, person.subject)
        stores.writers.marks.apply(replace(marked, snapshot=key), 0)
    for key in (*own, OLDER, NOBODY_S):
        stores.spool.put(key, FACE)
    return person, [*own, OLDER, NOBODY_S]


def _all_stored(stores: Stores) -> bool:
    return stores.spool.pending() == 0


def _readable(home: Home, person: Person, pictures: list[str]) -> None:
    with home.stores() as stores:
        assert [stores.spool.get(key) for key in pictures] == [FACE] * len(pictures)
        (entry,) = stores.people.entries(CONTRACT)
        assert entry.subject == person.subject
        assert np.allclose(entry.vectors[0], a_template().vector)
        again = stores.people.get(person.subject)
        assert again is not None
        assert again.name == person.name


def test_after_the_command_the_old_key_opens_nothing_and_is_not_needed(home: Home) -> None:
    with home.stores() as stores:
        person, pictures = _stored(stores)
        wait_until(lambda: _all_stored(stores))
    before = home.pictures()
    assert len(before) == len(pictures)
    home.keys(NEW, OLD)
    status, said = home.rotate()
    assert (status, "Older keys are not needed any more" in said) == (0, True), said
    home.keys(NEW)
    _readable(home, person, pictures)
    new, old = (DataSealer(keyring.derived((key,), "data")) for key in (NEW, OLD))
    for raw in home.pictures():
        assert FACE not in raw
        assert not old.current(raw)
        assert raw.startswith(PICTURE) or new.current(raw)
    home.keys(OLD)
    with pytest.raises(FaceRecError), home.stores() as stores:
        stores.people.get(person.subject)


@pytest.mark.nightly
def test_while_a_picture_waits_with_the_old_key_the_command_says_to_keep_it(home: Home) -> None:
    blocked = [home.folder / "snapshots" / name for name in ("marks", "people")]
    blocked[0].parent.mkdir(parents=True)
    for path in blocked:
        path.write_text("in the way")  # nothing can be stored
    with home.stores() as stores:
        person, pictures = _stored(stores)
    home.keys(NEW, OLD)
    status, said = home.rotate()
    assert (status, "still wait to be stored and need the old key" in said) == (1, True), said
    for path in blocked:
        path.unlink()
    with home.stores() as stores:
        wait_until(lambda: _all_stored(stores))
    assert home.rotate()[0] == 0
    home.keys(NEW)
    _readable(home, person, pictures)
