"""Whoever asks over HTTP/2 and takes it back at once, in front of deploy/nginx.conf: the app is
asked no more often than by somebody who waits."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from face_rec.background import Background
from tests.nginx_server import Nginx, in_front_of

_PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_SETTINGS, _HEADERS, _RESET = 4, 1, 3
_END_STREAM, _END_HEADERS = 1, 4
_CANCEL: Final = struct.pack(">I", 8)
_LINES: Final = 6
_STREAMS: Final = 900
"""Of a connection: nginx closes one after a thousand."""


class Silent:
    """An app that takes whatever comes and answers nothing; counts what was opened."""

    def __init__(self) -> None:
        self.opened = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = int(self._listener.getsockname()[1])
        self._kept: list[socket.socket] = []
        self._thread = Background("silent", self._accept)
        self._thread.start()

    def _accept(self) -> None:
        while not self._thread.stopping.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self._kept.append(line)
            self.opened += 1

    def close(self) -> None:
        self._thread.stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in self._kept:
            line.close()

    def settled(self) -> int:
        """How many were opened, once no more come."""
        seen = -1
        while seen != self.opened:
            seen = self.opened
            time.sleep(1.0)
        return seen


@pytest.fixture
def app() -> Iterator[Silent]:
    made = Silent()
    yield made
    made.close()


def _frame(kind: int, flags: int, stream: int, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data))[1:] + struct.pack(">BBI", kind, flags, stream) + data


def _headers(method: bytes) -> bytes:
    """Each as it stands, without the tables of HPACK (RFC 7541 section 6.2.2)."""
    fields = {
        b":method": method,
        b":scheme": b"https",
        b":authority": b"localhost",
        b":path": b"/my",
    }
    texts = ((name, value) for name, value in fields.items())
    return b"".join(b"\0" + b"".join(bytes([len(t)]) + t for t in pair) for pair in texts)


def _taken_back(nginx: Nginx, method: bytes) -> None:
    """Ask, and take it back before anything could be answered, as often as a connection may."""
    trusting = ssl.create_default_context(cafile=str(nginx.certificate))
    trusting.set_alpn_protocols(["h2"])
    ends = _END_HEADERS | (_END_STREAM if method == b"GET" else 0)
    plain = socket.create_connection(("127.0.0.1", nginx.port), 10)
    # Where nginx has no more connections, it closes this one, be it before a word was said.
    with suppress(OSError), trusting.wrap_socket(plain, server_hostname="localhost") as line:
        assert line.selected_alpn_protocol() == "h2"
        asked = b"".join(
            _frame(_HEADERS, ends, stream, _headers(method)) + _frame(_RESET, 0, stream, _CANCEL)
            for stream in range(1, 2 * _STREAMS, 2)
        )
        with suppress(OSError):
            line.sendall(_PREFACE + _frame(_SETTINGS, 0, 0) + asked)
        time.sleep(1.0)  # what was sent is read, although its sender leaves


@pytest.mark.parametrize("method", [b"GET", b"POST"])
def test_whoever_takes_back_what_they_asked_is_counted_until_it_is_answered(
    tmp_path: Path, app: Silent, method: bytes
) -> None:
    with in_front_of(app.port, tmp_path / "nginx") as nginx:
        begun = time.monotonic()
        many = [threading.Thread(target=_taken_back, args=(nginx, method)) for _ in range(_LINES)]
        for one in many:
            one.start()
        for one in many:
            one.join()
        bodies = 0 if method == b"GET" else 500 * (time.monotonic() - begun)
        opened = app.settled()
    assert 0 < opened <= 510 + bodies, f"of {_LINES * _STREAMS}"
