"""Between a WebSocket and the application: lets through only what its principal has a use for."""

import logging
from collections.abc import Callable

from starlette.types import Message, Receive

log = logging.getLogger(__name__)


class Sieve:
    """Receives for one connection; what ``useful`` refuses is dropped."""

    def __init__(self, receive: Receive, useful: Callable[[bytes], bool]) -> None:
        self._receive = receive
        self._useful = useful

    async def __call__(self) -> Message:
        while True:
            message = await self._receive()
            data = message.get("bytes")
            if message["type"] != "websocket.receive" or data is None or self._useful(data):
                return message
            log.warning("socket_message_refused bytes=%d", len(data))
