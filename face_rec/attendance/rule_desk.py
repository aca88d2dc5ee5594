"""Where admins change rules, and see beforehand what that would change."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from face_rec.attendance.book import AttendanceBook
from face_rec.attendance.calendar import Holiday, Leave
from face_rec.attendance.day_record import STATUSES
from face_rec.attendance.kiosk import KioskRecord
from face_rec.attendance.roster import Assignment, Employment
from face_rec.attendance.rules import Item, Limits, Rules, RulesStore
from face_rec.attendance.shift import Shift
from face_rec.attendance.status import Status
from face_rec.attendance.validation import conflicts, flaws, removal_conflicts
from face_rec.entities import Person
from face_rec.errors import RuleRefused

Kind = TypeVar("Kind", bound=Item)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One line of a rule preview."""

    person: Person
    day: date
    before: Status
    after: Status


class RuleDesk:
    """Checks and saves rules. Raises RuleRefused, with nothing saved."""

    def __init__(self, store: RulesStore, book: AttendanceBook) -> None:
        self._store = store
        self._book = book

    def save(self, *items: Item) -> None:
        """Add or replace entries; all of them or none."""
        self._store.put(*self._checked(items))

    def remove(self, item: Item) -> None:
        """Remove an entry."""
        problems = removal_conflicts(self._book.rules(), item)
        if problems:
            raise RuleRefused(problems)
        self._store.remove(item)

    def preview(self, items: Iterable[Item], first: date, last: date) -> list[StatusChange]:
        """Whose status on these days saving ``items`` would change."""
        rules = self._book.rules()
        changed = with_items(rules, self._checked(tuple(items)))
        before = self._book.under(rules, first, last)
        after = self._book.under(changed, first, last)
        differs = (before.rows["status"] != after.rows["status"]).nonzero()
        return [
            StatusChange(
                before.people[who],
                before.days[day],
                STATUSES[before.rows["status"][day, who]],
                STATUSES[after.rows["status"][day, who]],
            )
            for day, who in zip(*(index.tolist() for index in differs), strict=True)
        ]

    def _checked(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """The items; raises RuleRefused with every problem of every one."""
        rules = self._book.rules()
        problems: list[str] = []
        for item in items:
            problems += flaws(item) or conflicts(rules, item)
            rules = with_items(rules, (item,))
        if problems:
            raise RuleRefused(tuple(problems))
        return items


def with_items(rules: Rules, items: Iterable[Item]) -> Rules:
    """``rules`` with entries added or replaced."""
    for item in items:
        rules = _with(rules, item)
    return rules


def _with(rules: Rules, item: Item) -> Rules:  # noqa: PLR0911 - one line a kind
    match item:
        case Limits():
            return replace(rules, limits=item)
        case Shift():
            return replace(rules, shifts=_placed(rules.shifts, item))
        case Assignment():
            return replace(rules, assignments=_placed(rules.assignments, item))
        case Employment():
            return replace(rules, employments=_placed(rules.employments, item))
        case Holiday():
            return replace(rules, holidays=_placed(rules.holidays, item))
        case Leave():
            return replace(rules, leaves=_placed(rules.leaves, item))
        case KioskRecord():
            return replace(rules, kiosks=_placed(rules.kiosks, item))


def _placed(items: tuple[Kind, ...], item: Kind) -> tuple[Kind, ...]:
    return (*(one for one in items if one.id != item.id), item)
