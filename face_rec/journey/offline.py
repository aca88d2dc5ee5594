"""Offline: stills that a kiosk took while the server was away, each marked at its own time."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from face_rec.clock import Clock
from face_rec.domain.errors import RequestRefused, StoreUnavailable
from face_rec.domain.faces import Image
from face_rec.domain.kiosks.screens import Label
from face_rec.domain.marks import Outcome, Receipt
from face_rec.journey.still import Stills
from face_rec.kiosks.offline import Capture, HandedOver, Tally, why_no_time
from face_rec.languages.language import msgid

log = logging.getLogger(__name__)

_NEW: Final = (Outcome.MARKED, Outcome.SAVED_HERE, Outcome.REPEATED)


class Became(StrEnum):
    """What a device is told; it then forgets the still."""

    TAKEN = "taken"
    ALREADY = "already"  # it was handed over before
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    became: Became
    marks: int = 0
    why: str = ""


class OfflineStills:
    """Takes each still once. Safe from any thread; some 100 ms each.

    ``ready``: whether faces can be compared and marks kept, so that nobody is called unknown
    only because the server has just started. ``open_at``: whether a kiosk took attendance then.
    """

    def __init__(
        self,
        stills: Stills,
        handed_over: HandedOver,
        clock: Clock,
        *,
        ready: Callable[[], bool],
        open_at: Callable[[str, datetime], bool],
    ) -> None:
        self.handed_over = handed_over
        self._stills = stills
        self._clock = clock
        self._ready = ready
        self._open_at = open_at

    def __call__(self, capture: Capture, read: Callable[[], Image]) -> Answer:
        """``read`` opens and decodes the picture, or raises RequestRefused; it is not called for
        one that is not taken.

        Raises StoreUnavailable where the device should come again later, and PackMissing.
        """
        if self.handed_over.known(capture):
            return Answer(Became.ALREADY)
        capture = capture.mend(self._clock.now())
        why = self._refusal(capture)
        if why:
            return self._refused(capture, why)
        if not self._ready():
            raise StoreUnavailable(
                msgid("The app is not ready to recognise anybody. Try again soon.")
            )
        try:
            image = read()
        except RequestRefused as refusal:
            return self._refused(capture, str(refusal))
        return self._noted(capture, *_answer(self._stills.late(image, capture)))

    def _refusal(self, capture: Capture) -> str:
        """Why the time of a still is none to mark at; empty where it is."""
        why = why_no_time(capture.at, self._clock.now())
        if why or self._open_at(capture.kiosk, capture.at):
            return why
        return "the kiosk was closed then, or takes the pictures of one camera only"

    def _refused(self, capture: Capture, why: str) -> Answer:
        return self._noted(capture, Answer(Became.REFUSED, why=why), Tally(1, refused=1))

    def _noted(self, capture: Capture, answer: Answer, became: Tally) -> Answer:
        self.handed_over.note(capture, became)
        log.info(
            "offline_still kiosk=%s became=%s marks=%d why=%s",
            capture.kiosk, answer.became, answer.marks, answer.why,
        )  # fmt: skip
        return answer


def _answer(labels: tuple[Label, ...]) -> tuple[Answer, Tally]:
    for label in labels:
        if label.problem:  # the journal could not keep it: the device still can
            raise StoreUnavailable(label.problem)
    if any(label.hold for label in labels):
        return Answer(Became.REFUSED, why="the kiosk marks live faces only"), Tally(1, refused=1)
    receipts = [label.receipt for label in labels if label.receipt]
    marks = sum(map(_made, receipts))
    return Answer(Became.TAKEN, marks), Tally(1, marks, nobody=int(not receipts))


def _made(receipt: Receipt) -> bool:
    """Whether the still made this mark, if perhaps before the server or its database died."""
    return receipt.outcome in _NEW or receipt.stands_at == receipt.event.at
