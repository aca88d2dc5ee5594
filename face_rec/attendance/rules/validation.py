"""Why an entry of the rules makes no sense, in sentences an admin can act on.

``flaws`` looks at an entry alone, ``conflicts`` at it among the others.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from face_rec.attendance.rules import leave_type
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.leave_type import Allowance, LeaveType
from face_rec.attendance.rules.occurrence import occurrence
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.rules import Item, Limits, Rules
from face_rec.attendance.rules.shift import DEFAULT_ID, WEEKDAYS, Shift
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.languages.language import LANGUAGES, RULE

# Why a shift makes no sense.

DAY_MINUTES: Final = 24 * 60
_SOME_MONDAY: Final = date(2024, 1, 1)


def shift_flaws(shift: Shift) -> tuple[str, ...]:
    """What is wrong with the shift, in sentences; empty if nothing."""
    found = []
    if not shift.name.strip():
        found.append("Give the shift a name.")
    if not shift.days <= set(range(7)):
        found.append("Days of the week run from Monday (0) to Sunday (6).")
    if not shift.days:
        found.append("Choose at least one day of the week.")
    if shift.zone and not _known_zone(shift.zone):
        return (
            *found,
            f"No time zone is called {shift.zone!r}. Try Europe/Berlin or Asia/Kolkata.",
        )
    if shift.start == shift.end:
        return (*found, "Start and end are the same time. Move one of them.")
    odd = [one for one in shift.weekdays if one.start == one.end or one.day not in range(7)]
    if odd or len({one.day for one in shift.weekdays}) < len(shift.weekdays):
        return (*found, "Give each day of the week hours once, with a start and another end.")
    for one in shift.weekdays if not found else ():
        wrong = _shift_minutes(shift.of_weekday(one.day))
        found += [f"On {WEEKDAYS[one.day]}: {text}" for text in wrong]
    return (*found, *_shift_minutes(shift))


def _shift_minutes(shift: Shift) -> list[str]:
    found = [
        f"{text} cannot be {minutes} minutes: give 0 to {DAY_MINUTES}."
        for text, minutes in _durations(shift)
        if not 0 <= minutes <= DAY_MINUTES
    ]
    if found or shift.presence_only:
        return found
    return _windows(shift) + _thresholds(shift)


def _durations(shift: Shift) -> list[tuple[str, int]]:
    return [
        ("The window before the start", shift.opens_before),
        ("The window after the end", shift.closes_after),
        ("The grace for coming late", shift.late_grace),
        ("The grace for leaving early", shift.early_grace),
        ("The half-day limit", shift.half_day_below or 0),
        ("The absent limit", shift.absent_below or 0),
        ("The break", shift.unpaid_break),
        ("The hours from which a break counts", shift.break_after),
        ("The hours from which overtime counts", shift.overtime_after or 0),
        ("The tolerance for a missing check-out", shift.close_tolerance),
    ]


def length(shift: Shift) -> int:
    """Minutes from start to end on an ordinary day."""
    one = occurrence(shift, _SOME_MONDAY, ZoneInfo("UTC"), working=True)
    return (one.end - one.start) // 60


def _windows(shift: Shift) -> list[str]:
    minutes, found = length(shift), []
    span = minutes + shift.opens_before + shift.closes_after
    if span > 2 * DAY_MINUTES:
        found.append(f"The check-in window is {span // 60} hours long. Keep it within two days.")
    if shift.close_tolerance > shift.closes_after:
        found.append(
            f"A check-out would be called missing {shift.close_tolerance} minutes after the end, "
            f"but the window closes after {shift.closes_after}. Shorten the tolerance or widen "
            "the window."
        )
    if shift.late_grace + shift.early_grace >= minutes:
        found.append(f"The two graces together are as long as the shift ({minutes} minutes).")
    return found


def _thresholds(shift: Shift) -> list[str]:
    minutes, found = length(shift), []
    half, absent = shift.half_day_below, shift.absent_below
    if half is not None and absent is not None and absent >= half:
        found.append("The absent limit must be below the half-day limit.")
    paid = minutes - shift.unpaid_break
    for text, limit in (("half-day", half), ("absent", absent)):
        if limit is not None and limit > paid:
            found.append(
                f"The {text} limit of {limit} minutes cannot be reached: the shift has {paid} "
                "after its break."
            )
    if shift.unpaid_break >= minutes:
        found.append("The break is as long as the shift.")
    return found


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return False
    return True


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
    if isinstance(item, LeaveType):
        return leave_type.type_conflicts(rules.leave_types, item)
    if isinstance(item, Allowance):
        return leave_type.allowance_conflicts(rules.leave_types, rules.allowances, item)
    return ()


def removal_conflicts(rules: Rules, item: Item) -> tuple[str, ...]:
    """Why the entry cannot be removed."""
    if isinstance(item, LeaveType):
        return leave_type.in_use(rules.allowances, item)
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
    found = []
    if not 0 <= one.minimum_stay <= DAY_MINUTES:
        found.append(
            f"The minimum stay cannot be {one.minimum_stay} minutes: give 0 to {DAY_MINUTES}."
        )
    if not ({one.language, *one.languages} - {None}) <= LANGUAGES.keys():
        found.append(f"The language must be {RULE}.")
    return tuple(found)


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
    LeaveType: leave_type.type_flaws,
    Allowance: leave_type.allowance_flaws,
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
