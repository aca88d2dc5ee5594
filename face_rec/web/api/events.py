"""Events page by page: of each day it is kept where in its list which event stands, so that a page
reads its own events and no others."""

import json
import logging
import re
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

import anyio
import numpy as np
import numpy.typing as npt
from anyio import to_thread
from cachetools import LRUCache
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.marks import Event
from face_rec.notices.delivery import Entry
from face_rec.notices.notice import NoticeKind
from face_rec.notices.said import as_json
from face_rec.protocols.marks import MarkReader
from face_rec.web.api.operation import Parts

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


# ``GET /api/v1/events``: what happens, as it happens, as Server-Sent Events (WHATWG HTML 9.2).
#
# Each event has the notice's place in the outbox as its id, so that a program that was away goes
# on where it was (``Last-Event-ID``): as far back as the outbox holds, some 100,000 notices.

log = logging.getLogger(__name__)

_PLACE: Final = re.compile(r"\d{1,20}-\d{1,20}")
_MOST: Final = 4
"""Streams of one token at the same time."""
_SENT_AT_ONCE: Final = 200
_EVERY: Final = 1.0
_QUIET: Final = 15
"""Looks without an event after which a comment says that the line is alive."""
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_UNTOLD: Final = frozenset({NoticeKind.TEST, NoticeKind.REPORT})
_open: Counter[str] = Counter()


async def feed(request: Request, parts: Parts) -> Response:
    """Raises HTTPException 400, 429, and StoreUnavailable."""
    bearer = request.headers.get("authorization", "").partition(" ")[2].strip()
    name = bearer.partition(".")[0]
    place = request.headers.get("last-event-id") or request.query_params.get("after", "")
    if place and not _PLACE.fullmatch(place):
        raise HTTPException(400, "Last-Event-ID is one that was sent here, like 1732600000000-0.")
    begin = place or await to_thread.run_sync(parts.outbox.newest)
    if _open[name] >= _MOST:
        raise HTTPException(429, f"This token has {_MOST} streams open. Close one first.")
    return StreamingResponse(
        _counted(name, _events(parts, bearer, begin)), 200, _HEADERS, "text/event-stream"
    )


async def _counted(name: str, lines: AsyncIterator[str]) -> AsyncIterator[str]:
    _open[name] += 1
    try:
        async for line in lines:
            yield line
    finally:
        _open[name] -= 1


async def _events(parts: Parts, bearer: str, place: str) -> AsyncIterator[str]:
    """Ends when the token does: the program is refused when it comes back."""
    yield "retry: 3000\n\n"
    quiet = 0
    while await _good(parts, bearer):
        found, lines = await _found(parts, place)
        for line in lines:
            yield line
        place = found[-1].number if found else place
        quiet = 0 if found else quiet + 1
        if quiet >= _QUIET:
            quiet = 0
            yield ": alive\n\n"
        if len(found) < _SENT_AT_ONCE:
            await anyio.sleep(_EVERY)


async def _good(parts: Parts, bearer: str) -> bool:
    """Whether the token is still one; while the database is away nothing is told anyway."""
    try:
        return await to_thread.run_sync(parts.valid, bearer)
    except StoreUnavailable:
        return True


async def _found(parts: Parts, place: str) -> tuple[list[Entry], list[str]]:
    """Nothing while the database is away; it goes on where it was."""
    try:
        found = await to_thread.run_sync(parts.outbox.after, place, _SENT_AT_ONCE)
        return found, await to_thread.run_sync(_lines, parts, found)
    except StoreUnavailable:
        return [], []


def _lines(parts: Parts, found: Sequence[Entry]) -> list[str]:
    told = [entry for entry in found if entry.notice.kind not in _UNTOLD]
    people = parts.people.many(sorted({e.notice.subject for e in told if e.notice.subject}))
    return [
        f"id: {entry.number}\nevent: {entry.notice.kind.value}\n"
        f"data: {json.dumps(as_json(entry.notice, people.get(entry.notice.subject)))}\n\n"
        for entry in told
    ]
