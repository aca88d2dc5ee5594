"""Visits: marks that a camera made of somebody who only stayed before it.

A short cooldown marks somebody who lingers every minute. Each of these marks is kept, but a
reader of the day sees one visit with a beginning and an end, as the pairing of the day does.
"""

import threading
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from face_rec.attendance.marks.effective_marks import Entry, place
from face_rec.attendance.marks.kept_marks import DayRead, EffectiveMarks, Since, bounds, utc_days
from face_rec.attendance.rules.rule_version import versions
from face_rec.kiosks.kiosk import KioskRecord

_USUAL: Final = timedelta(minutes=KioskRecord("").minimum_stay)
_EVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stays:
    """Minimum stay by kiosk as it was on each day: since when (UTC) each holds, newest first. A
    kiosk that is not named has that of a kiosk without a record."""

    by_kiosk: Mapping[str, Sequence[tuple[datetime, timedelta]]] = field(default_factory=dict)

    def at(self, kiosk: str, moment: datetime) -> timedelta:
        held = self.by_kiosk.get(kiosk, ())
        return next((stay for since, stay in held if since <= moment), _USUAL)


def stays_of(kiosks: Iterable[KioskRecord], zone: ZoneInfo) -> Stays:
    """A kiosk's rules change with a day, which begins at midnight in ``zone``."""
    return Stays({kiosk.id: [_since(one, zone) for one in versions(kiosk)] for kiosk in kiosks})


def _since(version: KioskRecord, zone: ZoneInfo) -> tuple[datetime, timedelta]:
    day = version.valid_from
    since = bounds(day, day, zone)[0] if day else _EVER
    return since, timedelta(minutes=version.minimum_stay)


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


def visits(marks: Iterable[Entry], stays: Stays) -> list[Visit]:
    """``marks`` (by time) as visits, by their beginning.

    A mark goes on with a visit if it counts the same way at the same kiosk and comes within the
    minimum stay, as it was on its day, of the mark before. PINs and entries by hand are meant, and
    stand alone.
    """
    begun: list[list[Entry]] = []
    open_: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in marks:
        event = entry.event
        key = (event.subject, event.kiosk, entry.kind.value)
        before = open_.get(key)
        if event.source.deliberate:
            begun.append([entry])
        elif before and event.at - before[-1].event.at < stays.at(event.kiosk, event.at):
            before.append(entry)
        else:
            open_[key] = [entry]
            begun.append(open_[key])
    return [Visit(tuple(some)) for some in begun]


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
        for subject, new in marks.items():
            new += [entry for visit in self.of(subject) for entry in visit.marks]
        return self.regrouped(marks, stays)

    def regrouped(self, marks: Mapping[str, Iterable[Entry]], stays: Stays) -> "Visits":
        """With these ``marks``, in any order, for all of the people who are named."""
        everything, own = list(self.all), dict(self.own)
        for subject, every in marks.items():
            own[subject] = visits(sorted(every, key=place), stays)
            for visit in self.of(subject):
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


def _begun(visit: Visit) -> tuple[datetime, str]:
    return place(visit.first)


@dataclass(frozen=True, slots=True)
class _Known:
    """``read``: how long the lists were, and in which reading."""

    day: date
    stays: Stays
    read: Sequence[tuple[int, object]]
    visits: Visits

    def since(self, reads: Sequence[DayRead]) -> list[Since] | None:
        """What has changed in each of the lists; None where that is not known."""
        changes = [read.since(*before) for read, before in zip(reads, self.read, strict=True)]
        known = [one for one in changes if one is not None]
        return known if len(known) == len(changes) else None


@dataclass(frozen=True, slots=True)
class _Standing:
    """The marks that count from ``start`` to before ``end``."""

    reads: Sequence[DayRead]
    start: datetime
    end: datetime

    def all(self) -> Iterable[Entry]:
        every = (entry for read in self.reads for entry in read.found.marks)
        return (one for one in every if not one.voided and self._inside(one))

    def changed(self, before: Visits, changes: Iterable[Since], stays: Stays) -> Visits:
        """The visits of ``before`` after the ``changes``."""
        corrected = frozenset[str]().union(*(one.corrected for one in changes))
        came = [entry for one in changes for entry in one.came if self._inside(entry)]
        more = [entry for entry in came if entry.event.subject not in corrected]
        found = before.with_more(more, stays) if more else before
        return found.regrouped(self._of(corrected), stays) if corrected else found

    def _of(self, subjects: Iterable[str]) -> Mapping[str, Sequence[Entry]]:
        marks: dict[str, list[Entry]] = {subject: [] for subject in subjects}
        for entry in self.all():
            if entry.event.subject in marks:
                marks[entry.event.subject].append(entry)
        return marks

    def _inside(self, entry: Entry) -> bool:
        return self.start <= entry.event.at < self.end


class KeptVisits:
    """The visits of the local day that was asked for last. When marks of it have come or were
    corrected, those of their people are taken together anew; when anything else has changed, all
    are. Safe from any thread; may raise StoreUnavailable."""

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
            changes = known.since(reads) if known is not None and same else None
            standing = _Standing(reads, start, end)
            if known is not None and changes is not None:
                found = standing.changed(known.visits, changes, stays)
            else:
                found = by_person(visits(standing.all(), stays))
            how_far = [(read.length, read.reading) for read in reads]
            self._known = _Known(day, stays, how_far, found)
            return found
