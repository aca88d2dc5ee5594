"""A process starts among 100,000 people: with everybody from Redis, and with the gallery's file.

``python -m tests.benchmarks.stores.gallery_file DATA_DIR KIND redis|file`` is one such start.
"""

import json
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np

import config
from face_rec.assembly.models.vectors import gallery_of
from face_rec.clock import SystemClock
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.gallery.gallery_file import quick_start
from face_rec.stores.gallery.gallery_file import GalleryFile
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing import keyring
from tests.benchmarks.journey import rig
from tests.benchmarks.report import process
from tests.benchmarks.report.row import Row
from tests.benchmarks.stores.gallery import AT_ONCE, CONTRACT, fill
from tests.benchmarks.stores.matching import DIMENSION, random_rows
from tests.fakes.models import FakeModelSource, fake_models
from tests.samples import a_person, a_template

_KEY = keyring.key_of("a secret of the benchmark, 32 ....", "gallery")


def run(quick: bool = False) -> list[Row]:
    """Quick mode has a tenth of the people."""
    people, turns, since = (10_000, 1, 10) if quick else (100_000, 3, 1_000)
    with tempfile.TemporaryDirectory() as folder, rig.redis(Path(folder)) as client:
        client.config_set("appendonly", "no")  # for the filling alone
        client.config_set("save", "")
        fill(client, people, lambda: random_rows(AT_ONCE)[:, :1])
        written = _written(client, Path(folder))
        rows = [row for kind in ("exact", "int8") for row in _rows(folder, kind, people, turns)]
        store = RedisPeople(client, rig.SITE, SystemClock())
        for number in range(since):
            newcomer = [a_template(0, CONTRACT.digest, DIMENSION)]
            store.create(a_person(f"late-{number}"), newcomer, store.revision())
        later = _start(folder, "exact", "file")
        name = f"… with {store.revision():,} people who came since"
        return [*rows, Row(name, later["cpu"], "s", 1.0), written]


def _written(client: Client, folder: Path) -> Row:
    begun = time.process_time()
    kept = _file(client, folder)
    assert kept.write(CONTRACT, lambda: False)
    cpu = time.process_time() - begun
    size = (folder / "gallery" / rig.SITE / "people.sealed").stat().st_size
    return Row("the file written anew, in the background", cpu, "s", note=f"{size / 1e6:.0f} MB")


def _rows(folder: str, kind: str, people: int, turns: int) -> list[Row]:
    """They take turns, and the least of each counts: what else runs only adds to them."""
    redis: dict[str, float] = {}
    file: dict[str, float] = {}
    for _ in range(turns):
        redis = _less(redis, _start(folder, kind, "redis"))
        file = _less(file, _start(folder, kind, "file"))
    return [
        Row(
            f"start of GALLERY={kind}, {people:,} × 1, until somebody can be recognised: CPU",
            file["cpu"], "s", 1.0,
            f"from Redis {redis['cpu']:.2f} s; by the clock {file['wall']:.2f} against "
            f"{redis['wall']:.2f} s",
        ),
        Row(
            f"… memory that the process grows by, {kind}", file["grown"] / 1e6, "MB",
            note=f"from Redis {redis['grown'] / 1e6:.0f} MB",
        ),
    ]  # fmt: skip


def _less(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return {name: min(value, one.get(name, value)) for name, value in other.items()}


def _start(folder: str, kind: str, source: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.stores.gallery_file", folder, kind, source]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _file(client: Client, folder: Path) -> GalleryFile:
    store = RedisPeople(client, rig.SITE, SystemClock())
    return GalleryFile(folder, rig.SITE, client, store, _KEY)


def main(folder: Path, kind: str, source: str) -> None:
    models = FakeModelSource(fake_models(CONTRACT.digest, CONTRACT.dimension))
    make = gallery_of(config.load({"GALLERY": kind, "DATA_DIR": str(folder)}, dotenv=None))
    with rig.redis(folder) as client:
        store = RedisPeople(client, rig.SITE, SystemClock())
        revision, before = store.revision(), process.resident()
        wall, cpu = time.perf_counter(), time.process_time()
        quick = partial(quick_start, _file(client, folder), store) if source == "file" else None
        follower = GalleryFollower(store, models, SystemClock(), make=make, quick=quick)
        follower.start()
        assert follower.wait(revision, 300), follower.status().error
        probe = np.asarray(random_rows(1)[0, :1], np.float32)
        assert follower.gallery.match(probe, CONTRACT)
        spent = time.process_time() - cpu, time.perf_counter() - wall
        follower.close()
        grown = process.resident() - before
        print(json.dumps({"cpu": spent[0], "wall": spent[1], "grown": grown}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
