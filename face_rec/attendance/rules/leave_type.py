"""Which kinds of leave there are, and how much of each somebody may take in a year."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from face_rec.attendance.rules.calendar import same_name
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence, sentence_many

MOST_DAYS: Final = 366.0
_LONGEST_NAME: Final = 60
_YEARS: Final = range(2000, 2101)


@dataclass(frozen=True, slots=True)
class LeaveType:
    """One kind of leave. ``name`` stands in each leave of it, too.

    ``asked``: people may ask for it themselves; else the office alone enters it. ``approval``:
    somebody decides; else it is entered at once. ``counted``: against an :class:`Allowance`.
    ``elsewhere``: they work, only not here. ``halves``: also half days. ``ahead`` and ``back``:
    how many days from today it may begin at most, in the future and in the past.
    """

    id: str
    name: str
    asked: bool = True
    approval: bool = True
    counted: bool = False
    paid: bool = True
    elsewhere: bool = False
    halves: bool = True
    ahead: int = 366
    back: int = 0


@dataclass(frozen=True, slots=True)
class Allowance:
    """Days of a type in each year from ``since`` on, for one person, one group, or, with neither,
    everybody: a person's own goes before the group's, which goes before everybody's; of several
    years the latest. ``carry``: so many that are left at most go into the next year."""

    id: str
    type: str
    days: float
    since: int
    subject: str = ""
    group: str = ""
    carry: float = 0.0


def allowance_of(
    allowances: Iterable[Allowance], type_id: str, person: Person, year: int
) -> Allowance | None:
    """What ``person`` has of the type in ``year``; None where nothing is said."""
    fitting = [
        one
        for one in allowances
        if one.type == type_id
        and one.since <= year
        and one.subject in {"", person.subject}
        and (one.subject or one.group in {"", person.group})
    ]
    return max(
        fitting, key=lambda one: (bool(one.subject), bool(one.group), one.since), default=None
    )


def type_flaws(one: LeaveType) -> tuple[str, ...]:
    found = [] if one.name.strip() else [msgid("Give the type of leave a name.")]
    if len(one.name) > _LONGEST_NAME:
        found.append(
            sentence("Keep the name of the type within {most} characters.", most=_LONGEST_NAME)
        )
    if not (0 <= one.ahead <= 2 * MOST_DAYS and 0 <= one.back <= MOST_DAYS):
        found.append(msgid("It may begin 0 to 732 days ahead and 0 to 366 days back."))
    return tuple(found)


def type_conflicts(types: Iterable[LeaveType], one: LeaveType) -> tuple[str, ...]:
    same = any(other.id != one.id and same_name(other.name, one.name) for other in types)
    return (
        (sentence("There is a type {name} already. Change that one.", name=one.name),)
        if same
        else ()
    )


def in_use(allowances: Iterable[Allowance], one: LeaveType) -> tuple[str, ...]:
    """Why the type cannot be removed."""
    count = sum(other.type == one.id for other in allowances)
    return (_used(one.name, count),) if count else ()


def _used(name: str, count: int) -> str:
    return sentence_many(
        "{name} still has {count} allowances. Remove these first.",
        "{name} still has {count} allowances. Remove these first.",
        count,
        name=name,
    )


_ALLOWANCE: Final = msgid("The allowance is 0 to 366 days, in halves.")
_CARRIED: Final = msgid("What is carried over is 0 to 366 days, in halves.")


def allowance_flaws(one: Allowance) -> tuple[str, ...]:
    found = []
    for text, days in ((_ALLOWANCE, one.days), (_CARRIED, one.carry)):
        if not 0 <= days <= MOST_DAYS or days * 2 != int(days * 2):
            found.append(text)
    if one.since not in _YEARS:
        found.append(msgid("It holds from a year between 2000 and 2100."))
    if one.subject and one.group:
        found.append(msgid("Give an allowance to one person, one group, or everybody."))
    if not one.type:
        found.append(msgid("Choose the type of leave."))
    return tuple(found)


def allowance_conflicts(
    types: Iterable[LeaveType], allowances: Iterable[Allowance], one: Allowance
) -> tuple[str, ...]:
    found = []
    known = next((other for other in types if other.id == one.type), None)
    if known is None:
        found.append(msgid("The type of leave does not exist any more. Choose another."))
    elif not known.counted:
        found.append(
            sentence("{name} is not counted. Say so with its type first.", name=known.name)
        )
    if any(other.id != one.id and _whose(other) == _whose(one) for other in allowances):
        found.append(
            sentence(
                "There is an allowance from {year} for them already. Change that one.",
                year=one.since,
            )
        )
    return tuple(found)


def _whose(one: Allowance) -> tuple[str, str, str, int]:
    return one.type, one.subject, one.group, one.since
