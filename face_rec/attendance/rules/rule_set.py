"""Looking up, adding and removing single entries in the rules as one value."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.rules import Item, Limits, Rules
from face_rec.attendance.rules.shift import Shift
from face_rec.kiosks.kiosk import KioskRecord


def stored_of(rules: Rules, item: Item) -> Item | None:
    """The stored entry of this kind and id."""
    place = _place(item)
    if place is None:
        return rules.limits
    entries: tuple[Item, ...] = getattr(rules, place)
    return next((one for one in entries if one.id == item.id), None)


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
