"""Which kiosks were up when, and whom an outage excuses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from face_rec.attendance.rules import rule_version
from face_rec.attendance.rules.rules import Limits
from face_rec.kiosks.kiosk import Direction, Interval, KioskRecord, Outage, used_by


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
        limits: Limits,
    ) -> None:
        """``beats``: intervals by kiosk, any order; gaps of at least the outage of ``limits``
        are outages."""
        self._kiosks = list(kiosks)
        self._beats = {name: sorted(intervals) for name, intervals in beats.items()}
        self._limits = limits
        self._known: dict[tuple[date, int, int, str], Blindness] = {}
        self._by_day: dict[date, list[KioskRecord]] = {}

    def outages(self, day: date, start: int, end: int) -> tuple[Outage, ...]:
        """Outages of every watched kiosk between two moments, from its first heartbeat on."""
        return tuple(
            outage
            for one in filter(_watched, self._then(day))
            for outage in self._of(one, day, start, end)
        )

    def blindness(self, group: str, day: date, start: int, end: int) -> Blindness:
        """What the kiosks of ``group`` missed between two moments.

        One kiosk that is up sees whoever comes past it, so an outage counts only while all the
        kiosks were down that the group could have used to come, or to leave.
        """
        key = (day, start, end, group)
        if key not in self._known:
            self._known[key] = self._blindness(group, day, start, end)
        return self._known[key]

    def _blindness(self, group: str, day: date, start: int, end: int) -> Blindness:
        usable = [one for one in used_by(group, self._then(day)) if _watched(one)]
        coming = [one for one in usable if one.direction is not Direction.OUT]
        leaving = [one for one in usable if one.direction is not Direction.IN]
        found = [self._together(some, day, start, end) for some in (coming, leaving) if some]
        distinct = dict.fromkeys(outage for some in found for outage in some)
        return Blindness(tuple(distinct), bool(found) and all(found))

    def _then(self, day: date) -> list[KioskRecord]:
        """As they were on ``day``; since when there are heartbeats has no versions."""
        if day not in self._by_day:
            self._by_day[day] = [
                replace(rule_version.at(one, day), watched_from=one.watched_from)
                for one in self._kiosks
            ]
        return self._by_day[day]

    def _least(self, day: date) -> int:
        return 60 * rule_version.at(self._limits, day).outage

    def _together(
        self, kiosks: Sequence[KioskRecord], day: date, start: int, end: int
    ) -> list[Outage]:
        """The outages that make up the times in which all of ``kiosks`` were down."""
        begun = min(_since(kiosk) for kiosk in kiosks)  # before that there was none to be down
        dark = [(max(start, begun), end)]
        outages = []
        for kiosk in kiosks:
            own = self._of(kiosk, day, start, end)
            outages += own
            yet = [(start, _since(kiosk))] if _since(kiosk) > start else []
            dark = _meeting(dark, [*yet, *((one.start, one.end) for one in own)])
        long = [(a, b) for a, b in dark if b - a >= self._least(day)]
        return [one for one in outages if _meeting(long, [(one.start, one.end)])]

    def _of(self, kiosk: KioskRecord, day: date, start: int, end: int) -> list[Outage]:
        alive, found, least = max(start, _since(kiosk)), [], self._least(day)
        for first, last in self._beats.get(kiosk.id, ()):
            if last < alive or first > end:
                continue
            if first - alive >= least:
                found.append(Outage(kiosk.id, alive, first))
            alive = max(alive, last)
        if end - alive >= least:
            found.append(Outage(kiosk.id, alive, end))
        return found


def _watched(kiosk: KioskRecord) -> bool:
    return kiosk.watched and kiosk.watched_from is not None


def _since(kiosk: KioskRecord) -> int:
    return int(kiosk.watched_from.timestamp()) if kiosk.watched_from else 0


def _meeting(some: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    """The times that lie in one of both."""
    meets = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return [(a, b) for a, b in meets if a < b]
