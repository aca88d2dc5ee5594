"""What it was measured on: a number without its machine says nothing."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

_LIBRARIES = ("numpy", "onnxruntime", "insightface", "opencv-python", "redis", "scipy")


def describe() -> dict[str, str]:
    """Processor, cores, memory, load, system and the versions that matter."""
    return {
        "processor": _proc("cpuinfo", "model name") or platform.processor(),
        "cores": str(os.cpu_count()),
        "memory": _proc("meminfo", "MemTotal"),
        "load at start": ", ".join(f"{load:.1f}" for load in os.getloadavg()),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: version(name) for name in _LIBRARIES},
    }


def _proc(file: str, key: str) -> str:
    """The first value of ``key`` in a file of /proc; "" where there is none."""
    path = Path("/proc") / file
    lines = path.read_text().splitlines() if path.is_file() else []
    found = (line.partition(":")[2].strip() for line in lines if line.startswith(key))
    return next(found, "")
