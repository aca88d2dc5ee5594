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
    """A person's leave, both days inclusive; ``half`` means half of each day."""

    id: str
    subject: str
    first: date
    last: date
    kind: str = "leave"
    half: bool = False
    author: str = ""
    reason: str = ""


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
