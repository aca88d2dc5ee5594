"""Streamlit's WebSocket as the gate passes it on: whose it is, how long, and what goes through."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Final

import anyio
from starlette.types import Message, Receive, Scope, Send

from face_rec.access.changes import Changes
from face_rec.access.control.access_control import Access
from face_rec.access.control.tabs import SentFiles, Tabs
from face_rec.access.principal import Principal

log = logging.getLogger(__name__)


_NO_MESSAGE: Final = b"\xff\xff\xff"


class Sieve:
    """Receives for one connection; what ``useful`` refuses is dropped. Text is judged as
    bytes that are no message: none of Streamlit's is text, at which it fails."""

    def __init__(self, receive: Receive, useful: Callable[[bytes], bool]) -> None:
        self._receive = receive
        self._useful = useful

    async def __call__(self) -> Message:
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            sent = message.get("bytes")
            data = _NO_MESSAGE if sent is None else sent
            if self._useful(data):
                return message
            log.warning("socket_message_refused bytes=%d", len(data))


# Watches an open WebSocket: when its session ends or means something else, so does the
# connection.


EVERY: Final = 2.0
"""Seconds between two looks."""
_POLICY: Final = 1008


async def unaccepted(receive: Receive, send: Send) -> None:
    """Refuse a WebSocket. It is closed before it is accepted, which a browser reads as 403."""
    await receive()  # the handshake
    await send({"type": "websocket.close", "code": _POLICY})


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


_PROTOCOL: Final = b"sec-websocket-protocol"
Handed = Callable[[bytes], Iterable[str]]
"""The names of the files that a message to a browser hands out."""


def own_tab_only(scope: Scope, principal: Principal, tabs: Tabs) -> Scope:
    """``scope`` without the number of a tab that is somebody else's.

    A browser that comes back names its tab third in this header (Streamlit 1.67, after the
    protocol and a token); Streamlit asks nobody whose it is. Without the number it opens a new
    one. The header is written anew, so that there is one reading of it.
    """
    others = [(name, value) for name, value in scope["headers"] if name != _PROTOCOL]
    parts = _spoken(scope)
    if not parts:
        return scope
    kept = parts[:2]
    if comes_back(scope, principal, tabs):
        kept.append(parts[2])
    return {**scope, "headers": [*others, (_PROTOCOL, ", ".join(kept).encode("latin-1"))]}


def comes_back(scope: Scope, principal: Principal, tabs: Tabs) -> bool:
    """Whether the socket is of a tab that ``principal`` has open already."""
    parts = _spoken(scope)
    return len(parts) > 2 and tabs.owned(parts[2], principal)


def _spoken(scope: Scope) -> list[str]:
    sent = [value for name, value in scope["headers"] if name == _PROTOCOL]
    return [part.strip() for part in b",".join(sent).decode("latin-1").split(",")] if sent else []


def noting_files(send: Send, principal: Principal, files: SentFiles, handed: Handed) -> Send:
    """``send``, which remembers the addresses of files that go by."""

    async def sending(message: Message) -> None:
        for name in handed(message.get("bytes") or b""):
            files.note(name, principal)
        await send(message)

    return sending


def of_its_own(
    scope: Scope, send: Send, principal: Principal, access: Access, handed: Handed
) -> tuple[Scope, Send]:
    """Both for a socket of Streamlit: only tabs of ``principal``, and what files it was told."""
    sending = noting_files(send, principal, access.files, handed)
    return own_tab_only(scope, principal, access.tabs), sending
