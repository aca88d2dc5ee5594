"""GALLERY=redis-vectors against exact: how often the same answer, how long, in how much memory.

A real Redis 8 finds the candidates among people drawn with the spread of real faces; templates
lie in a Redis of the site, as in the app. Both servers have one machine with what measures.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from face_rec.clock import SystemClock
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.gallery.kept_templates import KeptTemplates
from face_rec.people.gallery.vector_rows import VectorRows
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.vectors.engine import Engine
from face_rec.stores.vectors.redis_vectors import SiteVectors
from tests.benchmarks.journey import rig
from tests.benchmarks.report.row import Row
from tests.benchmarks.stores.gallery import AT_ONCE, CONTRACT, fill
from tests.benchmarks.stores.int8_gallery import real_photos, same_answers
from tests.benchmarks.stores.realistic import Spread, spread_of
from tests.redis_servers import Server, vector_server

_LOOKS = 500
_TIMED = 100


def run(quick: bool = False) -> list[Row]:
    """In a process of its own with one BLAS thread. 100,000 people take the engine ten minutes of
    a core to be filled."""
    module = "tests.benchmarks.stores.vector_gallery"
    command = [sys.executable, "-m", module, *(["--quick"] if quick else [])]
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "MKL", "OMP")}
    done = subprocess.run(command, env={**os.environ, **threads}, capture_output=True, check=True)
    return [Row(**row) for row in json.loads(done.stdout)]


def measured(quick: bool) -> list[Row]:
    people = 10_000 if quick else 100_000
    spread = spread_of(*real_photos())
    with (
        tempfile.TemporaryDirectory() as folder,
        rig.redis(Path(folder) / "site") as client,
        vector_server(Path(folder) / "engine") as server,
    ):
        client.config_set("appendonly", "no")
        chance = np.random.default_rng(11)
        known = spread.faces(people, chance)
        drawn = _photos(spread, known)
        fill(client, people, lambda: next(drawn))
        return _compared(spread, known, client, server)


def _photos(spread: Spread, known: Any) -> Iterator[Any]:  # noqa: ANN401
    chance = np.random.default_rng(12)
    for start in range(0, len(known), AT_ONCE):
        faces = known[start : start + AT_ONCE]
        yield np.stack([spread.photos_of(faces, chance) for _ in range(3)], axis=1)


def _compared(spread: Spread, known: Any, client: Client, server: Server) -> list[Row]:  # noqa: ANN401
    people, store = len(known), RedisPeople(client, rig.SITE, SystemClock())
    name = f"redis-vectors, {people:,} × 3"
    exact = MemoryGallery(CONTRACT)
    exact.load(store.entries(CONTRACT.digest), 1, people)
    engine = Engine(connect(RedisAddress(url=f"redis://127.0.0.1:{server.port}"), patience=30.0))
    site = SiteVectors(client, rig.SITE, engine)

    def fresh() -> MemoryGallery:
        kept = KeptTemplates(lambda subjects: store.some(subjects, CONTRACT.digest))
        index = site.index(CONTRACT.digest)
        return MemoryGallery(CONTRACT, lambda _: VectorRows(index, kept))

    filled, again = fresh(), fresh()
    seconds = []
    for gallery in (filled, again):
        cpu, begun = _cpu_of(server), time.perf_counter()
        gallery.load(store.entries(CONTRACT.digest), 1, people)
        seconds.append((time.perf_counter() - begun, _cpu_of(server) - cpu))
    chance = np.random.default_rng(13)
    looks = spread.photos_of(known[:_LOOKS], chance)
    strangers = spread.photos_of(spread.faces(_LOOKS, chance), chance)
    memory: Any = server.client().info("memory")
    return [
        Row(f"{name}: empty engine filled", seconds[0][0], "s",
            note=f"{seconds[0][1]:.0f} s of its processor"),
        Row(f"{name}: next process loaded", seconds[1][0], "s",
            note=f"{seconds[1][1]:.0f} s of the engine's processor"),
        Row(f"{name}: the engine's memory", memory["used_memory"] / 1e6, "MB",
            note=f"{memory['used_memory'] / people:.0f} bytes a person"),
        *same_answers(f"{name}, looks at people", exact, again, looks, 0.999),
        *same_answers(f"{name}, looks at strangers", exact, again, strangers, 0.999),
        *_times(name, again, spread.photos_of(known[-_TIMED:], chance), server),
    ]  # fmt: skip


def _times(name: str, gallery: MemoryGallery, looks: Any, server: Server) -> list[Row]:  # noqa: ANN401
    rows = []
    for what in ("first look", "second look"):
        cpu, own, times = _cpu_of(server), time.process_time(), []
        for look in looks:
            begun = time.perf_counter()
            gallery.own_matches(look[np.newaxis])
            times.append(time.perf_counter() - begun)
        of_each = 1000 / len(looks)
        rows.append(
            Row(f"{name}, 1 face, {what}", median(times) * 1000, "ms",
                note=f"least {min(times) * 1000:.1f}; processor: the engine's "
                f"{(_cpu_of(server) - cpu) * of_each:.1f}, ours "
                f"{(time.process_time() - own) * of_each:.1f} ms")
        )  # fmt: skip
    return rows


def _cpu_of(server: Server) -> float:
    used: Any = server.client().info("cpu")
    return float(used["used_cpu_user"]) + float(used["used_cpu_sys"])


if __name__ == "__main__":
    print(json.dumps([asdict(row) for row in measured("--quick" in sys.argv)]))
