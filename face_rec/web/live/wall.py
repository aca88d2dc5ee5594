"""``WebSocket /seen``: what the site's cameras see, for who may see everybody.

The gate has judged who asks, and goes on doing so while the line is open. Text says which cameras
there are, how each is and whom it sees; bytes are one camera's picture: its name, a line feed, a
JPEG. Nothing of it is kept, and nothing is asked of the cameras while no line is open.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import anyio
from anyio import to_thread
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from face_rec.cameras.camera import CameraEntry
from face_rec.cameras.camera_health import CameraHealth
from face_rec.cameras.wall import WallPicture
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.web.live.line import POLICY, TRY_LATER, UNFIT, Line, LineOver

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MOST: Final = 16
"""Walls that may be open at once: each is sent every picture."""
_GAP: Final = 0.5
"""Seconds between two pictures of a camera."""
_STATES_EVERY: Final = 2.0
_PATIENCE: Final = 10.0


@dataclass(frozen=True, slots=True)
class WallSources:
    """What the route needs of the running system; all may raise StoreError and are called in
    threads. ``pictures``: the newest of these cameras, of the last seconds."""

    entries: Callable[[], list[CameraEntry]]
    healths: Callable[[], Iterable[CameraHealth]]
    pictures: Callable[[Iterable[str]], Mapping[str, WallPicture]]
    clock: Clock


@dataclass(frozen=True, slots=True)
class Tile:
    """A camera as the wall shows it. ``words``: how it is; ``sees``: whether it has a picture that
    means something; ``wrong``: whether somebody has to look after it; ``seen``: names."""

    id: str
    title: str
    site: str
    words: str
    sees: bool
    wrong: bool
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wall:
    """What a wall shows; its one field is one part of a message."""

    cameras: tuple[Tile, ...]


Ask = Callable[[], WallSources | None]


def routes(sources: Ask) -> list[WebSocketRoute]:
    """The route; ``sources`` is asked for each line, None means not built yet."""
    return [WebSocketRoute("/seen", Walls(sources).open)]


class Walls:
    """All that are open in this process. On the event loop only."""

    def __init__(self, sources: Ask) -> None:
        self._sources = sources
        self._open = 0

    async def open(self, socket: WebSocket) -> None:
        """Serve one until it ends."""
        sources = self._sources()
        if sources is None or getattr(socket.state, "principal", None) is None:
            await socket.close(POLICY)  # unaccepted, it answers 403
            return
        await socket.accept()
        if self._open >= MOST:
            await socket.close(TRY_LATER, f"{MOST} walls are open already. Close one of them.")
            return
        self._open += 1
        try:
            await WallLine(socket, sources).run(anyio.Event())
        finally:
            self._open -= 1


class WallLine(Line):
    """The line of one open wall. It looks by the clock; nobody wakes it."""

    def __init__(self, socket: WebSocket, sources: WallSources) -> None:
        super().__init__(socket, sources.clock, "wall")
        self._sources = sources
        self._entries: list[CameraEntry] = []
        self._health: Mapping[str, CameraHealth] = {}
        self._pictures: Mapping[str, WallPicture] = {}
        self._sent: dict[str, WallPicture] = {}
        self._read_at = float("-inf")

    def _listen(self, wake: Callable[[], None]) -> Callable[[], None]:  # noqa: ARG002
        return _nothing

    def _gap(self) -> float:
        return _GAP

    def _rest(self) -> float:
        return 0.0

    async def _heard(self, text: str) -> None:  # noqa: ARG002
        raise LineOver(UNFIT, "a wall has nothing to say")

    async def _now(self) -> Wall:
        try:
            await to_thread.run_sync(self._look)
        except StoreError:
            raise LineOver(TRY_LATER, "The database does not answer.") from None
        return Wall(tuple(map(self._tile, self._entries)))

    def _look(self) -> None:
        """In a thread. Only cameras that are switched on are on the wall."""
        now = self._clock.monotonic()
        if now - self._read_at >= _STATES_EVERY:
            self._health = {one.camera: one for one in self._sources.healths()}
            self._entries = [one for one in self._sources.entries() if self._shows(one)]
            self._read_at = now
        self._pictures = self._sources.pictures([one.id for one in self._entries])

    def _shows(self, entry: CameraEntry) -> bool:
        return entry.camera.enabled and entry.id in self._health

    def _tile(self, entry: CameraEntry) -> Tile:
        health, picture = self._health[entry.id], self._pictures.get(entry.id)
        return Tile(
            entry.id, entry.kiosk.display_name, entry.kiosk.site, health.state.words,
            sees=health.state.sees, wrong=health.state.wrong,
            seen=picture.shot.seen if picture else (),
        )  # fmt: skip

    async def _send_what_is_new(
        self, now: "DataclassInstance", before: "DataclassInstance | None"
    ) -> None:
        await super()._send_what_is_new(now, before)
        for camera, picture in self._pictures.items():
            if self._sent.get(camera) is not picture:
                await self._send_picture(camera, picture)
        self._sent = dict(self._pictures)

    async def _send_picture(self, camera: str, picture: WallPicture) -> None:
        with anyio.move_on_after(_PATIENCE) as patience:
            await self.socket.send_bytes(camera.encode() + b"\n" + picture.shot.jpeg)
        if patience.cancelled_caught:
            raise LineOver(POLICY, "nobody reads")


def _nothing() -> None:
    """There is nothing to end."""
