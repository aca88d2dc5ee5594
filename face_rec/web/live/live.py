"""``WebSocket /live?kiosk=NAME&screen=ID``: the live line of a kiosk's screen.

The gate has judged who asks, whose kiosk it is and whether it is open, and goes on doing so
while the line is open. What goes over it: :mod:`face_rec.web.live.shown` to the browser, and
what the browser tells of itself (:func:`said_by`) from it.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Annotated, Final, Literal

import anyio
from anyio import to_thread
from pydantic import Field, TypeAdapter, ValidationError
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from face_rec.access.devices.pin_rule import LONGEST
from face_rec.access.principal import Principal
from face_rec.domain.marks import EventKind
from face_rec.kiosks.kiosk import NAME
from face_rec.kiosks.screen_status import Report, ScreenStatus, digest_of
from face_rec.web.gate.shown_links import opened_by
from face_rec.web.live.line import GAP, POLICY, UNFIT, Exact, Line, LineOver, Places, Work
from face_rec.web.live.my_page import Caller
from face_rec.web.live.shown import Shown
from face_rec.web.live.sources import Sources
from face_rec.web.live.today import Today
from face_rec.web.live.view import View

SCREEN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""How a page may name its screen."""


def routes(sources: Callable[[], Sources | None]) -> list[WebSocketRoute]:
    """The route; ``sources`` is asked for each line, None means not built yet."""
    return [WebSocketRoute("/live", Lines(sources).open)]


class Lines:
    """All lines of this process. On the event loop only."""

    def __init__(self, sources: Callable[[], Sources | None]) -> None:
        self._sources = sources
        self._places = Places()
        self._today: tuple[Sources, Today] | None = None

    async def open(self, socket: WebSocket) -> None:
        """Serve one line until it ends."""
        view = await self._view(socket)
        if view is None:
            await socket.close(POLICY)  # unaccepted, it answers 403
            return
        await self._places.serve((view.kiosk, view.screen), KioskLine(socket, view))

    async def _view(self, socket: WebSocket) -> View | None:
        sources = self._sources()
        kiosk, screen = (socket.query_params.get(name, "") for name in ("kiosk", "screen"))
        principal: Principal | None = getattr(socket.state, "principal", None)
        if sources is None or principal is None:
            return None
        if not NAME.fullmatch(kiosk) or not SCREEN.fullmatch(screen):
            return None
        if not await to_thread.run_sync(sources.knows, kiosk):
            return None
        caller = Caller(principal, opened_by(str(socket.url)))
        return View(sources, self._of(sources), kiosk, screen, caller)

    def _of(self, sources: Sources) -> Today:
        """The day that lines of this system share."""
        if self._today is None or self._today[0] is not sources:
            self._today = (sources, Today(sources))
        return self._today[1]


# --- what a browser may say

Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0, le=1000)]


class _Beat(Exact):
    transport: Literal["webrtc", "http"]
    camera: Annotated[str, Field(max_length=200)] = ""
    rate: Rate = 0.0
    dark: bool = False
    battery: Share | None = None
    state: Annotated[str, Field(max_length=32)] = ""
    version: Annotated[str, Field(max_length=64)] = ""
    device: Annotated[str, Field(max_length=200)] = ""
    width: Annotated[int, Field(ge=0, le=100_000)] = 0
    height: Annotated[int, Field(ge=0, le=100_000)] = 0
    frame_rate: Rate = 0.0
    facing: Annotated[str, Field(max_length=32)] = ""


class Press(Exact):
    """A button that somebody pressed after their mark, ``event``."""

    event: Annotated[str, Field(max_length=64)]
    way: EventKind


class Turn(Exact):
    """The screen shows the turn of the head with this nonce."""

    nonce: Annotated[str, Field(max_length=64)]


class Speak(Exact):
    """The language that somebody chose, by its code."""

    code: Annotated[str, Field(max_length=16)]


class AskOwn(Exact):
    """Whoever was marked by this event wants to see their own page."""

    event: Annotated[str, Field(max_length=64)]


class ShowBadge(Exact):
    """Somebody wants to show a badge, or not any more."""

    wanted: bool


class TypedPin(Exact):
    """The PIN of whose badge was read."""

    pin: Annotated[str, Field(max_length=LONGEST, repr=False)]


class _AsksOwn(Exact):
    mine: AskOwn


class _ShowsBadge(Exact):
    badge: ShowBadge


class _TypesPin(Exact):
    typed: TypedPin


class _Speaks(Exact):
    speak: Speak


class _Turns(Exact):
    turn: Turn


class _Beats(Exact):
    beat: _Beat


class _Presses(Exact):
    press: Press


_Said = _Beats | _Presses | _Turns | _Speaks | _ShowsBadge | _TypesPin | _AsksOwn
_SAID: Final[TypeAdapter[_Said]] = TypeAdapter(_Said)


def said_by(text: str) -> ScreenStatus | Press | Turn | Speak | ShowBadge | TypedPin | AskOwn:
    """What the message says; raises LineOver for anything else."""
    try:
        said = _SAID.validate_json(text)
    except ValidationError:
        raise LineOver(UNFIT, "not understood") from None
    if isinstance(said, _Beats):
        told = said.beat.model_dump()
        return ScreenStatus(**{**told, "device": digest_of(said.beat.device)})
    if isinstance(said, _Presses):
        return said.press
    if isinstance(said, _ShowsBadge):
        return said.badge
    if isinstance(said, _AsksOwn):
        return said.mine
    if isinstance(said, _TypesPin):
        return said.typed
    return said.speak if isinstance(said, _Speaks) else said.turn


# --- one line

_READ_EVERY: Final = 1.0
_FIRST_READ: Final = 0.3
_SLOW_GAP: Final = 0.5
"""Seconds between two messages while the view gives way: a greeting is still seen at once."""


class KioskLine(Line):
    """The line of one screen of one kiosk, which it lets feed the kiosk as long as it is open."""

    def __init__(self, socket: WebSocket, view: View) -> None:
        super().__init__(socket, view.sources.clock, f"kiosk={view.kiosk}")
        self._view = view
        self._hurry = asyncio.Event()

    def _listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        return self._view.sources.listen(self._view.kiosk, wake)

    def _besides(self) -> tuple[Work, ...]:
        return (self._read,)

    def _gap(self) -> float:
        return _SLOW_GAP if self._view.sources.slow() else GAP

    async def _begin(self) -> None:
        with anyio.move_on_after(_FIRST_READ):
            await self._view.refresh(_READ_EVERY)

    async def _now(self) -> Shown:
        if not await self._view.meet():
            self._hurry.set()
        now, seats = self._view.now(), self._view.sources.seats
        if now.state.camera or now.state.closed:  # another camera than is demanded, or too late
            self._feeds_no_more()
        else:  # the screen may go on feeding its kiosk
            seats.renew(self._view.kiosk, self._view.screen)
        return now

    def _left(self, code: int) -> None:
        """A page that was only cut off comes back to its video; one that lost its right has none
        from now on."""
        if code == POLICY:
            self._feeds_no_more()

    def _feeds_no_more(self) -> None:
        self._view.sources.seats.end(self._view.kiosk, self._view.screen)

    async def _read(self) -> None:
        """Keep what lies in the database fresh, beside the telling, which waits for nothing."""
        while True:
            with anyio.move_on_after(_READ_EVERY):
                await self._hurry.wait()
            hurried = self._hurry.is_set()
            self._hurry.clear()
            await self._view.refresh(0.0 if hurried else _READ_EVERY * 0.9)
            if hurried:
                self._changed.set()
            if not self._view.known:
                self._feeds_no_more()
                raise LineOver(POLICY, "there is no such kiosk any more")

    async def _heard(self, text: str) -> None:
        view, said = self._view, said_by(text)
        if isinstance(said, ScreenStatus):
            now = self._clock.now()
            view.sources.reports.note(Report(view.kiosk, view.screen, said, now))
            self._changed.set()
            return
        if isinstance(said, Turn):
            view.show(said.nonce)
            return
        if isinstance(said, Speak):
            view.speak(said.code)
            self._changed.set()
            return
        if isinstance(said, ShowBadge):
            view.badge.show(said.wanted)
            return
        if isinstance(said, TypedPin):
            await view.badge.type_pin(said.pin)
            return
        if isinstance(said, AskOwn):
            await view.ask_own(said.event)
            self._changed.set()
            return
        await view.choose(said.event, said.way)
        self._hurry.set()
