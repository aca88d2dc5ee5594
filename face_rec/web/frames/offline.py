"""``POST /offline?kiosk=NAME``: one still that the kiosk took while the server was away.

The body is sealed as :mod:`face_rec.kiosks.offline` says; ``X-Still`` holds the name that the
device gave it, ``X-Still-At`` its time in milliseconds since 1970 (UTC), and ``X-Still-Moved``
how many should be added, by what the device knows of its clock by now. An answer with 200 means
that the device may forget it; so do 400, 413 and 415, for it will never be taken. At any other
the device keeps it and comes again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from face_rec.domain.errors import PackMissing, RequestRefused, StoreError
from face_rec.domain.faces import Image
from face_rec.journey.offline import Answer, OfflineStills
from face_rec.kiosks.kiosk import NAME
from face_rec.kiosks.offline import NONCE, Capture, OfflineSeal
from face_rec.web.frames.camera_requests import answered, built, check_sender
from face_rec.web.frames.exchange import MAX_BYTES, decode_frame

ENTRY_HEADER: Final = "x-still"
TIME_HEADER: Final = "x-still-at"
MOVED_HEADER: Final = "x-still-moved"
_ENTRY: Final = re.compile(r"[0-9a-f]{32}")
_TIME: Final = re.compile(r"[0-9]{1,14}")
"""From 1970, where the clock of a device with an empty battery begins, to 5138."""
_MOVED: Final = re.compile(r"-?[0-9]{1,13}")
"""300 years either way."""
_TAG: Final = 16
_AT_ONCE: Final = 2
"""Stills looked at together: people stand before the cameras at the same time."""
_WAITS: Final = 5.0
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Offline:
    """What the route needs of the running system."""

    knows: Callable[[str], bool]
    seal: OfflineSeal
    stills: OfflineStills


def routes(offline: Callable[[], Offline | None]) -> list[Route]:
    """``offline`` is asked at every request, None means not built yet."""
    turns = anyio.CapacityLimiter(_AT_ONCE)

    async def take(request: Request) -> Response:
        return await answered(_take(request, offline(), turns))

    return [Route("/offline", take, methods=["POST"])]


async def _take(
    request: Request, offline: Offline | None, turns: anyio.CapacityLimiter
) -> dict[str, object]:
    check_sender(request, "application/octet-stream")
    capture, system = _capture(request), built(offline)
    sealed = await request.body()  # of a bounded size: the table of paths says so
    if not NONCE + _TAG < len(sealed) <= MAX_BYTES + NONCE + _TAG:
        raise RequestRefused(413, f"A still has at most {MAX_BYTES // 1024:,} KiB.")
    with anyio.move_on_after(_WAITS) as patience:
        await turns.acquire()
    if patience.cancelled_caught:
        raise RequestRefused(503, "Others hand over stills at the moment. Try again soon.")
    try:
        answer = await to_thread.run_sync(_look, system, capture, sealed)
    finally:
        turns.release()
    return {"became": answer.became, "marks": answer.marks, "why": answer.why}


def _capture(request: Request) -> Capture:
    kiosk = request.query_params.get("kiosk", "")
    entry, at = (request.headers.get(name, "") for name in (ENTRY_HEADER, TIME_HEADER))
    moved = request.headers.get(MOVED_HEADER, "0")
    known = NAME.fullmatch(kiosk) and _ENTRY.fullmatch(entry)
    if not (known and _TIME.fullmatch(at) and _MOVED.fullmatch(moved)):
        raise RequestRefused(400, "Name a kiosk, the still, and the time at which it was taken.")
    by = timedelta(milliseconds=int(moved))
    return Capture(entry, kiosk, _EPOCH + timedelta(milliseconds=int(at)), by)


def _look(offline: Offline, capture: Capture, sealed: bytes) -> Answer:
    """In a worker thread."""

    def read() -> Image:
        return decode_frame(offline.seal.open(capture, sealed))

    try:
        if not offline.knows(capture.kiosk):
            raise RequestRefused(404, f"There is no kiosk {capture.kiosk}.")
        return offline.stills(capture, read)
    except (StoreError, PackMissing) as error:
        raise RequestRefused(503, str(error)) from error
