"""Judged rows of closed days, kept until anything they depend on changes."""

import threading
from collections.abc import Hashable
from datetime import date

from cachetools import LRUCache

from face_rec.attendance.days.day_record import Days


class ClosedDays:
    """One row array a day, with the key it was judged under. Safe from any thread."""

    def __init__(self, days: int = 800) -> None:
        """``days``: how many are kept (a thousand people: 50 KB a day)."""
        self._kept: LRUCache[date, tuple[Hashable, Days]] = LRUCache(days)
        self._lock = threading.Lock()

    def get(self, day: date, key: Hashable) -> Days | None:
        """The rows, if they were judged under this very key."""
        with self._lock:
            known = self._kept.get(day)
        return known[1] if known is not None and known[0] == key else None

    def put(self, day: date, key: Hashable, rows: Days) -> None:
        with self._lock:
            self._kept[day] = (key, rows)

    @property
    def bytes(self) -> int:
        with self._lock:
            return sum(rows.nbytes for _, rows in self._kept.values())
