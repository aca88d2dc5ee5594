"""Why a shift makes no sense, in sentences an admin can act on."""

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from face_rec.attendance.rules.occurrence import occurrence
from face_rec.attendance.rules.shift import WEEKDAYS, Shift
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

DAY_MINUTES: Final = 24 * 60
_SOME_MONDAY: Final = date(2024, 1, 1)


def shift_flaws(shift: Shift) -> tuple[str, ...]:
    """What is wrong with the shift, in sentences; empty if nothing."""
    found = []
    if not shift.name.strip():
        found.append(msgid("Give the shift a name."))
    if not shift.days <= set(range(7)):
        found.append(msgid("Days of the week run from Monday (0) to Sunday (6)."))
    if not shift.days:
        found.append(msgid("Choose at least one day of the week."))
    if shift.zone and not _known_zone(shift.zone):
        return (
            *found,
            sentence(
                "No time zone is called {zone}. Try Europe/Berlin or Asia/Kolkata.",
                zone=repr(shift.zone),
            ),
        )
    if shift.start == shift.end:
        return (*found, msgid("Start and end are the same time. Move one of them."))
    odd = [one for one in shift.weekdays if one.start == one.end or one.day not in range(7)]
    if odd or len({one.day for one in shift.weekdays}) < len(shift.weekdays):
        return (
            *found,
            msgid("Give each day of the week hours once, with a start and another end."),
        )
    for one in shift.weekdays if not found else ():
        wrong = _shift_minutes(shift.of_weekday(one.day))
        found += [
            sentence("On {day}: {problem}", day=sentence(WEEKDAYS[one.day]), problem=text)
            for text in wrong
        ]
    return (*found, *_shift_minutes(shift))


def _shift_minutes(shift: Shift) -> list[str]:
    found: list[str] = [
        sentence(
            "{what} cannot be {minutes} minutes: give 0 to {most}.",
            what=sentence(text),
            minutes=minutes,
            most=DAY_MINUTES,
        )
        for text, minutes in _durations(shift)
        if not 0 <= minutes <= DAY_MINUTES
    ]
    if found or shift.presence_only:
        return found
    return _windows(shift) + _thresholds(shift)


def _durations(shift: Shift) -> list[tuple[str, int]]:
    return [
        (msgid("The window before the start"), shift.opens_before),
        (msgid("The window after the end"), shift.closes_after),
        (msgid("The grace for coming late"), shift.late_grace),
        (msgid("The grace for leaving early"), shift.early_grace),
        (msgid("The half-day limit"), shift.half_day_below or 0),
        (msgid("The absent limit"), shift.absent_below or 0),
        (msgid("The break"), shift.unpaid_break),
        (msgid("The hours from which a break counts"), shift.break_after),
        (msgid("The hours from which overtime counts"), shift.overtime_after or 0),
        (msgid("The tolerance for a missing check-out"), shift.close_tolerance),
    ]


def length(shift: Shift) -> int:
    """Minutes from start to end on an ordinary day."""
    one = occurrence(shift, _SOME_MONDAY, ZoneInfo("UTC"), working=True)
    return (one.end - one.start) // 60


def _windows(shift: Shift) -> list[str]:
    minutes = length(shift)
    found: list[str] = []
    span = minutes + shift.opens_before + shift.closes_after
    if span > 2 * DAY_MINUTES:
        found.append(
            sentence(
                "The check-in window is {hours} hours long. Keep it within two days.",
                hours=span // 60,
            )
        )
    if shift.close_tolerance > shift.closes_after:
        found.append(
            sentence(
                "A check-out would be called missing {tolerance} minutes after the end, but the "
                "window closes after {closes}. Shorten the tolerance or widen the window.",
                tolerance=shift.close_tolerance,
                closes=shift.closes_after,
            )
        )
    if shift.late_grace + shift.early_grace >= minutes:
        found.append(
            sentence(
                "The two graces together are as long as the shift ({minutes} minutes).",
                minutes=minutes,
            )
        )
    return found


_HALF: Final = msgid(
    "The half-day limit of {limit} minutes cannot be reached: the shift has {paid} after its "
    "break."
)
_ABSENT: Final = msgid(
    "The absent limit of {limit} minutes cannot be reached: the shift has {paid} after its break."
)


def _thresholds(shift: Shift) -> list[str]:
    minutes = length(shift)
    found: list[str] = []
    half, absent = shift.half_day_below, shift.absent_below
    if half is not None and absent is not None and absent >= half:
        found.append(msgid("The absent limit must be below the half-day limit."))
    paid = minutes - shift.unpaid_break
    for text, limit in ((_HALF, half), (_ABSENT, absent)):
        if limit is not None and limit > paid:
            found.append(sentence(text, limit=limit, paid=paid))
    if shift.unpaid_break >= minutes:
        found.append(msgid("The break is as long as the shift."))
    return found


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return False
    return True
