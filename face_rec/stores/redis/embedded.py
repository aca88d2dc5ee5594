"""A redis-server of our own, shared by every process on one data folder.

Two locks, neither of which outlives its holder: ``gate`` is held while somebody
starts or stops the server; ``users`` is shared by every process that uses it, so
that who can have it alone is the last one out, and stops the server.
"""

import logging
import os
import socket
import sys
import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Final

from face_rec import files
from face_rec.background import Background
from face_rec.domain.errors import RedisMissing, StoreError
from face_rec.files import make_private
from face_rec.retry import Backoff
from face_rec.stores.redis.binary import install_command
from face_rec.stores.redis.process import RedisProcess

log = logging.getLogger(__name__)

_PAUSES: Final = Backoff(0.5, 30.0)
"""Before looking again after a server that keeps dying."""
_LONGEST_START: Final = 60.0  # seconds that stopping waits for a server being started


def folder_of(data_dir: Path) -> Path:
    """Where its files lie."""
    return data_dir.resolve() / "redis"


class EmbeddedRedis:
    """The redis-server of ``data_dir``: joined if it runs, else started.

    Every confirmed write is on the disk (``appendfsync always``). While started, a
    thread of ours notices at once when the server dies, and starts it again.
    """

    def __init__(self, data_dir: Path, *, kept: bool = True) -> None:
        """``kept`` False: nothing of what it holds is written to the disk."""
        self._folder = folder_of(data_dir)
        self._server = RedisProcess(self._folder, kept=kept)
        self._users: int | None = None
        self._watcher = self._new_watcher()
        self._line: socket.socket | None = None

    def start(self) -> Path:
        """Join or start the server; returns its socket once it answers.

        Raises RedisMissing when there is no redis-server, StoreError when it does not
        start, StoreUnavailable when a running one does not answer.
        """
        if sys.platform == "win32":
            raise RedisMissing(install_command())
        if self._users is None:
            make_private(self._folder)
            with self._gate():
                self._enter()
            self._watcher = self._new_watcher()
            self._watcher.start()
        return self._server.socket

    def stop(self) -> None:
        """Leave the server; the last one out stops it, with everything on the disk."""
        if self._users is None:
            return
        self._watcher.stop(_LONGEST_START)
        with self._gate():
            if files.lock(self._users):
                self._server.shut_down()
            self._leave()

    def ensure(self) -> None:
        """Start the server again if it has died; raises as :meth:`start` does."""
        with self._gate():
            self._server.make_answer()

    def _gate(self) -> AbstractContextManager[None]:
        return files.exclusive(self._folder / "gate.lock")

    def _enter(self) -> None:
        self._users = files.open_lock(self._folder / "users.lock")
        files.lock(self._users, shared=True, wait=True)
        try:
            self._server.make_answer()
        except BaseException:
            self._leave()
            raise

    def _leave(self) -> None:
        if self._users is not None:
            os.close(self._users)
            self._users = None

    # --- the watcher's thread

    def _new_watcher(self) -> Background:
        return Background("redis", self._watch, wake=self._hang_up)

    def _watch(self) -> None:
        brief, pause = 0, 0.0
        while not self._watcher.stopping.wait(pause):
            begun = time.monotonic()
            self._listen()
            if self._watcher.stopping.is_set():
                return
            brief = brief + 1 if time.monotonic() - begun < _PAUSES.longest else 0
            pause = _PAUSES.after(brief) if brief else 0.0
            log.error("redis_died")
            try:
                self.ensure()
            except (StoreError, OSError) as error:
                log.error("redis_not_restarted retry_in=%.1f reason=%s", pause, error)

    def _listen(self) -> None:
        """Returns when the server hangs up (it died) or the watcher is to stop."""
        with socket.socket(socket.AF_UNIX) as line, suppress(OSError):
            self._line = line
            line.settimeout(1.0)
            line.connect(str(self._server.socket))
            while not self._watcher.stopping.is_set() and _is_there(line):
                pass

    def _hang_up(self) -> None:
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)


def _is_there(line: socket.socket) -> bool:
    """Whether the server has not hung up; waits for that as long as the line's timeout says."""
    with suppress(TimeoutError):
        return bool(line.recv(1))
    return True
