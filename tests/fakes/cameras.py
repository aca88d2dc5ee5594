"""What cameras rest on, in memory."""

from collections.abc import Iterable, Iterator
from datetime import date
from queue import Empty, SimpleQueue
from threading import Event

from face_rec.cameras.camera_health import CameraHealth
from face_rec.cameras.wall import NOTHING, Shot
from face_rec.domain.errors import RuleRefused
from face_rec.kiosks.kiosk import KioskRecord


class MemoryPlaces:
    """A ``Places``. ``refuses``: raise RuleRefused at the next write. ``since``: from when the
    last change holds."""

    def __init__(self, *records: KioskRecord) -> None:
        self.records = {one.id: one for one in records}
        self.refuses = False
        self.since: date | None = None

    def all(self) -> tuple[KioskRecord, ...]:
        return tuple(self.records[name] for name in sorted(self.records))

    def today(self) -> date:
        return date(2025, 3, 10)

    def create(self, record: KioskRecord) -> None:
        self._write(record)

    def save(self, record: KioskRecord, seen: KioskRecord, since: date | None) -> None:
        self.since = since
        self._write(record)

    def remove(self, seen: KioskRecord) -> None:
        if self.refuses:
            raise RuleRefused(("No.",))
        del self.records[seen.id]

    def _write(self, record: KioskRecord) -> None:
        if self.refuses:
            raise RuleRefused(("No.",))
        self.records[record.id] = record


class MemoryBoard:
    """A ``HealthBoard`` and a ``WallLine``: what is said stands for ever, and what is sent reaches
    whoever listens. ``looks``: everything that was looked at."""

    def __init__(self) -> None:
        self.healths: dict[str, CameraHealth] = {}
        self.looks: set[str] = set()
        self._sent: SimpleQueue[tuple[str, Shot]] = SimpleQueue()

    def say(self, health: CameraHealth) -> None:
        self.healths[health.camera] = health

    def said(self, cameras: list[str]) -> dict[str, CameraHealth]:
        return {one: self.healths[one] for one in cameras if one in self.healths}

    def look(self, cameras: Iterable[str]) -> None:
        self.looks.update(cameras)

    def looked_at(self, cameras: Iterable[str]) -> frozenset[str]:
        return frozenset(self.looks.intersection(cameras))

    def send(self, camera: str, shot: Shot) -> None:
        self._sent.put((camera, shot))

    def pictures(self, stopping: Event) -> Iterator[tuple[str, Shot]]:
        while not stopping.is_set():
            try:
                yield self._sent.get(timeout=0.05)
            except Empty:
                yield "", NOTHING
