"""Appends to the journal in a long outage of Redis, against the first ones of the day."""

import gc
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import numpy as np

from face_rec.domain.marks import Event, EventKind, Source
from face_rec.stores.journal.journal import FileJournal
from tests.benchmarks.report.row import Row

_DAY = 400_000  # events of 100,000 people
_MEASURED = 2000


def run(quick: bool = False) -> list[Row]:
    """With a day of 100,000 people pending; processor time apart from that of the disk."""
    waiting = 40_000 if quick else _DAY
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        journal = FileJournal(Path(folder))
        first = _appended(journal, _MEASURED)
        with mock.patch("os.fsync"):  # filling up is not what is measured
            for _ in range(waiting):
                journal.append(_event())
        late = _appended(journal, _MEASURED)
        files = len(list(Path(folder).glob("*.jsonl")))
        journal.close()
        begun = time.perf_counter()
        again = FileJournal(Path(folder))
        seconds = time.perf_counter() - begun
        found = len(again.pending())
        again.close()
    assert found == waiting + 2 * _MEASURED
    return [
        Row(
            f"append at {waiting:,} pending / at none, processor time, p50",
            float(np.median(late[0]) / np.median(first[0])), "×", 1.5,
            note=f"{files} files",
        ),
        Row("… p99 with fsync", float(np.percentile(late[1], 99)) * 1000, "ms", 10),
        Row("… at none", float(np.percentile(first[1], 99)) * 1000, "ms"),
        Row(f"taking over {found:,} events that a dead process left", seconds, "s"),
    ]  # fmt: skip


def _appended(journal: FileJournal, count: int) -> tuple[list[float], list[float]]:
    """Seconds of processor and of wall clock of each append."""
    gc.collect()
    cpu, wall = [], []
    for event in [_event() for _ in range(count)]:
        cpu_begun, begun = time.thread_time(), time.perf_counter()
        journal.append(event)
        wall.append(time.perf_counter() - begun)
        cpu.append(time.thread_time() - cpu_begun)
    return cpu, wall


def _event() -> Event:
    return Event(
        uuid.uuid4().hex, uuid.uuid4().hex, datetime.now(UTC) - timedelta(hours=1),
        EventKind.PUNCH, Source.VIDEO, "main", 0.7, 0.3, None,
        f"marks/2026/{uuid.uuid4().hex}.jpg",
    )  # fmt: skip
