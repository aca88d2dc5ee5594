"""``WebSocket /live?kiosk=NAME&screen=ID``: the live line of a kiosk's screen.

The gate has judged who asks, whose kiosk it is and whether it is open, and goes on doing so
while the line is open. What goes over it: :mod:`face_rec.web.live.shown` to the browser,
:mod:`face_rec.web.live.kiosk_line` from it.
"""

import re
from collections.abc import Callable
from typing import Final

from anyio import to_thread
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from face_rec.kiosks.kiosk import NAME
from face_rec.web.live.kiosk_line import KioskLine
from face_rec.web.live.line import POLICY, Places
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
