"""The stills of a phone, one JPEG a request; each answer says what is to be done next."""

from collections.abc import Awaitable, Callable
from typing import Final, Generic, Protocol, TypeVar

import anyio
from starlette.requests import Request
from starlette.responses import Response

from face_rec.clock import Clock
from face_rec.languages.language import msgid
from face_rec.protocols.streams import Stream
from face_rec.web.frames.camera_requests import answered, check_origin, check_sender
from face_rec.web.frames.exchange import Exchange, look, sender_of

LONGEST: Final = 1280
"""Pixels of the longer side: whether a face lives is told by what is around it."""

CAMERA_TEXTS: Final = {
    "insecure": msgid("The browser gives no camera to this address. Tell the office."),
    "denied": msgid(
        "The camera is blocked for this page. Allow it with the camera or lock symbol in the "
        "browser's address bar."
    ),
    "missing": msgid("No camera found. Open this page on a phone."),
    "busy": msgid("The camera cannot be read. Close other apps that use it."),
    "server": msgid("The server does not answer. Trying again."),
    "hidden": msgid("Come back to this page to go on."),
}
"""What phone_film.js says of a camera that gives no pictures."""
AGREE_FIRST: Final = msgid("Tick the box, if you agree; else close this page.")

_AT_ONCE: Final = 2
"""Pictures of phones that are looked at: the engine's few threads serve kiosks beside them."""


class Capturing(Protocol):
    """What a phone has begun. ``secret`` names it; ``stream`` takes its pictures."""

    @property
    def secret(self) -> str: ...

    @property
    def stream(self) -> Stream: ...


Capture = TypeVar("Capture", bound=Capturing)


class PhoneStills(Generic[Capture]):
    """On the event loop only. ``capture``: what whoever asks has begun; raises RequestRefused.
    ``told``: what they are told after a picture."""

    def __init__(
        self,
        capture: Callable[[Request], Awaitable[Capture]],
        clock: Callable[[], Clock],
        told: Callable[[Capture], Awaitable[dict[str, object]]],
    ) -> None:
        self._capture = capture
        self._clock = clock
        self._told = told
        self._exchange = Exchange()
        self._looks = anyio.Semaphore(_AT_ONCE)  # first come, first served

    async def start(self, request: Request) -> Response:
        return await answered(self._start(request))

    async def picture(self, request: Request) -> Response:
        return await answered(self._picture(request))

    async def _start(self, request: Request) -> dict[str, object]:
        check_origin(request)
        capture = await self._capture(request)
        return self._exchange.start(sender_of(request, capture.secret))

    async def _picture(self, request: Request) -> dict[str, object]:
        check_sender(request)
        capture, clock = await self._capture(request), self._clock()
        sender = sender_of(request, capture.secret)
        async with self._exchange.picture(request, sender, clock) as taken:
            async with self._looks:
                fresh = await look(capture.stream, taken.image, clock)
            answer = taken.answer(fresh, clock.monotonic())
        return {**answer, **await self._told(capture)}
