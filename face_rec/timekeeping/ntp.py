"""Whether somebody keeps this machine's clock right: asked of the kernel, or of systemd.

The kernel knows what chrony, ntpd and systemd-timesyncd have told it: adjtimex(2) with nothing to
change needs no rights. Under a service that may not even ask (``ProtectClock=yes`` of systemd,
which the unit in ``deploy`` has) timedatectl is asked, which says less.
"""

import ctypes
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

_ERROR: Final = 5  # TIME_ERROR: "clock not synchronized"
_UNSYNCHRONISED: Final = 0x0040  # STA_UNSYNC
_NANOSECONDS: Final = 0x2000  # STA_NANO: the offset is in ns, not in µs
_EVERY: Final = 60.0  # seconds between two questions to timedatectl


@dataclass(frozen=True, slots=True)
class Kept:
    """``synchronised``: None: this system does not say. ``offset``: seconds still to be
    corrected; ``worst``: how far off it may be at most, by the kernel's own reckoning; both None
    where it does not say."""

    synchronised: bool | None
    offset: float | None = None
    worst: float | None = None


class _Timex(ctypes.Structure):
    """``struct timex`` of <sys/timex.h> on Linux."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),  # µs
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),  # more than any architecture has
    )


def kernel() -> Kept:
    """What the kernel says; microseconds."""
    found = _Timex()
    try:
        ask: Any = ctypes.CDLL(None).adjtimex
        state = int(ask(ctypes.byref(found)))
    except (OSError, AttributeError, TypeError):  # not Linux
        return Kept(None)
    if state < 0:  # not allowed to ask
        return Kept(None)
    synchronised = state != _ERROR and not found.status & _UNSYNCHRONISED
    unit = 1e-9 if found.status & _NANOSECONDS else 1e-6
    return Kept(synchronised, found.offset * unit, found.maxerror * 1e-6)


def systemd() -> Kept:
    """What timedatectl says; up to some seconds."""
    command = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return Kept(None)
    return Kept({"yes": True, "no": False}.get(said.stdout.strip()))


class Keeper:
    """Asks the kernel each time, and systemd once a minute where the kernel does not answer. Used
    by one thread at a time."""

    def __init__(
        self,
        kernel: Callable[[], Kept] = kernel,
        systemd: Callable[[], Kept] = systemd,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kernel = kernel
        self._systemd = systemd
        self._seconds = seconds
        self._said = Kept(None)
        self._asked = float("-inf")

    def __call__(self) -> Kept:
        found = self._kernel()
        if found.synchronised is not None:
            return found
        if self._seconds() - self._asked >= _EVERY:
            self._asked, self._said = self._seconds(), self._systemd()
        return self._said
