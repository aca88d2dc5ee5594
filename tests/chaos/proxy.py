"""A TCP proxy of our own between a kiosk and its Redis, to cut, delay and swallow."""

import random
import socket
import threading
import time
from contextlib import suppress
from enum import Enum

_PIECE = 1 << 16
_DRIP = 16  # bytes


class Line(Enum):
    """How the line is."""

    GOOD = "good"
    CUT = "cut"
    """Connections end, and new ones are refused."""
    DEAF = "deaf"
    """What the server answers is swallowed: done, and nobody hears of it."""
    SLOW = "slow"
    """Every piece takes a while."""
    DRIPS = "drips"
    """Some bytes at a time."""
    HALF_OPEN = "half open"
    """Nothing arrives on either side, and nobody is told that the other one is gone."""
    MIXED = "mixed"
    """Pieces of one connection overtake those of others."""


class Proxy:
    """Listens on ``port`` of 127.0.0.1 until closed; ``line`` may be changed at any time."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._line = Line.GOOD
        self._open: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def set(self, line: Line) -> None:
        self._line = line
        if line is Line.CUT:
            self.drop()

    def drop(self) -> None:
        """End every connection there is."""
        for one in list(self._open):
            _end(one)

    def close(self) -> None:
        _end(self._server)
        self._server.close()
        self.drop()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            server = self._reached()
            if server is None:
                client.close()
                continue
            for source, sink, answers in ((client, server, False), (server, client, True)):
                self._open.add(source)
                threading.Thread(
                    target=self._pump, args=(source, sink, answers), daemon=True
                ).start()

    def _reached(self) -> socket.socket | None:
        if self._line is Line.CUT:
            return None
        try:
            return socket.create_connection(("127.0.0.1", self._target), 2)
        except OSError:
            return None

    def _pump(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                self._carry(piece, sink, answers)
        self._open.discard(source)
        _end(sink)
        source.close()

    def _carry(self, piece: bytes, sink: socket.socket, answers: bool) -> None:
        line = self._line
        if line is Line.HALF_OPEN or (answers and line is Line.DEAF):
            return
        if line is Line.SLOW:
            time.sleep(0.05)
        if line is Line.MIXED:
            time.sleep(random.uniform(0.0, 0.1))
        step = _DRIP if line is Line.DRIPS else len(piece)
        for start in range(0, len(piece), step):
            sink.sendall(piece[start : start + step])
            if line is Line.DRIPS and self._line is line:
                time.sleep(0.01)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
