"""Memory that is free, and that the C library keeps for the process all the same.

glibc gives threads arenas of their own, up to eight for each core, and what is free in one is of
no use to another. Pages are drawn by threads that come and go, so that each arena grows in turn to
the most that any page ever needed: after eight minutes of ``make soak`` 150 of 350 MB were free,
and more each minute. Few arenas, and a call now and then that gives whole free pages back, keep a
process as large as what it holds.

Nearly: a large block has a mapping of its own only until one as large is freed, for glibc then
takes the next ones from the arena, up to 32 MB. Small blocks that stay settle where a picture was,
and the next picture needs new room: 1 MB a minute of the soak. So large ones stay apart.

Arrow, in which Streamlit sends tables to the browser, brings mimalloc with it, which keeps what
each thread has freed where no such call reaches.
"""

import ctypes
import os
from collections.abc import Callable
from typing import Any, Final

from face_rec.background import Background

ARENAS: Final = 2
"""One for the threads that hold the interpreter's lock, of which one at a time allocates; one
beside it for those that do not (decoding, models)."""
LARGE: Final = 128 * 1024
"""Bytes from which a block has a mapping of its own: as glibc has it before it moves."""
_AT_THE_END: Final = 32 * 1024 * 1024
"""Bytes that may be free at the end of an arena until the next call gives them back; else each
picture would ask the system for them."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h
_EVERY: Final = 60.0
"""Seconds. A call takes 3 ms of the processor for 400 MB, without the interpreter's lock."""
_CHOICES: Final = (
    (_M_ARENA_MAX, ARENAS, "MALLOC_ARENA_MAX"),
    (_M_MMAP_THRESHOLD, LARGE, "MALLOC_MMAP_THRESHOLD_"),
    (_M_TRIM_THRESHOLD, _AT_THE_END, "MALLOC_TRIM_THRESHOLD_"),
)
_EVERYTHING: Final = "GLIBC_TUNABLES"
_OF_ARROW: Final = "ARROW_DEFAULT_MEMORY_POOL"


def keep_little() -> bool:
    """At the start, before threads allocate (an arena that stands stays) and before Arrow is
    loaded. Whether all could be said: another C library than glibc knows nothing of it, and who
    has chosen by the environment is not overruled."""
    os.environ.setdefault(_OF_ARROW, "system")
    mallopt = _of_glibc("mallopt")
    if mallopt is None or _EVERYTHING in os.environ:
        return False
    told = [_chosen(mallopt, *choice) for choice in _CHOICES]  # one that is not told bars no other
    return all(told)


def _chosen(mallopt: Callable[[int, int], int], what: int, value: int, name: str) -> bool:
    return name not in os.environ and bool(mallopt(what, value))


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
