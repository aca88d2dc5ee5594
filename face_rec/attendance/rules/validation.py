"""Why an entry of the rules makes no sense, in sentences an admin can act on.

``flaws`` looks at an entry alone, ``conflicts`` at it among the others.
"""

from collections.abc import Callable, Container
from datetime import date, timedelta
from typing import Any, Final

from face_rec.attendance.rules import leave_type, mobile
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.leave_type import Allowance, LeaveType
from face_rec.attendance.rules.mobile import MobilePunch
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.roster_week import DAYS, OFF, USUAL, RosterWeek, roster_id
from face_rec.attendance.rules.rules import Item, Limits, Rules
from face_rec.attendance.rules.shift import DEFAULT_ID, Shift
from face_rec.attendance.rules.shift_validation import DAY_MINUTES, shift_flaws
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.languages.language import LANGUAGES, RULE, msgid
from face_rec.languages.sentence import sentence, sentence_many

_NO_SHIFT: Final = msgid("The shift does not exist any more. Choose another.")
_LONGEST_LEAVE: Final = timedelta(days=400)


def flaws(item: Item) -> tuple[str, ...]:
    """What is wrong with the entry whatever the others say; empty if nothing."""
    named = () if item.id.strip() else (msgid("It needs a name of its own."),)
    return named + _FLAWS[type(item)](item)


def conflicts(rules: Rules, item: Item) -> tuple[str, ...]:
    """What of the other entries the entry does not go with."""
    among = _AMONG.get(type(item))
    return among(rules, item) if among else ()


def removal_conflicts(rules: Rules, item: Item) -> tuple[str, ...]:
    """Why the entry cannot be removed."""
    if isinstance(item, LeaveType):
        return leave_type.in_use(rules.allowances, item)
    if not isinstance(item, Shift):
        return ()
    users = [one for one in rules.assignments if one.shift == item.id]
    if not users:
        return _rostered(rules, item)
    return (
        sentence_many(
            "{name} is still assigned {count} times. End or remove these assignments first.",
            "{name} is still assigned {count} times. End or remove these assignments first.",
            len(users),
            name=item.name,
        ),
    )


def _rostered(rules: Rules, item: Shift) -> tuple[str, ...]:
    weeks = [one for one in rules.rosters if item.id in one.days]
    if not weeks:
        return ()
    return (
        sentence(
            "{name} stands in rosters, the last time in the week of {day}. Set other shifts "
            "there first; where these days are past, keep the shift.",
            name=item.name,
            day=max(one.first for one in weeks),
        ),
    )


def roster_conflicts(shifts: Container[str], item: RosterWeek) -> tuple[str, ...]:
    """What a roster names that is not among ``shifts``, by their ids."""
    known = {DEFAULT_ID, OFF, USUAL}
    if all(shift in known or shift in shifts for shift in item.days):
        return ()
    return (_NO_SHIFT,)


def _roster_week(one: RosterWeek) -> tuple[str, ...]:
    whole = one.subject and len(one.days) == DAYS and not one.first.weekday()
    if whole and one.id == roster_id(one.subject, one.first):
        return ()
    return (msgid("A roster says of one person what each day of one week is."),)


def _assignment(one: Assignment) -> tuple[str, ...]:
    found = [*_dates(one.first, one.last)]
    if bool(one.subject) == bool(one.group):
        found.append(msgid("Assign a shift to either one person or one group."))
    if not one.shift:
        found.append(msgid("Choose a shift."))
    return tuple(found)


def _employment(one: Employment) -> tuple[str, ...]:
    return _dates(one.first, one.last)


def _holiday(one: Holiday) -> tuple[str, ...]:
    return () if one.name.strip() else (_name_of(one),)


def _name_of(one: Holiday) -> str:
    return sentence("Give the holiday on {day} a name.", day=one.day)


def _leave(one: Leave) -> tuple[str, ...]:
    found = [*_dates(one.first, one.last)]
    if not one.subject:
        found.append(msgid("Choose who is on leave."))
    if not one.kind.strip():
        found.append(msgid("Say what kind of leave it is."))
    if one.last - one.first > _LONGEST_LEAVE:
        found.append(msgid("A leave of more than 400 days: end the employment instead."))
    return tuple(found)


def _kiosk(one: KioskRecord) -> tuple[str, ...]:
    found = []
    if not 0 <= one.minimum_stay <= DAY_MINUTES:
        found.append(
            sentence(
                "{what} cannot be {minutes} minutes: give 0 to {most}.",
                what=sentence("The minimum stay"),
                minutes=one.minimum_stay,
                most=DAY_MINUTES,
            )
        )
    if not ({one.language, *one.languages} - {None}) <= LANGUAGES.keys():
        found.append(sentence("The language must be {rule}.", rule=RULE))
    return tuple(found)


_SCORE: Final = msgid("The score below which a mark is doubtful must lie between 0 and 1.")
_MARGIN: Final = msgid("The margin below which a mark is doubtful must lie between 0 and 1.")
_LIVENESS: Final = msgid("The liveness below which a mark is doubtful must lie between 0 and 1.")


def _limits(one: Limits) -> tuple[str, ...]:
    found = [] if 1 <= one.outage <= DAY_MINUTES else [msgid("An outage lasts at least 1 minute.")]
    for text, value in ((_SCORE, one.score), (_MARGIN, one.margin), (_LIVENESS, one.liveness)):
        if not 0 <= value <= 1:
            found.append(text)
    return tuple(found)


_FLAWS: Final[dict[type[Item], Callable[[Any], tuple[str, ...]]]] = {
    Shift: shift_flaws,
    Assignment: _assignment,
    Employment: _employment,
    Holiday: _holiday,
    Leave: _leave,
    LeaveType: leave_type.type_flaws,
    Allowance: leave_type.allowance_flaws,
    MobilePunch: mobile.mobile_flaws,
    KioskRecord: _kiosk,
    Limits: _limits,
    RosterWeek: _roster_week,
}


def _dates(first: date | None, last: date | None) -> tuple[str, ...]:
    if first is not None and last is not None and last < first:
        return (
            sentence(
                "It would end on {last}, before it begins on {first}.", last=last, first=first
            ),
        )
    return ()


def _meet(a: Assignment, b: Assignment) -> bool:
    return (a.first or date.min) <= (b.last or date.max) and (b.first or date.min) <= (
        a.last or date.max
    )


_PERSON_TWICE: Final = msgid(
    "It overlaps an assignment of the same person from {first} to {last}. End that one first."
)
_GROUP_TWICE: Final = msgid(
    "It overlaps an assignment of the same group from {first} to {last}. End that one first."
)


def _assignment_conflicts(rules: Rules, item: Assignment) -> tuple[str, ...]:
    found = []
    if item.shift != DEFAULT_ID and item.shift not in {shift.id for shift in rules.shifts}:
        found.append(_NO_SHIFT)
    for other in rules.assignments:
        same = (other.subject, other.group) == (item.subject, item.group)
        if same and other.id != item.id and _meet(other, item):
            found.append(
                sentence(
                    _PERSON_TWICE if item.subject else _GROUP_TWICE,
                    first=other.first or sentence("the beginning"),
                    last=other.last or sentence("the end"),
                )
            )
    return tuple(found)


def _leave_conflicts(rules: Rules, item: Leave) -> tuple[str, ...]:
    mine = [
        other
        for other in rules.leaves
        if other.id != item.id
        and other.subject == item.subject
        and other.first <= item.last
        and item.first <= other.last
    ]
    alone = [one for one in mine if not (one.half and item.half and one.kind != item.kind)]
    return tuple(
        sentence(
            "It overlaps a leave ({kind}) from {first} to {last}.",
            kind=other.kind,
            first=other.first,
            last=other.last,
        )
        for other in alone or _full(mine)
    )


def _full(halves: list[Leave]) -> list[Leave]:
    """Two halves that make one day a whole, beside which no third one has room."""
    pairs = ((a, b) for at, a in enumerate(halves) for b in halves[at + 1 :])
    return next(([a, b] for a, b in pairs if a.first <= b.last and b.first <= a.last), [])


_AMONG: Final[dict[type[Item], Callable[[Rules, Any], tuple[str, ...]]]] = {
    Assignment: _assignment_conflicts,
    Leave: _leave_conflicts,
    RosterWeek: lambda rules, one: roster_conflicts({shift.id for shift in rules.shifts}, one),
    LeaveType: lambda rules, one: leave_type.type_conflicts(rules.leave_types, one),
    Allowance: lambda rules, one: leave_type.allowance_conflicts(
        rules.leave_types, rules.allowances, one
    ),
    MobilePunch: lambda rules, one: mobile.mobile_conflicts(rules.mobiles, one),
}
