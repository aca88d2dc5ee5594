"""Numbers of pictures: each upload spends one that an answer before it gave out.

So an upload that was recorded cannot be sent again, and none overtakes another.
"""

import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from cachetools import LRUCache

from face_rec.domain.errors import RequestRefused

HEADER: Final = "x-kiosk-number"
AT_ONCE: Final = 2
"""Given out at the start, and so the most that are under way."""
_SCREENS: Final = 256


@dataclass(frozen=True, slots=True)
class Sender:
    """One page of one kiosk, and who has it open."""

    kiosk: str
    screen: str
    who: str


@dataclass(slots=True)
class _Series:
    """Numbers given out and not spent, in the order in which they must come."""

    open: deque[str] = field(default_factory=deque)

    def give(self) -> str:
        number = secrets.token_urlsafe(12)
        self.open.append(number)
        return number


class Numbers:
    """On the event loop only, so it needs no lock. Kept in this process: a page whose numbers
    are not known here starts a new series."""

    def __init__(self) -> None:
        self._series: LRUCache[Sender, _Series] = LRUCache(_SCREENS)

    def start(self, sender: Sender) -> list[str]:
        """A new series; numbers of the one before are worth nothing."""
        series = self._series[sender] = _Series()
        return [series.give() for _ in range(AT_ONCE)]

    def spend(self, sender: Sender, number: str) -> str:
        """Use a number up; returns the next one. Those before it are lost with it.

        Raises RequestRefused 428 for one that was used, skipped or never given out.
        """
        series = self._series.get(sender)
        if series is None or number not in series.open:
            raise RequestRefused(
                428, "This picture's number is used up or was not given out. Start a new series."
            )
        while series.open.popleft() != number:
            continue
        return series.give()
