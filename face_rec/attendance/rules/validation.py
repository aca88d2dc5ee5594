"""Why an entry of the rules makes no sense, in sentences an admin can act on.

``flaws`` looks at an entry alone, ``conflicts`` at it among the others.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.rules import Item, Limits, Rules
from face_rec.attendance.rules.shift import DEFAULT_ID, Shift
from face_rec.attendance.rules.shift_validation import DAY_MINUTES, shift_flaws
from face_rec.kiosks.kiosk import KioskRecord

_LONGEST_LEAVE: Final = timedelta(days=400)


def flaws(item: Item) -> tuple[str, ...]:
    """What is wrong with the entry whatever the others say; empty if nothing."""
    named = () if item.id.strip() else ("It needs a name of its own.",)
    return named + _FLAWS[type(item)](item)


def conflicts(rules: Rules, item: Item) -> tuple[str, ...]:
    """What of the other entries the entry does not go with."""
    if isinstance(item, Assignment):
        return _assignment_conflicts(rules, item)
    if isinstance(item, Leave):
        return _leave_conflicts(rules, item)
    return ()


def removal_conflicts(rules: Rules, item: Item) -> tuple[str, ...]:
    """Why the entry cannot be removed."""
    if not isinstance(item, Shift):
        return ()
    users = [one for one in rules.assignments if one.shift == item.id]
    if not users:
        return ()
    return (
        f"{item.name} is still assigned {len(users)} times. "
        "End or remove these assignments first.",
    )


def _assignment(one: Assignment) -> tuple[str, ...]:
    found = [*_dates(one.first, one.last)]
    if bool(one.subject) == bool(one.group):
        found.append("Assign a shift to either one person or one group.")
    if not one.shift:
        found.append("Choose a shift.")
    return tuple(found)


def _employment(one: Employment) -> tuple[str, ...]:
    return _dates(one.first, one.last)


def _holiday(one: Holiday) -> tuple[str, ...]:
    return () if one.name.strip() else (f"Give the holiday on {one.day} a name.",)


def _leave(one: Leave) -> tuple[str, ...]:
    found = [*_dates(one.first, one.last)]
    if not one.subject:
        found.append("Choose who is on leave.")
    if not one.kind.strip():
        found.append("Say what kind of leave it is.")
    if one.last - one.first > _LONGEST_LEAVE:
        found.append("A leave of more than 400 days: end the employment instead.")
    return tuple(found)


def _kiosk(one: KioskRecord) -> tuple[str, ...]:
    if 0 <= one.minimum_stay <= DAY_MINUTES:
        return ()
    return (f"The minimum stay cannot be {one.minimum_stay} minutes: give 0 to {DAY_MINUTES}.",)


def _limits(one: Limits) -> tuple[str, ...]:
    found = [] if 1 <= one.outage <= DAY_MINUTES else ["An outage lasts at least 1 minute."]
    for text, value in (("score", one.score), ("margin", one.margin), ("liveness", one.liveness)):
        if not 0 <= value <= 1:
            found.append(f"The {text} below which a mark is doubtful must lie between 0 and 1.")
    return tuple(found)


_FLAWS: Final[dict[type[Item], Callable[[Any], tuple[str, ...]]]] = {
    Shift: shift_flaws,
    Assignment: _assignment,
    Employment: _employment,
    Holiday: _holiday,
    Leave: _leave,
    KioskRecord: _kiosk,
    Limits: _limits,
}


def _dates(first: date | None, last: date | None) -> tuple[str, ...]:
    if first is not None and last is not None and last < first:
        return (f"It would end on {last}, before it begins on {first}.",)
    return ()


def _meet(a: Assignment, b: Assignment) -> bool:
    return (a.first or date.min) <= (b.last or date.max) and (b.first or date.min) <= (
        a.last or date.max
    )


def _assignment_conflicts(rules: Rules, item: Assignment) -> tuple[str, ...]:
    found = []
    if item.shift != DEFAULT_ID and item.shift not in {shift.id for shift in rules.shifts}:
        found.append("The shift does not exist any more. Choose another.")
    for other in rules.assignments:
        same = (other.subject, other.group) == (item.subject, item.group)
        if same and other.id != item.id and _meet(other, item):
            found.append(
                f"It overlaps an assignment of the same {'person' if item.subject else 'group'} "
                f"from {other.first or 'the beginning'} to {other.last or 'the end'}. End that "
                "one first."
            )
    return tuple(found)


def _leave_conflicts(rules: Rules, item: Leave) -> tuple[str, ...]:
    return tuple(
        f"It overlaps a leave ({other.kind}) from {other.first} to {other.last}."
        for other in rules.leaves
        if other.id != item.id
        and other.subject == item.subject
        and other.first <= item.last
        and item.first <= other.last
        and not (other.half and item.half and other.kind != item.kind)
    )
