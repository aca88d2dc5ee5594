"""The match in memory against the bare product that it cannot do without, and against others."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from statistics import median

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from face_rec.domain.faces import Matrix
from face_rec.domain.people import Contract, GalleryEntry
from face_rec.people.gallery.gallery import MemoryGallery
from tests.benchmarks.journey.usual import search
from tests.benchmarks.report.row import Row

DIMENSION, TEMPLATES = 512, 3
_SIZES = (1_000, 10_000, 100_000)
_FACES = (1, 8)


def run(quick: bool = False) -> list[Row]:
    """In a process of its own with one BLAS thread: two threads on a busy machine wait for each
    other, and then chance is measured. The processor's time counts, for the same reason."""
    module = "tests.benchmarks.stores.matching"
    command = [sys.executable, "-m", module, *(["--quick"] if quick else [])]
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "MKL", "OMP")}
    done = subprocess.run(command, env={**os.environ, **threads}, capture_output=True, check=True)
    return [Row(**row) for row in json.loads(done.stdout)]


def measured(quick: bool) -> list[Row]:
    sizes = _SIZES[::2] if quick else _SIZES
    return [row for people in sizes for row in _of_size(people, quick)]


def _of_size(people: int, quick: bool) -> list[Row]:
    rows = random_rows(people)
    gallery = MemoryGallery(Contract("bench", DIMENSION))
    gallery.load((GalleryEntry(f"s{n}", rows[n]) for n in range(people)), 1)
    centroids = np.ascontiguousarray(rows.mean(axis=1))
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    return [row for faces in _FACES for row in _compare(gallery, rows, centroids, faces, quick)]


def _compare(
    gallery: MemoryGallery, rows: Matrix, centroids: Matrix, faces: int, quick: bool
) -> list[Row]:
    people = len(rows)
    probes = np.ascontiguousarray(rows[-faces:, 0])
    expected = [f"s{n}" for n in range(people - faces, people)]
    assert [match.subject for match in gallery.own_matches(probes)] == expected
    ours, bare = _in_turn(
        lambda: gallery.own_matches(probes),
        lambda: (probes @ centroids.T).argmax(axis=1),
        times=15 if quick else 40,
    )
    name = f"match, {people:,} people × {TEMPLATES}, {faces} face{'s' if faces > 1 else ''}"
    target = 1.2 if people == 100_000 else None
    return [
        Row(
            f"{name} / bare product", ours / bare, "×", target,
            f"{ours * 1000:.2f} against {bare * 1000:.2f} ms",
        ),
        *_others(name, ours, centroids, probes, quick),
    ]  # fmt: skip


def _others(name: str, ours: float, centroids: Matrix, probes: Matrix, quick: bool) -> list[Row]:
    times = 1 if quick else 3
    people = pd.DataFrame({"name": range(len(centroids)), "embedding": list(centroids)})
    by_cdist, by_frame = _in_turn(
        lambda: cdist(probes, centroids, "cosine").argmin(axis=1),
        lambda: [search(people, probe, 0.3) for probe in probes],
        times=times,
    )
    note = "of centroids"
    return [
        Row(
            f"{name}: cdist / ours", by_cdist / ours, "×",
            note=f"{by_cdist * 1000:.1f} ms {note}",
        ),
        Row(
            f"{name}: DataFrame loop / ours", by_frame / ours, "×",
            note=f"{by_frame * 1000:.0f} ms {note}",
        ),
    ]  # fmt: skip


def _in_turn(
    first: Callable[[], object], second: Callable[[], object], times: int
) -> tuple[float, float]:
    """Median seconds of each; they take turns, so that both have the same machine."""
    first()
    second()
    pairs = [(_seconds(first), _seconds(second)) for _ in range(times)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.thread_time()
    work()
    return time.thread_time() - begun


def random_rows(people: int) -> Matrix:
    """(people, TEMPLATES, DIMENSION): templates of one person are alike, of two are not."""
    chance = np.random.default_rng(5)
    rows = chance.standard_normal((people, TEMPLATES, DIMENSION), dtype=np.float32)
    rows += 1.2 * chance.standard_normal((people, 1, DIMENSION), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=2, keepdims=True)
    return rows


if __name__ == "__main__":
    print(json.dumps([asdict(row) for row in measured("--quick" in sys.argv)]))
