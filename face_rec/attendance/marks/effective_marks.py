"""What stands: the one reading of marks and their corrections, and the one cache of it.

Days, Records, files, Overview, kiosk list, review and the privacy export all take their marks
from here or from :func:`~face_rec.attendance.marks.effective_mark.entries`, so that none of them
can call a mark void that another one counts.
"""

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cachetools import LRUCache

from face_rec.attendance.marks.effective_mark import Entries, Entry, entries
from face_rec.protocols.marks import AttendanceStore

MOST_MARKS: Final = 100_000
"""So many marks are kept, some 75 MB where each has all its fields; a day that is larger by
itself is kept all the same, alone."""
_NOTHING: Final = Entries(())


class StandingMarks:
    """Entries by UTC day. Safe from any thread; may raise StoreUnavailable.

    A day is read again when its list has grown: lists are only ever appended to, so their
    length is the day's revision, and neither a late replay nor a correction needs a message.
    """

    def __init__(self, store: AttendanceStore, most: int = MOST_MARKS) -> None:
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
