"""What the app's process holds of its machine, and Redis of the app."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from face_rec.stores.redis.client import Client
from tests.browser.support.server import AppServer

ALLOWED: Final = {"memory": 25.0, "threads": 1.0, "files": 2.0, "connections": 1.0}
"""By which each may have grown in a run of half an hour, memory in MB. A thread or a socket a page
would be hundreds by then."""
_BY_CAMERA: Final = re.compile(r"mark outcome=(?:marked|saved_here) .*kiosk=wall-")
_TAKEN: Final = re.compile(r"mark outcome=(?:marked|saved_here) .*seconds=([\d.]+)")


@dataclass(frozen=True, slots=True)
class Held:
    """At ``at`` s: resident ``memory`` in MB, threads, open files and sockets, Redis's clients."""

    at: float
    memory: float
    threads: int
    files: int
    connections: int


def held(app: AppServer, client: Client, at: float) -> Held:
    """Read from /proc, so on Linux only."""
    place = Path(f"/proc/{app.pid}")
    status = dict(
        line.split(":", 1)
        for line in (place / "status").read_text("utf-8").splitlines()
        if ":" in line
    )
    return Held(
        at,
        int(status["VmRSS"].split()[0]) / 1024,
        int(status["Threads"]),
        len(list((place / "fd").iterdir())),
        len(client.client_list()),
    )


def marks_by_cameras(app: AppServer) -> int:
    return len(_BY_CAMERA.findall(app.logged()))


def seconds_of_marks(app: AppServer) -> list[float]:
    """What each mark took, from the named face to the confirmation."""
    return [float(found) for found in _TAKEN.findall(app.logged())]
