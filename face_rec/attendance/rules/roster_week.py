"""One person's week as it was rostered, and what copying a week makes of others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

DAYS: Final = 7
ONE_DAY: Final = timedelta(days=1)
OFF: Final = "off"
"""Stands in the place of a shift where somebody is rostered not to work."""
USUAL: Final = ""
"""Stands there where the roster says nothing: the day is as it is assigned."""

Cells = Mapping[tuple[str, date], str]
"""By subject and day the id of a shift, OFF or USUAL."""


@dataclass(frozen=True, slots=True)
class RosterWeek:
    """What one person does from the Monday ``first`` to its Sunday: of each day the id of a
    shift, OFF or USUAL.

    It goes before every assignment: such a day is worked whatever days of the week its shift
    has, or is off. Holidays and leave go before it.
    """

    id: str
    subject: str
    first: date
    days: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing is rostered: such a week is stored as none."""
        return not any(self.days)

    def of(self, day: date) -> str:
        """What ``day`` of this week is."""
        return self.days[(day - self.first).days]


def roster_id(subject: str, first: date) -> str:
    """Of the one entry of a person and a week."""
    return f"{subject}.{first.isoformat()}"


def monday(day: date) -> date:
    return day - day.weekday() * ONE_DAY


def week_of(day: date) -> tuple[date, ...]:
    """Monday to Sunday."""
    first = monday(day)
    return tuple(first + number * ONE_DAY for number in range(DAYS))


def weeks_of(cells: Cells) -> tuple[RosterWeek, ...]:
    """The weeks that hold ``cells``; what is not there is as usual."""
    found = dict.fromkeys((subject, monday(day)) for subject, day in cells)
    return tuple(
        RosterWeek(
            roster_id(subject, first), subject, first,
            tuple(cells.get((subject, day), USUAL) for day in week_of(first)),
        )
        for subject, first in found
    )  # fmt: skip


def cells_of(weeks: Iterable[RosterWeek]) -> dict[tuple[str, date], str]:
    """All days of ``weeks``."""
    return {
        (one.subject, day): shift
        for one in weeks
        for day, shift in zip(week_of(one.first), one.days, strict=True)
    }


def copied(week: Sequence[RosterWeek], weeks: int) -> tuple[RosterWeek, ...]:
    """The same in each of the next ``weeks``."""
    firsts = [(one, one.first + number * DAYS * ONE_DAY) for number in range(1, weeks + 1)
              for one in week]  # fmt: skip
    return tuple(
        RosterWeek(roster_id(one.subject, first), one.subject, first, one.days)
        for one, first in firsts
    )


def with_days(week: RosterWeek, days: Mapping[date, str]) -> RosterWeek:
    """``week`` with these days of it changed."""
    new = (days.get(day, old) for day, old in zip(week_of(week.first), week.days, strict=True))
    return RosterWeek(week.id, week.subject, week.first, tuple(new))


def empty_week(subject: str, first: date) -> RosterWeek:
    """A week of which nothing is rostered."""
    return RosterWeek(roster_id(subject, first), subject, first, (USUAL,) * DAYS)


def changed(before: Mapping[str, RosterWeek], after: Iterable[RosterWeek]) -> list[RosterWeek]:
    """Those of ``after`` that are not what is stored; ``before``: by their ids."""
    return [
        one for one in after
        if before.get(one.id, empty_week(one.subject, one.first)).days != one.days
    ]  # fmt: skip
