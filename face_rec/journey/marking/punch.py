"""Punch: turn a named face, or a PIN, into a mark, a greeting and a snapshot, in this order; and
tell who has not been away since that their mark stands."""

import uuid
from dataclasses import dataclass, replace
from typing import Final

from cachetools import LRUCache

from face_rec.clock import Clock
from face_rec.domain.faces import Box, Image
from face_rec.domain.kiosks.screens import Greeting
from face_rec.domain.liveness import NOT_CHECKED
from face_rec.domain.marks import Event, EventKind, Outcome, Receipt, Source, Whereabouts
from face_rec.domain.pictures import key_of
from face_rec.domain.recognition import Decision
from face_rec.journey.streams.stream import NoticeBoard
from face_rec.kiosks.offline import Capture
from face_rec.protocols.marks import Marker
from face_rec.protocols.people_store import Directory
from face_rec.protocols.snapshots import SnapshotSink

CONTEXT: Final = 3.0
"""Side of a snapshot, in sides of the face: enough to see who stands there, no more."""
_WRITTEN: Final = (Outcome.MARKED, Outcome.SAVED_HERE, Outcome.REPEATED)
"""It stands; REPEATED: the answer to the first sending was lost on the way."""


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A face whose decision names somebody, and the picture it is in."""

    image: Image
    box: Box
    subject: str
    decision: Decision
    contract: str


class Puncher:
    """Punches for one kiosk. Used by one thread at a time. ``snapshots`` is None where no
    pictures are kept, ``board`` where no screen of the kiosk is to greet anybody. ``capture``: the
    still of another time that it marks by. ``where`` and ``kind``: of whoever marks themselves on
    their phone, where they are and what they said that they do."""

    def __init__(
        self,
        kiosk: str,
        source: Source,
        *,
        marker: Marker,
        directory: Directory,
        snapshots: SnapshotSink | None,
        clock: Clock,
        board: NoticeBoard | None = None,
        capture: Capture | None = None,
        where: Whereabouts | None = None,
        kind: EventKind = EventKind.PUNCH,
    ) -> None:
        self._where = where
        self._kind = kind
        self._kiosk = kiosk
        self._source = source
        self._marker = marker
        self._directory = directory
        self._snapshots = snapshots
        self._clock = clock
        self._board = board
        self._capture = capture

    @property
    def late(self) -> bool:
        """Whether it marks by a still of another time."""
        return self._capture is not None

    def __call__(self, named: Named, large_since: float | None = None) -> Receipt:
        """Mark ``named``; raises JournalError, and then nobody has been told anything.

        ``large_since``: when (monotonic) the face was first large enough, for the statistics.
        """
        receipt = self._marker.mark(self._event_of(named))
        self._greet(receipt, large_since)
        if receipt.outcome in _WRITTEN:
            self._keep(receipt.event, named)
        return receipt

    def _keep(self, event: Event, named: Named) -> None:
        if self._snapshots and event.snapshot:
            self._snapshots.offer(event.snapshot, crop(named.image, named.box))

    def again(self, earlier: Receipt) -> Receipt:
        """Tell somebody who has not been away that their mark stands; nothing is written."""
        receipt = Receipt(earlier.event, Outcome.ALREADY, earlier.stands_at)
        self._greet(receipt)
        return receipt

    def held(self, named: Named, why: str, *, picture: bool = True) -> None:
        """Note for the office that ``named`` was not marked, and ``why`` in words; whoever stands
        there is told elsewhere. Raises JournalError. ``picture``: whether one is kept."""
        made = self._event_of(named)
        reason = f"{why}; {made.reason}" if made.reason else why
        event = replace(made, kind=EventKind.HELD, reason=reason)
        event = event if picture else replace(event, snapshot=None)
        receipt = self._marker.mark(event)
        if receipt.outcome in _WRITTEN:
            self._keep(event, named)

    def without_face(self, subject: str) -> Receipt:
        """Mark somebody whose face failed and who has shown in another way who they are; raises
        JournalError, and then nobody has been told anything."""
        event = Event(
            id=uuid.uuid4().hex,
            subject=subject,
            at=self._clock.now(),
            kind=EventKind.PUNCH,
            source=self._source,
            kiosk=self._kiosk,
        )
        receipt = self._marker.mark(event)
        self._greet(receipt)
        return receipt

    def _event_of(self, named: Named) -> Event:
        life = named.decision.life
        event_id, at, late = uuid.uuid4().hex, self._clock.now(), self._capture
        recorded = at if late else None
        if late:
            event_id, at = late.event_of(named.subject), late.at
        return Event(
            id=event_id,
            subject=named.subject,
            at=at,
            kind=self._kind,
            source=self._source,
            kiosk=self._kiosk,
            score=named.decision.score,
            margin=named.decision.margin,
            liveness=life.score,
            live=None if life == NOT_CHECKED else life.verdict,
            found=life.findings,
            snapshot=key_of(event_id, at, named.subject) if self._snapshots else None,
            contract=named.contract,
            reason=(str(late.doubt) or None) if late else None,
            recorded_at=recorded,
            where=self._where,
        )

    def _greet(self, receipt: Receipt, large_since: float | None = None) -> None:
        if self._board is None:
            return
        now = self._clock.monotonic()
        waited = None if receipt.already or large_since is None else now - large_since
        name = self._directory.name(receipt.event.subject)
        self._board.post(Greeting(receipt, name, now), waited)


def crop(image: Image, box: Box) -> Image:
    """A copy of the part of ``image`` around ``box``, clipped at its borders."""
    height, width = image.shape[:2]
    (x, y), half = box.centre, max(box.width, box.height) * CONTEXT / 2
    left, right = _span(x - half, x + half, width)
    top, bottom = _span(y - half, y + half, height)
    return image[top:bottom, left:right].copy()


def _span(low: float, high: float, length: int) -> tuple[int, int]:
    """The whole pixels from ``low`` to ``high`` within a side; at least one."""
    start = min(max(0, round(low)), length - 1)
    return start, min(max(start + 1, round(high)), length)


# Lingering: who has been before this camera all the time gets one mark, however often they
# turn away.
#
# A track ends when a face turns aside or somebody walks past in front of it, and the next one
# knows nothing of it; with the cooldown alone, a person who waited at the door gathered a mark
# each time it was over. The rule: **somebody is marked again when the cooldown is over and
# this camera has not seen them for** :data:`AWAY` **seconds.** Until then a new look means the
# mark they have.
#
# Known to this process and camera only: another kiosk, a PIN and a restart go by the cooldown.

AWAY: Final = 60.0
"""Seconds out of sight after which somebody has been away: longer than any turn of the head or
talk with a neighbour, shorter than an errand."""
_PEOPLE = 1024
"""Remembered at one camera; a thousand do not pass it within a minute."""


class Lingering:
    """Who was seen last when, and the mark that stands. Used by one thread at a time; times are
    monotonic seconds of the frames."""

    def __init__(self) -> None:
        self._seen: LRUCache[str, tuple[Receipt, float]] = LRUCache(_PEOPLE)

    def see(self, subject: str, receipt: Receipt, now: float) -> None:
        """``subject`` stands there, named, and has ``receipt``."""
        self._seen[subject] = (receipt, now)

    def standing(self, subject: str, now: float) -> Receipt | None:
        """What ``subject`` was told when they came, if they have not been away since."""
        receipt, seen_at = self._seen.get(subject, (None, now))
        return receipt if now - seen_at < AWAY else None
