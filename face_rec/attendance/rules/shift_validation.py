"""Why a shift makes no sense."""

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from face_rec.attendance.rules.occurrence import occurrence
from face_rec.attendance.rules.shift import WEEKDAYS, Shift

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
