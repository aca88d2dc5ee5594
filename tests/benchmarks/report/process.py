"""What a process holds of the machine; read from /proc, so on Linux only."""

import os
import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Held:
    """``memory``: resident bytes. ``files``: open descriptors. ``connections``: Redis's count
    of its clients."""

    memory: int
    threads: int
    files: int
    connections: int


def held(connections: int) -> Held:
    files = len(list(Path("/proc/self/fd").iterdir()))
    return Held(resident(), threading.active_count(), files, connections)


def highest() -> int:
    """The most bytes of memory ever in use by this process (``ru_maxrss`` counts those of the
    parent as well)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024


def resident() -> int:
    """Bytes of memory in use by this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Used:
    """``seconds``: of CPU, children that have ended included. ``memory``: resident bytes."""

    seconds: float
    memory: int


def used(pid: int) -> Used:
    """What another process has used until now."""
    folder = Path(f"/proc/{pid}")
    ticks = folder.joinpath("stat").read_text().rsplit(")", 1)[1].split()[11:15]
    pages = int(folder.joinpath("statm").read_text().split()[1])
    seconds = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return Used(seconds, pages * os.sysconf("SC_PAGE_SIZE"))


def machine_busy() -> float:
    """CPU seconds that all processes of the machine have used since its start: what a measured
    process did not get, others had."""
    ticks = [int(text) for text in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    idle = ticks[3] + ticks[4]
    return (sum(ticks[:8]) - idle) / os.sysconf("SC_CLK_TCK")
