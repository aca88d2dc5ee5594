"""Raw sockets that send bodies with two ends, with none, or cut off: nobody's request is read out
of one, nothing hangs, and the log holds no traceback that a stranger can fill it with."""

import logging
import socket
from collections.abc import Iterator
from typing import Any, Final

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.config import HTTP_PROTOCOLS

from face_rec.web.server import connections
from face_rec.web.server.strict_http import StrictHttp
from tests.raw_sockets import connected, everything, serving

_HEAD: Final = b"POST /login HTTP/1.1\r\nHost: localhost\r\n"
_SMUGGLED: Final = b"GET /healthz?smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def _read(request: Request) -> Response:
    return PlainTextResponse(f"took {await request.body()!r}")


async def _ignore(request: Request) -> Response:
    return PlainTextResponse(f"seen {request.url.query}")


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setitem(HTTP_PROTOCOLS, "auto", HTTP_PROTOCOLS["auto"])
    connections.install(())
    routes = [Route("/login", _read, methods=["POST"]), Route("/healthz", _ignore)]
    strict = Middleware(StrictHttp, hosts=frozenset({"localhost"}), tls=False)
    app = Starlette(routes=routes, middleware=[strict])
    with serving(app, log_config=None, ws="websockets-sansio") as found:  # as Streamlit starts it
        yield found


def _failures(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [one for one in caplog.records if one.levelno >= logging.ERROR or one.exc_info]


@pytest.mark.parametrize(
    "framing",
    [b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
     b"Transfer-Encoding: chunked\r\nContent-Length: 100\r\n\r\n"],
    ids=["length first", "pieces first"],
)  # fmt: skip
def test_a_body_with_two_ends_is_refused_and_nothing_behind_it_is_read(
    port: int, framing: bytes
) -> None:
    with connected(port) as sock:
        sock.sendall(_HEAD + framing + b"0\r\n\r\n" + _SMUGGLED)
        said = everything(sock)
    assert said.startswith(b"HTTP/1.1 400 ")
    assert said.count(b"HTTP/1.1") == 1
    assert b"smuggled" not in said


def test_pieces_of_an_old_request_are_refused_too(port: int) -> None:
    with connected(port) as sock:
        old = _HEAD.replace(b"1.1", b"1.0") + b"Connection: keep-alive\r\n"
        sock.sendall(old + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + _SMUGGLED)
        said = everything(sock)
    assert said.startswith(b"HTTP/1.1 400 ")
    assert b"smuggled" not in said


def test_a_body_in_pieces_is_taken_as_ever(port: int) -> None:
    with connected(port) as sock:
        sock.sendall(_HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
        sock.sendall(b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
        assert everything(sock).endswith(b"took b'abc'")


@pytest.mark.parametrize("path", [b"/healthz", b"//odd"], ids=["answered", "refused"])
def test_what_breaks_behind_its_answer_ends_the_connection_and_is_no_failure(
    port: int, path: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(port) as sock:
        head = b"GET %b HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" % path
        sock.sendall(head + b"1\r\na\r\n")
        assert sock.recv(65536).startswith(b"HTTP/1.1 ")
        sock.sendall(b"zz\r\n")
        assert b"HTTP/1.1" not in everything(sock)
    assert not _failures(caplog)


def test_what_breaks_at_once_has_one_answer(port: int, caplog: pytest.LogCaptureFixture) -> None:
    for path in (b"/healthz", b"//odd", b"/login"):
        with connected(port) as sock:
            head = b"POST %b HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            sock.sendall(head % path + b"1\r\na\r\nzz\r\n")
            assert everything(sock).count(b"HTTP/1.1 ") == 1
    assert not _failures(caplog)


@pytest.mark.parametrize("cut", ["closed", "half closed"])
def test_a_body_that_is_cut_off_is_no_failure_of_ours(
    port: int, cut: str, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(port) as sock:
        sock.sendall(_HEAD + b"Content-Length: 500\r\n\r\nname=ada")
        if cut == "half closed":
            sock.shutdown(socket.SHUT_WR)
            everything(sock)
    with connected(port) as sock:  # the server has come past it
        sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert b" 200 OK" in everything(sock)
    assert not _failures(caplog)


_UPGRADE: Final = (
    b"GET /line HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)


@pytest.mark.parametrize(
    "odd",
    [b"Content-Length: 5\r\n\r\nabcde", b"Content-Length: 5\r\n\r\n",
     b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"Sec-WebSocket-Protocol: a\x01\r\n\r\n"],
    ids=["a body", "one that does not come", "pieces", "a control character"],
)  # fmt: skip
def test_a_handshake_that_cannot_be_read_is_answered_and_held_by_nobody(
    port: int, odd: bytes
) -> None:
    with connected(port) as sock:
        sock.sendall(_UPGRADE + odd)
        assert everything(sock).startswith(b"HTTP/1.1 400 ")


def test_a_handshake_that_can_be_read_is_answered_as_ever(port: int) -> None:
    with connected(port) as sock:
        sock.sendall(_UPGRADE + b"\r\n")
        assert everything(sock).startswith(b"HTTP/1.1 403 ")  # there is no such line
