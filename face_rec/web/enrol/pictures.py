"""The stills of a phone, one JPEG a request; each answer says what is to be done next."""

from collections.abc import Awaitable, Callable
from typing import Final

import anyio
from starlette.requests import Request
from starlette.responses import Response

from face_rec.clock import Clock
from face_rec.domain.errors import LinkInvalid, RequestRefused
from face_rec.invitations.door import Guest
from face_rec.invitations.phone import PhoneCapture
from face_rec.languages.translator import Translator
from face_rec.web.frames.camera_requests import answered, check_origin, check_sender
from face_rec.web.frames.exchange import Exchange, look, sender_of

LONGEST: Final = 1280
"""Pixels of the longer side: whether a face lives is told by what is around it."""

_AT_ONCE: Final = 2
"""Pictures of phones that are looked at: the engine's few threads serve kiosks beside them."""

AtTheCamera = Callable[[Request], Awaitable[tuple[Guest, PhoneCapture | None]]]
_ENDED: Final = "This registration has ended. Reload the page."


class Pictures:
    """On the event loop only. ``who``: who has the link, and what their phone has begun; raises
    LinkInvalid. ``words``: what is said in a language."""

    def __init__(
        self, who: AtTheCamera, clock: Callable[[], Clock], words: Callable[[str], Translator]
    ) -> None:
        self._who = who
        self._clock = clock
        self._words = words
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
        return {**answer, "guide": self._guide(capture)}

    async def _capture(self, request: Request) -> PhoneCapture:
        """Raises RequestRefused."""
        try:
            _, capture = await self._who(request)
        except LinkInvalid as error:
            raise RequestRefused(410, str(error)) from None
        if capture is None:
            raise RequestRefused(404, _ENDED)
        return capture

    def _guide(self, capture: PhoneCapture) -> dict[str, object]:
        state = capture.guide.state()
        return {
            "hint": self._words(capture.language).gettext(state.hint),
            "wanted": state.wanted and state.wanted.value,
            "taken": [photo.view.value for photo in state.photos],
            "done": state.done,
        }
