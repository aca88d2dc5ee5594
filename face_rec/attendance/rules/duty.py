"""What one person has to do on one day, before anybody comes: as rosters and calendars say."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from face_rec.attendance.rules.calendar import Calendar, Leave
from face_rec.attendance.rules.occurrence import Occurrence, occurrence
from face_rec.attendance.rules.roster import Roster
from face_rec.attendance.rules.roster_week import ONE_DAY
from face_rec.attendance.rules.rules import Rules
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.people import Person

_HALVES: Final = 2
LEAST_REST: Final = 11 * 3600
"""Seconds that law in the European Union and elsewhere leaves between two working days."""


class DutyKind(StrEnum):
    """What a day is."""

    WORK = "work"
    OFF = "off"
    LEAVE = "leave"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Duty:
    """``name``: of the shift, the leave or the holiday; empty for a day off. ``shift``: the id of
    the shift that is worked. ``start`` and ``end``: aware, in the shift's zone; None where no
    hours are said. ``rostered``: whether a roster says so. ``note``: leave of half the day, or
    work elsewhere."""

    day: date
    kind: DutyKind
    name: str = ""
    shift: str = ""
    start: datetime | None = None
    end: datetime | None = None
    rostered: bool = False
    note: str = ""

    @property
    def work(self) -> bool:
        return self.kind is DutyKind.WORK


class Duties:
    """Of people under one set of rules, in the site's zone. Not to be shared between threads."""

    def __init__(self, rules: Rules, zone: ZoneInfo) -> None:
        self._zone = zone
        self._roster = Roster(
            zone, rules.shifts, rules.assignments, rules.employments, rules.rosters
        )
        self._calendar = Calendar(rules.holidays, rules.leaves)
        self._known: dict[tuple[str, date], Occurrence] = {}

    def of(self, person: Person, day: date) -> Duty:
        """Holidays go before leave, and leave before the roster."""
        if not self.expected(person, day):
            return Duty(day, DutyKind.OFF)
        then = self._roster.then(person, day) if person.moved else person
        holiday = self._calendar.holiday(then.group, day)
        if holiday is not None:
            return Duty(day, DutyKind.HOLIDAY, holiday.name)
        leave = self._calendar.leave(person.subject, day)
        if leave is not None and self._whole(leave, day):
            return Duty(day, DutyKind.LEAVE, leave.kind)
        shift, told = self._roster.shift(then, day), self._roster.told(person.subject, day)
        if not self._roster.works(person.subject, day, shift):
            return Duty(day, DutyKind.OFF, rostered=told)
        return self._worked(shift, day, told, leave.kind if leave else "")

    def expected(self, person: Person, day: date) -> bool:
        """Whether they are employed on it: else nothing that is rostered makes it a working
        day."""
        return any(first <= day <= last for first, last in self._roster.employed(person))

    def _whole(self, leave: Leave, day: date) -> bool:
        """Whether nothing of the day is worked."""
        if not leave.half:
            return not leave.elsewhere
        halves = self._calendar.halves(leave.subject, day)
        return len(halves) >= _HALVES and not any(one.elsewhere for one in halves)

    def _worked(self, shift: Shift, day: date, rostered: bool, note: str) -> Duty:
        if shift.presence_only:
            return Duty(day, DutyKind.WORK, shift.name, shift.id, rostered=rostered, note=note)
        zone = shift.zone_at(self._zone)
        if (shift.id, day) not in self._known:
            self._known[shift.id, day] = occurrence(shift, day, zone, working=True)
        hours = self._known[shift.id, day]
        start, end = (datetime.fromtimestamp(at, zone) for at in (hours.start, hours.end))
        return Duty(day, DutyKind.WORK, shift.name, shift.id, start, end, rostered, note)


@dataclass(frozen=True, slots=True)
class Rest:
    """Between the shifts of the day before and of ``day``, in seconds; below 0 they overlap."""

    subject: str
    day: date
    seconds: int


def short_rests(duties: Duties, person: Person, days: Iterable[date]) -> Iterator[Rest]:
    """Before which of ``days`` too little is left; who is on leave rests."""
    for day in days:
        end, start = duties.of(person, day - ONE_DAY).end, duties.of(person, day).start
        if end is not None and start is not None:
            seconds = round(start.timestamp() - end.timestamp())
            if seconds < LEAST_REST:
                yield Rest(person.subject, day, seconds)
