"""What stands in the cells of a roster: what was rostered, what holds by itself, who is away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from face_rec.attendance.rules.calendar import Calendar
from face_rec.attendance.rules.roster import Roster
from face_rec.attendance.rules.roster_week import (
    OFF,
    USUAL,
    RosterWeek,
    cells_of,
    empty_week,
    roster_id,
    with_days,
)
from face_rec.attendance.rules.rules import Rules
from face_rec.attendance.rules.shift import DEFAULT_ID, PRESENCE, Shift
from face_rec.domain.people import Person
from pages.ui.shared.text import told_apart
from pages.ui.shared.words import formats, said

AS_ASSIGNED: Final = "="
"""Begins a cell of which the roster says nothing; what holds then follows. Alone: to be chosen."""
_AWAY: Final = "~"
"""Begins a cell of somebody on leave; what kind follows. What is rostered below stays."""


@dataclass(frozen=True, slots=True)
class Week:
    """``people`` on seven ``days``, under ``rules``."""

    rules: Rules
    zone: ZoneInfo
    people: Sequence[Person]
    days: Sequence[date]

    @property
    def stored(self) -> dict[str, RosterWeek]:
        """By id, of all people and weeks."""
        return {one.id: one for one in self.rules.rosters}

    def names(self) -> dict[str, str]:
        """Of the people, by subject and in their order; none is called as another."""
        ids = {one.subject: one.id for one in self.people}
        return told_apart({one.subject: one.name for one in self.people}, ids.__getitem__)

    def weeks(self) -> list[RosterWeek]:
        """One for each of the people, in their order."""
        stored, first = self.stored, self.days[0]
        return [
            stored.get(roster_id(one.subject, first), empty_week(one.subject, first))
            for one in self.people
        ]

    def shown(self) -> list[list[str]]:
        """By person and day, the value of the cell."""
        told = cells_of(self.weeks())
        roster = Roster(
            self.zone, self.rules.shifts, self.rules.assignments, self.rules.employments
        )
        calendar = Calendar((), self.rules.leaves)
        return [
            [self._cell(one, day, told[one.subject, day], roster, calendar) for day in self.days]
            for one in self.people
        ]

    def _cell(
        self, person: Person, day: date, told: str, roster: Roster, calendar: Calendar
    ) -> str:
        leave = calendar.leave(person.subject, day)
        if leave and not leave.half and not leave.elsewhere:
            return _AWAY + leave.kind
        if told != USUAL:
            return told
        shift = roster.shift(roster.then(person, day), day)
        return AS_ASSIGNED + (shift.id if day.weekday() in shift.days else OFF)

    def edited(self, shown: Sequence[Sequence[object]]) -> list[RosterWeek]:
        """The weeks as the cells say by now; one that was emptied is as it was."""
        found = []
        for week, row in zip(self.weeks(), shown, strict=True):
            days = {
                day: USUAL if value.startswith(AS_ASSIGNED) else value
                for day, value in zip(self.days, row, strict=True)
                if isinstance(value, str) and value and not value.startswith(_AWAY)
            }
            found.append(with_days(week, days))
        return found


def shift_names(rules: Rules) -> dict[str, str]:
    """What can be rostered, by its id, in the order of a list; none is called as another."""
    shifts = {DEFAULT_ID: PRESENCE, **{one.id: one for one in rules.shifts}}
    names = {name: one.name for name, one in shifts.items()} | {OFF: said("Day off")}
    return told_apart(names, lambda name: _hours(shifts[name]) if name in shifts else "")


def _hours(shift: Shift) -> str:
    if shift.presence_only:
        return ""
    return f"{formats().time(shift.start)}–{formats().time(shift.end)}"


def cell_words(value: str, names: Mapping[str, str]) -> str:
    """How a cell is shown: what holds by itself stands in brackets."""
    if value == AS_ASSIGNED:
        return said("As assigned")
    if value.startswith(AS_ASSIGNED):
        return f"({cell_words(value[1:], names)})"
    if value.startswith(_AWAY):
        return said("Leave: {kind}", kind=value[1:])
    return names.get(value) or said("(removed shift)")


def choices(column: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """What may stand in the cells of one day."""
    return list(dict.fromkeys([*names, AS_ASSIGNED, *column]))
