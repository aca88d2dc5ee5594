"""Where passwords are hashed: a few threads of their own, and few places to wait for them.

Each Argon2 hash takes 64 MiB and, on two cores, a tenth of a second of both. A flood of sign-ins
must take neither the memory, nor the threads that answer requests, nor the processor that looks
at faces.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final, TypeVar

from face_rec.access.limits.room import Room

T = TypeVar("T")

AT_ONCE: Final = max(1, min(4, (os.cpu_count() or 1) // 2))
_WAITING: Final = 30
_NICENESS: Final = 5  # about a third of the weight of other threads


class Hashing:
    """Runs hashes one after another. Safe to call from any thread; the caller waits."""

    def __init__(
        self, at_once: int = AT_ONCE, waiting: int = _WAITING, *, stand_back: bool = True
    ) -> None:
        """``at_once``: hashes under way; ``waiting``: callers whose turn has not come;
        ``stand_back``: recognition and requests go before them."""
        first = _stand_back if stand_back else None
        self._pool = ThreadPoolExecutor(at_once, "hashing", initializer=first)
        self._room = Room(at_once + waiting)

    def run(self, work: Callable[[], T]) -> T:
        """What ``work`` returns or raises. Raises TryLater, at once, where no place is free."""
        with self._room.place():
            return self._pool.submit(work).result()


def _stand_back() -> None:
    """Recognition and requests go first, where a thread may be nicer than its process (Linux)."""
    with suppress(AttributeError, OSError):
        if os.uname().sysname == "Linux":
            thread = threading.get_native_id()
            own = os.getpriority(os.PRIO_PROCESS, thread)  # the app may have been started nice
            os.setpriority(os.PRIO_PROCESS, thread, min(own + _NICENESS, 19))
