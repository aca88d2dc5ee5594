"""A server as Streamlit starts it, in a thread of the test, and sockets to it."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn

from tests.redis_servers import wait_until


@contextlib.contextmanager
def serving(app: Any, **options: Any) -> Iterator[int]:  # noqa: ANN401
    """A uvicorn that was asked for nothing, as Streamlit starts it; its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(100)
        config = uvicorn.Config(app, access_log=False, lifespan="off", **options)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        wait_until(lambda: server.started)
        time.sleep(0.1)  # until the server's first tick
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(20)


def connected(port: int) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", port), timeout=10)
    found.settimeout(10)
    return found


def everything(sock: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    said = b""
    with contextlib.suppress(ConnectionError):
        while piece := sock.recv(65536):
            said += piece
    return said
