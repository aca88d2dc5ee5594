"""Kiosks: which way they count, and when they were down."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    """What a mark at this kiosk means."""

    IN = "in"
    OUT = "out"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class KioskRecord:
    """One kiosk. ``id`` is the name that its events carry.

    ``minimum_stay``: minutes that must lie between IN and OUT where the
    direction is both. ``watched``: whether its outages keep people from being
    called absent; ``watched_from`` is its first heartbeat.
    ``pin``: whether people may use their PIN here, unless a linked device is this kiosk,
    which has a say of its own.
    """

    id: str
    site: str = ""
    direction: Direction = Direction.BOTH
    minimum_stay: int = 5
    watched: bool = True
    watched_from: datetime | None = None
    pin: bool = False


Interval = tuple[int, int]
"""(first, last) heartbeat of a stretch without a gap, UTC seconds."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a kiosk gave no sign of life; UTC seconds."""

    kiosk: str
    start: int
    end: int


class Uptime:
    """The heartbeats of all watched kiosks over some days."""

    def __init__(
        self,
        kiosks: Iterable[KioskRecord],
        beats: Mapping[str, Sequence[Interval]],
        least_minutes: int,
    ) -> None:
        """``beats``: intervals by kiosk, any order; gaps of at least
        ``least_minutes`` are outages."""
        self._kiosks = [one for one in kiosks if one.watched and one.watched_from is not None]
        self._beats = {name: sorted(intervals) for name, intervals in beats.items()}
        self._least = 60 * least_minutes
        self._known: dict[Interval, tuple[Outage, ...]] = {}

    def outages(self, start: int, end: int) -> tuple[Outage, ...]:
        """Outages between two moments, from a kiosk's first heartbeat on."""
        key = (start, end)
        if key not in self._known:
            self._known[key] = tuple(
                outage for kiosk in self._kiosks for outage in self._of(kiosk, start, end)
            )
        return self._known[key]

    def _of(self, kiosk: KioskRecord, start: int, end: int) -> list[Outage]:
        since = int(kiosk.watched_from.timestamp()) if kiosk.watched_from else end
        alive, found = max(start, since), []
        for first, last in self._beats.get(kiosk.id, ()):
            if last < alive or first > end:
                continue
            if first - alive >= self._least:
                found.append(Outage(kiosk.id, alive, first))
            alive = max(alive, last)
        if end - alive >= self._least:
            found.append(Outage(kiosk.id, alive, end))
        return found
