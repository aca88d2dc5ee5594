"""Attendance rules in memory, held to the same contract tests as the Redis store."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

from face_rec.attendance.marks.clock_doubts import ClockChanges
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.roster_week import RosterWeek
from face_rec.attendance.rules.rules import Item, Rules, stored_of, with_items, without
from face_rec.domain.clock_state import ClockChange, ClockNote
from face_rec.domain.errors import RulesMoved, StoreUnavailable
from face_rec.domain.groups import ALL_GROUPS
from face_rec.kiosks.kiosk import Interval

_GAP = 180
_UNKNOWN: Final = ClockNote()
EVERYTHING: Final = Authority(ALL_GROUPS, company=True, kiosks=True)
"""Of who may change all rules there are."""


class FakeRules:
    """A ``RulesStore`` without Redis. Set ``available`` to False for an outage."""

    def __init__(self, *items: Item) -> None:
        self.available = True
        self._rules = with_items(Rules(), items)
        self._beats: dict[date, dict[str, list[Interval]]] = defaultdict(dict)
        self._waiting: dict[date, dict[str, int]] = defaultdict(dict)
        self._clocks: dict[date, dict[str, ClockNote]] = defaultdict(dict)

    def version(self) -> int:
        if not self.available:
            raise StoreUnavailable("The fake store was switched off. Switch it on.")
        return self._rules.version

    def break_entry(self, words: str) -> None:
        """As if the database held an entry that nobody can read."""
        self._rules = replace(
            self._rules, malformed=(*self._rules.malformed, words), version=self._rules.version + 1
        )

    def epoch(self) -> str:
        return "fake"

    def load(self) -> Rules:
        return self._rules

    def known(self, items: Sequence[Item]) -> list[Item]:
        return [found for item in items if (found := stored_of(self._rules, item))]

    def put(self, *items: Item, seen: int | None = None) -> None:
        self._check(seen)
        gone = [one for one in items if isinstance(one, RosterWeek) and one.empty]
        changed = with_items(self._rules, [one for one in items if one not in gone])
        for one in gone:
            changed = without(changed, one)
        self._rules = replace(changed, version=self._rules.version + 1)

    def _check(self, seen: int | None) -> None:
        if seen not in {None, self._rules.version}:
            raise RulesMoved("Somebody else was faster.")

    def remove(self, *items: Item, seen: int | None = None) -> None:
        self._check(seen)
        changed = self._rules
        for item in items:
            changed = without(changed, item)
        self._rules = replace(changed, version=self._rules.version + 1)

    def beat(
        self,
        kiosk: str,
        at: datetime,
        since: datetime | None = None,
        waiting: int = 0,
        clock: ClockNote = _UNKNOWN,
    ) -> None:
        known = {one.id: one for one in self._rules.kiosks}.get(kiosk)
        if known is None:
            return
        self._waiting[at.astimezone(UTC).date()][kiosk] = waiting
        self._clocks[at.astimezone(UTC).date()][kiosk] = clock
        start, moment = int((since or at).timestamp()), int(at.timestamp())
        intervals = self._beats[at.astimezone(UTC).date()].setdefault(kiosk, [])
        for number, (first, last) in enumerate(intervals):
            if moment >= first - _GAP and start <= last + _GAP:
                intervals[number] = (min(first, start), max(last, moment))
                break
        else:
            intervals.append((start, moment))
        if known.watched_from is None:
            self.put(replace(known, watched_from=since or at))

    def beats(self, utc_days: Sequence[date]) -> Mapping[str, list[Interval]]:
        found: dict[str, list[Interval]] = defaultdict(list)
        for day in utc_days:
            for kiosk, intervals in self._beats.get(day, {}).items():
                found[kiosk] += intervals
        return found

    def waiting(self, utc_day: date) -> Mapping[str, int]:
        return dict(self._waiting[utc_day])

    def clocks(self, utc_day: date) -> Mapping[str, ClockNote]:
        return dict(self._clocks[utc_day])


class FakeClockChanges:
    """When clocks were set, without Redis: see ``ClockChangesReader``."""

    def __init__(self) -> None:
        self.found: list[ClockChange] = []

    def all(self) -> ClockChanges:
        return ClockChanges(self.found)
