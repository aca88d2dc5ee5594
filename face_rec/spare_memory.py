"""Memory that is free, and that the C library keeps for the process all the same.

glibc gives threads arenas of their own, up to eight for each core, and what is free in one is of
no use to another. Pages are drawn by threads that come and go, so that each arena grows in turn to
the most that any page ever needed: after eight minutes of ``make soak`` 150 of 350 MB were free,
and more each minute. Few arenas, and a call now and then that gives whole free pages back, keep a
process as large as what it holds.

Arrow, in which Streamlit sends tables to the browser, brings mimalloc with it, which keeps what
each thread has freed where no such call reaches.
"""

import ctypes
import os
from typing import Any, Final

from face_rec.background import Background

ARENAS: Final = 2
"""One for the threads that hold the interpreter's lock, of which one at a time allocates; one
beside it for those that do not (decoding, models)."""
_M_ARENA_MAX: Final = -8  # malloc.h
_EVERY: Final = 60.0
"""Seconds. A call takes 3 ms of the processor for 400 MB, without the interpreter's lock."""
_CHOSEN: Final = ("MALLOC_ARENA_MAX", "GLIBC_TUNABLES")
_OF_ARROW: Final = "ARROW_DEFAULT_MEMORY_POOL"


def keep_little() -> bool:
    """At the start, before threads allocate (an arena that stands stays) and before Arrow is
    loaded. Whether the C library could be told: another one than glibc knows no arenas, and who
    has chosen by the environment is not overruled.

    It is not told to map large blocks by themselves (M_MMAP_THRESHOLD): that spared 24 MB of 540
    in the soak, and each picture took 16 to 20 % more of the processor.
    """
    os.environ.setdefault(_OF_ARROW, "system")
    mallopt = _of_glibc("mallopt")
    if mallopt is None or any(name in os.environ for name in _CHOSEN):
        return False
    return bool(mallopt(_M_ARENA_MAX, ARENAS))


def give_back() -> bool:
    """Whole free pages to the system; whether there were any. On the caller's thread."""
    trim = _of_glibc("malloc_trim")
    return trim is not None and bool(trim(ctypes.c_size_t(0)))


def _of_glibc(name: str) -> Any:  # noqa: ANN401
    """A function of its own; None with another C library."""
    try:
        return getattr(ctypes.CDLL(None), name, None)
    except (OSError, TypeError):  # Windows has no library without a name
        return None


class SpareMemory:
    """A thread that gives back what is free, every minute."""

    def __init__(self, every: float = _EVERY) -> None:
        self._every = every
        self._thread = Background("spare-memory", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._thread.stop(5)

    def _run(self) -> None:
        while not self._thread.stopping.wait(self._every):
            give_back()
