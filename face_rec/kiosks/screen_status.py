"""How the screens of kiosks are, as their browsers say it themselves."""

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cachetools import LRUCache

_MOST: Final = 1024
"""Screens remembered, the newest of all kiosks; some 300 bytes each."""


@dataclass(frozen=True, slots=True)
class ScreenStatus:
    """``transport``: ``webrtc`` or ``http``. ``camera``: its label in the browser's words.
    ``rate``: pictures a second that it sends. ``dark``: it sees next to nothing (covered, or no
    light). ``battery``: 0 to 1, None where the browser does not tell. ``state``: of the camera
    (``ok``, ``denied`` …). ``version``: of the page's code."""

    transport: str
    camera: str
    rate: float
    dark: bool
    battery: float | None
    state: str
    version: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a screen of a kiosk said, and when."""

    kiosk: str
    screen: str
    status: ScreenStatus
    at: datetime


class ScreenReports:
    """The newest report of each screen. Safe from any thread; nothing is kept beyond a restart,
    for whoever is there reports again within seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: LRUCache[tuple[str, str], Report] = LRUCache(_MOST)

    def note(self, report: Report) -> None:
        with self._lock:
            self._newest[report.kiosk, report.screen] = report

    def of(self, kiosk: str) -> tuple[Report, ...]:
        """Of all screens of one kiosk, the latest first."""
        with self._lock:
            found = [one for one in self._newest.values() if one.kiosk == kiosk]
        return tuple(sorted(found, key=lambda one: one.at, reverse=True))
