"""``WebSocket /live?kiosk=NAME&screen=ID``: the live line of a kiosk's screen.

The gate has judged who asks, whose kiosk it is and whether it is open, and goes on doing so
while the line is open. What goes over it: :mod:`face_rec.web.live.shown` to the browser,
:mod:`face_rec.web.live.kiosk_line` from it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import anyio
from anyio import to_thread
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from face_rec.kiosks.kiosk import NAME
from face_rec.web.live.kiosk_line import KioskLine
from face_rec.web.live.line import POLICY
from face_rec.web.live.view import Sources, Today, View

A_KIOSK: Final = 4
"""Screens of one kiosk: the tablet, the one that takes over, an admin who looks, one to spare."""
IN_ALL: Final = 256


class NoPlace(Exception):
    """As many lines as may be are open."""


class Places:
    """How many lines may be open, and which screens have one. On the event loop only, so it needs
    no lock."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], anyio.Event] = {}

    @contextmanager
    def take(self, kiosk: str, screen: str) -> Iterator[anyio.Event]:
        """A place, as long as the context lasts; the event comes when it must be given up: a
        screen that connects anew, after a network gap that only it has noticed, has one line.

        Raises NoPlace."""
        place, mine = (kiosk, screen), anyio.Event()
        before = self._open.get(place)
        if before is not None:
            before.set()
        elif self._of(kiosk) >= A_KIOSK or len(self._open) >= IN_ALL:
            raise NoPlace("Too many screens are open. Close one of them.")
        self._open[place] = mine
        try:
            yield mine
        finally:
            if self._open.get(place) is mine:
                del self._open[place]

    def _of(self, kiosk: str) -> int:
        return sum(name == kiosk for name, _ in self._open)

    @property
    def open(self) -> int:
        return len(self._open)


SCREEN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""How a page may name its screen."""
TRY_LATER: Final = 1013


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
        try:
            with self._places.take(view.kiosk, view.screen) as over:
                await socket.accept()
                await KioskLine(socket, view).run(over)
        except NoPlace as full:
            await socket.accept()
            await socket.close(TRY_LATER, str(full))

    async def _view(self, socket: WebSocket) -> View | None:
        sources = self._sources()
        kiosk, screen = (socket.query_params.get(name, "") for name in ("kiosk", "screen"))
        if sources is None or getattr(socket.state, "principal", None) is None:
            return None
        if not NAME.fullmatch(kiosk) or not SCREEN.fullmatch(screen):
            return None
        if not await to_thread.run_sync(sources.knows, kiosk):
            return None
        return View(sources, self._of(sources), kiosk, screen)

    def _of(self, sources: Sources) -> Today:
        """The day that lines of this system share."""
        if self._today is None or self._today[0] is not sources:
            self._today = (sources, Today(sources))
        return self._today[1]
