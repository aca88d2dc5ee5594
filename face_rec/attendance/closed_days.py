"""Closed days get to the disk by themselves, so that the first report of a month finds them there:
after a restore, a new version or a long weekend, too, when nobody has looked at them."""

import logging
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError

log = logging.getLogger(__name__)

_DAYS: Final = 62
"""As many as this month and the last one have at most."""
_FIRST_AFTER: Final = 120.0  # s; whoever starts has kiosks to serve first
_EVERY: Final = 3600.0  # s
_REST: Final = 3.0
"""Times as long as a day took, so that at most a quarter of a core is busy with it."""


class ClosedDays:
    """A thread of each process that has a disk for days. ``keep``: writes one UTC day's file
    where it is closed and lies in none yet, and says whether it did; may raise StoreError,
    OSError. Either ends a look: on a full disk all days would be read each hour for nothing."""

    def __init__(self, keep: Callable[[date], bool], clock: Clock) -> None:
        self._keep = keep
        self._clock = clock
        self._thread = Background("closed-days", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._thread.stop(2)

    def _run(self) -> None:
        wait = _FIRST_AFTER
        while not self._thread.stopping.wait(wait):
            wait = _EVERY
            try:
                self.look()
            except (StoreError, OSError) as error:
                log.info("closed_days_wait reason=%s", type(error).__name__)

    def look(self) -> int:
        """How many days were written, the latest first. Raises StoreError, OSError."""
        today, written = self._clock.now().date(), 0
        for back in range(1, _DAYS + 1):
            begun = self._clock.monotonic()
            if not self._keep(today - timedelta(days=back)):
                continue
            written += 1
            if self._thread.stopping.wait(_REST * (self._clock.monotonic() - begun)):
                break
        if written:
            log.info("closed_days_written count=%d", written)
        return written
