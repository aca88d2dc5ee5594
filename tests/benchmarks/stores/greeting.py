"""What one greeting costs a large site beside the recognition: whether its person comes late, told
from a day on which tens of thousands have been marked already.

Run by the benchmark runner, or alone: ``python -m tests.benchmarks.stores.greeting [--quick]``.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final
from zoneinfo import ZoneInfo

from face_rec.attendance.cached_stores import Stores
from face_rec.attendance.marks.visit import KeptVisits, Stays
from face_rec.attendance.rules.shift import DEFAULT_ID, Shift
from face_rec.attendance.timesheets import Timesheets
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Person
from face_rec.stores.attendance import event_codec
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.people import person_codec
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from tests.benchmarks.journey import rig
from tests.benchmarks.report.row import Row
from tests.fakes.clock import FakeClock

ZONE: Final = ZoneInfo("Europe/Berlin")
NOW: Final = datetime(2024, 12, 31, 8, 20, tzinfo=UTC)
TIMES: Final = 40
MOST: Final = 10.0
"""ms of a core: "a few milliseconds" on a machine that is two to three times slower."""
_AT_ONCE: Final = 5_000


def run(quick: bool = False) -> list[Row]:
    """Half of the people have been marked within the last hour."""
    people = 10_000 if quick else 100_000
    with tempfile.TemporaryDirectory() as folder, rig.redis(Path(folder)) as client:
        _fill(client, people)
        clock = FakeClock(NOW)
        store = RedisAttendance(client, rig.SITE)
        stores = Stores(store, RedisPeople(client, rig.SITE, clock), RedisRules(client, rig.SITE))
        book = Timesheets(stores, clock, ZONE)
        today = book.today()
        book.visits(today)
        late, again, anew, corrected = [], [], [], []
        for number in range(TIMES):
            event = _event(people - 1 - number, NOW)
            store.apply(event, 0.0, replay=True)
            late.append(_cpu(partial(_late, book, event)))
            if number % 10 == 0:
                again.append(_cpu(lambda: book.visits(today)))
                store.apply(_voided(event), 0.0, replay=True)
                corrected.append(_cpu(lambda: book.visits(today)))
                anew.append(
                    _cpu(lambda: KeptVisits(book.sources.standing, ZONE).of(today, Stays()))
                )
    marks = f"{people:,} people, {people // 2:,} marks of today"
    note = f"{marks}; the first after a start {late[0]:.0f}"
    return [
        Row("CPU of “Late by …” in one greeting", median(late), "ms", MOST, note),
        Row(
            "CPU to list the day's visits anew after a mark", median(again), "ms",
            note=f"{median(anew):.0f} where all are grouped; for all screens together",
        ),
        Row("CPU to list the day's visits anew after a correction", median(corrected), "ms"),
    ]  # fmt: skip


def _late(book: Timesheets, event: Event) -> None:
    assert book.late_by(event) == 20 * 60


def _cpu(work: Callable[[], object]) -> float:
    """Milliseconds of this process."""
    before = time.process_time()
    work()
    return 1000 * (time.process_time() - before)


def _fill(client: Client, people: int) -> None:
    """Straight into hashes and list, as the stores lay them out: it is not the writing that is
    measured."""
    RedisRules(client, rig.SITE).put(
        Shift(DEFAULT_ID, "Day", clock_time(9), clock_time(17), late_grace=5)
    )
    for start in range(0, people, _AT_ONCE):
        pipeline = client.pipeline(transaction=False)
        for number in range(start, min(people, start + _AT_ONCE)):
            person = _person(number)
            fields: dict[Any, Any] = {keys.VERSION: 1, **person_codec.person_fields(person)}
            pipeline.hset(keys.person(rig.SITE, person.subject), mapping=fields)
        pipeline.execute()
    begun, half = NOW - timedelta(hours=1), people // 2
    for start in range(0, half, _AT_ONCE):
        events = (
            _event(number, begun + timedelta(hours=number / half))
            for number in range(start, min(half, start + _AT_ONCE))
        )
        client.rpush(keys.attendance(rig.SITE, NOW.date()), *map(event_codec.encode, events))


def _person(number: int) -> Person:
    joined = datetime(2023, 1, 1, tzinfo=UTC)
    group = f"Group {number % 200}"
    return Person(_subject(number), f"{number}", f"Person {number}", group, created_at=joined)


def _event(number: int, at: datetime) -> Event:
    return Event(
        f"{number:032x}", _subject(number), at, EventKind.PUNCH, Source.VIDEO, "main",
        score=0.6, margin=0.3, snapshot=f"{at.date()}/{number}.jpg", contract="c" * 16,
    )  # fmt: skip


def _voided(event: Event) -> Event:
    return replace(
        event, id=f"v{event.id[1:]}", kind=EventKind.VOID, source=Source.MANUAL, target=event.id,
        author="boss", reason="so", recorded_at=NOW,
    )  # fmt: skip


def _subject(number: int) -> str:
    return f"{number:032x}"


if __name__ == "__main__":
    for row in run("--quick" in sys.argv):
        sys.stdout.write(f"{row.name}: {row.value:.1f} {row.unit} ({row.note})\n")
