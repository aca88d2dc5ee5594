"""The only place that asks the machine what time it is; and how a day is called in full."""

import secrets
import sys
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final, Protocol

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """Wall time for events, monotonic time for durations."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back."""
        ...


class MachineClock(Clock, Protocol):
    """The same, and what tells that somebody has set the wall clock."""

    def uptime(self) -> float:
        """Seconds since the machine was started, those in which it slept included. Nobody can
        set it."""
        ...

    @property
    def boot(self) -> str:
        """Eight hexadecimal digits: this start of the machine. The same in all processes on it,
        those in containers included."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def uptime(self) -> float:
        return uptime()

    @property
    def boot(self) -> str:
        return _boot()


def _counts_sleep(platform: str) -> int | None:
    """The clock that goes on while the machine sleeps; None where ``time.monotonic`` does, too
    (Windows). On macOS that one stands still (mach_absolute_time), and each night of a laptop
    would look as if its clock had been set forward: its CLOCK_MONOTONIC_RAW goes on."""
    name = {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC_RAW"}.get(platform, "")
    found: int | None = getattr(time, name, None)
    return found


_SINCE_BOOT: Final = _counts_sleep(sys.platform)


def uptime() -> float:
    """Seconds since the machine was started (see MachineClock)."""
    return time.monotonic() if _SINCE_BOOT is None else time.clock_gettime(_SINCE_BOOT)


@cache
def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").replace("-", "")[:8]
    except OSError:  # not Linux: every process is a start of its own
        return secrets.token_hex(4)


def offset_if_twice(local: datetime) -> str:
    """What belongs behind a local time that comes twice that night, as clocks are set back: its
    offset, as in " UTC+02:00"; "" for all others."""
    other = local.replace(fold=1 - local.fold)
    return "" if other.utcoffset() == local.utcoffset() else f" UTC{local.isoformat()[-6:]}"
