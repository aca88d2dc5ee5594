"""File locks that the system lets go of when a process ends, however it ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


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
