"""The time between two shifts of one person: none is left where they overlap."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from face_rec.attendance.rules.calendar import Calendar
from face_rec.attendance.rules.occurrence import Occurrence, occurrence
from face_rec.attendance.rules.roster import Roster
from face_rec.attendance.rules.roster_week import ONE_DAY
from face_rec.attendance.rules.rules import Rules
from face_rec.domain.people import Person

LEAST_REST: Final = 11 * 3600
"""Seconds that law in the European Union and elsewhere leaves between two working days."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Between the shifts of the day before and of ``day``, in seconds; below 0 they overlap."""

    subject: str
    day: date
    seconds: int


class Rests:
    """Of people under one set of rules. Not to be shared between threads."""

    def __init__(self, rules: Rules, zone: ZoneInfo) -> None:
        self._zone = zone
        self._roster = Roster(
            zone, rules.shifts, rules.assignments, rules.employments, rules.rosters
        )
        self._calendar = Calendar(rules.holidays, rules.leaves)
        self._known: dict[tuple[str, date], Occurrence] = {}

    def short(self, person: Person, days: Iterable[date]) -> Iterator[Rest]:
        """Before which of ``days`` too little is left, holidays and leave considered."""
        for day in days:
            before, after = self.work(person, day - ONE_DAY), self.work(person, day)
            if before and after and after.start - before.end < LEAST_REST:
                yield Rest(person.subject, day, after.start - before.end)

    def work(self, person: Person, day: date) -> Occurrence | None:
        """When the person is to work on ``day``; None: not at all, or no hours are said."""
        then = self._roster.then(person, day) if person.moved else person
        leave = self._calendar.leave(person.subject, day)
        if self._calendar.holiday(then.group, day) or (leave and not leave.half):
            return None
        shift, told = self._roster.shift(then, day), self._roster.works(person.subject, day)
        works = day.weekday() in shift.days if told is None else told
        if not works or shift.presence_only:
            return None
        if (shift.id, day) not in self._known:
            zone = ZoneInfo(shift.zone) if shift.zone else self._zone
            self._known[shift.id, day] = occurrence(shift, day, zone, working=True)
        return self._known[shift.id, day]
