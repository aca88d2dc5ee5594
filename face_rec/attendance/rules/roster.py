"""Who has which shift, from when to when, and who is employed at all."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from face_rec.attendance.rules import rule_version
from face_rec.attendance.rules.roster_week import DAYS, OFF, ONE_DAY, USUAL, RosterWeek, monday
from face_rec.attendance.rules.shift import DEFAULT_ID, PRESENCE, Shift
from face_rec.domain.people import Person

Days = tuple[date, date]
"""The first and the last day, both included."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A shift for one person or one group, both dates inclusive; None is open.

    A person's own assignment goes before the group's, which goes before the
    default shift; of two that overlap (refused when saving) the later starts.
    """

    id: str
    shift: str
    subject: str = ""
    group: str = ""
    first: date | None = None
    last: date | None = None

    def covers(self, day: date) -> bool:
        return (self.first or date.min) <= day <= (self.last or date.max)


@dataclass(frozen=True, slots=True)
class Employment:
    """From when to when a person is expected at all, both inclusive.

    Where ``first`` is None the day of registration counts.
    """

    id: str  # the subject
    first: date | None = None
    last: date | None = None


class Roster:
    """Answers for any person and day which shift holds."""

    def __init__(
        self,
        zone: ZoneInfo,
        shifts: Iterable[Shift],
        assignments: Iterable[Assignment],
        employments: Iterable[Employment],
        weeks: Iterable[RosterWeek] = (),
    ) -> None:
        self._zone = zone
        self._shifts = {shift.id: shift for shift in shifts}
        self._default = self._shifts.setdefault(DEFAULT_ID, PRESENCE)
        self._own: dict[str, list[Assignment]] = defaultdict(list)
        self._group: dict[str, list[Assignment]] = defaultdict(list)
        for one in sorted(assignments, key=lambda a: (a.first or date.min, a.id), reverse=True):
            (self._own[one.subject] if one.subject else self._group[one.group]).append(one)
        self._employments = {employment.id: employment for employment in employments}
        self._weeks: dict[str, dict[date, RosterWeek]] = defaultdict(dict)
        for week in weeks:
            self._weeks[week.subject][week.first] = week

    def then(self, person: Person, day: date) -> Person:
        """``person`` in the group that they were in on ``day``: shift, holidays and kiosks of
        before stay those of before. On the day of the change the new group counts."""
        for one in person.moved:
            until = self._local(one.until)
            if until is not None and day < until:
                return replace(person, group=one.group, moved=())
        return person

    def personal(self, subject: str) -> bool:
        """Whether the person has shifts of their own."""
        return subject in self._own

    def rostered(self, subject: str, first: date, last: date) -> bool:
        """Whether a week that one of these days lies in was rostered for the person."""
        weeks, begun = self._weeks.get(subject), monday(first)
        if not weeks:
            return False
        count = (last - begun).days // DAYS + 1
        if count < len(weeks):  # of a year's roster a day asks for one
            return any(begun + number * DAYS * ONE_DAY in weeks for number in range(count))
        return any(begun <= one <= last for one in weeks)

    def told(self, subject: str, day: date) -> bool:
        """Whether a roster says what the person does on ``day``."""
        return self._said(subject, day) != USUAL

    def works(self, subject: str, day: date, shift: Shift) -> bool:
        """Whether the person works on ``day``: as rostered, else as their ``shift`` has it."""
        said = self._said(subject, day)
        return day.weekday() in shift.days if said == USUAL else said != OFF

    def _said(self, subject: str, day: date) -> str:
        """A shift that there is, OFF or USUAL."""
        weeks = self._weeks.get(subject)
        week = weeks.get(monday(day)) if weeks else None
        said = week.of(day) if week else USUAL
        return said if said == OFF or said in self._shifts else USUAL

    def shift(self, person: Person, day: date) -> Shift:
        """The shift of ``person`` as it is on ``day``, working day or not."""
        said = self._said(person.subject, day)
        if said not in {OFF, USUAL}:
            return _on(self._shifts[said], day)
        for one in (*self._own.get(person.subject, ()), *self._group.get(person.group, ())):
            if one.covers(day) and one.shift in self._shifts:
                return _on(self._shifts[one.shift], day)
        return _on(self._default, day)

    def employed(self, person: Person) -> tuple[Days, ...]:
        """The stretches of days on which ``person`` is expected, in order.

        Without a record: from the day of registration to the day of deactivation, and again
        from the day of being activated. A last day that was entered stands for itself.
        """
        known = self._employments.get(person.subject, Employment(person.subject))
        first = known.first or self._local(person.created_at) or date.min
        if known.last is not None:
            return ((first, known.last),)
        found = []
        for pause in person.pauses:
            found.append((first, self._local(pause.since) or first))
            first = max(first, self._local(pause.until) or first)
        left = None if person.active else self._local(person.deactivated_at)
        return (*found, (first, left or date.max))

    def _local(self, at: datetime | None) -> date | None:
        return at.astimezone(self._zone).date() if at is not None else None


def _on(shift: Shift, day: date) -> Shift:
    return rule_version.at(shift, day).of_weekday(day.weekday())
