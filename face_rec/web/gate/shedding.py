"""Overload: what gives way, and in which order, so that people at the door are marked as before.

Measured is how late the server's event loop comes round. Every picture, message and page passes
through it, and whatever keeps the processor or Python's lock from it keeps them from marks, too;
other programs of a busy machine hardly do (a median of 6 ms at twenty runnable programs a core).

Marks never give way: what names people and keeps what was found, by whatever way it comes, with
its evidence. Before them go, each as long as the one before it was not enough:

1. pages: new ones, and answers of the API. Who may see the state of the system keeps a few, so
   that somebody can find out why; kiosks have theirs, which is how marks are made. Pages that
   are open go on.
2. the live view: a kiosk's screen hears twice a second what its camera sees, not 25 times.
3. pictures: a kiosk sends one at a time over HTTP, not two. Photos taken on purpose stay.
"""

import asyncio
import logging
import statistics
import time
from collections import Counter, deque
from collections.abc import Mapping
from enum import IntEnum
from typing import Final

log = logging.getLogger(__name__)


class Shed(IntEnum):
    """What gives way: this, and all that stands before it."""

    NOTHING = 0
    PAGES = 1
    VIEW = 2
    PICTURES = 3


FROM: Final[Mapping[Shed, float]] = {Shed.PAGES: 0.25, Shed.VIEW: 0.5, Shed.PICTURES: 1.0}
"""Seconds late from which something gives way. A mark may take 0.2 s (p99)."""
BACK: Final = 0.5
"""Share of that below which it is back, so that it does not come and go."""
LOOKS: Final = 10
EVERY: Final = 0.5
"""Seconds between two looks. What counts is the median of the last LOOKS: one long collection of
garbage, or a library that is loaded, is no overload."""


def level_after(level: Shed, late: float) -> Shed:
    """What gives way from now on, after ``level``, where the loop is ``late`` seconds late."""
    reached = [shed for shed, limit in FROM.items() if late >= limit]
    kept = [shed for shed, limit in FROM.items() if shed <= level and late >= limit * BACK]
    return max([Shed.NOTHING, *reached, *kept])


async def lateness() -> float:
    """Seconds that the event loop comes late to what was due now. Takes EVERY."""
    due = time.monotonic() + EVERY
    await asyncio.sleep(EVERY)
    return max(0.0, time.monotonic() - due)


class Overload:
    """How late the loop is, and what gives way for it. Noted on the event loop; read anywhere."""

    def __init__(self) -> None:
        self._looks: deque[float] = deque(maxlen=LOOKS)
        self._level = Shed.NOTHING
        self._turned_away: Counter[Shed] = Counter()

    @property
    def level(self) -> Shed:
        return self._level

    @property
    def late(self) -> float:
        """Seconds: the median of the last looks; 0 before there are enough."""
        looks = tuple(self._looks)
        return statistics.median(looks) if len(looks) == LOOKS else 0.0

    def gives_way(self, what: Shed) -> bool:
        return self._level >= what

    def turn_away(self, what: Shed) -> bool:
        """Whether it gives way; where it does, that is counted."""
        self._turned_away[what] += self.gives_way(what)
        return self.gives_way(what)

    def turned_away(self) -> Mapping[Shed, int]:
        """How often each was, since the start."""
        return {what: self._turned_away[what] for what in FROM}

    def note(self, late: float) -> None:
        """One look."""
        self._looks.append(late)
        before, self._level = self._level, level_after(self._level, self.late)
        if self._level is not before:
            log.warning("load_shed level=%s late=%.2f", self._level.name.lower(), self.late)

    async def watch(self) -> None:
        """Look until it is cancelled."""
        while True:
            self.note(await lateness())
