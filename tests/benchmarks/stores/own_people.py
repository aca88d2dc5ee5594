"""Measuring how well a model knows its people, with what looks after the gallery: 10,000 people
with three photos each, and 100,000 of whom every twentieth is searched for.

Embeddings are drawn, so that no more of them lie in memory than the gallery's. In a process of its
own with one BLAS thread, whose CPU seconds count: it rests as long as it works.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

import numpy as np

from face_rec.domain.faces import Matrix
from face_rec.domain.people import Contract, GalleryEntry, Person
from face_rec.journey.decide import Policy
from face_rec.models.scores.own_people import OwnPeople
from face_rec.models.scores.searches import Pause
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.protocols.models import Progress
from tests.benchmarks.report import process
from tests.benchmarks.report.row import Row
from tests.benchmarks.stores.generated_site import person_of, subject_of
from tests.fakes.attendance import FakeAttendance
from tests.fakes.clock import FakeClock
from tests.fakes.models import FakeModelSource, fake_models
from tests.fakes.people import FakePeople
from tests.fakes.snapshots import MemorySnapshots

DIMENSION, PHOTOS = 512, 3
_LIKE: Final = 100
"""Directions in which people differ: strangers score as real ones do (a spread of 0.1)."""
_CONTRACT: Final = Contract("bench", DIMENSION)


def run(quick: bool = False) -> list[Row]:
    return [
        row
        for people, every in ((10_000, 1), (100_000, 20))[: 1 if quick else 2]
        for row in _elsewhere(people, every)
    ]


def _elsewhere(people: int, every: int) -> list[Row]:
    command = [sys.executable, "-m", __name__, str(people), str(every)]
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "MKL", "OMP")}
    done = subprocess.run(command, env={**os.environ, **threads}, capture_output=True, check=True)
    return [Row(**row) for row in json.loads(done.stdout)]


class Drawn(FakePeople):
    """``people`` who are drawn whenever they are read; one in ``every`` is searched for."""

    def __init__(self, people: int, every: int) -> None:
        super().__init__()
        self._number = people
        self._every = every
        lots = np.random.default_rng(1)
        self._directions = lots.normal(size=(_LIKE, DIMENSION)).astype(np.float32)

    def drawn(self, every: int = 1) -> Iterator[GalleryEntry]:
        for number in range(0, self._number, every):
            yield GalleryEntry(subject_of(number), self._rows(number))

    def entries(self, contract: str, progress: Progress | None = None) -> Iterator[GalleryEntry]:
        return self.drawn(self._every)

    def all(self) -> Iterator[Person]:
        return map(person_of, range(self._number))

    def count(self) -> int:
        return self._number

    def _rows(self, number: int) -> Matrix:
        lots = np.random.default_rng(number)
        rows = lots.standard_normal(_LIKE, np.float32) @ self._directions
        rows = rows + 8 * lots.standard_normal((PHOTOS, DIMENSION), np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def measured(people: int, every: int) -> list[Row]:
    store = Drawn(people, every)
    gallery = MemoryGallery(_CONTRACT)
    gallery.load(store.drawn(), 1, people)
    models = FakeModelSource(fake_models(_CONTRACT.digest, DIMENSION))
    own = OwnPeople(
        people=store, models=models, gallery=lambda: gallery, pictures=MemorySnapshots(),
        marks=FakeAttendance(), policy=Policy(), clock=FakeClock(),
    )  # fmt: skip
    before, began = process.highest(), time.process_time()
    ready = process.resident()
    report = own.measure(lambda *_: None, Pause(lambda _: None))
    took = time.process_time() - began
    (photos,) = report.conditions
    grown = max(process.highest() - before, process.resident() - ready)
    note = f"{photos.non_mated:,} searches; gallery {gallery.nbytes / 1e6:.0f} MB"
    if report.check:
        note += f"; tail checked on {report.check.from_people + report.check.people:,} people"
    name = f"how well it knows {people:,} people × {PHOTOS}"
    return [
        Row(f"{name}: processor", took, "s", note=note),
        Row(f"{name}: memory beside the gallery", grown / 1e6, "MB", 400),
    ]


if __name__ == "__main__":
    rows = measured(int(sys.argv[1]), int(sys.argv[2]))
    print(json.dumps([asdict(row) for row in rows]))
