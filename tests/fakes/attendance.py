"""Attendance and journal in memory, held to the same contract tests as the real ones."""

import math
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, timedelta

from face_rec.domain.errors import JournalError, StoreUnavailable
from face_rec.domain.marks import Event, Outcome, Receipt, is_mark
from face_rec.stores.attendance import event_codec, usual_lines


class FakeAttendance:
    """An ``AttendanceStore`` without Redis. Set ``available`` to False for an outage."""

    def __init__(self) -> None:
        self.available = True
        self.broken: dict[date, list[str]] = defaultdict(list)
        self._days: dict[date, list[Event]] = defaultdict(list)
        self._lock = threading.Lock()

    def apply(self, event: Event, cooldown: float, replay: bool = False) -> Receipt:
        self._check()
        with self._lock:
            day = self._days[_utc_day(event)]
            if any(known.id == event.id for known in day):
                return Receipt(event, Outcome.REPEATED)
            standing = self._standing(event, timedelta(seconds=cooldown))
            if standing is not None:
                return Receipt(event, Outcome.ALREADY, standing)
            day.append(event)
            return Receipt(event, Outcome.MARKED)

    def day(self, utc_day: date) -> list[Event]:
        self._check()
        with self._lock:
            return list(self._days.get(utc_day, []))

    def part(self, utc_day: date, start: int, end: int) -> list[Event | None]:
        broken = [None for _ in self.broken.get(utc_day, [])]
        return [*self.day(utc_day), *broken][start:end]

    def raw(self, utc_day: date, start: int, end: int) -> list[bytes]:
        """As the real one has them, so that what reads them is tried."""
        found = self.part(utc_day, start, end)
        return [b"none" if event is None else event_codec.encode(event) for event in found]

    glance = staticmethod(usual_lines.parts)

    def marked(self, subject: str) -> list[date]:
        self._check()
        with self._lock:
            days = self._days.items()
            return sorted(day for day, es in days if any(e.subject == subject for e in es))

    def all(self) -> list[Event]:
        """Of all days, sorted by time."""
        self._check()
        with self._lock:
            events = [event for day in self._days.values() for event in day]
        return sorted(events, key=lambda e: e.at)

    def length(self, utc_day: date) -> int:
        return self.lengths([utc_day])[0]

    def lengths(self, utc_days: Sequence[date]) -> list[int]:
        self._check()
        with self._lock:
            return [len(self._days.get(d, [])) + len(self.broken.get(d, [])) for d in utc_days]

    def missing(self, events: Sequence[Event]) -> list[Event]:
        return [e for e in events if e.id not in {known.id for known in self.day(_utc_day(e))}]

    def malformed(self, utc_day: date) -> list[str]:
        self._check()
        return list(self.broken.get(utc_day, []))

    def _check(self) -> None:
        if not self.available:
            raise StoreUnavailable("The fake store was switched off. Switch it on.")

    def _standing(self, event: Event, least: timedelta) -> datetime | None:
        """The subject's newest mark within the cooldown of the event's own time."""
        marks = [
            known.at
            for day in self._days.values()
            for known in day
            if known.subject == event.subject and is_mark(known.kind)
        ]
        near = [at for at in marks if abs(event.at - at) < least]
        return max(near, default=None) if is_mark(event.kind) else None


class FakeOffering:
    """An ``Offering`` of a process that is alone."""

    def __init__(self) -> None:
        self._days: frozenset[date] | None = None

    def turn(self) -> AbstractContextManager[bool]:
        return nullcontext(True)

    def begin(self, days: Iterable[date] = ()) -> None:
        self._days = (self._days or frozenset()) | set(days)

    def unsaid(self) -> frozenset[date] | None:
        return self._days

    def said(self) -> None:
        self._days = None


class FakeJournal:
    """A ``Journal`` without a disk. Set ``full`` to True for a full disk."""

    def __init__(self) -> None:
        self.full = False
        self.aside: dict[str, str] = {}
        """What was set aside: reason by event id."""
        self.left: list[Event] = []
        """What a process left that died."""
        self._pending: dict[str, Event] = {}
        self._kept: list[Event] = []
        self.offering = FakeOffering()
        self._lock = threading.Lock()

    def append(self, event: Event) -> None:
        self.check()
        with self._lock:
            self._pending[event.id] = event

    def check(self) -> None:
        if self.full:
            raise JournalError("The fake disk is full. Make room.")

    def settle(self, event_id: str, *, void: bool = False) -> None:
        with self._lock:
            event = self._pending.pop(event_id, None)
            if event is not None and not void:
                self._kept.append(event)

    def kept(self, within: float = math.inf) -> Iterator[Event]:
        return iter(list(self._kept))

    def set_aside(self, event_id: str, reason: str) -> None:
        self.check()
        with self._lock:
            if self._pending.pop(event_id, None) is not None:
                self.aside[event_id] = reason

    def pending(self) -> list[Event]:
        self.adopt()
        with self._lock:
            return list(self._pending.values())

    def adopt(self) -> list[Event]:
        with self._lock:
            found, self.left = self.left, []
            self._pending.update((event.id, event) for event in found)
            return found


def _utc_day(event: Event) -> date:
    return event.at.astimezone(UTC).date()
