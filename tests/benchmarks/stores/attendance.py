"""How long the attendance book takes: a thousand people, a year, four punches a day.

Run by the benchmark runner, or alone: ``python -m tests.benchmarks.stores.attendance [--quick]``.
"""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from zoneinfo import ZoneInfo

from redis import Redis

from face_rec.attendance.cached_stores import Stores, days_between
from face_rec.attendance.reports.reports import Wanted, make, written
from face_rec.attendance.rule_service import RuleService
from face_rec.attendance.rules.roster import Assignment
from face_rec.attendance.rules.shift import DEFAULT_ID, Counting, Shift
from face_rec.attendance.terms.filters import EVERYBODY
from face_rec.attendance.timesheets import Timesheets
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Person
from face_rec.stores.attendance import event_codec
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from tests import redis_servers
from tests.benchmarks.report.row import Row
from tests.fakes.clock import FakeClock

SITE = "bench"
ZONE = ZoneInfo("Europe/Berlin")
LAST = date(2024, 12, 31)
NOW = datetime(2024, 12, 31, 11, 30, tzinfo=UTC)
TIMES = (clock_time(8, 50), clock_time(12, 0), clock_time(12, 45), clock_time(17, 5))


def run(quick: bool = False) -> list[Row]:
    """All numbers; ``quick`` with a hundred people and a quarter of a year."""
    people, days = (100, 90) if quick else (1000, 366)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "redis").mkdir()
        with redis_servers.standalone(Path(folder) / "redis") as server:
            client = server.client()
            size = _fill(client, people, days)
            return _measure(client, Path(folder) / "cache", size, days)


def _measure(client: Redis, folder: Path, size: int, days: int) -> list[Row]:
    first = LAST - timedelta(days=days - 1)
    month = (date(2024, 11, 1), date(2024, 11, 30))
    cold = _book(client, folder)
    someone = "s0001"
    rows = [
        Row("events", size, "events"),
        _timed("muster of a month, cold", lambda: _muster(cold, *month), note="nothing cached"),
        _timed("muster of a month", lambda: _muster(cold, *month), 1.0, "warm"),
        _timed(
            "person year, cold", lambda: cold.person(someone, first, LAST), note="reads every day"
        ),
        _timed("person year", lambda: cold.person(someone, first, LAST), 0.3, "warm"),
        _timed("overview of a day", lambda: cold.day(LAST), 0.2, "warm, today"),
    ]
    restarted = _book(client, folder)
    rows += [
        _timed(
            "muster of a month, restarted", lambda: _muster(restarted, *month), note="from disk"
        ),
        _timed("overview of a day, restarted", lambda: restarted.day(LAST), note="from disk"),
    ]
    rows += _after_a_mark(client, cold) + _others(client, cold, month)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    files = sum(file.stat().st_size for file in folder.rglob("*.day"))
    return [
        *rows,
        Row("caches in memory", cold.bytes / 1e6, "MB"),
        Row("cache on disk", files / 1e6, "MB"),
        Row("process, highest", peak, "MB", note="with the events made for this test"),
    ]


def _after_a_mark(client: Redis, book: Timesheets) -> list[Row]:
    store = RedisAttendance(client, SITE)
    late = Event(
        "late",
        "s0001",
        datetime(2024, 11, 15, 9, tzinfo=UTC),
        EventKind.PUNCH,
        Source.VIDEO,
        "main",
    )
    store.apply(late, 0.0, replay=True)
    month = (date(2024, 11, 1), date(2024, 11, 30))
    replayed = _timed(
        "muster after a late replay", lambda: _muster(book, *month), note="one day re-read"
    )
    store.apply(
        Event("now", "s0001", NOW, EventKind.PUNCH, Source.VIDEO, "main"), 0.0, replay=True
    )
    return [
        replayed,
        _timed("overview after a new mark", lambda: book.day(LAST), 0.2, "today re-read"),
    ]


def _others(client: Redis, book: Timesheets, month: tuple[date, date]) -> list[Row]:
    rules = RedisRules(client, SITE)
    service = RuleService(rules, book)
    strict = Shift(DEFAULT_ID, "Day", late_grace=0, counting=Counting.EVERY_PAIR)
    report = make(book, Wanted("muster", *month, EVERYBODY))
    return [
        _timed("rule preview of a month", lambda: service.preview([strict], *month)),
        _timed("muster as CSV", lambda: written(report, ".csv")),
        _timed("muster as XLSX", lambda: written(report, ".xlsx")),
        _timed("muster as PDF", lambda: written(report, ".pdf")),
    ]


def _muster(book: Timesheets, first: date, last: date) -> object:
    return make(book, Wanted("muster", first, last, EVERYBODY))


def _timed(
    name: str, work: Callable[[], object], target: float | None = None, note: str = ""
) -> Row:
    started = time.perf_counter()
    work()
    return Row(name, time.perf_counter() - started, "s", target, note)


def _book(client: Redis, folder: Path) -> Timesheets:
    clock = FakeClock(NOW)
    stores = Stores(
        RedisAttendance(client, SITE),
        RedisPeople(client, SITE, clock),
        RedisRules(client, SITE),
        folder,
    )
    return Timesheets(stores, clock, ZONE)


def _fill(client: Redis, people: int, days: int) -> int:
    """Write people and events; straight into the lists, since it is not the
    writing that is measured. Returns the number of events."""
    clock = FakeClock(NOW)
    store = RedisPeople(client, SITE, clock)
    joined = datetime(2023, 1, 1, tzinfo=UTC)
    for number in range(people):
        person = Person(
            f"s{number:04d}",
            f"{number}",
            f"Person {number}",
            f"Group {number % 8}",
            created_at=joined,
        )
        store.create(person, (), store.revision())
    rules = RedisRules(client, SITE)
    rules.put(
        Shift(DEFAULT_ID, "Day", days=frozenset(range(7)), unpaid_break=30, overtime_after=480)
    )
    rules.put(
        Shift("early", "Early", clock_time(6), clock_time(14)),
        Assignment("a", "early", group="Group 7"),
    )
    chance, total = random.Random(4), 0
    for day in days_between(LAST - timedelta(days=days - 1), LAST):
        texts = [
            event_codec.encode(_event(day, n, which, chance))
            for n in range(people)
            for which in range(4)
        ]
        total += int(client.rpush(keys.attendance(SITE, day), *texts))
    return total


def _event(day: date, number: int, which: int, chance: random.Random) -> Event:
    at = datetime.combine(day, TIMES[which], ZONE).astimezone(UTC)
    at += timedelta(seconds=chance.randrange(-900, 900))
    identity = f"{day:%Y%m%d}{number:04d}{which}{chance.getrandbits(48):012x}"
    return Event(
        identity, f"s{number:04d}", at, EventKind.PUNCH, Source.VIDEO, "main",
        score=0.5 + chance.random() / 3, margin=0.3,
        snapshot=f"{day}/{identity}.jpg", contract="c" * 16,
    )  # fmt: skip


if __name__ == "__main__":
    for row in run(quick="--quick" in sys.argv):
        target = f"  (target {row.target})" if row.target is not None else ""
        print(f"{row.name:34} {row.value:12.3f} {row.unit:7}{target}  {row.note}")
