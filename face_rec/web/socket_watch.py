"""Watches an open WebSocket: when its session ends, so does the connection."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

import anyio
from starlette.types import Message, Receive, Send

log = logging.getLogger(__name__)

EVERY: Final = 2.0
"""Seconds between two looks."""
_POLICY: Final = 1008


class SocketWatch:
    """Stands between the server and the application, for one connection."""

    def __init__(self, receive: Receive, send: Send, good: Callable[[], Awaitable[bool]]) -> None:
        """``good``: whether the session that opened the connection still stands."""
        self._receive = receive
        self._send = send
        self._good = good
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
        """Look every few seconds; close when it is over, then return."""
        while await self._good():
            await anyio.sleep(EVERY)
        log.info("socket_closed reason=session_over")
        close: Message = {"type": "websocket.close", "code": _POLICY, "reason": "Signed out"}
        self._over.set()
        try:
            await self._send(close)
        except (OSError, RuntimeError):
            log.debug("socket_gone")
