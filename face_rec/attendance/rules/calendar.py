"""Days on which nobody, or somebody, need not come: holidays and leave."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off for ``groups``; for everybody when that is empty."""

    id: str
    day: date
    name: str
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Leave:
    """A person's leave, both days inclusive; ``half`` means half of each day. ``kind``: what it is
    called; ``type``: the id of its LeaveType, "" where it was entered with a name alone.
    ``elsewhere``: they work, only not here."""

    id: str
    subject: str
    first: date
    last: date
    kind: str = "leave"
    half: bool = False
    author: str = ""
    reason: str = ""
    type: str = ""
    elsewhere: bool = False

    def of_type(self, type_id: str, name: str) -> bool:
        """Whether it counts as of this type, whose entries before were told by their name."""
        return self.type == type_id if self.type else same_name(self.kind, name)


def same_name(one: str, other: str) -> bool:
    """Whether two kinds of leave are called the same."""
    return one.strip().casefold() == other.strip().casefold()


class Calendar:
    """Answers whether a group or a person is off on a day."""

    def __init__(self, holidays: Iterable[Holiday], leaves: Iterable[Leave]) -> None:
        self._holidays: dict[date, list[Holiday]] = defaultdict(list)
        for holiday in sorted(holidays, key=lambda h: (h.name, h.id)):
            self._holidays[holiday.day].append(holiday)
        self._leaves: dict[str, list[Leave]] = defaultdict(list)
        for leave in sorted(leaves, key=lambda entry: (entry.half, entry.id)):
            self._leaves[leave.subject].append(leave)

    def holiday(self, group: str, day: date) -> Holiday | None:
        """The holiday of ``group`` on ``day``."""
        for holiday in self._holidays.get(day, ()):
            if not holiday.groups or group in holiday.groups:
                return holiday
        return None

    def leave(self, subject: str, day: date) -> Leave | None:
        """The person's leave on ``day``; a whole day goes before a half."""
        for leave in self._leaves.get(subject, ()):
            if leave.first <= day <= leave.last:
                return leave
        return None

    def halves(self, subject: str, day: date) -> tuple[Leave, ...]:
        """The person's half days of leave on ``day``: two, of different kinds, make a whole."""
        found = self._leaves.get(subject, ())
        return tuple(one for one in found if one.half and one.first <= day <= one.last)

    def away(self, subject: str, first: date, last: date) -> bool:
        """Whether the person has leave on one of these days, both included."""
        return any(
            leave.first <= last and first <= leave.last for leave in self._leaves.get(subject, ())
        )
