"""Lingering: who has been before this camera all the time gets one mark, however often they turn
away.

A track ends when a face turns aside or somebody walks past in front of it, and the next one knows
nothing of it; with the cooldown alone, a person who waited at the door gathered a mark each time
it was over. The rule: **somebody is marked again when the cooldown is over and this camera has
not seen them for** :data:`AWAY` **seconds.** Until then a new look means the mark they have.

Known to this process and camera only: another kiosk, a PIN and a restart go by the cooldown.
"""

from typing import Final

from cachetools import LRUCache

from face_rec.domain.marks import Receipt

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
