"""Attendance events in Redis, and of days that have left it in the archive: one reads as the
other."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from face_rec.domain.errors import ArchiveAway
from face_rec.domain.marks import Event
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.left.left_days import LeftDays, ids_of
from face_rec.stores.redis.client import redis_errors


class ArchivedAttendance(RedisAttendance):
    """An ``AttendanceStore``. Of a day that is in Redis nothing is asked but Redis."""

    def __init__(self, left: LeftDays, *arguments: Any, **more: Any) -> None:  # noqa: ANN401
        """``left``, and what :class:`RedisAttendance` takes."""
        super().__init__(*arguments, **more)
        self._left = left

    @redis_errors()
    def lengths(self, utc_days: Sequence[date]) -> list[int]:
        found = super().lengths(utc_days)
        empty = [day for day, length in zip(utc_days, found, strict=True) if not length]
        left = self._left.where(empty)
        return [
            left[day].length if day in left else length
            for day, length in zip(utc_days, found, strict=True)
        ]

    def missing(self, events: Sequence[Event]) -> list[Event]:
        """What lies in the archive is not missing; while that cannot be said, it is, so that no
        event of another day waits for the archive: the same one is not taken twice."""
        gone = super().missing(events)
        left = self._left.where(sorted({event.utc_day for event in gone}))
        there: set[str] = set()
        for day in left:
            with suppress(ArchiveAway):
                there.update(ids_of(self._left.entries(day)))
        return [event for event in gone if event.id not in there]

    def _listed(self, utc_day: date, start: int, end: int) -> list[bytes]:
        found = super()._listed(utc_day, start, end)
        if found or end <= start or not self._left.where([utc_day]):
            return found
        return list(self._left.entries(utc_day)[start:end])

    def _entries(self, days: Sequence[date]) -> list[list[bytes]]:
        found = super()._entries(days)
        left = self._left.where([d for d, some in zip(days, found, strict=True) if not some])
        return [
            self._left.entries(day) if day in left else some
            for day, some in zip(days, found, strict=True)
        ]

    def _come_back(self, utc_day: date) -> None:
        self._left.bring_back(utc_day)
