"""Which visits without a name count, and for whom. Pure.

A visit counts for the person it came near to if nobody else was nearly as near: a stranger hardly
ever comes so near, and of twins nobody can tell which one it was. It counts once, however often
its track was lost. Whoever is named at the same kiosk within :data:`AWAY` seconds of it, before or
after, was late or has turned away, and not missed; who gives their PIN instead was.

What was measured of the band stands in docs/models.md.
"""

from typing import Final

from cachetools import LRUCache

from face_rec.domain.recognition import Unnamed

DAYS: Final = 28
"""For so many days it is kept how often somebody was missed."""
NEAR: Final = 0.5
"""Of the lead that a name needs: a score may be so far below what a name needs."""
ALONE: Final = 0.5
"""… and the lead over the next person must be at least so much of it."""
AWAY: Final = 60.0
"""Seconds; as long as somebody may be out of sight of a kiosk and has not been away."""
_MOST: Final = 4096
"""Visits that wait, and names remembered; more than all kiosks of a process see in a minute."""

_Whose = tuple[str, str]
"""A kiosk, and a subject."""


def nearest(track: Unnamed) -> str | None:
    """Whom it came near to; None: nobody, or several alike."""
    match, margin = track.match, track.margin
    near = match.score >= track.threshold - NEAR * margin
    return match.subject if near and match.margin >= ALONE * margin else None


class UnnamedVisits:
    """Visits without a name, until it is known that they stay so. Used by one thread at a time;
    times are monotonic seconds."""

    def __init__(self) -> None:
        self._waiting: LRUCache[_Whose, float] = LRUCache(_MOST)
        self._named: LRUCache[_Whose, float] = LRUCache(_MOST)

    def __len__(self) -> int:
        return len(self._waiting)

    def unnamed(self, kiosk: str, subject: str, now: float) -> None:
        """A track of the kiosk has ended near ``subject``."""
        if now - self._named.get((kiosk, subject), float("-inf")) >= AWAY:
            self._waiting[kiosk, subject] = now

    def named(self, kiosk: str, subject: str, now: float) -> None:
        """``subject`` stands before the kiosk by name."""
        self._named[kiosk, subject] = now
        self._waiting.pop((kiosk, subject), None)

    def over(self, now: float) -> list[str]:
        """Of whom a visit is over by now; each is told once."""
        ended = [whose for whose, at in self._waiting.items() if now - at >= AWAY]
        for whose in ended:
            del self._waiting[whose]
        return [subject for _, subject in ended]
