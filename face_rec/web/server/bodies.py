"""Bodies that are too large or come too slowly."""

import time

import anyio
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive


class BoundedBody:
    """Receives for one request and raises HTTPException 413 or 408."""

    def __init__(self, receive: Receive, most: int, within: float) -> None:
        """``most``: bytes; ``within``: seconds for the whole body."""
        self._receive = receive
        self._left = most
        self._until = time.monotonic() + within
        self._complete = False

    async def __call__(self) -> Message:
        if self._complete:
            return await self._receive()  # waits for the disconnect, however long
        with anyio.move_on_after(max(0.0, self._until - time.monotonic())):
            message = await self._receive()
            self._count(message)
            return message
        raise HTTPException(408, "The request came too slowly. Try again.")

    def _count(self, message: Message) -> None:
        if message["type"] != "http.request":
            return
        self._left -= len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._left < 0:
            raise HTTPException(413, "The request is too large.")
