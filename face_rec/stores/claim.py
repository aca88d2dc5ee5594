"""A folder that belongs to one process for as long as that process lives.

Several processes share a parent folder; each claims a sub-folder of its own.
The operating system drops a dead process's lock, so its folder is known to be
abandoned, and nothing has to be cleaned up before the next start.
"""

import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOCK = ".lock"


class ClaimedFolder:
    """``path``, a new private folder below ``parent``, held until :meth:`release`."""

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = parent / f"{os.getpid()}-{secrets.token_hex(4)}"
        with self.alone():
            self.path.mkdir(mode=0o700)
            lock = _open(self.path / _LOCK)
            _take(lock, wait=False)
        self._lock: int | None = lock

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While inside, no other process claims, adopts or looks into folders."""
        lock = _open(self._parent / _LOCK)
        try:
            _take(lock, wait=True)
            yield
        finally:
            os.close(lock)

    def others(self) -> list[Path]:
        """The folders of all other processes, dead or alive."""
        return [p for p in self._parent.iterdir() if p.is_dir() and p != self.path]

    def abandoned(self) -> Iterator[Path]:
        """The folders of dead processes, one by one; each is removed afterwards.

        Call it inside :meth:`alone`.
        """
        for folder in self.others():
            lock = _open(folder / _LOCK)
            try:
                free = _take(lock, wait=False)
                if free:
                    yield folder
            finally:
                os.close(lock)
            if free:
                shutil.rmtree(folder, ignore_errors=True)

    def files(self, folder: Path) -> list[Path]:
        """What a claimed folder holds, without the lock and other dot files."""
        return [path for path in folder.iterdir() if not path.name.startswith(".")]

    def release(self) -> None:
        """Give the folder up; what is in it waits for whoever adopts it."""
        if self._lock is not None:
            os.close(self._lock)
        self._lock = None


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _take(descriptor: int, *, wait: bool) -> bool:
    """Lock an open file until it is closed; False if another has it."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        if wait:
            raise
        return False
    return True
