"""A visitor's badge before a kiosk's camera: who is expected comes in, who is here leaves."""

import logging
from datetime import timedelta
from typing import Final

from face_rec.access.audit.actor import Actor, acting
from face_rec.access.devices.badge_check import Met
from face_rec.clock import Clock
from face_rec.domain.errors import JournalError, VisitRefused
from face_rec.kiosks.badge_windows import Answer
from face_rec.visitors.visit import Stage, is_visit
from face_rec.visitors.visitor_service import Listed, VisitorService

log = logging.getLogger(__name__)

_STAYS: Final = timedelta(minutes=1)
"""Who shows the badge again so soon after they came has not left."""


class VisitorCheckIn:
    """Safe from any thread; may raise StoreUnavailable."""

    def __init__(self, service: VisitorService, clock: Clock) -> None:
        self._service = service
        self._clock = clock

    def meet(self, holder: str, kiosk: str) -> Met | None:
        """What a kiosk says to whose badge it read; None: the holder is no visitor."""
        if not is_visit(holder):
            return None
        found = self._service.get(holder) if self._service.on() else None
        if found is None:
            return Met(Answer.VOID)
        with acting(Actor(kiosk, "device")):
            try:
                return Met(self._became(found, kiosk), found.guest.name)
            except VisitRefused:
                return Met(Answer.ASK_RECEPTION, found.guest.name)
            except JournalError as error:  # nothing was written, or what came of it is not told
                log.warning("visit_not_kept kiosk=%s reason=%s", kiosk, error)
                return Met(Answer.ASK_RECEPTION, found.guest.name)

    def _became(self, found: Listed, kiosk: str) -> Answer:
        visit = found.visit
        if visit.stage(self._clock.now()) is not Stage.HERE:
            told = self._service.come(visit.id, kiosk)
            return Answer.CAME_TOLD if told else Answer.CAME
        if visit.came_at is not None and self._clock.now() - visit.came_at < _STAYS:
            return Answer.CAME
        self._service.leave(visit.id)
        return Answer.LEFT
