"""Which kiosks there are: those of the rules, and nothing that somebody makes up."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from face_rec.clock import Clock
from face_rec.domain.errors import StoreUnavailable
from face_rec.kiosks.kiosk import KioskRecord

MAIN: Final = "main"
"""The kiosk of the office's own browser; it is there without anybody making it."""
_FRESH: Final = 1.0  # seconds an answer holds: a camera asks fifteen times a second


class KioskRegister:
    """Safe to call from any thread. While the database is away the kiosks known last stay
    known: a kiosk goes on while Redis does not."""

    def __init__(
        self,
        load: Callable[[], tuple[KioskRecord, ...]],
        save: Callable[[KioskRecord], None],
        clock: Clock,
        away: Callable[[], bool] = lambda: False,
    ) -> None:
        """``away``: whether the database is known not to answer, so that nobody waits for it."""
        self._away = away
        self._load = load
        self._save = save
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, KioskRecord] = {}
        self._asked = float("-inf")

    def knows(self, name: str) -> bool:
        """Whether there is a kiosk of this name; the first question for ``MAIN`` makes it."""
        return name in self._fresh() or (name == MAIN and self._make_main())

    def names(self) -> list[str]:
        """All of them, in order."""
        return sorted({*self._fresh(), MAIN})

    def record(self, name: str) -> KioskRecord:
        """What the rules say of the kiosk; of an unknown one only its name."""
        return self._fresh().get(name, KioskRecord(name))

    def forget(self) -> None:
        """Look again at the next question; after a change made in this process."""
        self._asked = float("-inf")

    def _fresh(self) -> dict[str, KioskRecord]:
        with self._lock:
            due = self._clock.monotonic() - self._asked >= _FRESH
            if due and not self._away():
                with suppress(StoreUnavailable):  # what was known stays known
                    self._known = {one.id: one for one in self._load()}
                self._asked = self._clock.monotonic()
            return self._known

    def _make_main(self) -> bool:
        """Not watched: an office that closes a tab excuses nobody's absence."""
        try:
            self._save(KioskRecord(MAIN, watched=False))
        except StoreUnavailable:
            return True
        self.forget()
        return True
