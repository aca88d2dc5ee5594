"""What is done about visitors as time goes on: who stays too long is told of, and what nobody need
know any more is erased."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import Conflict, StoreError
from face_rec.visitors.visit import Visit
from face_rec.visitors.visitor_service import VisitorService

log = logging.getLogger(__name__)

_EVERY: Final = 20.0
_LATE: Final = timedelta(days=1)
"""After the end of a visit: an app that was away for longer leaves the notice out."""


class VisitorUpkeep:
    """A thread of each process; two that do the same at once do it once. ``days``: after which
    visits are erased. ``overdue``: tells that a visitor is still here; may raise StoreError."""

    def __init__(
        self,
        service: VisitorService,
        clock: Clock,
        *,
        days: Callable[[], int],
        overdue: Callable[[Visit], None],
    ) -> None:
        self._service = service
        self._clock = clock
        self._days = days
        self._overdue = overdue
        self._thread = Background("visitors", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._thread.stop(2)

    def _run(self) -> None:
        while not self._thread.stopping.wait(_EVERY):
            try:
                self.look()
            except (StoreError, Conflict) as error:
                log.info("visitors_upkeep_waits reason=%s", type(error).__name__)

    def look(self) -> int:
        """How many visits were erased. Raises StoreError, Conflict."""
        now, zone, days = self._clock.now(), self._service.zone(), self._days()
        visits = self._service.records.visits.all()
        for one in visits:
            if one.overdue(now) and now - one.until < _LATE:
                self._overdue(one)
        over = [one.id for one in visits if one.erased_at(days, zone) <= now]
        if over:
            self._service.erase(over, by_itself=True)
            log.info("visits_erased count=%d", len(over))
        return len(over)
