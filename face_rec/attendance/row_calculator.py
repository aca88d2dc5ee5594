"""Marks and rules become rows, some people and days at a time, so that a month of a hundred
thousand people needs no more memory than what it comes to."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from face_rec.attendance.cached_stores import CachedStores, days_between
from face_rec.attendance.days.day_calculator import MARGIN, DayCalculator, Note
from face_rec.attendance.days.day_record import DAY, Days
from face_rec.attendance.days.planner import Planner
from face_rec.attendance.days.punches import Directions
from face_rec.attendance.marks.mark_columns import Marks, chosen
from face_rec.attendance.rules.rules import Rules
from face_rec.domain.people import Person
from face_rec.protocols.models import Progress

FEW = 20
"""So many people are looked up in days that were kept, instead of reading these days."""
_PEOPLE_AT_ONCE = 2_000
_MARKS_AT_ONCE = 4_000_000


class RowCalculator:
    """Makes rows. Safe from any thread, but for a planner that is handed over."""

    def __init__(self, sources: CachedStores, zone: ZoneInfo) -> None:
        self._sources = sources
        self._codes = sources.codes
        self._zone = zone

    def planner(self, rules: Rules) -> Planner:
        return Planner(rules, self._zone)

    def calculator(
        self, rules: Rules, days: Sequence[date], now: int, planner: Planner | None = None
    ) -> tuple[Planner, DayCalculator]:
        """What judges these local days under ``rules``; ``now``: UTC seconds."""
        planner, first, last = planner or Planner(rules, self._zone), min(days), max(days)
        directions = Directions(rules.kiosks, self._codes, self._zone)
        uptime = self._sources.uptime(first, last, rules)
        return planner, DayCalculator(planner, directions, uptime, self._codes, now)

    def rows(
        self,
        calculator: DayCalculator,
        people: Sequence[Person],
        days: Sequence[date],
        progress: Progress | None = None,
        note: Note | None = None,
    ) -> Days:
        """(len(days), len(people)) of dtype DAY; ``days`` in order."""
        table = np.empty((len(days), len(people)), DAY)
        parts = list(self._parts(days)) if len(people) > FEW else [slice(0, len(days))]
        total, done = len(parts) * len(people), 0
        for part in parts:
            some = days[part]
            for start in range(0, len(people), _PEOPLE_AT_ONCE):
                who = people[start : start + _PEOPLE_AT_ONCE]
                near = days_between(some[0] - MARGIN, some[-1] + MARGIN)
                marks = self._marks(who, near, len(people), progress if not start else None)
                told = _shifted(note, part.start, start) if note is not None else None
                table[part, start : start + len(who)] = calculator.days(who, some, marks, told)
                done += len(who)
                if progress is not None and done < total:
                    progress(done, total)
        return table

    def _parts(self, days: Sequence[date]) -> Iterator[slice]:
        """The days, as many at a time as there is room for their marks; none with more than a
        week between two of them."""
        start, held = 0, 0
        lengths = self._sources.lengths(days)
        for number, day in enumerate(days):
            length = lengths[day]
            far = number > start and day - days[number - 1] > timedelta(days=7)
            if number > start and (held + length > _MARKS_AT_ONCE or far):
                yield slice(start, number)
                start, held = number, 0
            held += length
        if days:
            yield slice(start, len(days))

    def _marks(
        self, people: Sequence[Person], near: Sequence[date], of: int, progress: Progress | None
    ) -> Marks:
        if of <= FEW:
            return self._sources.own(near, [person.subject for person in people])
        codes = np.array([self._codes.code(person.subject) for person in people], np.int64)
        return chosen(self._sources.columns_of(near, progress), np.sort(codes))


def _shifted(note: Note, day: int, who: int) -> Note:
    return lambda d, n, plans, looked: note(day + d, who + n, plans, looked)
