"""What an office asks for, at three sizes of a site: CPU seconds of the process that answers, so
that a busy machine makes them no longer than an idle one.

Each size is measured by a process of its own, because memory is part of the answer. Up to
10,000 people everybody has four marks on each day of the month; of 100,000 people a week of those
are made, because filling a database with more takes longer than anybody waits: their musters have
as many rows, and read fewer marks. ``python -m tests.benchmarks --only scale``, or one size alone:
``python -m tests.benchmarks.stores.scale 10000``.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from redis import Redis

from face_rec.assembly.storage.services import open_service
from face_rec.attendance.attendance_service import AttendanceService
from face_rec.attendance.cached_stores import Stores
from face_rec.attendance.days.today import listed, overview
from face_rec.attendance.reports.reports import Wanted, make, written
from face_rec.attendance.terms.filters import EVERYBODY
from face_rec.domain.people import Contract, GalleryEntry
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.people.people_store import RedisPeople
from pages.ui.shared.people_index import people_index
from tests import redis_servers
from tests.benchmarks.report import process
from tests.benchmarks.report.row import Row
from tests.benchmarks.stores import generated_site as site
from tests.fakes.clock import FakeClock

SIZES: Final = (1_000, 10_000, 100_000)
_AIMS: Final[dict[str, tuple[float, float, float]]] = {
    "overview of today, warm": (0.1, 0.15, 0.3),
    "muster of the month, warm": (0.1, 0.5, 3.0),
    "muster of the month, cold": (1.0, 5.0, 40.0),
    "a person's year, warm": (0.1, 0.1, 0.2),
    "People, search as typed": (0.1, 0.15, 0.3),
}
_SEARCHES: Final = ("m", "mü", "mulle", "muller 7", "000123", "group 00", "nobody at all")
_MARKS: Final = 5
_DIMENSION: Final = 512


def run(quick: bool = False) -> list[Row]:
    """Quick mode has the smallest size alone."""
    return [row for size in (SIZES[:1] if quick else SIZES) for row in _apart(size)]


def _apart(size: int) -> list[Row]:
    command = [sys.executable, "-m", __name__, str(size), "--json"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [Row(**row) for row in json.loads(answer.splitlines()[-1])]


def measured(size: int) -> list[Row]:
    """All rows of one size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "redis").mkdir()
        with redis_servers.standalone(folder / "redis") as server:
            client = server.client()
            filled = site.fill(client, size, _dense(size))
            rows = Office(client, folder / "cache").rows()
    aims = {what: aim[SIZES.index(size)] for what, aim in _AIMS.items() if size in SIZES}
    events = f"{filled.events:,} events"
    rows = [replace(row, target=aims.get(row.name, row.target)) for row in rows]
    return [replace(row, name=f"{size:,} people: {row.name}") for row in rows] + [
        Row(f"{size:,} people: events", filled.events, "", note=events)
    ]


def _dense(size: int) -> date:
    return site.MONTH - timedelta(days=2) if size <= SIZES[1] else site.TODAY - timedelta(days=6)


class Office:
    """One site that is asked; each of its methods is some lines of the table."""

    def __init__(self, client: Redis, folder: Path) -> None:
        self._client = client
        self._folder = folder
        self._clock = FakeClock(site.NOW)
        self._chance = random.Random(1)
        self._people = RedisPeople(client, site.SITE, self._clock)
        self._marks = RedisAttendance(client, site.SITE)
        self._service = self._opened()

    def rows(self) -> list[Row]:
        before = process.resident()
        rows = [
            _timed("everybody read", self._people.everybody),
            *self._overviews(), *self._musters(), *self._person(), *self._search(),
            _timed("one person changed: everybody", self._changed),
            _timed("one person changed: overview", self._overview),
            _timed("one person changed: search", partial(self._find, "mü")),
        ]  # fmt: skip
        held = (process.resident() - before) / 1e6
        highest = process.highest() / 1e6
        restarted = self._after_a_start()
        return [
            *rows, *restarted, *self._files(),
            Row("memory, all loaded", held, "MB", note=f"at its highest {highest:,.0f} MB"),
            self._process(),
        ]  # fmt: skip

    # --- lines

    def _process(self) -> Row:
        """With the gallery of everybody. Redis is emptied first, so that one machine holds it."""
        people = self._people.count()
        self._client.flushall()
        gallery = MemoryGallery(Contract("bench", _DIMENSION))
        gallery.load(_photos(people), 1, people)
        total, highest = process.resident() / 1e6, process.highest() / 1e6
        note = (
            f"{gallery.nbytes / 1e6:,.0f} MB of it the gallery; at its highest {highest:,.0f} MB"
        )
        return Row("memory of the process, with 3 templates each", total, "MB", note=note)

    def _overviews(self) -> list[Row]:
        rows = [
            _timed("overview of today, cold", self._overview),
            _timed("overview of today, again in the minute", self._overview),
        ]
        self._clock.advance(60)
        rows.append(_timed("overview of today, warm", self._overview, "in a new minute"))
        return [*rows, self._after_marks("overview of today, after a mark", self._overview)]

    def _musters(self) -> list[Row]:
        rows = [_timed("muster of the month, cold", self._muster, "nothing kept yet")]
        self._clock.advance(60)
        return [
            *rows,
            _timed("muster of the month, warm", self._muster, "in a new minute"),
            self._after_marks("muster of the month, after a mark", self._muster),
        ]

    def _person(self) -> list[Row]:
        days = partial(self._service.timesheets.person, site.subject_of(1), site.YEAR, site.TODAY)
        return [
            _timed("a person's year, cold", days, "the month is read already"),
            _timed("a person's year, warm", days),
            self._after_marks("a person's year, after a mark", days),
        ]

    def _search(self) -> list[Row]:
        cold = _timed("People, search, the first", partial(self._find, "zoe"))
        times = [_cpu(partial(self._find, text)) for text in _SEARCHES]
        return [cold, Row("People, search as typed", max(times), "s", note="the slowest of 7")]

    def _files(self) -> list[Row]:
        wanted = Wanted("muster", site.MONTH, site.TODAY, EVERYBODY)
        report = make(self._service.timesheets, wanted)
        return [
            _timed(f"muster as {suffix[1:].upper()}", partial(written, report, suffix))
            for suffix in ((".csv", ".xlsx", ".pdf") if len(report.frame) <= 10_000 else (".csv",))
        ]

    def _after_a_start(self) -> list[Row]:
        self._people = RedisPeople(self._client, site.SITE, self._clock)
        self._service = self._opened()
        return [
            _timed("overview of today, after a start", self._overview),
            _timed("muster of the month, after a start", self._muster, "days kept on disk"),
        ]

    def _after_marks(self, name: str, ask: Callable[[], object]) -> Row:
        """The slowest of some marks, in the same minute."""
        times = []
        for _ in range(_MARKS):
            number = self._chance.randrange(2, self._people.count())
            at = self._clock.now() - timedelta(seconds=self._chance.randrange(60))
            self._marks.apply(site.mark(number, at, self._chance), 0.0, replay=True)
            times.append(_cpu(ask))
        return Row(name, max(times), "s", note=f"the slowest of {_MARKS}")

    # --- questions

    def _opened(self) -> AttendanceService:
        rules = RedisRules(self._client, site.SITE)
        stores = Stores(self._marks, self._people, rules, self._folder)
        return open_service(stores, self._marks, rules, self._clock, site.ZONE)

    def _overview(self) -> object:
        """As the page asks for it."""
        sheets, today = self._service.timesheets, site.TODAY
        day = partial(sheets.table, today, today, EVERYBODY)
        table = self._service.answers.of_days("today", today, today, EVERYBODY, day)
        return overview(table), listed(table, "In")

    def _muster(self) -> object:
        wanted = Wanted("muster", site.MONTH, site.TODAY, EVERYBODY)
        report = partial(make, self._service.timesheets, wanted)
        return self._service.answers.of_days("report", site.MONTH, site.TODAY, wanted, report)

    def _find(self, text: str) -> object:
        return people_index(self._people).find(text)

    def _changed(self) -> object:
        person = self._people.get(site.subject_of(5))
        assert person is not None
        self._people.update(replace(person, name=f"{person.name} x"))
        return self._people.everybody()


def _photos(people: int) -> Iterator[GalleryEntry]:
    chance = np.random.default_rng(1)
    for number in range(people):
        rows = chance.standard_normal((3, _DIMENSION), np.float32)
        yield GalleryEntry(
            site.subject_of(number), rows / np.linalg.norm(rows, axis=1, keepdims=True)
        )


def _timed(name: str, work: Callable[[], object], note: str = "") -> Row:
    return Row(name, _cpu(work), "s", note=note)


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    found = measured(int(sys.argv[1]))
    if "--json" in sys.argv:
        print(json.dumps([asdict(row) for row in found]))
    else:
        for row in found:
            print(f"{row.name:52} {row.value:12.3f} {row.unit:4} ≤ {row.target}  {row.note}")
