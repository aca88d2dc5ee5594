"""One process takes over from another: the listening socket changes hands, so that no connection
is refused between them.

The two meet at a socket in a folder that only their user may enter, and each asks the system
whose process the other one is. The newcomer, which has built everything by then, asks; the
one that serves gives it its listening socket and goes on serving; the newcomer says that it
serves, too, is asked for that word once more, and gives it when its event loop has turned since;
the other one leaves. Until that second word nothing has changed for anybody: if the newcomer
dies, the one that served goes on as if nothing had been. After it, a newcomer that dies is a
server that died, which whoever started it starts again.
"""

import contextlib
import json
import logging
import os
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from face_rec import files, sockets
from face_rec.background import Background
from face_rec.domain.errors import HandoverRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence, stored

log = logging.getLogger(__name__)

POSSIBLE: Final = hasattr(socket, "send_fds") and hasattr(socket, "AF_UNIX")
"""Not on Windows."""
_LONGEST_MESSAGE: Final = 4096  # bytes
_ANSWER_SECONDS: Final = 5.0
_SERVING_SECONDS: Final = 60.0
"""For which the one that gave its socket waits for the word that it is served."""
_LOOK_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Server:
    """What a process says of itself: whose data it serves, and where."""

    site: str
    address: str
    port: int
    version: str


def meeting_place(data_dir: Path, port: int) -> Path:
    """The socket at which who serves ``port`` with ``data_dir`` can be asked."""
    return sockets.socket_path(data_dir.resolve(), f"port-{port}.sock")


class Giver:
    """The side that serves. ``refused`` says why it will not leave now, or ""; ``leave`` makes it
    leave, and is called once, by this thread; ``listening`` is what it accepts connections on."""

    def __init__(
        self,
        me: Server,
        place: Path,
        listening: Callable[[], socket.socket],
        refused: Callable[[], str],
        leave: Callable[[], None],
    ) -> None:
        self._me = me
        self._place = place
        self._listening = listening
        self._refused = refused
        self._leave = leave
        self._listener: socket.socket | None = None
        self._left = threading.Event()
        self._thread = Background("handover", self._run)
        self.held: list[socket.socket] = []
        """Who took over waits at it until this process has ended: the system closes it then."""

    def start(self) -> None:
        """From now on another process may take over. Raises StoreError, OSError."""
        files.make_private(self._place.parent)
        mine = self._place.with_suffix(f".{os.getpid()}")
        mine.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.settimeout(_LOOK_SECONDS)
        self._listener.bind(str(mine))
        self._listener.listen(4)
        mine.replace(self._place)  # whoever served before is no longer found here
        self._thread.start()

    def close(self) -> None:
        """The place is left alone where another process has put its own there by now. The
        connection of who took over stays open until this process has ended."""
        self._thread.stop(_ANSWER_SECONDS)
        if self._listener is not None:
            self._listener.close()
        if not self._left.is_set():
            with contextlib.suppress(OSError):
                self._place.unlink(missing_ok=True)
                self._place.parent.rmdir()

    def _run(self) -> None:
        assert self._listener is not None  # noqa: S101  # nosec B101 - made by start
        while not (self._thread.stopping.is_set() or self._left.is_set()):
            with contextlib.suppress(TimeoutError):
                line, _ = self._listener.accept()
                self._serve(line)
        self._thread.stopping.wait()

    def _serve(self, line: socket.socket) -> None:
        kept = False
        try:
            line.settimeout(_ANSWER_SECONDS)
            if _of_ours(line):
                kept = self._hand_over(line)
        except (OSError, ValueError) as error:
            log.warning("handover_failed reason=%s", error)
        finally:
            if not kept:
                line.close()

    def _hand_over(self, line: socket.socket) -> bool:
        asked = _received(line)
        refusal = self._why_not(asked)
        if refusal:
            log.warning("handover_refused reason=%s", refusal)
            _send(line, {"refused": refusal})
            return False
        log.info("handover_begun to=%s", asked.get("version"))
        message = json.dumps({"version": self._me.version}).encode() + b"\n"
        socket.send_fds(line, [message], [self._listening().fileno()])
        line.settimeout(_SERVING_SECONDS)
        if _received(line).get("serving") is not True:
            raise ValueError("it does not say that it serves")
        _send(line, {"leaving": True})
        if _received(line).get("still") is not True:
            raise ValueError("it does not say that it still serves")
        log.info("handover_done to=%s", asked.get("version"))
        _tell_systemd(f"MAINPID={_peer(line)[0]}")
        self.held.append(line)
        self._left.set()
        self._leave()
        return True

    def _why_not(self, asked: Mapping[str, Any]) -> str:
        for field, mine in asdict(self._me).items():
            theirs = asked.get(field)
            if field != "version" and theirs != mine:
                return sentence(
                    "The process that serves there has {field} {mine}, this one {theirs}. Stop "
                    "it and start this one, or correct the settings.",
                    field=field, mine=mine, theirs=theirs,
                )  # fmt: skip
        return self._refused()


_REFUSES: Final = msgid("The other process refuses.")


class Taker:
    """The newcomer's side. Any thread, one at a time."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    @classmethod
    def ask(cls, me: Server, place: Path) -> "tuple[Self, socket.socket] | None":
        """The socket to accept connections on; None where nobody serves. Raises
        HandoverRefused."""
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(_ANSWER_SECONDS)
        try:
            line.connect(str(place))
            refuse_stranger(place, line)
            _send(line, asdict(me))
            found = cls._listening(line)
        except (FileNotFoundError, ConnectionError, EOFError):
            line.close()  # it has ended, in the middle of its answer perhaps
            return None
        except (OSError, ValueError) as error:
            line.close()
            raise HandoverRefused(
                sentence(
                    "The process that serves does not hand over ({error}). It "
                    "serves on; to change to this version stop it, and start this "
                    "one.",
                    error=error,
                )
            ) from error
        except BaseException:
            line.close()
            raise
        return cls(line), found

    @staticmethod
    def _listening(line: socket.socket) -> socket.socket:
        said, descriptors, _, _ = socket.recv_fds(line, _LONGEST_MESSAGE, 4)
        if not said:
            raise EOFError
        answer = json.loads(said)
        if not descriptors:
            raise HandoverRefused(stored(str(answer.get("refused", _REFUSES))))
        for other in descriptors[1:]:
            os.close(other)
        log.info("handover_begun from=%s", answer.get("version"))
        return socket.socket(fileno=descriptors[0])

    def serving(self) -> None:
        """Connections are accepted here: the other process may leave, once it has heard so again
        (:meth:`still`). Nothing is lost if it has gone already."""
        with contextlib.suppress(OSError, EOFError, ValueError):
            _send(self._line, {"serving": True})
            _received(self._line)

    def still(self) -> None:
        """The second word: it leaves now."""
        with contextlib.suppress(OSError):
            _send(self._line, {"still": True})

    def wait_until_left(self, seconds: float) -> bool:
        """Whether the other process ended within ``seconds``; a late word of it is no end."""
        self._line.settimeout(seconds)
        try:
            while self._line.recv(_LONGEST_MESSAGE):
                pass
        except TimeoutError:
            return False
        except OSError:
            pass
        finally:
            self._line.close()
        return True


# --- on the line ------------------------------------------------------------------------------


def _send(line: socket.socket, message: Mapping[str, Any]) -> None:
    line.sendall(json.dumps(message).encode() + b"\n")


def _received(line: socket.socket) -> Mapping[str, Any]:
    """One line. Raises OSError, EOFError, ValueError."""
    said = b""
    while not said.endswith(b"\n"):
        more = line.recv(1)  # nothing of a second line that is there already
        if not more:
            raise ConnectionError("the other process has ended")
        said += more
        if len(said) > _LONGEST_MESSAGE:
            raise ValueError("its message is too long")
    message = json.loads(said)
    if not isinstance(message, dict):
        raise ValueError("its message is none")  # noqa: TRY004 - of the other process, not ours
    return message


def _peer(line: socket.socket) -> tuple[int, int]:
    """The process and the user at the other end; (0, ours) where the system does not tell, and the
    folder alone keeps others out."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return 0, os.geteuid()
    found = line.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i"))
    pid, user, _ = struct.unpack("3i", found)
    return pid, user


def _of_ours(line: socket.socket) -> bool:
    pid, user = _peer(line)
    if user != os.geteuid():
        log.error("handover_stranger pid=%d user=%d", pid, user)
        return False
    return True


def refuse_stranger(place: Path, line: socket.socket | None = None) -> None:
    """Raises HandoverRefused where another user's process serves, or lies in wait."""
    with contextlib.suppress(FileNotFoundError):
        ours = place.parent.lstat().st_uid == os.geteuid()
        if not ours or (line is not None and not _of_ours(line)):
            raise HandoverRefused(
                sentence(
                    "Another user's process answers at {place}. Run this as the "
                    "user whose process serves; if none of yours does, have what "
                    "lies there removed.",
                    place=place,
                )
            )


def _tell_systemd(state: str) -> None:
    """sd_notify(3); nothing where it does not ask to be told."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path:
        return
    address = "\0" + path[1:] if path.startswith("@") else path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line, contextlib.suppress(OSError):
        line.sendto(state.encode(), address)
