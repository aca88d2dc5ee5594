"""How many days of leave somebody has in a year, and how many of them are taken."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from face_rec.attendance.days.planner import Planner
from face_rec.attendance.rules.calendar import Leave
from face_rec.attendance.rules.leave_type import LeaveType, allowance_of
from face_rec.attendance.rules.roster import Employment
from face_rec.attendance.rules.rules import Rules
from face_rec.domain.people import Person

_ONE: Final = timedelta(days=1)
_CARRIED_FROM: Final = 10
"""Years back at most, from which something may have been carried over again and again."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days of leave, both included; of half days half of each."""

    first: date
    last: date
    half: bool = False

    def within(self, year: int) -> "Span | None":
        """The part of it that lies in ``year``."""
        first, last = max(self.first, date(year, 1, 1)), min(self.last, date(year, 12, 31))
        return replace(self, first=first, last=last) if first <= last else None

    @property
    def years(self) -> range:
        return range(self.first.year, self.last.year + 1)

    def days(self) -> Iterator[date]:
        for number in range((self.last - self.first).days + 1):
            yield self.first + number * _ONE


@dataclass(frozen=True, slots=True)
class Balance:
    """In days. ``allowed``: of this year, by the share of it in which they are employed;
    ``carried`` over from the year before; ``taken``: also what is to come of it;
    ``requested``: what waits for a decision."""

    type: LeaveType
    year: int
    allowed: float
    carried: float
    taken: float
    requested: float = 0.0

    @property
    def left(self) -> float:
        """When all that waits is approved; below 0 where more was taken than there is."""
        return self.allowed + self.carried - self.taken - self.requested


class Balances:
    """Under one set of rules. Not to be shared between threads."""

    def __init__(self, rules: Rules, zone: ZoneInfo) -> None:
        self._rules = rules
        self._expected = Planner(replace(rules, leaves=()), zone)
        self._employments = {one.id: one for one in rules.employments}
        self._leaves: dict[str, list[Leave]] = defaultdict(list)
        for leave in rules.leaves:
            self._leaves[leave.subject].append(leave)

    def days(self, person: Person, span: Span) -> float:
        """On how many of them ``person`` would be expected: no holidays, no days off."""
        plans = self._expected.expected(person, span.days())
        count = sum(plan.instead is None for plan in plans)
        return count / 2 if span.half else float(count)

    def of(
        self, person: Person, of_type: LeaveType, year: int, asked: Sequence[Span] = ()
    ) -> Balance:
        """What nobody has allowed is 0. ``asked``: what waits for a decision, of whatever years:
        what it takes of one year is not carried over into the next."""
        return self._of(person, of_type, year, asked, _CARRIED_FROM)

    def all(self, person: Person, year: int) -> list[Balance]:
        """Of every type that is counted, by name."""
        counted = sorted((one for one in self._rules.leave_types if one.counted), key=_by_name)
        return [self.of(person, one, year) for one in counted]

    def latest(self, person: Person, of_type: LeaveType) -> int:
        """The last year in which there is leave of theirs; 0 without any."""
        mine = self._leaves.get(person.subject, ())
        years = (one.last.year for one in mine if one.of_type(of_type.id, of_type.name))
        return max(years, default=0)

    def _of(
        self, person: Person, of_type: LeaveType, year: int, asked: Sequence[Span], depth: int
    ) -> Balance:
        allowance = allowance_of(self._rules.allowances, of_type.id, person, year)
        taken = self._taken(person, of_type, year)
        requested = self._sum(person, asked, year)
        if allowance is None:
            return Balance(of_type, year, 0.0, 0.0, taken, requested)
        carried = 0.0
        earlier = allowance_of(self._rules.allowances, of_type.id, person, year - 1)
        if allowance.carry and earlier is not None and depth:
            before = self._of(person, of_type, year - 1, asked, depth - 1)
            carried = max(0.0, min(allowance.carry, before.left))
        employed = self._employments.get(person.subject, Employment(person.subject))
        allowed = pro_rata(allowance.days, employed, year)
        return Balance(of_type, year, allowed, carried, taken, requested)

    def _taken(self, person: Person, of_type: LeaveType, year: int) -> float:
        spans = (
            Span(one.first, one.last, one.half)
            for one in self._leaves.get(person.subject, ())
            if one.of_type(of_type.id, of_type.name)
        )
        return self._sum(person, spans, year)

    def _sum(self, person: Person, spans: Iterable[Span], year: int) -> float:
        parts = (span.within(year) for span in spans)
        return sum(self.days(person, part) for part in parts if part is not None)


def pro_rata(days: float, employed: Employment, year: int) -> float:
    """The share of ``days`` for the part of the year from the first day to the last that are
    entered, rounded up to half days; a day of registration says nothing about it."""
    whole = Span(date(year, 1, 1), date(year, 12, 31))
    span = Span(employed.first or whole.first, employed.last or whole.last).within(year)
    if span is None:
        return 0.0
    share = ((span.last - span.first).days + 1) / ((whole.last - whole.first).days + 1)
    return math.ceil(round(days * share * 2, 6)) / 2


def _by_name(one: LeaveType) -> str:
    return one.name.casefold()
