"""Marks that stand: each with what managers said of it since; one reading, one cache.

Raw events are never changed. A correction is another event of the same UTC day's list, and what
stands is worked out here; neither the order of arrival nor a replay changes it, because
corrections are taken in the order in which they were made (``recorded_at``, then id). Days,
Records, files, Overview, kiosk list, review and the privacy export all take their marks from
here, so that none of them can call a mark void that another one counts.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cachetools import LRUCache

from face_rec.attendance.terms.status import Flag
from face_rec.domain.marks import CORRECTION_KINDS, Event, EventKind, Source, is_mark
from face_rec.protocols.marks import MarkReader


@dataclass(frozen=True, slots=True)
class Entry:
    """One mark as it stands: ``kind`` is what it counts as now."""

    event: Event
    kind: EventKind
    voided: bool = False
    confirmed: bool = False
    disputed: bool = False
    corrections: tuple[Event, ...] = ()

    @property
    def added(self) -> bool:
        """Whether a manager added it by hand."""
        return self.event.source is Source.MANUAL

    @property
    def state(self) -> int:
        """Its bits of :class:`Flag`."""
        corrected = self.added or self.kind is not self.event.kind
        return (Flag.CORRECTED if corrected else 0) | (Flag.DISPUTED if self.disputed else 0)


@dataclass(frozen=True, slots=True)
class Entries:
    """All marks of some days, by time. ``strangers`` are corrections whose
    punch is not among them."""

    marks: tuple[Entry, ...]
    strangers: tuple[Event, ...] = ()


def entries(events: Iterable[Event]) -> Entries:
    """What stands after all corrections."""
    corrections: dict[str, list[Event]] = defaultdict(list)
    marks = []
    for event in _distinct(events):
        if is_mark(event.kind):
            marks.append(event)
        else:
            corrections[event.target or ""].append(event)
    marks.sort(key=lambda event: (event.at, event.id))
    stood = tuple(_entry(mark, corrections.pop(mark.id, ())) for mark in marks)
    lost = sorted((e for some in corrections.values() for e in some), key=_made)
    return Entries(stood, tuple(lost))


def _distinct(events: Iterable[Event]) -> Iterable[Event]:
    """Every id once; of two different events under one id the earlier stands,
    whichever arrived first."""
    known: dict[str, Event] = {}
    for event in events:
        other = known.setdefault(event.id, event)
        if other is not event and _canonical(event) < _canonical(other):
            known[event.id] = event
    return known.values()


def _canonical(event: Event) -> tuple[datetime, str]:
    return event.at, repr(event)


def _made(event: Event) -> tuple[datetime, str]:
    return event.recorded_at or event.at, event.id


def _entry(mark: Event, corrections: Sequence[Event]) -> Entry:
    entry = Entry(mark, mark.kind)
    if not corrections:
        return entry
    ordered = tuple(sorted(corrections, key=_made))
    for one in ordered:
        entry = changed(entry, one.kind, one.becomes)
    return replace(entry, corrections=ordered)


def changed(entry: Entry, kind: EventKind, becomes: EventKind | None = None) -> Entry:
    """``entry`` as a correction of this ``kind`` leaves it, which is not noted in it."""
    makes = CORRECTION_KINDS[kind]
    return replace(
        entry,
        kind=becomes if makes.retypes and is_mark(becomes) else entry.kind,
        voided=entry.voided if makes.voided is None else makes.voided,
        confirmed=entry.confirmed if makes.confirmed is None else makes.confirmed,
        disputed=entry.disputed if makes.disputed is None else makes.disputed,
    )


MOST_MARKS: Final = 100_000
"""So many marks are kept, some 75 MB where each has all its fields; a day that is larger by
itself is kept all the same, alone."""
_NOTHING: Final = Entries(())


class EffectiveMarks:
    """Entries by UTC day. Safe from any thread; may raise StoreUnavailable.

    A day is read again when its list has grown: lists are only ever appended to, so their
    length is the day's revision, and neither a late replay nor a correction needs a message.
    """

    def __init__(self, store: MarkReader, most: int = MOST_MARKS) -> None:
        self._store = store
        self._kept: LRUCache[date, tuple[int, Entries]] = LRUCache(
            most, getsizeof=lambda kept: min(len(kept[1].marks), most)
        )
        self._lock = threading.Lock()

    def days(self, utc_days: Sequence[date]) -> list[Entries]:
        """What stands on each of these UTC days, voided marks included."""
        lengths = self._store.lengths(utc_days)
        return [self.day(day, length) for day, length in zip(utc_days, lengths, strict=True)]

    def day(self, utc_day: date, length: int, keep: bool = True) -> Entries:
        """The same for one day whose list is ``length`` long now; ``keep`` False for somebody
        who makes something smaller of it and keeps that."""
        if not length:
            return _NOTHING
        with self._lock:
            known = self._kept.get(utc_day)
        if known is not None and known[0] == length:
            return known[1]
        made = entries(self._store.day(utc_day))
        if keep:
            with self._lock:
                self._kept[utc_day] = (length, made)
        return made

    def local(self, first: date, last: date, zone: ZoneInfo) -> list[Entry]:
        """All marks of the local days ``first`` to ``last``, voided ones too, by time."""
        start, end = bounds(first, last, zone)
        found = [
            entry
            for day in self.days(utc_days(start, end))
            for entry in day.marks
            if start <= entry.event.at < end
        ]
        return sorted(found, key=lambda entry: (entry.event.at, entry.event.id))


def bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The UTC moments at which the local days ``first`` to ``last`` begin and end.

    Days of 23 and 25 hours come out right, because both ends are local midnights.
    """
    start = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def utc_days(start: datetime, end: datetime) -> list[date]:
    """The UTC days that hold the moments from ``start`` to just before ``end``."""
    first, last = start.astimezone(UTC).date(), (end - timedelta(microseconds=1)).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
