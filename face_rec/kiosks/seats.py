"""Seats: whose camera feeds a kiosk."""

from collections import deque
from threading import Lock

from cachetools import LRUCache

_SCREENS, _KIOSKS = 32, 256
"""How many are remembered; names come from addresses, and memory must stay flat."""


class Seats:
    """One camera feeds a kiosk: two mixed into one stream would mix the people before them.

    The newest comer has the seat, whatever way its pictures take; who had it before stays out
    until it comes under a new name (a reloaded page). Safe from any thread.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._screens: LRUCache[str, deque[str]] = LRUCache(_KIOSKS)

    def take(self, kiosk: str, screen: str) -> bool:
        """Whether ``screen`` feeds ``kiosk`` now; one that was never seen before always does."""
        with self._lock:
            screens = self._screens.setdefault(kiosk, deque(maxlen=_SCREENS))
            if screen not in screens:
                screens.append(screen)
            return screens[-1] == screen

    def holds(self, kiosk: str, screen: str) -> bool:
        """Whether nobody came after ``screen``; asking takes no seat."""
        with self._lock:
            screens = self._screens.get(kiosk)
        return not screens or screen not in screens or screens[-1] == screen
