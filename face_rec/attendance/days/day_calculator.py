"""Plans and marks of many people and days become rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from face_rec.attendance.days.day_record import Days, Row, row
from face_rec.attendance.days.day_rules import DayOutcome, judge
from face_rec.attendance.days.outages import Blindness, Uptime
from face_rec.attendance.days.plain_days import Numbers, PlanColumns, judged, lying
from face_rec.attendance.days.planner import Plan, Planner
from face_rec.attendance.days.punches import Directions
from face_rec.attendance.marks.mark_columns import Codes, Marks
from face_rec.attendance.terms.punch import Punch
from face_rec.attendance.terms.status import Flag
from face_rec.domain.people import Person

MARGIN = timedelta(days=2)
"""How far beyond the asked days marks are needed: a night shift far from UTC
with a long window reaches into the second UTC day."""

_OUTSIDE = int(Flag.OUTSIDE_WINDOW)
Note = Callable[[int, int, Sequence[Plan], Mapping[int, DayOutcome]], None]
"""Told the number of a day and of a person, and of this person and those after them the plans of
that day; and by how many places after the first, what came of those who were looked at one by
one."""


class DayCalculator:
    """Judges people's days under one set of rules at one ``now``."""

    def __init__(
        self, planner: Planner, directions: Directions, uptime: Uptime, codes: Codes, now: int
    ) -> None:
        self._planner = planner
        self._directions = directions
        self._uptime = uptime
        self._codes = codes
        self._now = now
        self._plans = PlanColumns(self._unseen, now)

    def days(
        self,
        people: Sequence[Person],
        days: Sequence[date],
        marks: Marks,
        note: Note | None = None,
    ) -> Days:
        """(len(days), len(people)) of dtype DAY.

        ``marks``: sorted by subject, then time, reaching :data:`MARGIN`
        beyond ``days``, which are in order.
        """
        which, seen = self._which(people, days), self._directions.seen(marks)
        plans, unseen = self._plans.columns()
        subjects = np.array([self._codes.code(person.subject) for person in people], np.int64)
        found = lying(plans, which, seen, subjects)
        rows, rest = judged(plans, unseen, which, found, seen)
        looked: dict[int, DayOutcome] = {}
        for place in rest.tolist():
            plan, stray = self._plans.plans[which.flat[place]], bool(found.strays.flat[place])
            punches = seen.punches(found.first.flat[place], found.end.flat[place])
            looked[place] = self.judge(plan, punches)
            rows.flat[place] = row(plan, looked[place], _OUTSIDE * stray, self._codes)
        if note is not None:
            self._tell(note, which, looked)
        return rows.T

    def _which(self, people: Sequence[Person], days: Sequence[date]) -> Numbers:
        """(people, days): which plan each has."""
        found = np.empty((len(people), len(days)), np.int64)
        shared: dict[str, Numbers] = {}
        for number, person in enumerate(people):
            if not self._planner.ordinary(person, days[0], days[-1]):
                found[number] = self._numbers(self._planner.expected(person, days))
                continue
            if person.group not in shared:
                plans = (self._planner.plan(person, day) for day in days)
                shared[person.group] = self._numbers(plans)
            found[number] = shared[person.group]
        return found

    def _numbers(self, plans: Iterable[Plan]) -> Numbers:
        return np.array([self._plans.number(plan) for plan in plans], np.int64)

    def _tell(self, note: Note, which: Numbers, looked: Mapping[int, DayOutcome]) -> None:
        days = which.shape[1]
        by_day: list[dict[int, DayOutcome]] = [{} for _ in range(days)]
        for place, outcome in looked.items():
            by_day[place % days][place // days] = outcome
        for day, outcomes in enumerate(by_day):
            plans = [self._plans.plans[number] for number in which[:, day].tolist()]
            note(day, 0, plans, outcomes)

    def judge(self, plan: Plan, punches: Sequence[Punch]) -> DayOutcome:
        """One plan and its punches."""
        return judge(plan, punches, self._now, self.blindness(plan))

    def blindness(self, plan: Plan) -> Blindness:
        """What the person's kiosks missed of the shift, as far as it has come."""
        return self._uptime.blindness(plan.group, plan.day, plan.start, min(plan.end, self._now))

    def _unseen(self, plan: Plan) -> Row:
        """All who share a plan and were not seen share the result."""
        return row(plan, self.judge(plan, ()), 0, self._codes)
