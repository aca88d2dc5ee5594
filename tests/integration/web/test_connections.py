"""Raw sockets against the server as it runs: half-open headers, floods, odd request lines."""

import asyncio
import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from uvicorn.config import HTTP_PROTOCOLS
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from config import ROOT
from face_rec.cli.tls import write_pair
from face_rec.web.server import connections
from face_rec.web.server.connections import BoundedProtocol, Limits, Tally
from tests.raw_sockets import connected, everything, serving
from tests.redis_servers import wait_until

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
LIMITS = Limits(header_seconds=0.6, unread_seconds=0.6, waiting=3, of_one=5, in_all=50)


class _Everybody(Tally):
    """Counts this machine's own connections like anybody's."""

    def _speaks_for_many(self, address: str) -> bool:
        return False


PIECE, PIECES = bytes(2**20), 40


async def _send_much(send: Any) -> None:  # noqa: ANN401
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(PIECES):
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
    await send({"type": "http.response.body"})


async def _app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
    if scope["type"] != "http":
        return
    if scope["path"] == "/slow":
        await asyncio.sleep(1.5)
    if scope["path"] == "/large":
        await _send_much(send)
        return
    headers = [(b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setitem(HTTP_PROTOCOLS, "auto", HTTP_PROTOCOLS["auto"])
    monkeypatch.setattr(asyncio.constants, "SSL_HANDSHAKE_TIMEOUT", 60.0)
    connections.install(())
    monkeypatch.setattr(BoundedProtocol, "tally", _Everybody(LIMITS))
    with serving(_app) as port:
        yield port


def _hello(sock: socket.socket) -> bool:
    """Whether a whole answer comes."""
    said = b""
    while not said.endswith(b"\r\n\r\nhello"):
        piece = sock.recv(65536)
        if not piece:
            return False
        said += piece
    return True


def _trickle(sock: socket.socket, drop: bytes) -> None:
    """Ten drops a second for ten seconds."""
    for _ in range(100):
        sock.sendall(drop)
        time.sleep(0.1)


def _closed_after(sock: socket.socket) -> float:
    begun = time.monotonic()
    everything(sock)
    return time.monotonic() - begun


# --- headers that never end -----------------------------------------------------------------


@pytest.mark.parametrize("sent", [b"", b"GET", GET[:-2]])
def test_a_connection_whose_headers_do_not_come_is_closed(port: int, sent: bytes) -> None:
    with connected(port) as sock:
        sock.sendall(sent)
        assert 0.3 < _closed_after(sock) < 3


def test_drops_of_header_do_not_prolong_it(port: int) -> None:
    with connected(port) as sock:
        sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        begun = time.monotonic()
        with pytest.raises(ConnectionError):
            _trickle(sock, b"x-a: 1\r\n")
        assert time.monotonic() - begun < 3


def test_a_later_request_of_the_same_connection_has_the_same_time(port: int) -> None:
    with connected(port) as sock:
        sock.sendall(GET)
        assert _hello(sock)
        sock.sendall(b"GET /healthz HTTP/1.1\r\n")
        assert _closed_after(sock) < 3


def test_the_rest_of_a_refused_body_is_not_waited_for(port: int) -> None:
    with connected(port) as sock:
        sock.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n")
        assert _hello(sock)  # this app answers without reading
        begun = time.monotonic()
        with pytest.raises(ConnectionError):
            _trickle(sock, b"x")
        assert time.monotonic() - begun < 3


def test_a_slow_answer_is_waited_for_and_the_connection_is_used_again(port: int) -> None:
    with connected(port) as sock:
        for _ in range(2):
            sock.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert _hello(sock)


def test_an_answer_that_nobody_reads_on_is_given_up(port: int) -> None:
    with connected(port) as sock:
        sock.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait_until(lambda: bool(BoundedProtocol.tally._open))
        begun = time.monotonic()
        wait_until(lambda: not BoundedProtocol.tally._open, 5)
        assert time.monotonic() - begun > 0.3
        assert len(everything(sock)) < PIECES * len(PIECE)


def test_an_answer_that_is_read_slowly_comes_whole(port: int) -> None:
    with connected(port) as sock:
        sock.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        came, begun = 0, time.monotonic()
        while piece := sock.recv(2**20):
            came += len(piece)
            time.sleep(0.02)
        assert came > PIECES * len(PIECE)
        assert time.monotonic() - begun > LIMITS.unread_seconds


def test_headers_beyond_their_size_are_refused(port: int) -> None:
    with connected(port) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"x-a: " + b"a" * 70_000)
        assert everything(sock).startswith(b"HTTP/1.1 400")


# --- many at once ---------------------------------------------------------------------------


def test_half_open_connections_of_one_address_are_few_and_others_still_get_in(port: int) -> None:
    held = [connected(port) for _ in range(LIMITS.waiting)]
    with connected(port) as sock:
        assert everything(sock).startswith(b"HTTP/1.1 503")
    for sock in held:
        everything(sock)  # their time is over
        sock.close()
    with connected(port) as sock:
        sock.sendall(GET)
        assert _hello(sock)


def test_connections_of_one_address_are_counted_and_forgotten(port: int) -> None:
    held = []
    for _ in range(LIMITS.of_one):
        sock = connected(port)
        sock.sendall(GET)
        assert _hello(sock)
        held.append(sock)
    with connected(port) as sock:
        assert everything(sock).startswith(b"HTTP/1.1 503")
    for sock in held:
        sock.close()
    wait_until(lambda: not BoundedProtocol.tally._open)
    assert not BoundedProtocol.tally._waiting
    with connected(port) as sock:
        sock.sendall(GET)
        assert _hello(sock)


def test_a_proxy_and_this_machine_speak_for_many_but_not_for_all_there_are() -> None:
    tally = Tally(Limits(of_one=1, waiting=1, in_all=3, proxies=("10.0.0.0/8", "192.0.2.7")))
    for address in ("127.0.0.1", "::1", "10.1.2.3", "192.0.2.7"):
        tally.open(address, 100)
        assert tally.room(address, 3), address
        assert not tally.room(address, 4), address
    tally.open("203.0.113.9", 1)
    assert not tally.room("203.0.113.9", 2)
    assert tally.room("203.0.113.8", 2)


def test_a_tls_handshake_that_does_not_come_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(HTTP_PROTOCOLS, "auto", HTTP_PROTOCOLS["auto"])
    monkeypatch.setattr(asyncio.constants, "SSL_HANDSHAKE_TIMEOUT", 60.0)
    connections.install(())
    assert Limits().header_seconds == asyncio.constants.SSL_HANDSHAKE_TIMEOUT
    monkeypatch.setattr(asyncio.constants, "SSL_HANDSHAKE_TIMEOUT", 0.5)
    cert, key = write_pair(tmp_path, ["localhost"], datetime.now(UTC))
    with serving(_app, ssl_certfile=cert, ssl_keyfile=key) as port:
        with connected(port) as sock:
            assert _closed_after(sock) < 4
        trusting = ssl.create_default_context(cafile=str(cert))
        with trusting.wrap_socket(connected(port), server_hostname="localhost") as safe:
            safe.sendall(GET)
            assert _hello(safe)


# --- the app as it is started ---------------------------------------------------------------


@pytest.fixture(scope="module")
def app_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("app")
    port = _free_port()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=_environment(folder, PORT=str(port)),
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        wait_until(lambda: _healthy(port), 60)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _environment(folder: Path, **more: str) -> dict[str, str]:
    own = ("REDIS_", "S3_", "TLS_", "STREAMLIT_", "OIDC_", "TRUSTED_", "ALLOWED_", "BIND_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return {**kept, "DATA_DIR": str(folder / "data"), **more}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_streamlit_run_does_not_serve_other_machines(tmp_path: Path) -> None:
    """There the bounds of connections are missing."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port"]
    ended = subprocess.run(
        [*command, str(_free_port()), "--server.address", "0.0.0.0"], cwd=ROOT, check=False,  # noqa: S104
        env=_environment(tmp_path, BIND_ADDRESS="0.0.0.0"), capture_output=True, timeout=90,  # noqa: S104
    )  # fmt: skip
    assert ended.returncode != 0
    assert b"start with: python app.py" in ended.stderr


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _ask(port: int, request: bytes) -> bytes:
    with connected(port) as sock:
        sock.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        return everything(sock)


def test_the_app_does_not_say_which_server_it_is(app_port: int) -> None:
    for path in (b"/healthz", b"/nothing", b"/login", b"/_stcore/health"):
        head = _ask(app_port, b"GET %b HTTP/1.1\r\nHost: localhost\r\n\r\n" % path)
        assert b"200 OK" in head or b" 40" in head or b" 503 " in head
        assert b"\nserver:" not in head.lower()
        assert b"x-content-type-options" in head.lower()


@pytest.mark.parametrize(
    "line",
    [b"GET //login HTTP/1.1", b"GET /./login HTTP/1.1", b"GET /static/..%2flogin HTTP/1.1",
     b"GET /log%69n HTTP/1.1", b"GET /login\\ HTTP/1.1", b"GET http://localhost/login HTTP/1.1",
     b"OPTIONS * HTTP/1.1", b"CONNECT localhost:80 HTTP/1.1"],
)  # fmt: skip
def test_the_app_refuses_odd_request_lines(app_port: int, line: bytes) -> None:
    assert _ask(app_port, line + b"\r\nHost: localhost\r\n\r\n").startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    ("hosts", "status"),
    [(b"Host: [::1]/healthz?\r\n", b"400"), (b"Host: [::1]/healthz?#\r\n", b"400"),
     (b"Host: a@localhost\r\n", b"400"), (b"Host: localhost\r\nHost: localhost\r\n", b"400"),
     (b"", b"400"), (b"Host:\r\n", b"400"), (b"Host: evil.example\r\n", b"421"),
     (b"Host: evil.example\r\nX-Forwarded-Host: localhost\r\n", b"421")],
)  # fmt: skip
def test_the_app_opens_nothing_for_an_odd_host(app_port: int, hosts: bytes, status: bytes) -> None:
    answer = _ask(app_port, b"GET /overview HTTP/1.1\r\n" + hosts + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 " + status)


def test_an_old_request_without_a_host_is_refused_too(app_port: int) -> None:
    assert b" 400 " in _ask(app_port, b"GET /login HTTP/1.0\r\n\r\n").splitlines()[0]


def test_the_app_lets_go_of_a_header_that_never_ends(app_port: int) -> None:
    with connected(app_port) as sock:
        sock.settimeout(20)
        sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        assert 8 < _closed_after(sock) < 16


@pytest.mark.parametrize("then", ["//[", "/[", "//[::1", "%00", "\\\\["])
def test_no_next_page_breaks_the_sign_in(app_port: int, then: str) -> None:
    request = f"GET /login?next={then} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert _ask(app_port, request.encode()).startswith(b"HTTP/1.1 200")


def test_the_api_says_in_json_what_it_does_not_have(app_port: int) -> None:
    for path in (b"/api", b"/api/v1/nothing", b"/api/v2/people"):
        answer = _ask(app_port, b"GET %b HTTP/1.1\r\nHost: localhost\r\n\r\n" % path)
        assert answer.startswith(b"HTTP/1.1 401")
        assert b"application/problem+json" in answer


# --- a kiosk's live line

HANDSHAKE = (
    b"GET /live?kiosk=main HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux only")
def test_a_line_whose_other_side_takes_nothing_is_ended_by_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "_UNREAD_MS", 1000)
    monkeypatch.setitem(HTTP_PROTOCOLS, "auto", HTTP_PROTOCOLS["auto"])
    connections.install(())
    ended = threading.Event()

    async def talk(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        assert scope["path"] == "/live"
        await receive()
        await send({"type": "websocket.accept"})
        try:
            while True:
                await send({"type": "websocket.send", "text": "x" * 10_000})
        except OSError:
            ended.set()

    with serving(talk, ws_ping_interval=None) as port, socket.socket() as silent:
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        silent.connect(("127.0.0.1", port))
        silent.sendall(HANDSHAKE)
        assert ended.wait(20)


@pytest.mark.parametrize(
    ("path", "most"),
    [("/_stcore/stream", 4 * 2**20), ("/people/_stcore/stream", 4 * 2**20), ("/live", 8192),
     ("/seen", 8192), ("/capture/live", 8192)],
)  # fmt: skip
def test_no_browser_says_more_at_a_time_than_a_page_or_a_line_has_a_use_for(
    port: int, path: str, most: int
) -> None:
    heard: list[int] = []

    async def hear(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            heard.append(len(message["bytes"]))
        heard.append(-1)

    much = {"ws": "websockets-sansio", "ws_max_size": 200 * 2**20}  # as Streamlit asks for it
    with serving(hear, **much) as own, connect(f"ws://localhost:{own}{path}") as line:
        line.send(bytes(most))
        wait_until(lambda: bool(heard))
        with contextlib.suppress(ConnectionClosed):
            line.send(bytes(most + 1))
        with pytest.raises(ConnectionClosed):
            line.recv(timeout=10)
        wait_until(lambda: -1 in heard)
    assert heard == [most, -1]
