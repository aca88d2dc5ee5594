"""Plans and marks of many people and days become rows."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np

from face_rec.attendance.days.day_record import DAY, Days, Row, row
from face_rec.attendance.days.day_rules import DayOutcome, judge
from face_rec.attendance.days.outages import Blindness, Uptime
from face_rec.attendance.days.planner import Plan, Planner
from face_rec.attendance.days.punches import Directions, runs
from face_rec.attendance.marks.mark_columns import Codes, Marks
from face_rec.attendance.terms.punch import Punch
from face_rec.attendance.terms.status import Flag
from face_rec.domain.people import Person

MARGIN = timedelta(days=2)
"""How far beyond the asked days marks are needed: a night shift far from UTC
with a long window reaches into the second UTC day."""

_OUTSIDE = int(Flag.OUTSIDE_WINDOW)
Note = Callable[[int, int, Plan, DayOutcome | None], None]
"""Told the numbers of day and person of each that was judged, their plan and what came of it; None
of who was not seen."""


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
        self._idle: dict[Plan, Row] = {}

    def days(
        self,
        people: Sequence[Person],
        days: Sequence[date],
        marks: Marks,
        note: Note | None = None,
    ) -> Days:
        """(len(days), len(people)) of dtype DAY.

        ``marks``: sorted by subject, then time, reaching :data:`MARGIN`
        beyond ``days``.
        """
        lying = runs(marks)
        punches = self._directions.punches(marks)
        table = np.empty((len(days), len(people)), dtype=DAY)
        for number, person in enumerate(people):
            own = punches[lying.get(self._codes.code(person.subject), slice(0))]
            judged = self._person(person, days, own)
            table[:, number] = [one for one, _, _ in judged]
            if note is not None:
                for day, (_, plan, outcome) in enumerate(judged):
                    note(day, number, plan, outcome)
        return table

    def _person(
        self, person: Person, days: Sequence[date], punches: list[Punch]
    ) -> list[tuple[Row, Plan, DayOutcome | None]]:
        times = [punch.at for punch in punches]
        (first, last), *again = self._planner.employed(person)  # nearly everybody has one stretch
        rows = []
        for day in days:
            employed = first <= day <= last or any(a <= day <= b for a, b in again)
            plan = (self._planner.plan if employed else self._planner.unemployed)(person, day)
            rows.append(self._row(plan, punches, times))
        return rows

    def _row(
        self, plan: Plan, punches: list[Punch], times: list[int]
    ) -> tuple[Row, Plan, DayOutcome | None]:
        """The row, and what it was made of; no outcome of somebody who was not seen."""
        left, right = bisect_left(times, plan.opens), bisect_left(times, plan.closes)
        before, after = plan.reach
        strays = bisect_left(times, after) > right or bisect_left(times, before) < left
        if left == right and not strays:
            return self._unseen(plan), plan, None
        judged = self.judge(plan, punches[left:right])
        return row(plan, judged, _OUTSIDE * strays, self._codes), plan, judged

    def judge(self, plan: Plan, punches: Sequence[Punch]) -> DayOutcome:
        """One plan and its punches."""
        return judge(plan, punches, self._now, self.blindness(plan))

    def blindness(self, plan: Plan) -> Blindness:
        """What the person's kiosks missed of the shift, as far as it has come."""
        return self._uptime.blindness(plan.group, plan.day, plan.start, min(plan.end, self._now))

    def _unseen(self, plan: Plan) -> Row:
        """All who share a plan and were not seen share the result."""
        known = self._idle.get(plan)
        if known is None:
            known = self._idle[plan] = row(plan, self.judge(plan, ()), 0, self._codes)
        return known
