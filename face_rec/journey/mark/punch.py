"""Punch: turn a named face into a mark, a greeting and a snapshot, in this order."""

import uuid
from dataclasses import dataclass

from face_rec.domain.faces import Box, Image
from face_rec.domain.marks import Event, EventKind, Outcome, Receipt, Source
from face_rec.domain.recognition import Decision
from face_rec.domain.screens import Greeting
from face_rec.journey.mark.notify import NoticeBoard
from face_rec.journey.mark.snapshot import crop, key_of
from face_rec.journey.pipeline_deps import Services

_KEPT = (Outcome.MARKED, Outcome.SAVED_HERE)


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A face whose decision names somebody, and the picture it is in."""

    image: Image
    box: Box
    subject: str
    decision: Decision
    contract: str


class Puncher:
    """Punches for one kiosk. Used by one thread at a time."""

    def __init__(self, kiosk: str, source: Source, services: Services, board: NoticeBoard) -> None:
        self._kiosk = kiosk
        self._source = source
        self._marker = services.marker
        self._snapshots = services.snapshots
        self._directory = services.directory
        self._clock = services.clock
        self._board = board

    def __call__(self, named: Named, large_since: float | None = None) -> Receipt:
        """Mark ``named``; raises JournalError, and then nobody has been told anything.

        ``large_since``: when (monotonic) the face was first large enough, for the statistics.
        """
        receipt = self._marker.mark(self._event(named))
        self._greet(receipt, large_since)
        if receipt.outcome in _KEPT and self._snapshots and receipt.event.snapshot:
            self._snapshots.offer(receipt.event.snapshot, crop(named.image, named.box))
        return receipt

    def _event(self, named: Named) -> Event:
        event_id, at = uuid.uuid4().hex, self._clock.now()
        return Event(
            id=event_id,
            subject=named.subject,
            at=at,
            kind=EventKind.PUNCH,
            source=self._source,
            kiosk=self._kiosk,
            score=named.decision.score,
            margin=named.decision.margin,
            liveness=named.decision.liveness,
            snapshot=key_of(event_id, at, named.subject) if self._snapshots else None,
            contract=named.contract,
        )

    def _greet(self, receipt: Receipt, large_since: float | None) -> None:
        now = self._clock.monotonic()
        marked = receipt.outcome is not Outcome.ALREADY and large_since is not None
        waited = now - large_since if marked and large_since is not None else None
        name = self._directory.name(receipt.event.subject)
        self._board.post(Greeting(receipt, name, now), waited)
