"""A folder that belongs to one process for as long as that process lives.

Several processes share a parent folder; each claims a sub-folder of its own.
The operating system drops a dead process's lock, so its folder is known to be
abandoned, and nothing has to be cleaned up before the next start.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from face_rec import files

_LOCK = ".lock"


class ClaimedFolder:
    """``path``, a new private folder below ``parent``, held until :meth:`release`."""

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        files.make_folder(parent)
        self.path = parent / f"{os.getpid()}-{secrets.token_hex(4)}"
        with self.alone():
            files.make_folder(self.path)
            lock = files.open_lock(self.path / _LOCK)
            files.lock(lock)
        self._lock: int | None = lock

    def alone(self) -> AbstractContextManager[None]:
        """While inside, no other process claims, adopts or looks into folders."""
        return files.exclusive(self._parent / _LOCK)

    def others(self) -> list[Path]:
        """The folders of all other processes, dead or alive."""
        return [p for p in self._parent.iterdir() if p.is_dir() and p != self.path]

    def abandoned(self) -> Iterator[Path]:
        """The folders of dead processes, one by one; each is removed when it is empty.

        Call it inside :meth:`alone`.
        """
        for folder in self.others():
            lock = files.open_lock(folder / _LOCK)
            try:
                free = files.lock(lock)
                if free:
                    yield folder
            finally:
                os.close(lock)
            if free and not self.files(folder):  # what could not be taken stays to be found
                shutil.rmtree(folder, ignore_errors=True)

    def files(self, folder: Path) -> list[Path]:
        """What a claimed folder holds, without the lock and other dot files."""
        return [path for path in folder.iterdir() if not path.name.startswith(".")]

    def release(self) -> None:
        """Give the folder up; what is in it waits for whoever adopts it."""
        if self._lock is not None:
            os.close(self._lock)
        self._lock = None
