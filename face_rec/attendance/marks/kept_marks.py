"""Marks that stand, kept by UTC day; of a day that has grown, what came is read and no more."""

import threading
from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from operator import itemgetter
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from cachetools import LRUCache

from face_rec.attendance.marks.effective_marks import (
    Entries,
    Entry,
    entries,
    place,
    with_corrections,
)
from face_rec.domain.marks import CORRECTION_KINDS, Event, is_mark
from face_rec.protocols.marks import MarkReader

MOST_MARKS: Final = 100_000
"""So many marks are kept, some 75 MB where each has all its fields; but two days of any size, for
a local day lies in two UTC days nearly everywhere."""
READ_AGAIN: Final = 32
"""Entries that are read again with those that come: a database that has lost its last ones, in a
failover, has a list that goes on otherwise."""

T = TypeVar("T")
_NOTHING: Final = object()
"""Stands for each reading of an empty list."""


@dataclass(frozen=True, slots=True)
class Since:
    """What has changed of a day: marks that ``came``, and whose marks were ``corrected``, or who
    was held."""

    came: Sequence[Entry]
    corrected: frozenset[str]


@dataclass(slots=True)
class DayRead:
    """One UTC day as far as it was read: ``length`` entries of its list, the ``latest`` of them
    as they were. ``came``: marks that came since the list was ``whole`` long, ``corrected``: whose
    marks were corrected since, each with the length that it made; ``ids``: of all its events, once
    they are needed; ``reading``: one object for all that goes back to the same reading of the
    whole list. These are handed on from one to the next, and change while that is made only."""

    length: int
    found: Entries
    latest: list[Event | None]
    whole: int
    came: list[tuple[int, Entry]] = field(default_factory=list)
    corrected: list[tuple[int, str]] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    reading: object = field(default_factory=object)

    def since(self, length: int, reading: object) -> Since | None:
        """What has changed since the list was so long in that ``reading``; None if that is not
        known any more: a list that has lost its end in a failover may be as long again, with
        others in it."""
        if reading is not self.reading or not self.whole <= length <= self.length:
            return None
        came = _between(self.came, length, self.length)
        return Since(came, frozenset(_between(self.corrected, length, self.length)))

    def with_more(self, listed: Sequence[Event | None], length: int) -> "DayRead | None":
        """The same when the list is ``length`` long; ``listed``: its end, from the first of
        ``latest`` on. None if that is not the list that was read."""
        kept = len(self.latest)
        if listed[:kept] != self.latest or len(listed) - kept != length - self.length:
            return None
        latest, new = list(listed[-READ_AGAIN:]), list(enumerate(listed[kept:], self.length + 1))
        events = [(number, event) for number, event in new if event]
        found = self._after(events) if len(events) == len(new) else None
        if found is None:
            every = chain(_events_of(self.found), (event for _, event in events))
            return DayRead(length, entries(every), latest, length)
        return replace(self, length=length, found=found, latest=latest)

    def _after(self, new: Sequence[tuple[int, Event]]) -> Entries | None:
        """What stands after these, which are noted; None where all must be read together anew."""
        if self.found.orphans or not self._fresh([event for _, event in new]):
            return None
        came = [(n, Entry(e, e.kind)) for n, e in new if e.kind not in CORRECTION_KINDS]
        about = [(n, e) for n, e in new if e.kind in CORRECTION_KINDS]
        found = with_corrections(_with(self.found, came), [event for _, event in about])
        if found is not None:
            self.came += [(n, entry) for n, entry in came if is_mark(entry.kind)]
            self.corrected += [(n, event.subject) for n, event in new if not is_mark(event.kind)]
        return found

    def _fresh(self, new: Sequence[Event]) -> bool:
        """Whether none of these was there before; notes them."""
        self.ids = self.ids or {event.id for event in _events_of(self.found)}
        ids = {event.id for event in new}
        fresh = len(ids) == len(new) and self.ids.isdisjoint(ids)
        self.ids |= ids
        return fresh


def _between(noted: Sequence[tuple[int, T]], after: int, until: int) -> list[T]:
    first, last = (bisect_right(noted, length, key=itemgetter(0)) for length in (after, until))
    return [what for _, what in noted[first:last]]


def _events_of(found: Entries) -> Iterator[Event]:
    for entry in chain(found.marks, found.held):
        yield entry.event
        yield from entry.corrections
    yield from found.orphans


def _with(found: Entries, new: Iterable[tuple[int, Entry]]) -> Entries:
    marks, held = list(found.marks), list(found.held)
    for _, entry in new:
        insort(marks if is_mark(entry.kind) else held, entry, key=place)
    return replace(found, marks=tuple(marks), held=tuple(held))


class EffectiveMarks:
    """Entries by UTC day. Safe from any thread; may raise StoreUnavailable.

    Lists are only ever appended to, so their length is the day's revision, and neither a late
    replay nor a correction needs a message. When a list has grown, what came is read.
    """

    def __init__(self, store: MarkReader, most: int = MOST_MARKS) -> None:
        self._store = store
        self._kept: LRUCache[date, DayRead] = LRUCache(
            most, getsizeof=lambda kept: min(len(kept.found.marks), most // 2)
        )
        self._lock = threading.Lock()
        self._growing = threading.Lock()

    def days(self, utc_days: Sequence[date]) -> list[Entries]:
        """What stands on each of these UTC days, voided marks included."""
        return [read.found for read in self.reads(utc_days)]

    def reads(self, utc_days: Sequence[date]) -> list[DayRead]:
        """The same, with what has come to each."""
        lengths = self._store.lengths(utc_days)
        return [self.read(day, length) for day, length in zip(utc_days, lengths, strict=True)]

    def read(self, utc_day: date, length: int) -> DayRead:
        """The same for one day whose list is ``length`` long now, or somewhat longer."""
        if not length:
            self._forget(utc_day)  # were it as long again, it would pass for what it was
            return DayRead(0, Entries(()), [], 0, reading=_NOTHING)
        known = self._known(utc_day)
        if known is not None and known.length == length:
            return known
        if known is not None:
            with self._growing:
                return self._keep(utc_day, self._grown(utc_day, length))
        return self._keep(utc_day, self._whole(utc_day, length))

    def _known(self, utc_day: date) -> DayRead | None:
        with self._lock:
            return self._kept.get(utc_day)

    def _forget(self, utc_day: date) -> None:
        with self._lock:
            self._kept.pop(utc_day, None)

    def _keep(self, utc_day: date, made: DayRead) -> DayRead:
        with self._lock:
            self._kept[utc_day] = made
        return made

    def _grown(self, utc_day: date, length: int) -> DayRead:
        """One thread at a time; who waited may find that another one has read the day."""
        known = self._known(utc_day)
        if known is None:
            return self._whole(utc_day, length)
        if known.length > length:
            length = self._store.length(utc_day)
        if known.length == length:
            return known
        start = known.length - len(known.latest)
        grown = known.with_more(self._store.part(utc_day, start, length), length)
        return grown or self._whole(utc_day, length)

    def _whole(self, utc_day: date, length: int) -> DayRead:
        listed = self._store.part(utc_day, 0, length)
        found = entries(event for event in listed if event is not None)
        return DayRead(length, found, listed[-READ_AGAIN:], length)

    def local(self, first: date, last: date, zone: ZoneInfo, *, held: bool = False) -> list[Entry]:
        """All marks of the local days ``first`` to ``last``, voided ones too, by time; ``held``:
        and who was held."""
        start, end = bounds(first, last, zone)
        found = [
            entry
            for day in self.days(utc_days(start, end))
            for entry in chain(day.marks, day.held if held else ())
            if start <= entry.event.at < end
        ]
        return sorted(found, key=place)


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
