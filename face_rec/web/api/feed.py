"""``GET /api/v1/events``: what happens, as it happens, as Server-Sent Events (WHATWG HTML 9.2).

Each event has the notice's place in the outbox as its id, so that a program that was away goes on
where it was (``Last-Event-ID``): as far back as the outbox holds, some 100,000 notices.
"""

import json
import logging
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Final

import anyio
from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from face_rec.domain.errors import StoreUnavailable
from face_rec.notices.delivery import Entry
from face_rec.notices.notice import NoticeKind
from face_rec.notices.said import as_json
from face_rec.web.api.operation import Parts

log = logging.getLogger(__name__)

_PLACE: Final = re.compile(r"\d{1,20}-\d{1,20}")
_MOST: Final = 4
"""Streams of one token at the same time."""
_AT_ONCE: Final = 200
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
        if len(found) < _AT_ONCE:
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
        found = await to_thread.run_sync(parts.outbox.after, place, _AT_ONCE)
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
