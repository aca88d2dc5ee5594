"""All of privacy in one object, for pages and commands; and when the retention job runs."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.privacy.consent import ConsentService
from face_rec.privacy.erase import Erasure
from face_rec.privacy.export import PersonExport
from face_rec.privacy.retention import Retention

log = logging.getLogger(__name__)

DAILY: Final = timedelta(hours=24)
_LOOK_EVERY: Final = 600.0  # seconds; also how soon a Redis that was away is asked again
_FIRST_AFTER: Final = 20.0  # let the app start before a bucket is listed
_RESTARTED: Final = timedelta(hours=1)  # a run as recent as this is not repeated at a restart


class RetentionSchedule:
    """Every process has one; the lock of the run log lets one of them work."""

    def __init__(
        self,
        retention: Retention,
        clock: Clock,
        *,
        first_after: float = _FIRST_AFTER,
        look_every: float = _LOOK_EVERY,
    ) -> None:
        self._retention = retention
        self._clock = clock
        self._first_after = first_after
        self._look_every = look_every
        self._thread = Background("retention", self._run)

    def start(self) -> None:
        """Begin; where nothing is ever to be removed, a run looks after the kept photos only."""
        self._thread.start()

    def close(self) -> None:
        """Stop; a run under way ends with its thread, and goes on at the next start."""
        self._thread.stop(5)

    def _run(self) -> None:
        wait, least = self._first_after, _RESTARTED
        while not self._thread.stopping.wait(wait):
            try:
                self._retention.finish()
                if self._due(least):
                    self._retention.run()
                least = DAILY
            except StoreError as error:
                log.warning("retention_waits reason=%s", error)
            wait = self._look_every

    def _due(self, least: timedelta) -> bool:
        last = self._retention.last()
        return last is None or self._clock.now() - last.began_at >= least


@dataclass(frozen=True, slots=True)
class Privacy:
    """Safe from any thread. ``encrypted`` says whether a data key is set."""

    consent: ConsentService
    retention: Retention
    erasure: Erasure
    export: PersonExport
    encrypted: bool = False
