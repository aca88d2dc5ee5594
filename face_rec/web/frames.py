"""``POST /frames?kiosk=NAME``: live video without WebRTC, one JPEG a request.

The answer waits a moment for the result of this very picture and carries the newest scene, so
that the browser can draw it over its own picture. Behind the latest-frame slot nothing knows
which way a picture came.
"""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import tzinfo

import anyio
from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from face_rec.clock import Clock
from face_rec.entities import Image
from face_rec.errors import RequestRefused
from face_rec.journey.kiosk import NAME, RULE, Seats
from face_rec.protocols import Stream
from face_rec.web.answer import answer
from face_rec.web.jpeg import MAX_BYTES, decode_frame
from face_rec.web.origin import same_origin

log = logging.getLogger(__name__)

SCREEN_HEADER = "x-kiosk-screen"
"""Names the page that sends: of several screens of one kiosk only the newest feeds it."""
_A_KIOSK, _IN_ALL = 2, 16
"""Pictures under way at once."""
_MOST_STREAMS = 64
_BODY_WITHIN = 10.0
_LONGEST_WAIT = 1.0
"""Seconds for the result: about one look of a slow machine."""
_LOOK_EVERY = 0.005
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Kiosks:
    """What the route needs of the running system; ``zone`` is the site's."""

    open: Callable[[str], Stream]
    streams: Callable[[], tuple[Stream, ...]]
    seats: Seats
    clock: Clock
    zone: tzinfo


def routes(kiosks: Callable[[], Kiosks | None]) -> list[Route]:
    """The route; ``kiosks`` is asked at every request, None means not built yet."""
    traffic = Traffic()

    async def frames(request: Request) -> Response:
        try:
            return await _exchange(request, kiosks(), traffic)
        except RequestRefused as refusal:
            log.debug("frame_refused status=%d reason=%s", refusal.status, refusal)
            wait = {"Retry-After": "1"} if refusal.status in {429, 503} else {}
            return JSONResponse({"error": str(refusal)}, refusal.status, _HEADERS | wait)

    return [Route("/frames", frames, methods=["POST"])]


class Traffic:
    """Counts what is under way. On the event loop only, so it needs no lock."""

    def __init__(self) -> None:
        self._flying: Counter[str] = Counter()

    @contextmanager
    def lane(self, kiosk: str) -> Iterator[None]:
        """A place among the pictures under way; raises RequestRefused when there is none."""
        if self._flying[kiosk] >= _A_KIOSK or self._flying.total() >= _IN_ALL:
            raise RequestRefused(
                429, "Too many pictures at once. Send the next one when an answer has come."
            )
        self._flying[kiosk] += 1
        try:
            yield
        finally:
            self._flying[kiosk] -= 1
            self._flying += Counter()  # forgets kiosks that are at rest


async def _exchange(request: Request, kiosks: Kiosks | None, traffic: Traffic) -> Response:
    """One picture in, the newest result out."""
    _check_sender(request)
    kiosk = _kiosk(request)
    if kiosks is None:
        raise RequestRefused(503, "The app is still starting. Try again in a moment.")
    with traffic.lane(kiosk):
        _check_room(kiosks, kiosk)
        body, arrived = await _body(request), kiosks.clock.monotonic()
        image = await to_thread.run_sync(decode_frame, body)
        _check_seat(request, kiosks, kiosk)
        stream = kiosks.open(kiosk)
        fresh = await _look(stream, image, kiosks.clock)
        now = kiosks.clock.monotonic()
        # What it took here tells the browser how much of the time the network took.
        told = {"fresh": fresh, "took": now - arrived, **answer(stream, now, kiosks.zone)}
        return JSONResponse(told, headers=_HEADERS)


def _check_sender(request: Request) -> None:
    if not same_origin(request.headers):
        raise RequestRefused(403, "Pictures are only taken from this app's own pages.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "image/jpeg":
        raise RequestRefused(415, "Send one JPEG picture, with Content-Type: image/jpeg.")


def _kiosk(request: Request) -> str:
    kiosk = request.query_params.get("kiosk", "")
    if not NAME.fullmatch(kiosk):
        raise RequestRefused(400, f"Name a kiosk as /frames?kiosk=NAME; NAME is {RULE}.")
    return kiosk


def _check_room(kiosks: Kiosks, kiosk: str) -> None:
    names = {stream.name for stream in kiosks.streams()}
    if kiosk not in names and len(names) >= _MOST_STREAMS:
        raise RequestRefused(
            429, f"Already {_MOST_STREAMS} cameras are running. Close one of them first."
        )


def _check_seat(request: Request, kiosks: Kiosks, kiosk: str) -> None:
    """Once the picture is known to be one: a broken page must not take the seat."""
    screen = request.headers.get(SCREEN_HEADER, "http")[:64]
    if not kiosks.seats.take(kiosk, screen):
        raise RequestRefused(409, "Another screen is this kiosk now. Reload to take over again.")


async def _body(request: Request) -> bytes:
    """The whole body, never more than MAX_BYTES of it."""
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > MAX_BYTES:
        raise _too_large()
    body = bytearray()
    async with _in_time():
        async for part in request.stream():
            body += part
            if len(body) > MAX_BYTES:
                raise _too_large()
    return bytes(body)


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    try:
        with anyio.fail_after(_BODY_WITHIN):
            yield
    except (TimeoutError, ClientDisconnect):
        raise RequestRefused(408, "The picture did not arrive in time. Send it again.") from None


def _too_large() -> RequestRefused:
    return RequestRefused(
        413, f"The picture is too large; at most {MAX_BYTES // 1024:,} KiB are taken."
    )


async def _look(stream: Stream, image: Image, clock: Clock) -> bool:
    """Offer the picture and wait for its result, or for that of a newer one; whether it came."""
    sent = clock.monotonic()
    stream.submit(image)
    with anyio.move_on_after(_LONGEST_WAIT):
        while True:
            scene = stream.scene()
            if scene is not None and scene.taken_at >= sent:
                return True
            await anyio.sleep(_LOOK_EVERY)
    return False
