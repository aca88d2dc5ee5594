"""One line: tells one screen what to show, as soon as that changes and as fast as it reads; and
hears from its browser a few words now and then. What is shown, and what may be said, is told by
the lines made of it: a kiosk's and a registration's."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import anyio
from pydantic import BaseModel, ConfigDict
from starlette.websockets import WebSocket, WebSocketDisconnect

from face_rec.clock import Clock
from face_rec.domain.errors import FaceRecError
from face_rec.languages.language import msgid
from face_rec.web.live.shown import message, text_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

LONGEST: Final = 4096
"""Bytes of a message."""
UNFIT: Final = 1003
POLICY: Final = 1008
TRY_LATER: Final = 1013
_NO_CODE: Final = 1005
"""Codes with which a line ends (RFC 6455 section 7.4.1, and IANA's registry)."""
_AT_ONCE: Final = 10
"""Messages that may come together: a network that was away for seconds hands on what waited."""


class Exact(BaseModel):
    """What a browser may say: what it names, in just these types, and nothing else."""

    model_config = ConfigDict(extra="forbid", strict=True)


class LineOver(Exception):
    """The line ends; ``code`` is told to the browser."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Pace:
    """One message a second, with some to spare; ``now`` is monotonic seconds."""

    def __init__(self, now: float) -> None:
        self._left, self._at = float(_AT_ONCE), now

    def count(self, now: float) -> None:
        """One more; raises LineOver when there are too many."""
        self._left = min(float(_AT_ONCE), self._left + now - self._at) - 1
        self._at = now
        if self._left < 0:
            raise LineOver(POLICY, "too many messages")


log = logging.getLogger(__name__)

BEAT: Final = 2.0
"""Seconds after which something is told even if nothing has changed."""
GAP: Final = 0.04
"""Seconds between two messages: 25 a second are more than anybody sees."""
_TICK: Final = 0.5
"""Seconds after which what only time changes is looked at (a greeting that ends)."""
_PATIENCE: Final = 10.0
"""Seconds for a message to leave; who does not read for so long is not there."""


Work = Callable[[], Awaitable[object]]


class Line(ABC):
    """Over an accepted WebSocket. There is no queue: while a message waits to leave nothing is
    put together, and what follows is what is true then. ``about``: whose line, for the log."""

    def __init__(self, socket: WebSocket, clock: Clock, about: str) -> None:
        self.socket = socket
        self._clock = clock
        self._about = about
        self._changed = asyncio.Event()
        self._told_at = float("-inf")
        self._why: LineOver | None = None

    @abstractmethod
    def _listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Have ``wake`` called, in any thread, when something is new; returns what ends that."""

    @abstractmethod
    async def _now(self) -> "DataclassInstance":
        """What is shown at this moment; each field is a part of a message."""

    @abstractmethod
    async def _heard(self, text: str) -> None:
        """The browser says something. Raises LineOver for what it may not say."""

    async def _begin(self) -> None:  # noqa: B027 - there need be nothing
        """Before the first message."""

    def _left(self, code: int) -> None:  # noqa: B027 - there need be nothing
        """It is over; ``code`` is POLICY where the gate has ended it, for whoever had it open has
        lost the right."""

    def _besides(self) -> tuple[Work, ...]:
        """What goes on beside telling and hearing."""
        return ()

    async def run(self, over: anyio.Event) -> None:
        """Until either side ends it, or ``over`` comes."""
        stop = self._listen(self._waking())
        try:
            async with anyio.create_task_group() as group:
                for work in (self._tell, self._hear, over.wait, *self._besides()):
                    group.start_soon(self._until_one_ends, work, group.cancel_scope)
        finally:
            stop()
        await self._close()

    async def _until_one_ends(self, work: Work, scope: anyio.CancelScope) -> None:
        try:
            await work()
        except LineOver as why:
            self._why = why
        except WebSocketDisconnect:
            pass
        finally:
            scope.cancel()

    def _waking(self) -> Callable[[], None]:
        loop, changed = asyncio.get_running_loop(), self._changed

        def wake() -> None:  # in a thread of the engine
            if not changed.is_set():
                with suppress(RuntimeError):  # the server stops
                    loop.call_soon_threadsafe(changed.set)

        return wake

    # --- to the browser

    async def _tell(self) -> None:
        before: DataclassInstance | None = None
        await self._begin()
        while True:
            self._changed.clear()
            now = await self._now()
            await self._send_what_is_new(now, before)
            before = now
            await anyio.sleep(self._gap())
            with anyio.move_on_after(self._rest()):
                await self._changed.wait()

    def _gap(self) -> float:
        """Seconds between two messages."""
        return GAP

    def _rest(self) -> float:
        """Seconds until it is looked at again, should nothing change before."""
        return min(_TICK, max(0.0, self._told_at + BEAT - self._clock.monotonic()))

    async def _send_what_is_new(
        self, now: "DataclassInstance", before: "DataclassInstance | None"
    ) -> None:
        told = message(now, before, self._clock.now())
        moment = self._clock.monotonic()
        if len(told) == 1 and moment - self._told_at < BEAT:
            return
        with anyio.move_on_after(_PATIENCE) as patience:
            await self.socket.send_text(text_of(told))
        if patience.cancelled_caught:
            raise LineOver(POLICY, "nobody reads")
        self._told_at = moment

    # --- from the browser

    async def _hear(self) -> None:
        pace = Pace(self._clock.monotonic())
        while True:
            said = await self.socket.receive()
            if said["type"] == "websocket.disconnect":
                self._left(said.get("code", _NO_CODE))
                return
            pace.count(self._clock.monotonic())
            text = said.get("text")
            if text is None:
                raise LineOver(UNFIT, "not text")
            if len(text.encode()) > LONGEST:
                raise LineOver(POLICY, "too long")
            await self._heard(text)

    async def _close(self) -> None:
        code, reason = (self._why.code, str(self._why)) if self._why else (1000, "")
        log.info("live_ended %s code=%d reason=%s", self._about, code, reason or "closed")
        with anyio.move_on_after(1), suppress(WebSocketDisconnect, RuntimeError, FaceRecError):
            await self.socket.close(code, reason)


# --- how many there may be

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

    async def serve(self, place: tuple[str, str], line: Line) -> None:
        """Run the line, not yet accepted, until it ends; ``place``: the kiosk and its screen."""
        try:
            with self.take(*place) as over:
                await line.socket.accept()
                await line.run(over)
        except NoPlace as full:
            await line.socket.accept()
            await line.socket.close(TRY_LATER, str(full))

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
            raise NoPlace(msgid("Too many screens are open. Close one of them."))
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
