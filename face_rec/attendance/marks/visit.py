"""Visits: marks that a camera made of somebody who only stayed before it.

A short cooldown marks somebody who lingers every minute. Each of these marks is kept, but a
reader of the day sees one visit with a beginning and an end, as the pairing of the day does.
"""

import threading
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.marks.kept_marks import DayRead, EffectiveMarks, bounds, utc_days
from face_rec.kiosks.kiosk import KioskRecord

Stays = Mapping[str, int]
"""Minimum stay in minutes by kiosk; for others that of a kiosk without a record."""
_USUAL: Final = KioskRecord("").minimum_stay


@dataclass(frozen=True, slots=True)
class Visit:
    """One or more marks of one person at one kiosk, oldest first."""

    marks: tuple[Entry, ...]

    @property
    def first(self) -> Entry:
        return self.marks[0]

    @property
    def until(self) -> datetime:
        """The last time they were seen."""
        return self.marks[-1].event.at


def stays_of(kiosks: Iterable[KioskRecord]) -> Stays:
    return {kiosk.id: kiosk.minimum_stay for kiosk in kiosks}


def visits(marks: Iterable[Entry], stays: Stays) -> list[Visit]:
    """``marks`` (by time) as visits, by their beginning.

    A mark goes on with a visit if it counts the same way at the same kiosk and comes within the
    minimum stay of the mark before. PINs and entries by hand are meant, and stand alone.
    """
    begun: list[list[Entry]] = []
    open_: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in marks:
        event = entry.event
        key = (event.subject, event.kiosk, entry.kind.value)
        before = open_.get(key)
        if event.source.deliberate:
            begun.append([entry])
        elif before and event.at - before[-1].event.at < _stay(stays, event.kiosk):
            before.append(entry)
        else:
            open_[key] = [entry]
            begun.append(open_[key])
    return [Visit(tuple(some)) for some in begun]


def _stay(stays: Stays, kiosk: str) -> timedelta:
    return timedelta(minutes=stays.get(kiosk, _USUAL))


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """Visits of one day: ``all`` by their beginning, and those of each person."""

    all: Sequence[Visit] = ()
    own: Mapping[str, Sequence[Visit]] = field(default_factory=dict)

    def of(self, subject: str) -> Sequence[Visit]:
        return self.own.get(subject, ())

    def with_more(self, came: Iterable[Entry], stays: Stays) -> "Visits":
        """With marks that have come since, early ones too: only those whose they are have other
        visits now."""
        marks: dict[str, list[Entry]] = defaultdict(list)
        for entry in came:
            marks[entry.event.subject].append(entry)
        everything, own = list(self.all), dict(self.own)
        for subject, new in marks.items():
            before = self.of(subject)
            known = [entry for visit in before for entry in visit.marks]
            own[subject] = visits(sorted([*known, *new], key=_place), stays)
            for visit in before:
                del everything[bisect_left(everything, _begun(visit), key=_begun)]
            for visit in own[subject]:
                insort(everything, visit, key=_begun)
        return Visits(everything, own)


def by_person(found: Sequence[Visit]) -> Visits:
    """``found``: by their beginning."""
    own: dict[str, list[Visit]] = defaultdict(list)
    for visit in found:
        own[visit.first.event.subject].append(visit)
    return Visits(found, dict(own))


def _place(entry: Entry) -> tuple[datetime, str]:
    return entry.event.at, entry.event.id


def _begun(visit: Visit) -> tuple[datetime, str]:
    return _place(visit.first)


@dataclass(frozen=True, slots=True)
class _Known:
    """``read``: how long the lists were, and in which reading."""

    day: date
    stays: Stays
    read: Sequence[tuple[int, object]]
    visits: Visits

    def since(self, reads: Sequence[DayRead]) -> list[Entry] | None:
        """The marks that have come since; None if more has changed."""
        came: list[Entry] = []
        for read, before in zip(reads, self.read, strict=True):
            new = read.since(*before)
            if new is None:
                return None
            came += new
        return came


class KeptVisits:
    """The visits of the local day that was asked for last. When marks have come to it, those of
    their people are taken together anew; when anything else has changed, all are. Safe from any
    thread; may raise StoreUnavailable."""

    def __init__(self, standing: EffectiveMarks, zone: ZoneInfo) -> None:
        self._standing = standing
        self._zone = zone
        self._known: _Known | None = None
        self._lock = threading.Lock()

    def of(self, day: date, stays: Stays) -> Visits:
        start, end = bounds(day, day, self._zone)
        reads = self._standing.reads(utc_days(start, end))  # waits for the database
        with self._lock:
            known = self._known
            same = known is not None and (known.day, known.stays) == (day, stays)
            came = known.since(reads) if known is not None and same else None
            if known is not None and came is not None:
                new = [entry for entry in came if start <= entry.event.at < end]
                found = known.visits.with_more(new, stays) if new else known.visits
            else:
                every = (entry for read in reads for entry in read.found.marks)
                standing = (e for e in every if not e.voided and start <= e.event.at < end)
                found = by_person(visits(standing, stays))
            how_far = [(read.length, read.reading) for read in reads]
            self._known = _Known(day, stays, how_far, found)
            return found
