"""Seats: whose camera feeds a kiosk, and until when it may."""

from collections import deque
from threading import Lock
from typing import Final

from cachetools import LRUCache, TTLCache

from face_rec.clock import Clock, SystemClock

LEASE: Final = 20.0
"""Seconds that a video may go on feeding its kiosk without its page; whoever loses the right
loses the page, and with it this."""
_SCREENS, _KIOSKS = 32, 256
"""How many are remembered; names come from addresses, and memory must stay flat."""
_LEASES = 4 * _KIOSKS


class Seats:
    """One camera feeds a kiosk: two mixed into one stream would mix the people before them.

    The newest comer has the seat, whatever way its pictures take; who had it before stays out
    until it comes under a new name (a reloaded page). Pictures over HTTP are judged one by one;
    a video over WebRTC is not, so it needs a lease that its page renews. Safe from any thread.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._lock = Lock()
        self._screens: LRUCache[str, deque[str]] = LRUCache(_KIOSKS)
        timer = (clock or SystemClock()).monotonic
        self._leases: TTLCache[tuple[str, str], None] = TTLCache(_LEASES, LEASE, timer)

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

    def feeds(self, kiosk: str, screen: str) -> bool:
        """Whether the pictures that are looked at are its own: not of one that only listens."""
        with self._lock:
            screens = self._screens.get(kiosk)
        return bool(screens) and screens is not None and screens[-1] == screen

    def renew(self, kiosk: str, screen: str) -> None:
        """The page of ``screen`` is open and may still be: its video may feed for LEASE more."""
        with self._lock:
            self._leases[kiosk, screen] = None

    def end(self, kiosk: str, screen: str) -> None:
        """Its video feeds no more until its page renews it."""
        with self._lock:
            self._leases.pop((kiosk, screen), None)

    def leased(self, kiosk: str, screen: str) -> bool:
        """Whether its page has renewed it lately."""
        with self._lock:
            return (kiosk, screen) in self._leases
