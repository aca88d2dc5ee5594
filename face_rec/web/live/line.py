"""One line: tells one screen what to show, as soon as that changes and as fast as it reads; and
hears from its browser how it is, now and then, and nothing else."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated, Final, Literal

import anyio
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from face_rec.domain.errors import FaceRecError
from face_rec.kiosks.screen_status import Report, ScreenStatus
from face_rec.web.live.shown import Shown, message, text_of
from face_rec.web.live.view import View

LONGEST: Final = 4096
"""Bytes of a message."""
UNFIT: Final = 1003
POLICY: Final = 1008
"""Codes with which a line ends (RFC 6455 section 7.4.1)."""
_AT_ONCE: Final = 10
"""Messages that may come together: a network that was away for seconds hands on what waited."""

Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0, le=1000)]


class LineOver(Exception):
    """The line ends; ``code`` is told to the browser."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class _Beat(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    transport: Literal["webrtc", "http"]
    camera: Annotated[str, Field(max_length=200)] = ""
    rate: Rate = 0.0
    dark: bool = False
    battery: Share | None = None
    state: Annotated[str, Field(max_length=32)] = ""
    version: Annotated[str, Field(max_length=64)] = ""


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    beat: _Beat


def status_of(text: str) -> ScreenStatus:
    """What the message says; raises LineOver for anything else."""
    if len(text.encode()) > LONGEST:
        raise LineOver(POLICY, "too long")
    try:
        beat = _Said.model_validate_json(text).beat
    except ValidationError:
        raise LineOver(UNFIT, "not understood") from None
    return ScreenStatus(**beat.model_dump())


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
_GAP: Final = 0.04
"""Seconds between two messages: 25 a second are more than anybody sees."""
_TICK: Final = 0.5
"""Seconds after which what only time changes is looked at (a greeting that ends)."""
_READ_EVERY: Final = 1.0
_FIRST_READ: Final = 0.3
_PATIENCE: Final = 10.0
"""Seconds for a message to leave; who does not read for so long is not there."""


class Line:
    """Over an accepted WebSocket. There is no queue: while a message waits to leave nothing is
    put together, and what follows is what is true then."""

    def __init__(self, socket: WebSocket, view: View) -> None:
        self._socket = socket
        self._view = view
        self._clock = view.sources.clock
        self._changed, self._hurry = asyncio.Event(), asyncio.Event()
        self._told_at = float("-inf")
        self._why: LineOver | None = None

    async def run(self, over: anyio.Event) -> None:
        """Until either side ends it, or ``over`` comes."""
        stop = self._view.sources.listen(self._view.kiosk, self._waking())
        try:
            async with anyio.create_task_group() as group:
                for work in (self._tell, self._hear, self._read, over.wait):
                    group.start_soon(self._until_one_ends, work, group.cancel_scope)
        finally:
            stop()
        await self._close()

    async def _until_one_ends(
        self, work: Callable[[], Awaitable[object]], scope: anyio.CancelScope
    ) -> None:
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
        before: Shown | None = None
        with anyio.move_on_after(_FIRST_READ):
            await self._view.refresh(_READ_EVERY)
        while True:
            self._changed.clear()
            if not await self._view.meet():
                self._hurry.set()
            now = self._view.now()
            await self._send_what_is_new(now, before)
            before = now
            self._renew(now)
            await anyio.sleep(_GAP)
            with anyio.move_on_after(self._rest()):
                await self._changed.wait()

    def _rest(self) -> float:
        """Seconds until it is looked at again, should nothing change before."""
        return min(_TICK, max(0.0, self._told_at + BEAT - self._clock.monotonic()))

    async def _send_what_is_new(self, now: Shown, before: Shown | None) -> None:
        told = message(now, before, self._clock.now())
        moment = self._clock.monotonic()
        if len(told) == 1 and moment - self._told_at < BEAT:
            return
        with anyio.move_on_after(_PATIENCE) as patience:
            await self._socket.send_text(text_of(told))
        if patience.cancelled_caught:
            raise LineOver(POLICY, "nobody reads")
        self._told_at = moment

    def _renew(self, now: Shown) -> None:
        """The screen may go on feeding its kiosk."""
        if not now.state.closed:
            self._view.sources.seats.renew(self._view.kiosk, self._view.screen)

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
                raise LineOver(POLICY, "there is no such kiosk any more")

    # --- from the browser

    async def _hear(self) -> None:
        pace = Pace(self._clock.monotonic())
        while True:
            said = await self._socket.receive()
            if said["type"] == "websocket.disconnect":
                return
            pace.count(self._clock.monotonic())
            text = said.get("text")
            if text is None:
                raise LineOver(UNFIT, "not text")
            view, now = self._view, self._clock.now()
            view.sources.reports.note(Report(view.kiosk, view.screen, status_of(text), now))

    async def _close(self) -> None:
        code, reason = (self._why.code, str(self._why)) if self._why else (1000, "")
        log.info(
            "live_ended kiosk=%s code=%d reason=%s", self._view.kiosk, code, reason or "closed"
        )
        with anyio.move_on_after(1), suppress(WebSocketDisconnect, RuntimeError, FaceRecError):
            await self._socket.close(code, reason)
