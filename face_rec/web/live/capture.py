"""A registration's guided capture: its pictures come in by ``POST /capture?capture=NAME``, and the
WebSocket ``/capture/live?capture=NAME`` tells its page what to do next, what is seen and which
photos were taken.

The gate has judged that the capture was opened by who asks, and goes on doing so while the line
is open (:data:`face_rec.web.gate.route_rules.Own.CAPTURE`). There is no WebRTC: somebody sits at
a desk before one camera for half a minute, and plain HTTP passes wherever the page does.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from face_rec.clock import Clock
from face_rec.domain.errors import RequestRefused
from face_rec.kiosks.banner import full_name
from face_rec.people.photos.captures import Capture, Captures
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.portraits import data_uri
from face_rec.people.photos.quality import grade
from face_rec.web.frames.camera_requests import answered, built, check_origin, check_sender
from face_rec.web.frames.exchange import Exchange, look, sender_of
from face_rec.web.live.line import POLICY, UNFIT, Exact, Line, LineOver, Places
from face_rec.web.live.shown import Picture, picture_of


@dataclass(frozen=True, slots=True)
class CaptureSources:
    """What the routes need of the running system. ``listen``: to be called whenever the stream
    of a name has something new; returns what ends that."""

    captures: Captures
    listen: Callable[[str, Callable[[], None]], Callable[[], None]]
    clock: Clock


Ask = Callable[[], CaptureSources | None]


def routes(sources: Ask) -> list[BaseRoute]:
    """``sources`` is asked at every request, None means not built yet."""
    exchange, lines = Exchange(), _Lines(sources)

    async def start(request: Request) -> Response:
        return await answered(_start(request, sources(), exchange))

    async def pictures(request: Request) -> Response:
        return await answered(_picture(request, sources(), exchange))

    return [
        Route("/capture/start", start, methods=["POST"]),
        Route("/capture", pictures, methods=["POST"]),
        WebSocketRoute("/capture/live", lines.open),
    ]


# --- pictures


async def _start(
    request: Request, sources: CaptureSources | None, exchange: Exchange
) -> dict[str, object]:
    check_origin(request)
    _, name, _ = _asked(request, sources)
    return exchange.start(sender_of(request, name))


async def _picture(
    request: Request, sources: CaptureSources | None, exchange: Exchange
) -> dict[str, object]:
    check_sender(request)
    clock, name, capture = _asked(request, sources)
    async with exchange.picture(request, sender_of(request, name), clock) as taken:
        fresh = await look(capture.stream, taken.image, clock)
        return taken.answer(fresh, clock.monotonic())


def _asked(request: Request, sources: CaptureSources | None) -> tuple[Clock, str, Capture]:
    """The capture that the request names. Raises RequestRefused."""
    system = built(sources)
    name = request.query_params.get("capture", "")
    capture = system.captures.find(name)
    if capture is None:
        raise RequestRefused(404, "This registration has ended. Reload the page to go on.")
    return system.clock, name, capture


# --- the line


@dataclass(frozen=True, slots=True)
class Guide:
    """``wanted`` and ``taken``: views by their names; ``wanted`` is None when it is ``done``."""

    hint: str
    wanted: str | None
    taken: tuple[str, ...]
    done: bool


@dataclass(frozen=True, slots=True)
class Photo:
    """An accepted photo; ``picture``: a data URI. ``grade``: its quality in a word. ``id``: by
    which its page may have it taken out; another on every line."""

    id: str
    view: str
    grade: str
    picture: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows; each field is one part of a message."""

    scene: Picture
    guide: Guide
    photos: tuple[Photo, ...]


class _Said(Exact):
    """All that a browser may say: take that photo out."""

    remove: str = Field(max_length=64)


class CaptureLine(Line):
    """The line of one capture."""

    def __init__(self, socket: WebSocket, sources: CaptureSources, name: str) -> None:
        super().__init__(socket, sources.clock, "capture")  # its name is a secret
        self._sources, self._name = sources, name
        self._drawn: list[tuple[EnrolPhoto, Photo]] = []

    def _listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        return self._sources.listen(self._capture.stream.name, wake)

    async def _now(self) -> Shown:
        capture = self._capture
        return Shown(
            picture_of(capture.stream.scene(), self._clock.monotonic(), full_name),
            _guide(capture),
            self._photos(capture.photos()),
        )

    async def _heard(self, text: str) -> None:
        try:
            wanted = _Said.model_validate_json(text).remove
        except ValidationError:
            raise LineOver(UNFIT, "not understood") from None
        for photo, shown in self._drawn:
            if shown.id == wanted:
                self._capture.remove(photo)
        self._changed.set()

    @property
    def _capture(self) -> Capture:
        """Raises LineOver once the capture has ended."""
        capture = self._sources.captures.find(self._name)
        if capture is None:
            raise LineOver(POLICY, "the capture has ended")
        return capture

    def _photos(self, photos: Iterable[EnrolPhoto]) -> tuple[Photo, ...]:
        """As they are told; each is given its name on this line, and its picture made, once."""
        known = self._drawn
        self._drawn = [
            (photo, next((shown for one, shown in known if one is photo), None) or _photo(photo))
            for photo in photos
        ]
        return tuple(shown for _, shown in self._drawn)


def _photo(photo: EnrolPhoto) -> Photo:
    quality = photo.quality
    picture = data_uri(photo.thumbnail)
    return Photo(secrets.token_hex(8), quality.view.value, grade(quality.score), picture)


def _guide(capture: Capture) -> Guide:
    state = capture.guide.state()
    taken = tuple(photo.view.value for photo in state.photos)
    return Guide(state.hint, state.wanted and state.wanted.value, taken, state.done)


class _Lines:
    """All lines of this process: one for each capture. On the event loop only."""

    def __init__(self, sources: Ask) -> None:
        self._sources = sources
        self._places = Places()

    async def open(self, socket: WebSocket) -> None:
        """Serve one line until it ends; it takes the place of the one before it."""
        sources, name = self._sources(), socket.query_params.get("capture", "")
        known = getattr(socket.state, "principal", None) is not None
        if sources is None or not known or sources.captures.find(name) is None:
            await socket.close(POLICY)  # unaccepted, it answers 403
            return
        await self._places.serve((name, ""), CaptureLine(socket, sources, name))
