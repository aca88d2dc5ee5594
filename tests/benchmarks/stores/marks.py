"""Atomic, journalled marks a second, against the bare RPUSH they cannot do without."""

import tempfile
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from face_rec.clock import SystemClock
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.journey.marking.mark import DurableMarker
from face_rec.stores.attendance import event_codec
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.journal.journal import FileJournal
from tests.benchmarks.journey import rig
from tests.benchmarks.report.row import Row

_THREADS = 4


def run(quick: bool = False) -> list[Row]:
    """Four threads, everybody another person; Redis syncs each write in both cases."""
    count = 500 if quick else 3000
    with tempfile.TemporaryDirectory() as folder, rig.redis(Path(folder)) as client:
        journal = FileJournal(Path(folder) / "journal")
        marker = DurableMarker(
            RedisAttendance(client, rig.SITE), journal, SystemClock(), cooldown=lambda: 60.0
        )
        bare, ours = zip(
            *(
                (
                    _rate(lambda: client.rpush("bare", event_codec.encode(new_event())), count),
                    _rate(lambda: marker.mark(new_event()), count),
                )
                for _ in range(3)
            ),
            strict=True,
        )
        marker.close()
        journal.close()
    return [
        Row("marks a second, 4 threads, journalled and atomic", max(ours), "marks/s"),
        Row(
            "bare RPUSH a second / marks a second", max(bare) / max(ours), "×",
            note=f"{max(bare):,.0f} RPUSH/s with the same fsync, but no journal, no cooldown",
        ),
    ]  # fmt: skip


def _rate(work: Callable[[], object], count: int) -> float:
    """Times a second that ``work`` is done by all threads together."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(_THREADS) as pool:
        for done in [pool.submit(work) for _ in range(count)]:
            done.result()
    return count / (time.perf_counter() - begun)


def new_event() -> Event:
    """A mark of somebody whom nobody has seen before."""
    return Event(
        uuid.uuid4().hex, uuid.uuid4().hex, datetime.now(UTC), EventKind.PUNCH, Source.VIDEO,
        "main", 0.7, 0.3,
    )  # fmt: skip
