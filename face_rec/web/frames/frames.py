"""``POST /frames?kiosk=NAME``: live video without WebRTC, one JPEG a request; and
``POST /frames/still?kiosk=NAME``, one deliberate photo.

A page begins with ``POST /frames/start``, which gives out its first numbers; each picture spends
one and its answer brings the next (:mod:`face_rec.web.frames.exchange`). The answer waits a
moment for the result of this very picture and carries the newest scene, so that the browser can
draw it over its own picture. Behind the latest-frame slot nothing knows which way a picture came.
"""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import tzinfo

import anyio
from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from face_rec.clock import Clock
from face_rec.domain.errors import PackMissing, RequestRefused
from face_rec.domain.faces import Image
from face_rec.domain.screens import Label
from face_rec.kiosks.kiosk import NAME, RULE
from face_rec.kiosks.seats import Seats
from face_rec.protocols.streams import Stream
from face_rec.web.frames.exchange import (
    AT_ONCE,
    HEADER,
    MAX_BYTES,
    Numbers,
    Sender,
    answer,
    decode_frame,
)
from face_rec.web.gate.origin import same_origin

log = logging.getLogger(__name__)

SCREEN_HEADER = "x-kiosk-screen"
"""Names the page that sends: of several screens of one kiosk only the newest feeds it."""
_A_KIOSK, _IN_ALL = AT_ONCE, 16
"""Pictures under way at once."""
_BODY_WITHIN = 10.0
_LONGEST_WAIT = 1.0
"""Seconds for the result: about one look of a slow machine."""
_LOOK_EVERY = 0.005
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Kiosks:
    """What the route needs of the running system; ``zone`` is the site's. ``knows``: whether
    there is a kiosk of a name."""

    open: Callable[[str], Stream]
    knows: Callable[[str], bool]
    still: Callable[[Image, str], tuple[Label, ...]]
    seats: Seats
    clock: Clock
    zone: tzinfo


def routes(kiosks: Callable[[], Kiosks | None]) -> list[Route]:
    """The route; ``kiosks`` is asked at every request, None means not built yet."""
    traffic, numbers = Traffic(), Numbers()

    async def start(request: Request) -> Response:
        return await _answered(_start(request, kiosks(), numbers))

    async def frames(request: Request) -> Response:
        return await _answered(_exchange(request, kiosks(), traffic, numbers))

    async def still(request: Request) -> Response:
        return await _answered(_one_still(request, kiosks(), traffic, numbers))

    return [
        Route("/frames/start", start, methods=["POST"]),
        Route("/frames/still", still, methods=["POST"]),
        Route("/frames", frames, methods=["POST"]),
    ]


async def _answered(answering: Awaitable[dict[str, object]]) -> Response:
    """What came of a request, or why it was refused."""
    try:
        return JSONResponse(await answering, headers=_HEADERS)
    except RequestRefused as refusal:
        log.debug("frame_refused status=%d reason=%s", refusal.status, refusal)
        wait = {"Retry-After": "1"} if refusal.status in {429, 503} else {}
        return JSONResponse({"error": str(refusal)}, refusal.status, _HEADERS | wait)


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


async def _start(request: Request, kiosks: Kiosks | None, numbers: Numbers) -> dict[str, object]:
    """The first numbers of a page."""
    _check_origin(request)
    _, kiosk = await _kiosk(request, kiosks)
    sender = _sender(request, kiosk)
    return {"numbers": numbers.start(sender)}


async def _exchange(
    request: Request, kiosks: Kiosks | None, traffic: Traffic, numbers: Numbers
) -> dict[str, object]:
    """One picture in, the newest result out."""
    _check_sender(request)
    built, kiosk = await _kiosk(request, kiosks)
    sender = _sender(request, kiosk)
    with traffic.lane(kiosk):
        number = numbers.spend(sender, request.headers.get(HEADER, ""))
        body, arrived = await _body(request), built.clock.monotonic()
        image = await to_thread.run_sync(decode_frame, body)
        _check_seat(sender, built)
        stream = built.open(kiosk)
        fresh = await _look(stream, image, built.clock)
        now = built.clock.monotonic()
        # What it took here tells the browser how much of the time the network took.
        took = {"number": number, "fresh": fresh, "took": now - arrived}
        return {**took, **answer(stream, now, built.zone)}


async def _one_still(
    request: Request, kiosks: Kiosks | None, traffic: Traffic, numbers: Numbers
) -> dict[str, object]:
    """One deliberate photo in; what it came to is told by the page, which asks the engine."""
    _check_sender(request)
    built, kiosk = await _kiosk(request, kiosks)
    with traffic.lane(kiosk):
        number = numbers.spend(_sender(request, kiosk), request.headers.get(HEADER, ""))
        image = await to_thread.run_sync(decode_frame, await _body(request))
        try:
            labels = await to_thread.run_sync(built.still, image, kiosk)
        except PackMissing as error:
            raise RequestRefused(503, str(error)) from error
        return {"number": number, "faces": len(labels)}


def _check_sender(request: Request) -> None:
    _check_origin(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "image/jpeg":
        raise RequestRefused(415, "Send one JPEG picture, with Content-Type: image/jpeg.")


def _check_origin(request: Request) -> None:
    if not same_origin(request.headers):
        raise RequestRefused(403, "Pictures are only taken from this app's own pages.")


async def _kiosk(request: Request, kiosks: Kiosks | None) -> tuple[Kiosks, str]:
    """The running system, and the registered kiosk that the request names."""
    kiosk = request.query_params.get("kiosk", "")
    if not NAME.fullmatch(kiosk):
        raise RequestRefused(400, f"Name a kiosk as /frames?kiosk=NAME; NAME is {RULE}.")
    if kiosks is None:
        raise RequestRefused(503, "The app is still starting. Try again in a moment.")
    if not await to_thread.run_sync(kiosks.knows, kiosk):
        raise RequestRefused(404, f"There is no kiosk {kiosk}. An administrator adds it first.")
    return kiosks, kiosk


def _sender(request: Request, kiosk: str) -> Sender:
    who = getattr(request.state, "principal", None)
    screen = request.headers.get(SCREEN_HEADER, "http")[:64]
    return Sender(kiosk, screen, f"{who.kind}:{who.id}" if who else "")


def _check_seat(sender: Sender, kiosks: Kiosks) -> None:
    """Once the picture is known to be one: a broken page must not take the seat."""
    if not kiosks.seats.take(sender.kiosk, sender.screen):
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
