"""Watches an open WebSocket: when its session ends or means something else, so does the
connection."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import anyio
from starlette.types import Message, Receive, Send

from face_rec.access.changes import Changes

log = logging.getLogger(__name__)

EVERY: Final = 2.0
"""Seconds between two looks."""
_POLICY: Final = 1008


class SocketWatch:
    """Stands between the server and the application, for one connection."""

    def __init__(
        self,
        receive: Receive,
        send: Send,
        good: Callable[[], Awaitable[bool]],
        changes: Changes,
    ) -> None:
        """``good``: whether the session that opened the connection still stands; asked at each
        of the ``changes`` and, for those made elsewhere, every few seconds."""
        self._receive = receive
        self._send = send
        self._good = good
        self._changes = changes
        self._over = anyio.Event()

    async def receive(self) -> Message:
        """The next message; a disconnect as soon as the session is over."""
        message: Message = {"type": "websocket.disconnect", "code": _POLICY}
        async with anyio.create_task_group() as group:

            async def wait() -> None:
                await self._over.wait()
                group.cancel_scope.cancel()

            if not self._over.is_set():
                group.start_soon(wait)
                message = await self._receive()
                group.cancel_scope.cancel()
        return message

    async def send(self, message: Message) -> None:
        """Nothing more goes out once the session is over."""
        if not self._over.is_set():
            await self._send(message)

    async def watch(self) -> None:
        """Look whenever something changed; close when it is over, then return."""
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:  # in whatever thread made the change
            with suppress(RuntimeError):  # the server stops
                loop.call_soon_threadsafe(changed.set)

        stop = self._changes.listen(wake)
        try:
            while await self._good():
                with anyio.move_on_after(EVERY):
                    await changed.wait()
                changed.clear()
        finally:
            stop()
        await self._close()

    async def _close(self) -> None:
        log.info("socket_closed reason=session_over")
        close: Message = {"type": "websocket.close", "code": _POLICY, "reason": "Signed out"}
        self._over.set()
        try:
            await self._send(close)
        except (OSError, RuntimeError):
            log.debug("socket_gone")
