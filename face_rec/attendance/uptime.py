"""Which kiosks were up when, and whom an outage excuses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from face_rec.attendance.kiosk import Direction, Interval, KioskRecord, Outage, used_by


@dataclass(frozen=True, slots=True)
class Blindness:
    """What a group's kiosks missed of a shift. ``outages``: when nobody of the group could mark
    coming, or leaving. ``excuses``: neither could be marked, so that somebody who was never
    seen may have been there."""

    outages: tuple[Outage, ...] = ()
    excuses: bool = False


SEEING = Blindness()


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
        self._known: dict[tuple[int, int, str], Blindness] = {}

    def outages(self, start: int, end: int) -> tuple[Outage, ...]:
        """Outages of every kiosk between two moments, from its first heartbeat on."""
        return tuple(outage for kiosk in self._kiosks for outage in self._of(kiosk, start, end))

    def blindness(self, group: str, start: int, end: int) -> Blindness:
        """What the kiosks of ``group`` missed between two moments.

        One kiosk that is up sees whoever comes past it, so an outage counts only while all the
        kiosks were down that the group could have used to come, or to leave.
        """
        key = (start, end, group)
        if key not in self._known:
            self._known[key] = self._blindness(group, start, end)
        return self._known[key]

    def _blindness(self, group: str, start: int, end: int) -> Blindness:
        usable = used_by(group, self._kiosks)
        coming = [one for one in usable if one.direction is not Direction.OUT]
        leaving = [one for one in usable if one.direction is not Direction.IN]
        found = [self._together(some, start, end) for some in (coming, leaving) if some]
        distinct = dict.fromkeys(outage for some in found for outage in some)
        return Blindness(tuple(distinct), bool(found) and all(found))

    def _together(self, kiosks: Sequence[KioskRecord], start: int, end: int) -> list[Outage]:
        """The outages that make up the times in which all of ``kiosks`` were down."""
        begun = min(_since(kiosk) for kiosk in kiosks)  # before that there was none to be down
        dark = [(max(start, begun), end)]
        outages = []
        for kiosk in kiosks:
            own = self._of(kiosk, start, end)
            outages += own
            yet = [(start, _since(kiosk))] if _since(kiosk) > start else []
            dark = _meeting(dark, [*yet, *((one.start, one.end) for one in own)])
        long = [(a, b) for a, b in dark if b - a >= self._least]
        return [one for one in outages if _meeting(long, [(one.start, one.end)])]

    def _of(self, kiosk: KioskRecord, start: int, end: int) -> list[Outage]:
        alive, found = max(start, _since(kiosk)), []
        for first, last in self._beats.get(kiosk.id, ()):
            if last < alive or first > end:
                continue
            if first - alive >= self._least:
                found.append(Outage(kiosk.id, alive, first))
            alive = max(alive, last)
        if end - alive >= self._least:
            found.append(Outage(kiosk.id, alive, end))
        return found


def _since(kiosk: KioskRecord) -> int:
    return int(kiosk.watched_from.timestamp()) if kiosk.watched_from else 0


def _meeting(some: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    """The times that lie in one of both."""
    meets = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return [(a, b) for a, b in meets if a < b]
