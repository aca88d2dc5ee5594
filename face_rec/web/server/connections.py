"""The server's connections: bounded in number, and in how long their headers may take.

``st.App.run`` starts uvicorn and hands none of its options on; uvicorn itself bounds the size of
headers (16 KiB) and the rest between two requests (5 s), yet waits for ever for the end of a
header. Its table of protocols is open, so the protocol there is this one. A proxy in front does
the same earlier: see deploy/.
"""

import asyncio
import asyncio.constants
import contextlib
import copy
import ipaddress
import logging
import socket
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import h11
from uvicorn import Config
from uvicorn.config import HTTP_PROTOCOLS
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from face_rec.web.gate.hosts import is_loopback
from face_rec.web.gate.route_rules import STREAM, below

log = logging.getLogger(__name__)

_FULL: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
    b"Content-Length: 0\r\n\r\n"
)
_UNREADABLE: Final = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_LINE_BYTES: Final = 8 * 1024
"""Of one message; more than is understood, so that who sends a little too much is told why."""
_PAGE_BYTES: Final = 4 * 2**20
"""Of one message of a page: its widgets' values, a table being filled in among them. Streamlit
takes 200 MB by itself, which one tablet could send again and again: seconds of the event loop, and
gigabytes for a message of many small parts."""
_UNREAD_MS: Final = 30_000
_FILES: Final = 4096
"""Open files to ask the system for: connections, and as many again for everything else."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``header_seconds``: from the connection, or a later request's first byte, to the end of
    its headers (OWASP on slow HTTP attacks: 10 to 20). ``waiting``: connections of one address
    whose headers are not complete. ``unread_seconds``: for which an answer waits that is not read
    on (nginx waits as long). ``of_one``, ``in_all``: connections that serve or wait. An
    office behind one address opens about eight a person for a moment. ``proxies``: networks
    that speak for many; this machine's own addresses do."""

    header_seconds: float = 10.0
    unread_seconds: float = 60.0
    waiting: int = 100
    of_one: int = 500
    in_all: int = 2000
    proxies: tuple[str, ...] = ()


class Tally:
    """Who is connected. On the event loop only, so it needs no lock."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._networks = [ipaddress.ip_network(text, strict=False) for text in limits.proxies]
        self._open: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()

    def room(self, address: str, in_all: int) -> bool:
        """Whether one more connection may come; ``in_all`` are there with it."""
        if in_all > self.limits.in_all:
            return False
        if self._speaks_for_many(address):
            return True
        waiting, opened = self._waiting[address], self._open[address]
        return waiting < self.limits.waiting and opened < self.limits.of_one

    def open(self, address: str, by: int) -> None:
        """Count ``by`` (1 or -1) connections of ``address``."""
        _count(self._open, address, by)

    def waiting(self, address: str, by: int) -> None:
        """Count ``by`` connections whose headers are not complete."""
        _count(self._waiting, address, by)

    def _speaks_for_many(self, address: str) -> bool:
        if is_loopback(address):
            return True
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._networks)


class BoundedProtocol(H11Protocol):
    """uvicorn's protocol with a clock for headers, and no ``Server`` header."""

    tally = Tally(Limits())

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        _hide_server(config, server_state)
        super().__init__(config, server_state, app_state, _loop)
        self._address = ""
        self._counted = False
        self._clock: asyncio.TimerHandle | None = None
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        if not self.tally.room(self._address, len(self.connections)):
            log.debug("connection_refused address=%s", self._address)
            transport.write(_FULL)
            transport.close()
            return
        self._counted = True
        self.tally.open(self._address, 1)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """What was answered fills the way to the client; who never reads on would have the
        connection for ever."""
        super().pause_writing()
        if self._counted and self._patience is None:
            seconds = self.tally.limits.unread_seconds
            self._patience = self.loop.call_later(seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._read_on()

    def _read_on(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._owed():
            self._arrived()
        elif self._counted and self._clock is None:
            self._wait()  # a later request of the same connection has begun

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._counted and self._clock is None and self.conn.their_state is h11.SEND_BODY:
            self._wait()  # a refused body is read to its end, as browsers need it, not for ever

    def send_400_response(self, msg: str) -> None:
        """Where an answer was begun there is no other one; uvicorn would fail trying it. Nor is
        there one of the app any more after this one."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            super().send_400_response(msg)
        else:
            self.transport.close()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Its own protocol takes over, and the gate closes whom it does not know."""
        self._leave()
        page = below(event.target.partition(b"?")[0].decode("ascii")) == STREAM
        self.config = _bounded(self.config, _PAGE_BYTES if page else _LINE_BYTES)
        if not page:
            _forget_who_does_not_read(self.transport)
        super().handle_websocket_upgrade(event)
        # A handshake that it cannot read (one with a body) it never answers, nor lets go of.
        if not getattr(self.transport.get_protocol(), "handshake_initiated", True):
            self.transport.write(_UNREADABLE)
            self.transport.close()

    def _owed(self) -> bool:
        """Whether the client has yet to complete what nobody here can begin without: headers,
        or the rest of a body whose answer it has."""
        theirs, ours = self.conn.their_state, self.conn.our_state
        answered = ours is h11.DONE or ours is h11.MUST_CLOSE
        return theirs is h11.IDLE or (theirs is h11.SEND_BODY and answered)

    def _wait(self) -> None:
        self._clock = self.loop.call_later(self.tally.limits.header_seconds, self._too_slow)
        self.tally.waiting(self._address, 1)

    def _arrived(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
            self.tally.waiting(self._address, -1)

    def _leave(self) -> None:
        self._arrived()
        self._read_on()
        if self._counted:
            self._counted = False
            self.tally.open(self._address, -1)

    def _too_slow(self) -> None:
        log.debug("headers_too_slow address=%s", self._address)
        self._arrived()
        self.transport.abort()


def _bounded(config: Config, most: int) -> Config:
    """The same for a WebSocket over which a browser says at most so many bytes at a time."""
    bounded = copy.copy(config)
    bounded.ws_max_size = most
    return bounded


def _forget_who_does_not_read(transport: asyncio.Transport) -> None:
    """Let the system end a connection whose other side takes nothing for so long; else what
    waits for it would lie there for hours (RFC 5482)."""
    sock, option = transport.get_extra_info("socket"), getattr(socket, "TCP_USER_TIMEOUT", None)
    if sock is not None and option is not None:  # Linux
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, option, _UNREAD_MS)


def install(proxies: Sequence[str]) -> None:
    """Make it the protocol of every server that this process starts from now on."""
    usual = Limits(proxies=tuple(proxies))
    limits = replace(usual, in_all=min(usual.in_all, _raise_open_files() // 2))
    BoundedProtocol.tally = Tally(limits)
    HTTP_PROTOCOLS["auto"] = f"{__name__}:{BoundedProtocol.__name__}"
    # The time of a TLS handshake, which ends before the protocol hears of the connection.
    asyncio.constants.SSL_HANDSHAKE_TIMEOUT = limits.header_seconds


def _raise_open_files() -> int:
    """As many open files as this program may have, up to what it can use."""
    if sys.platform == "win32":
        return _FILES
    import resource  # noqa: PLC0415 - not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return _FILES if soft == resource.RLIM_INFINITY else soft


def _hide_server(config: Config, state: ServerState) -> None:
    """Which server this is, is nobody's business; uvicorn renews the list each second from
    the first."""
    for headers in (config.encoded_headers, state.default_headers):
        headers[:] = [header for header in headers if header[0] != b"server"]


def _count(counter: Counter[str], address: str, by: int) -> None:
    counter[address] += by
    if counter[address] <= 0:
        del counter[address]
