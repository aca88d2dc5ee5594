"""Events page by page: of each day it is kept where in its list which event stands, so that a page
reads its own events and no others."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
from cachetools import LRUCache

from face_rec.domain.marks import Event
from face_rec.protocols.marks import MarkReader

_BYTES: Final = 64 * 1024 * 1024
_AGAIN: Final = 8
"""Entries that are read again with those that come, to see that the list is the one it was."""
_AT_ONCE: Final = 20_000
_SPREAD: Final = 8
"""A page is read in one stretch of the list if that is at most so many times as long."""
_PLACES = np.dtype([("at", np.int64), ("who", np.int32), ("number", np.int32)])
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, eq=False)
class _Day:
    """``places``: by time, then id: when (microseconds), whose, and which number in the list.
    ``whose``: numbers of subjects. ``latest``: the last entries as they were."""

    length: int
    places: npt.NDArray[np.void]
    whose: dict[str, int]
    latest: tuple[Event | None, ...]


class AttendancePages:
    """Safe from any thread; may raise StoreUnavailable."""

    def __init__(self, reader: MarkReader, most: int = _BYTES) -> None:
        """``most``: bytes that are kept of days; 16 an event."""
        self._reader = reader
        self._days: LRUCache[date, _Day] = LRUCache(
            most, getsizeof=lambda day: min(day.places.nbytes + 1, most)
        )
        self._lock = threading.Lock()

    def events(
        self, start: datetime, end: datetime, after: str, subject: str | None
    ) -> Iterator[Event]:
        """Events with start ≤ at < end by time, then id, that stand behind ``after`` (see
        :func:`place`), of ``subject`` or of everybody (None); read as they are asked for."""
        begin = max(start, _time_of(after)) if after else start
        day, last = begin.astimezone(UTC).date(), end.astimezone(UTC).date()
        while day <= last:
            for event in self._of_day(day, begin, end, subject):
                if place(event) > after:
                    yield event
            day += timedelta(days=1)

    def _of_day(
        self, day: date, begin: datetime, end: datetime, subject: str | None
    ) -> Iterator[Event]:
        kept = self._day(day)
        first, last = np.searchsorted(kept.places["at"], [_micro(begin), _micro(end)])
        places = kept.places[first:last]
        if subject is not None:
            places = places[places["who"] == kept.whose.get(subject, -1)]
        numbers = places["number"]
        at_once = 100
        while len(numbers):
            yield from self._read(day, numbers[:at_once].tolist())
            numbers, at_once = numbers[at_once:], 500

    def _read(self, day: date, numbers: list[int]) -> Iterator[Event]:
        """The entries with these numbers, in this order."""
        low, high = min(numbers), max(numbers) + 1
        if high - low <= _SPREAD * len(numbers):
            part = self._reader.part(day, low, high)
            found = [part[n - low] if n - low < len(part) else None for n in numbers]
        else:
            found = [one for n in numbers for one in self._reader.part(day, n, n + 1)]
        return (event for event in found if event is not None)

    def _day(self, day: date) -> _Day:
        length = self._reader.length(day)
        with self._lock:
            known = self._days.get(day)
            if known is None or known.length != length:
                known = self._days[day] = self._grown(day, known, length)
            return known

    def _grown(self, day: date, known: _Day | None, length: int) -> _Day:
        if known is None or length < known.length:
            return self._with(day, _EMPTY, length)
        begin = known.length - len(known.latest)
        if tuple(self._reader.part(day, begin, known.length)) != known.latest:
            return self._with(day, _EMPTY, length)
        return self._with(day, known, length)

    def _with(self, day: date, known: _Day, length: int) -> _Day:
        """``known`` and the entries from its end to ``length``."""
        whose, rows, latest = dict(known.whose), [], known.latest
        for begin in range(known.length, length, _AT_ONCE):
            part = self._reader.part(day, begin, min(length, begin + _AT_ONCE))
            latest = (*latest, *part)[-_AGAIN:]
            rows += [
                (_micro(event.at), event.id, whose.setdefault(event.subject, len(whose)), number)
                for number, event in enumerate(part, begin)
                if event is not None
            ]
        rows.sort()
        new = np.array([(at, who, number) for at, _, who, number in rows], _PLACES)
        if len(np.intersect1d(new["at"], known.places["at"])):  # ids say which of them is first
            return self._with(day, _EMPTY, length)
        where = np.searchsorted(known.places["at"], new["at"])
        return _Day(length, np.insert(known.places, where, new), whose, latest)


_made: WeakKeyDictionary[MarkReader, AttendancePages] = WeakKeyDictionary()


def pages_of(reader: MarkReader) -> AttendancePages:
    """Those of this store; there is one, but for tests."""
    return _made.setdefault(reader, AttendancePages(reader))


_EMPTY: Final = _Day(0, np.empty(0, _PLACES), {}, ())


def place(event: Event) -> str:
    """Sorts by time, then id."""
    return f"{event.at.astimezone(UTC):{_TIME}}|{event.id}"


_TIME: Final = "%Y-%m-%dT%H:%M:%S.%f"


def _time_of(text: str) -> datetime:
    """The time in a place; the beginning of all where there is none, as in a cursor that somebody
    has made up."""
    try:
        return datetime.strptime(text.partition("|")[0], _TIME).replace(tzinfo=UTC)
    except ValueError:
        return _EPOCH


def _micro(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
