"""The languages that a kiosk offers to whoever stands before it, and which they have chosen."""

from threading import Lock
from typing import Final

from cachetools import TTLCache

from face_rec.clock import Clock, SystemClock
from face_rec.kiosks.kiosk import KioskRecord

STAYS: Final = 60.0
"""Seconds without anybody there after which a kiosk speaks its own language again."""
_KIOSKS = 256
"""How many choices are remembered: memory stays flat."""


class Languages:
    """Who chose one is spoken to in it while somebody is there, on the screen and on the page
    around it. Known to this process only. Safe from any thread."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._lock = Lock()
        timer = (clock or SystemClock()).monotonic
        self._chosen: TTLCache[str, str] = TTLCache(_KIOSKS, STAYS, timer)

    def choose(self, record: KioskRecord, code: str) -> None:
        """What the kiosk does not offer changes nothing; its own ends a choice."""
        with self._lock:
            if code in record.languages:
                self._chosen[record.id] = code
            else:
                self._chosen.pop(record.id, None)

    def stay(self, kiosk: str) -> None:
        """Somebody is there."""
        with self._lock:
            chosen = self._chosen.get(kiosk)
            if chosen is not None:
                self._chosen[kiosk] = chosen

    def of(self, record: KioskRecord) -> str | None:
        """Of all that is said now: what was chosen, if it is offered still, else the kiosk's own;
        None: the site's."""
        with self._lock:
            chosen = self._chosen.get(record.id)
        return chosen if chosen in record.languages else record.language
