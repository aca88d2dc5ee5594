"""A gallery of 100,000 people × 3 × 512: loading it, keeping up with another process, memory."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from face_rec.clock import SystemClock
from face_rec.domain.faces import View
from face_rec.domain.people import Consent, Contract, Person, Template, TemplateInfo
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.stores.people import person_codec, template_codec
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from tests.benchmarks.journey import rig
from tests.benchmarks.report.row import Row
from tests.benchmarks.stores.matching import DIMENSION, TEMPLATES, random_rows

CONTRACT = Contract("bench", DIMENSION)
_NOW = datetime(2025, 1, 1, tzinfo=UTC)
AT_ONCE = 500
_NEWCOMERS = 10


def run(quick: bool = False) -> list[Row]:
    """Quick mode has a tenth of the people; ratios hold all the same."""
    people = 10_000 if quick else 100_000
    with tempfile.TemporaryDirectory() as folder, rig.redis(Path(folder)) as client:
        client.config_set("appendonly", "no")  # for the filling alone
        client.config_set("save", "")
        chance = np.random.default_rng(7)
        fill(client, people, lambda: _drawn(chance))
        return [*_load(client, people), *_elsewhere(client, Path(folder), people)]


# --- loading -------------------------------------------------------------------


def _load(client: Client, people: int) -> list[Row]:
    """They take turns, and the fastest of each counts: what else runs only adds to them."""
    store = RedisPeople(client, rig.SITE, SystemClock())
    turns = [(_bare(client, people), _kept(client, people), _ours(store)) for _ in range(3)]
    bare, kept, ours = (min(times) for times in zip(*turns, strict=True))
    return [
        Row(f"gallery of {people:,} × {TEMPLATES} loaded", ours, "s"),
        Row(
            "gallery load / pipelined HMGET of the templates", ours / bare, "×", 1.5,
            f"{ours:.2f} against {bare:.2f} s, same client, which throws away what it reads",
        ),
        Row(
            "gallery load / the same HMGET, rows kept in a matrix", ours / kept, "×",
            note=f"{kept:.2f} s; neither finds out who is there nor makes centroids",
        ),
    ]  # fmt: skip


def _touch_memory(people: int) -> None:
    """Have the host of a virtual machine hand out the memory now: that takes it two seconds a
    gigabyte, and has nothing to do with what is measured."""
    np.empty((people * (TEMPLATES + 2), DIMENSION), dtype=np.float32).fill(1)


def _ours(store: RedisPeople) -> float:
    _touch_memory(store.count())
    begun = time.perf_counter()
    gallery = MemoryGallery(CONTRACT)
    gallery.load(store.entries(CONTRACT.digest), store.revision(), store.count())
    assert gallery.people == store.count()
    return time.perf_counter() - begun


def _bare(client: Client, people: int) -> float:
    begun = time.perf_counter()
    for _ in _read(client, people):
        pass
    return time.perf_counter() - begun


def _kept(client: Client, people: int) -> float:
    """What anything that is to match with them must do at least."""
    _touch_memory(people)
    begun = time.perf_counter()
    rows = np.empty((people * TEMPLATES, DIMENSION), dtype=np.float32)
    for number, values in enumerate(_read(client, people)):
        person = np.frombuffer(b"".join(values), dtype=np.float32)
        rows[number * TEMPLATES : (number + 1) * TEMPLATES] = person.reshape(TEMPLATES, -1)
    return time.perf_counter() - begun


def _read(client: Client, people: int) -> Iterator[list[bytes]]:
    fields = list(keys.VECTORS[:TEMPLATES])
    for start in range(0, people, AT_ONCE):
        pipeline = client.pipeline(transaction=False)
        for number in range(start, min(people, start + AT_ONCE)):
            pipeline.hmget(keys.person(rig.SITE, subject_of(number)), fields)
        yield from pipeline.execute()


# --- another process -----------------------------------------------------------


def _elsewhere(client: Client, folder: Path, people: int) -> list[Row]:
    """What a process sees that loads the gallery and follows it while people are registered."""
    store = RedisPeople(client, rig.SITE, SystemClock())
    command = [sys.executable, "-m", "tests.benchmarks.stores.gallery_process", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        lines = map(json.loads, process.stdout)
        loaded: dict[str, Any] = next(lines)
        waits = []
        for number in range(people, people + _NEWCOMERS):
            time.sleep(0.3)
            person, templates = _person(number, random_rows(1)[0])
            begun = time.monotonic()
            store.create(person, templates, store.revision())
            waits.append(_seen(lines, store.revision()) - begun)
        process.stdin.close()
    return [
        Row(
            "until another process knows a new person, slowest of 10", max(waits), "s", 1.0,
            f"median {median(waits):.3f} s, {people:,} people",
        ),
        Row(
            "memory of a loaded gallery / its matrices", loaded["grown"] / loaded["matrices"],
            "×", 1.3,
            f"{loaded['grown'] / 1e6:.0f} against {loaded['matrices'] / 1e6:.0f} MB; at its "
            f"highest while loading {loaded['highest'] / loaded['matrices']:.2f}",
        ),
    ]  # fmt: skip


def _seen(lines: Iterator[Any], revision: int) -> float:
    """When (monotonic, one clock for the whole machine) the other process had ``revision``."""
    return next(float(line["at"]) for line in lines if line["revision"] >= revision)


# --- people --------------------------------------------------------------------


def _drawn(chance: np.random.Generator) -> Any:  # noqa: ANN401
    rows = chance.standard_normal((AT_ONCE, TEMPLATES, DIMENSION), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=2, keepdims=True)
    return rows


def fill(client: Client, people: int, photos: Callable[[], Any]) -> None:
    """Straight into the hashes, as the store lays them out: a write script for each would
    take minutes, and it is not the writing that is measured. ``photos``: of the next AT_ONCE
    people, (AT_ONCE, T, D)."""
    for start in range(0, people, AT_ONCE):
        pipeline = client.pipeline(transaction=False)
        index: dict[Any, Any] = {}
        rows = photos()
        for number in range(start, min(people, start + AT_ONCE)):
            person, templates = _person(number, rows[number - start])
            pipeline.hset(
                keys.person(rig.SITE, person.subject), mapping=_fields(person, templates)
            )
            index[keys.indexed(person.id)] = person.subject
        pipeline.hset(keys.ids(rig.SITE), mapping=index)
        pipeline.execute()


def _fields(person: Person, templates: Iterable[Template]) -> dict[Any, Any]:
    vectors = template_codec.vector_fields(
        person_codec.Unsealed(), person.subject, list(templates)
    )
    return {keys.VERSION: 1, **person_codec.person_fields(person), **vectors}


def _person(number: int, rows: Any) -> tuple[Person, list[Template]]:  # noqa: ANN401
    infos = [TemplateInfo(n, View.FRONT, 0.9, CONTRACT.digest, _NOW) for n in range(len(rows))]
    person = Person(
        subject_of(number), f"id-{number}", f"Person {number}", group="Office",
        consent=Consent("I agree.", "1", _NOW), created_at=_NOW, updated_at=_NOW,
        templates=tuple(infos),
    )  # fmt: skip
    return person, [Template(info, row) for info, row in zip(infos, rows, strict=True)]


def subject_of(number: int) -> str:
    return f"{number:032x}"
