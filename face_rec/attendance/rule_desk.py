"""Where admins change rules, and see beforehand what that would change."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

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


def without(rules: Rules, item: Item) -> Rules:
    """``rules`` with the entry of this kind and id removed."""
    place = _place(item)
    if place is None:
        return replace(rules, limits=Limits())
    changes: dict[str, Any] = {
        place: tuple(one for one in getattr(rules, place) if one.id != item.id)
    }
    return replace(rules, **changes)


def _with(rules: Rules, item: Item) -> Rules:
    if isinstance(item, Limits):
        return replace(rules, limits=item)
    kept = without(rules, item)
    place = _place(item) or ""
    changes: dict[str, Any] = {place: (*getattr(kept, place), item)}
    return replace(kept, **changes)


def _place(item: Item) -> str | None:
    """The field of Rules that holds entries of this kind; None for the limits."""
    return _PLACES.get(type(item))


_PLACES: Final[dict[type[Item], str]] = {
    Shift: "shifts",
    Assignment: "assignments",
    Employment: "employments",
    Holiday: "holidays",
    Leave: "leaves",
    KioskRecord: "kiosks",
}
