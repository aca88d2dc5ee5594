"""The web server of this process: bound here, or handed over by the process that served before."""

import asyncio
import ipaddress
import logging
import math
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Final

from uvicorn import Config
from uvicorn import Server as WebServer

from face_rec import files
from face_rec.domain.errors import FaceRecError, HandoverRefused, PortTaken
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.web.server import handover
from face_rec.web.server.handover import Giver, Server, Taker

log = logging.getLogger(__name__)

_BACKLOG: Final = 2048
"""Connections that wait to be accepted."""
_LEAVING_SECONDS: Final = 10
"""For which answers that are being given are waited for at the end."""
_EVERY: Final = 0.01
_ENDS_WITHIN: Final = 60.0
_NOT_STARTED: Final = 3


class _Draining(WebServer):
    """Told to end, it serves on for ``seconds`` and says that it leaves, so that a balancer sends
    nobody any more; told again, it ends at once."""

    def __init__(self, config: Config, seconds: float) -> None:
        super().__init__(config)
        self._seconds = seconds
        self._ends_at = math.inf
        self.leaving = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        drains = sig == signal.SIGTERM and self.started and self._seconds and not self.leaving
        self.leaving = True
        if not drains:
            super().handle_exit(sig, frame)
            return
        log.info("draining seconds=%g", self._seconds)
        self._captured_signals.append(sig)
        self._ends_at = time.monotonic() + self._seconds

    async def on_tick(self, counter: int) -> bool:
        if time.monotonic() >= self._ends_at:
            self.should_exit = True
        return await super().on_tick(counter)


class Runner:
    """Serves one app. ``options`` of uvicorn are asked for when it starts; ``told`` is called when
    the address is known. ``drain``: seconds for which it serves on after SIGTERM.

    With ``take_over`` it binds nothing: what it listens on comes from the process that serves
    (:meth:`take_over`), when everything behind it stands.
    """

    def __init__(
        self,
        me: Server,
        data_dir: Path,
        options: Callable[[], dict[str, Any]],
        told: Callable[[], None],
        *,
        take_over: bool = False,
        drain: float = 0,
    ) -> None:
        self._me = me
        self._data_dir = data_dir
        self._options = options
        self._told = told
        self._taking = take_over
        self._drain = drain
        self._sockets: list[socket.socket] = []
        self._server: _Draining | None = None
        self._taker: Taker | None = None
        self._giver: Giver | None = None
        self._alone = ExitStack()

    @property
    def taking_over(self) -> bool:
        """Whether another process is to be asked before this one serves."""
        return self._taking

    @property
    def leaving(self) -> bool:
        """Whether it serves only until it ends, which it is about to."""
        return self._server is not None and self._server.leaving

    def run(self, app: Any) -> None:  # noqa: ANN401 - any ASGI app
        """Serve until the process is told to end or another one has taken over. Raises
        HandoverRefused, PortTaken before anything is begun."""
        if self._taking:
            self._alone.enter_context(alone(self._data_dir, self._me.port))
        else:
            self._sockets.append(_bound(self._me))
        config = Config(
            app, host=self._me.address, port=self._me.port,
            timeout_graceful_shutdown=_LEAVING_SECONDS, **self._options(),
        )  # fmt: skip
        self._told()
        self._server = _Draining(config, self._drain)
        with suppress(KeyboardInterrupt):  # uvicorn passes it on when all is closed
            self._server.run(sockets=self._sockets)
        if not self._server.started:
            sys.exit(_NOT_STARTED)

    # --- while it starts and serves

    def take_over(self) -> bool:
        """Get the socket of the process that serves; False where none does, and it is bound here.
        Blocks for seconds at most. Raises HandoverRefused, PortTaken."""
        found = Taker.ask(self._me, self._place()) if handover.POSSIBLE else None
        if found is None:
            self._sockets.append(_bound(self._me))
            return False
        self._taker, taken = found
        self._sockets.append(taken)
        return True

    async def served(self) -> None:
        """Returns when connections are accepted here."""
        while self._server is None or not self._server.started:
            await asyncio.sleep(_EVERY)

    def take_place(self) -> None:
        """Connections are accepted here: tell the process that served. Returns when it wants to
        hear it again (:meth:`still_served`)."""
        if self._taker is not None:
            self._taker.serving()

    def still_served(self) -> None:
        """They still are: the other one leaves."""
        if self._taker is not None:
            self._taker.still()

    def left(self) -> bool:
        """Whether the process that served has ended; waits for it."""
        with self._alone:
            return self._taker is None or self._taker.wait_until_left(_ENDS_WITHIN)

    def give(self, refused: Callable[[], str]) -> None:
        """From now on another process may take over, unless ``refused`` says why it may not.
        Without it an upgrade needs a restart, so that what prevents it is only said."""
        if not handover.POSSIBLE:
            return
        try:
            giver = Giver(
                self._me, self._place(), lambda: self._sockets[0], refused, self._leave
            )  # fmt: skip
            giver.start()
        except (FaceRecError, OSError) as error:
            log.warning("handover_not_possible reason=%s", error)
            return
        self._giver = giver

    def close(self) -> None:
        """Nobody takes over any more."""
        if self._giver is not None:
            self._giver.close()

    def _place(self) -> Path:
        """Asked for when it is needed: who is never followed serves all the same where a socket
        cannot be. Raises StoreError."""
        return handover.meeting_place(self._data_dir, self._me.port)

    def _leave(self) -> None:
        if self._server is not None:
            self._server.leaving = True
            self._server.should_exit = True  # read ten times a second by its own loop


@contextmanager
def alone(data_dir: Path, port: int) -> Iterator[None]:
    """While inside, no other process takes over this port. Raises HandoverRefused at once."""
    if handover.POSSIBLE:  # root's lock would refuse every upgrade by the service's user
        handover.refuse_stranger(handover.meeting_place(data_dir, port))
    path = data_dir / f"upgrade-{port}.lock"
    try:
        files.make_folder(data_dir)
        held = files.open_lock(path)
    except OSError as error:
        raise HandoverRefused(
            sentence(
                "{path} cannot be opened ({strerror}). Let the app write there, "
                "and run this as the user whose process serves.",
                path=path,
                strerror=error.strerror,
            )
        ) from error
    try:
        if not files.lock(held):
            raise HandoverRefused(
                msgid(
                    "Another process is taking over at this moment. Wait until it "
                    "says that it serves."
                )
            )
        yield
    finally:
        os.close(held)


def _bound(me: Server) -> socket.socket:
    """A socket that listens. Raises PortTaken."""
    six = ipaddress.ip_address(me.address).version == 6
    family = socket.AF_INET6 if six else socket.AF_INET
    both = six and socket.has_dualstack_ipv6()
    try:
        bound = socket.create_server(
            (me.address, me.port), family=family, backlog=_BACKLOG, dualstack_ipv6=both
        )
    except OSError as error:
        raise PortTaken(
            sentence(
                "Port {port} is not available ({strerror}). Stop what serves there "
                "or set PORT; to take over from another process of this app start "
                "with --take-over.",
                port=me.port,
                strerror=error.strerror,
            )
        ) from error
    bound.setblocking(False)
    return bound
