"""Files and folders that nobody else may look into, whole and on the disk; and locks on them.

Nothing else of ours syncs, replaces or locks a file (``tests/unit/project/test_one_home.py``). All
functions are safe on any thread, and raise OSError where nothing else is said.
"""

import os
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from face_rec.domain.errors import StoreError
from face_rec.languages.sentence import sentence

_PRIVATE: Final = 0o600
_BY_UMASK: Final = 0o666  # less what the umask of the process takes away
_PRIVATE_FOLDER: Final = 0o700
_LOCK: Final = ".lock"  # in a claimed folder, and in the one around it
PART: Final = ".face-rec-"  # how a file's name begins while it is written (replacing)
_BEGUN: Final = 60.0  # seconds within which one that is written is locked


# --- writing --------------------------------------------------------------------------------


def write_durable(path: Path, content: bytes, *, sync: bool = True) -> None:
    """Write ``path`` whole or not at all, for its owner only; on the disk when this returns, but
    for what can be made again (``sync`` False)."""
    with replacing(path, sync=sync) as file:
        file.write(content)


@contextmanager
def replacing(path: Path, *, sync: bool = True, private: bool = True) -> Iterator[IO[bytes]]:
    """A new file that takes the place of ``path`` at the end; if anything is raised before, it is
    gone and nothing has changed. As :func:`write_durable`; ``private`` False: whom the umask lets
    may read it. What a process left here that was killed at this goes: it may hold a backup."""
    if path.exists() and not path.is_file():
        raise FileExistsError(f"{path} is no file")  # a device is not to be replaced
    _sweep(path.parent)
    part = path.with_name(f"{PART}{secrets.token_hex(8)}")
    try:
        with os.fdopen(_new(part, _PRIVATE if private else _BY_UMASK), "wb") as file:
            lock(file.fileno())
            yield file
            file.flush()
            if sync:
                sync_file(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    if sync:
        sync_folder(path.parent)


def _sweep(folder: Path) -> None:
    for path in folder.glob(f"{PART}*"):
        with suppress(OSError), path.open("r+b") as left:
            if time.time() - path.stat().st_mtime > _BEGUN and lock(left.fileno()):
                path.unlink()


def write_synced(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read, and its bytes to the disk; its name
    lasts after :func:`sync_folder`. Raises FileExistsError as well."""
    descriptor = _new(path)
    try:
        write_all(descriptor, content)
        sync_file(descriptor)
    finally:
        os.close(descriptor)


def append_synced(path: Path, content: bytes) -> None:
    """Write behind what ``path`` holds, all of ``content`` or nothing; on the disk when this
    returns. A file that is not there is made, for its owner only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _PRIVATE)
    try:
        size = os.fstat(descriptor).st_size
        try:
            write_all(descriptor, content)
        except OSError:
            os.ftruncate(descriptor, size)
            raise
        sync_file(descriptor)
    finally:
        os.close(descriptor)
    if not size:
        sync_folder(path.parent)


def write_all(descriptor: int, content: bytes) -> None:
    """Raises OSError when not all of it could be written."""
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def write_all_at(descriptor: int, content: bytes, offset: int) -> None:
    """The same at ``offset``, wherever others read or write."""
    left = memoryview(content)
    while left:
        written = os.pwrite(descriptor, left, offset)
        left, offset = left[written:], offset + written


def sync_file(descriptor: int) -> None:
    """Wait until what was written to an open file is on the disk."""
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Make names in ``folder`` last as well; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def close_to_others(path: Path) -> None:
    """A file or folder that others may use, after a copy or a restore, is its owner's again."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name != "nt" and mode & 0o077:
        path.chmod(mode & _PRIVATE_FOLDER)


def _new(path: Path, mode: int = _PRIVATE) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)


# --- folders --------------------------------------------------------------------------------


def make_folder(folder: Path) -> None:
    """``folder``, and what is missing above it, for this user only; what is there stays as it
    is. (``Path.mkdir`` would leave the folders above open to others.)"""
    try:
        folder.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
    except FileNotFoundError:
        make_folder(folder.parent)
        folder.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)


def make_private(folder: Path) -> None:
    """The same, and a folder that is there is closed to others.

    Raises StoreError, also when it belongs to somebody else: in a shared temporary folder
    that may be a trap, and in DATA_DIR it would mix two users' files.
    """
    try:
        make_folder(folder)
        found = folder.lstat()
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
        if ours and stat.S_IMODE(found.st_mode) != _PRIVATE_FOLDER:
            folder.chmod(_PRIVATE_FOLDER)
    except OSError as error:
        raise StoreError(
            sentence(
                "The folder {folder} cannot be made: {strerror}. Let the app write there, or set "
                "DATA_DIR (TMPDIR for temporary files) to a folder where it may.",
                folder=folder,
                strerror=error.strerror,
            )
        ) from error
    if not ours:
        raise StoreError(
            sentence(
                "The folder {folder} belongs to another user. Run the app and its commands as the "
                "same user, or remove the folder if nothing of it is needed.",
                folder=folder,
            )
        )


# --- locks; the system lets go of them when a process ends, however it ends --------------------


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30  # Windows locks bytes and blocks reading them: lock one nobody reads

    def lock(descriptor: int, *, shared: bool = False, wait: bool = False) -> bool:  # noqa: ARG001
        """Lock an open file; False if another holds it. Windows knows no shared locks."""
        here = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, here, os.SEEK_SET)
        return True

else:
    import fcntl

    def lock(descriptor: int, *, shared: bool = False, wait: bool = False) -> bool:
        """Lock an open file until it is closed; False if another holds it.

        A lock belongs to the open file: two openings in one process are two holders, and
        a child that inherits the descriptor holds it on.
        """
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(descriptor, kind | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True


def open_lock(path: Path) -> int:
    """A descriptor to lock; the file holds nothing and is never removed."""
    return os.open(path, os.O_RDWR | os.O_CREAT, _PRIVATE)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Only one thread of one process at a time is inside."""
    descriptor = open_lock(path)
    try:
        while not lock(descriptor, wait=True):
            pass  # Windows gives up waiting after ten seconds
        yield
    finally:
        os.close(descriptor)


@contextmanager
def turn(path: Path) -> Iterator[bool]:
    """Whether nobody else is inside; nobody waits."""
    descriptor = open_lock(path)
    try:
        yield lock(descriptor)
    finally:
        os.close(descriptor)


class ClaimedFolder:
    """A folder that belongs to one process for as long as that process lives: ``path``, a new
    private one below ``parent``, held until :meth:`release`.

    Several processes share a parent folder; each claims a sub-folder of its own. The operating
    system drops a dead process's lock, so its folder is known to be abandoned, and nothing has
    to be cleaned up before the next start.
    """

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        make_folder(parent)
        self.path = parent / f"{os.getpid()}-{secrets.token_hex(4)}"
        with self.alone():
            make_folder(self.path)
            held = open_lock(self.path / _LOCK)
            lock(held)
        self._lock: int | None = held

    def alone(self) -> AbstractContextManager[None]:
        """While inside, no other process claims, adopts or looks into folders."""
        return exclusive(self._parent / _LOCK)

    def others(self) -> list[Path]:
        """The folders of all other processes, dead or alive."""
        return [p for p in self._parent.iterdir() if p.is_dir() and p != self.path]

    def abandoned(self) -> Iterator[Path]:
        """The folders of dead processes, one by one; each is removed when it is empty.

        Call it inside :meth:`alone`.
        """
        for folder in self.others():
            held = open_lock(folder / _LOCK)
            try:
                free = lock(held)
                if free:
                    yield folder
            finally:
                os.close(held)
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
