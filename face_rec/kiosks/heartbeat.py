"""Heartbeat: a sign of life for each kiosk that has a picture, as long as it has one.

The history of these beats is what tells an absence from an outage, see
:mod:`face_rec.kiosks.kiosk`.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError

log = logging.getLogger(__name__)

EVERY: Final = 30.0
"""Seconds between beats; a store joins beats that are at most three minutes apart."""


class Heartbeat:
    """A thread that beats until closed. ``alive`` names the kiosks with a picture now;
    ``beat`` notes one. A store that is away costs a beat, never the thread."""

    def __init__(
        self,
        alive: Callable[[], Iterable[str]],
        beat: Callable[[str, datetime], None],
        clock: Clock,
        every: float = EVERY,
    ) -> None:
        self._alive = alive
        self._beat = beat
        self._clock = clock
        self._every = every
        self._thread = Background("kiosk-heartbeat", self._run)
        self._thread.start()

    def close(self, timeout: float = 10.0) -> None:
        """Stop; returns when the last beat is written, or after ``timeout`` s."""
        self._thread.stop(timeout)

    def beat_once(self) -> None:
        """Note every kiosk that is alive now."""
        for kiosk in self._alive():
            try:
                self._beat(kiosk, self._clock.now())
            except StoreError as error:
                log.warning("beat_lost kiosk=%s error=%s", kiosk, error)

    def _run(self) -> None:
        """A heartbeat that stops would turn absences into outages: Background goes on with it."""
        while not self._thread.stopping.wait(self._every):
            self.beat_once()
