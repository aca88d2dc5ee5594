"""GALLERY=int8 against exact: the same answers, in how much memory and time.

People are drawn with the spread of real faces (:mod:`tests.benchmarks.stores.realistic`), so that
strangers' best are as close to each other as they are among real people.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from statistics import median

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Matrix
from face_rec.domain.people import Contract, GalleryEntry
from face_rec.domain.recognition import Match
from face_rec.models.runtime.int8_product import Int8Product
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.gallery.int8_rows import Int8Rows
from face_rec.people.gallery.sealed_templates import SealedTemplates
from tests.benchmarks.journey.material import models_of
from tests.benchmarks.report.row import Row
from tests.benchmarks.stores.realistic import Spread, spread_of
from tests.data import shared_data

_LOOKS = 2500
_AT_ONCE = 500
_DETECT_AT = 256
_MILLION = 1_000_000


def run(quick: bool = False) -> list[Row]:
    """In a process of its own with one BLAS thread, as :mod:`matching` has it, for its reasons."""
    module = "tests.benchmarks.stores.int8_gallery"
    command = [sys.executable, "-m", module, *(["--quick"] if quick else [])]
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "MKL", "OMP")}
    done = subprocess.run(command, env={**os.environ, **threads}, capture_output=True, check=True)
    return [Row(**row) for row in json.loads(done.stdout)]


def measured(quick: bool) -> list[Row]:
    spread = spread_of(*real_photos())
    with tempfile.TemporaryDirectory() as folder:
        if quick:
            return _compared(spread, 10_000, 3, Path(folder))
        return [
            *_compared(spread, 100_000, 1, Path(folder)),
            *_compared(spread, 100_000, 3, Path(folder)),
            *_million(spread, Path(folder)),
        ]


def real_photos() -> tuple[Matrix, npt.NDArray[np.intp]]:
    """The largest face of each photo of the test data, and whose it is."""
    models, rows, whose = models_of(), [], []
    folders = [*sorted(shared_data("faces/people").iterdir())]
    groups = [sorted(folder.glob("*.jpg")) for folder in folders]
    groups += [[path] for path in sorted(shared_data("faces/strangers").rglob("*.jpg"))]
    for person, group in enumerate(groups):
        for path in group:
            image = np.asarray(cv2.imread(str(path)), np.uint8)
            faces = models.detector.detect(image, _DETECT_AT)
            if faces:
                largest = max(faces, key=lambda face: face.box.height)
                crop = models.embedder.align(image, largest)
                rows.append(models.embedder.embed([crop])[0])
                whose.append(person)
    return np.array(rows), np.unique(whose, return_inverse=True)[1]


# --- the same answers ----------------------------------------------------------


def _compared(spread: Spread, people: int, templates: int, folder: Path) -> list[Row]:
    chance = np.random.default_rng(11)
    known = spread.faces(people, chance)
    exact, int8 = _empty(folder, 1)
    seconds = []
    for gallery in (exact, int8):
        begun = time.process_time()
        gallery.load(entries(spread, known, templates), 1, people)
        seconds.append(time.process_time() - begun)
    name = f"int8, {people:,} × {templates}"
    looks = spread.photos_of(known[:_LOOKS], chance)
    strangers = spread.photos_of(spread.faces(_LOOKS, chance), chance)
    return [
        Row(f"{name}: memory / exact", int8.nbytes / exact.nbytes, "×", 0.3,
            f"{int8.nbytes / 1e6:.0f} against {exact.nbytes / 1e6:.0f} MB"),
        Row(f"{name}: load / exact", seconds[1] / seconds[0], "×",
            note="processor's time, drawing the people included"),
        *same_answers(f"{name}, looks at people", exact, int8, looks),
        *same_answers(f"{name}, looks at strangers", exact, int8, strangers),
        *(_faster(name, exact, int8, looks[:faces]) for faces in (1, 8)),
    ]  # fmt: skip


def same_answers(
    name: str, exact: MemoryGallery, other: MemoryGallery, probes: Matrix, least: float = 0.9999
) -> list[Row]:
    """How often ``other`` names whom ``exact`` does, with the same score and lead."""
    pairs = [
        pair
        for start in range(0, len(probes), _AT_ONCE)
        for pair in zip(
            exact.own_matches(probes[start : start + _AT_ONCE]),
            other.own_matches(probes[start : start + _AT_ONCE]),
            strict=True,
        )
    ]
    return [
        Row(f"{name}: same person named", _share(pairs, lambda a, b: a.subject == b.subject), "",
            least, f"{len(pairs):,} looks", at_least=True),
        Row(f"{name}: score and lead within 0.00001",
            _share(pairs, lambda a, b: _off(a, b) <= 1e-5), "", least,
            f"furthest off {max(_off(a, b) for a, b in pairs):.7f}", at_least=True),
    ]  # fmt: skip


def _share(pairs: list[tuple[Match, Match]], good: Callable[[Match, Match], bool]) -> float:
    return sum(good(*pair) for pair in pairs) / len(pairs)


def _off(one: Match, other: Match) -> float:
    return max(abs(one.score - other.score), abs(one.margin - other.margin))


def _faster(name: str, exact: MemoryGallery, int8: MemoryGallery, probes: Matrix) -> Row:
    times = [(_cpu(exact, probes), _cpu(int8, probes)) for _ in range(15)]
    ours, theirs = (median(part) for part in zip(*times, strict=True))
    faces = f"{len(probes)} face{'s' if len(probes) > 1 else ''}"
    return Row(
        f"{name}, {faces}: exact / int8", ours / theirs, "×",
        note=f"{ours * 1000:.1f} against {theirs * 1000:.1f} ms of one core",
    )  # fmt: skip


def _cpu(
    gallery: MemoryGallery, probes: Matrix, clock: Callable[[], float] = time.process_time
) -> float:
    begun = clock()
    gallery.own_matches(probes)
    return clock() - begun


# --- a million -----------------------------------------------------------------


def _million(spread: Spread, folder: Path) -> list[Row]:
    """Two threads; of the wall's time the least of many, as others on the machine only add to
    it."""
    _, int8 = _empty(folder, 2)
    int8.load(_crowd(spread), 1, _MILLION)
    chance = np.random.default_rng(13)
    probe = spread.photos_of(spread.faces(1, chance), chance)
    times = [_wall(int8, probe) for _ in range(30)]
    cpu = median(_cpu(int8, probe) for _ in range(10))
    own = median(_cpu(int8, probe, time.thread_time) for _ in range(10))
    return [
        Row("int8, 1,000,000 × 1, 1 face, two threads", min(times) * 1000, "ms", 60,
            f"median {median(times) * 1000:.0f}, processor {cpu * 1000:.0f} ms, of which "
            f"{own * 1000:.0f} in the thread that asks; "
            f"{int8.nbytes / 1e6:.0f} MB"),
    ]  # fmt: skip


def _crowd(spread: Spread) -> Iterator[GalleryEntry]:
    chance = np.random.default_rng(12)
    for start in range(0, _MILLION, _AT_ONCE):
        rows = spread.photos_of(spread.faces(_AT_ONCE, chance), chance)
        for number, row in enumerate(rows, start):
            yield GalleryEntry(f"s{number}", row[np.newaxis])


def _wall(gallery: MemoryGallery, probes: Matrix) -> float:
    begun = time.perf_counter()
    gallery.own_matches(probes)
    return time.perf_counter() - begun


def _empty(folder: Path, threads: int) -> tuple[MemoryGallery, MemoryGallery]:
    contract, product = Contract("bench", 512), Int8Product(threads)
    return MemoryGallery(contract), MemoryGallery(
        contract, lambda d: Int8Rows(d, product, SealedTemplates(folder, d))
    )


def entries(spread: Spread, known: Matrix, templates: int) -> Iterator[GalleryEntry]:
    chance = np.random.default_rng(12)
    for start in range(0, len(known), _AT_ONCE):
        faces = known[start : start + _AT_ONCE]
        photos = np.stack([spread.photos_of(faces, chance) for _ in range(templates)], axis=1)
        for number, rows in enumerate(photos, start):
            yield GalleryEntry(f"s{number}", rows)


if __name__ == "__main__":
    print(json.dumps([asdict(row) for row in measured("--quick" in sys.argv)]))
