"""One redis-server on one folder: start it, wait for it, stop it.

The ``server`` lock is inherited by the redis-server itself. As long as it is held a
server lives, whoever started it, and no second one is let loose on the same files.
"""

import logging
import os
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, RedisError
from redis.retry import Retry

from face_rec import files, sockets
from face_rec.background import within
from face_rec.domain.errors import StoreError, StoreUnavailable
from face_rec.files import make_private
from face_rec.languages.language import msgid
from face_rec.languages.sentence import listed, sentence
from face_rec.stores.redis.aof_repair import refused, repair
from face_rec.stores.redis.binary import find_binary

log = logging.getLogger(__name__)

_SILENCE_SECONDS: Final = 15.0  # a server says at once that it is still loading
_STOP_SECONDS: Final = 30.0
_LEAST_STOP: Final = 5.0  # however late everything else was: it has to write what it holds
_ROOM: Final = 64 << 10  # bytes without which a start fails for that reason


class RedisProcess:
    """The server of ``folder``. Callers keep each other out (see ``EmbeddedRedis``). ``kept``
    False: it writes nothing of what it holds to the disk."""

    def __init__(self, folder: Path, *, kept: bool = True) -> None:
        self.socket = sockets.socket_path(folder, "redis.sock")
        self._folder = folder
        self._kept = kept
        self._child: subprocess.Popen[bytes] | None = None
        self._tried_repair = False

    def make_answer(self) -> None:
        """Start the server if none lives, and wait until it answers.

        Raises RedisMissing, StoreError when it does not start, StoreUnavailable when a
        living one does not answer.
        """
        begun = False
        deadline = time.monotonic() + _SILENCE_SECONDS
        while True:
            begun = self._spawn_unless_alive(begun) or begun
            try:
                self._client().ping()
            except BusyLoadingError:  # reads its log back, and says so
                deadline = time.monotonic() + _SILENCE_SECONDS
            except RedisError as error:
                if time.monotonic() > deadline:
                    raise self._silent() from error
            else:
                return
            time.sleep(0.01)

    def shut_down(self) -> None:
        """Stop the server, whoever started it; returns when it has ended."""
        try:
            self._client(within(_STOP_SECONDS, _LEAST_STOP)).shutdown()
        except RedisError as error:
            log.error("redis_not_stopped reason=%s", error)
            return
        self._await_end()
        with suppress(OSError):
            self.socket.parent.rmdir()

    def _spawn_unless_alive(self, begun: bool) -> bool:
        """Whether a server was started; one that we have ``begun`` may not be gone again."""
        alive = files.open_lock(self._folder / "server.lock")
        try:
            if not files.lock(alive):
                return False
            self._bury()
            if begun and not self._repaired():
                raise self._not_started()
            self._spawn(alive)
            return True
        finally:
            os.close(alive)  # the server has a copy, and with it the lock

    def _repaired(self) -> bool:
        """Whether it did not start for a damaged file that is mended now; tried once."""
        if self._tried_repair or not refused(self._last_words()):
            return False
        self._tried_repair = True
        return repair(self._folder, find_binary())

    def _spawn(self, alive: int) -> None:
        binary = find_binary()
        binary.check_reads(self._folder)
        make_private(self.socket.parent)
        self._dismiss_orphan()
        self._child = subprocess.Popen(  # noqa: S603 - a path of our own finding
            [binary.path, *_options(self._folder, self.socket, kept=self._kept)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(alive,),
            start_new_session=True,  # Ctrl-C is for the app, which then stops the server
        )
        log.info("redis_started pid=%d binary=%s", self._child.pid, binary.path)

    def _dismiss_orphan(self) -> None:
        """A server at our socket without our lock serves a data folder that was deleted."""
        with suppress(RedisError):
            self._client().ping()
            self._client().shutdown(nosave=True)
            log.warning("redis_orphan_stopped socket=%s", self.socket)

    def _await_end(self) -> None:
        """The lock falls when the process, whoever its parent is, has ended."""
        deadline = time.monotonic() + within(_STOP_SECONDS, _LEAST_STOP)
        alive = files.open_lock(self._folder / "server.lock")
        try:
            while not files.lock(alive) and time.monotonic() < deadline:
                time.sleep(0.01)
        finally:
            os.close(alive)
        self._bury()

    def _bury(self) -> None:
        """Collect our child if it has ended; the system keeps it as a zombie until then."""
        if self._child is None:
            return
        with suppress(subprocess.TimeoutExpired):
            log.info("redis_ended code=%d", self._child.wait(1.0))
            self._child = None

    def _client(self, patience: float = _STOP_SECONDS) -> Redis:
        return Redis(
            unix_socket_path=str(self.socket),
            socket_connect_timeout=2,
            socket_timeout=patience,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )

    def _not_started(self) -> StoreError:
        story = self._folder / "redis.log"
        words = self._last_words() or msgid("it said nothing.")
        room = shutil.disk_usage(self._folder).free
        begun = sentence(
            "redis-server does not start: {words} The whole story is in {story}.",
            words=words, story=story,
        )  # fmt: skip
        if room >= _ROOM:
            return StoreError(begun)
        full = sentence("Its disk is full ({kb} KB left): make room.", kb=room >> 10)
        return StoreError(listed([begun, full], " "))

    def _last_words(self) -> str:
        story = self._folder / "redis.log"
        lines = story.read_text(errors="replace").splitlines() if story.exists() else []
        return " / ".join(line.strip() for line in lines[-2:])

    def _silent(self) -> StoreUnavailable:
        return StoreUnavailable(
            sentence(
                "A redis-server works on {folder}, but does not answer at {socket}. If a "
                "service with a temporary folder of its own (PrivateTmp) started it, run this "
                "within that service; else end it and try again.",
                folder=self._folder,
                socket=self.socket,
            )
        )


def _options(folder: Path, path: Path, *, kept: bool) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "logfile": "redis.log",
        "daemonize": "no",
        "save": "",
        "appendonly": "yes" if kept else "no",
        "appendfsync": "always",
        "maxmemory-policy": "noeviction",
    }
    return [part for name, value in options.items() for part in (f"--{name}", value)]
