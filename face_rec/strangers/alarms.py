"""What is told of unknown people: that one is there, that one comes again and again, and that a
blocked one is there."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from face_rec.clock import Clock
from face_rec.domain.strangers import SEVERAL, Passing, Standing, Stranger
from face_rec.notices.delivery import Outbox
from face_rec.notices.notice import Facts, Notice, NoticeKind
from face_rec.strangers.storage import StrangerStore

_AGAIN: Final = timedelta(minutes=5)
"""In which a blocked person at one kiosk is told of once."""
_NEXT: Final = timedelta(minutes=1)
"""In which whoever is unknown at one kiosk is told of once."""
_TOLD: Final = "strangers"
"""By day, so that the ids that were told go as time goes on."""


class Alarms:
    """Notices in the outbox; each has the same id however often it is tried. Raises
    StoreUnavailable."""

    def __init__(self, outbox: Outbox, store: StrangerStore, clock: Clock) -> None:
        self._outbox = outbox
        self._store = store
        self._clock = clock

    def came(self, passing: Passing) -> bool:
        """Somebody unknown is at a kiosk; whether that was told now."""
        here = f"came:{passing.kiosk}"
        if self._store.lately(here):
            return False
        name = f"{passing.kiosk}-{int(passing.ended.timestamp())}"
        self._publish(NoticeKind.STRANGER_CAME, name, passing.kiosk, "see Unknown", {})
        self._store.first(here, _NEXT.total_seconds())
        return True

    def seen(self, stranger: Stranger) -> Stranger:
        """``stranger`` as they are to be written: told of, if it is the third time by now."""
        due = stranger.times >= SEVERAL and stranger.standing is Standing.OPEN
        if not due or stranger.told:
            return stranger
        since = f"{stranger.began:%Y-%m-%d}"
        self._publish(
            NoticeKind.STRANGER, stranger.id, stranger.kiosk,
            f"{stranger.times} times since {since}: see Unknown",
            {"times": stranger.times, "since": since},
        )  # fmt: skip
        return replace(stranger, told=True)

    def holds(self, stranger: Stranger) -> bool:
        """Whether a block is not over."""
        until = stranger.decision.until
        return until is None or until > self._clock.now()

    def blocked(self, stranger: Stranger, passing: Passing) -> bool:
        """Somebody who is blocked is at a kiosk; whether that was told now."""
        here = f"{stranger.id}:{passing.kiosk}"
        if self._store.lately(here):
            return False
        name = f"{stranger.id}-{passing.kiosk}-{int(passing.ended.timestamp())}"
        self._publish(NoticeKind.BLOCKED, name, passing.kiosk, "seen again: see Unknown", {})
        self._store.first(here, _AGAIN.total_seconds())  # what breaks off before is told again
        return True

    def _publish(
        self, kind: NoticeKind, name: str, kiosk: str, details: str, facts: Facts
    ) -> None:
        notice = Notice(
            f"{name}-{kind.plain}",
            kind,
            self._clock.now(),
            kiosk=kiosk,
            details=details,
            facts=facts,
        )
        self._outbox.publish_once(f"{_TOLD}-{notice.at:%Y-%m-%d}", [notice])
