"""Plans as columns of numbers, so that the plain days of many people are judged at once."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from face_rec.attendance.days.day_record import DAY, Days, Row
from face_rec.attendance.days.planner import Plan
from face_rec.attendance.rules.shift import Counting, Reading

ONE_BY_ONE, PRESENCE, HOURS = range(3)
"""How the days of a plan are judged: by the rules themselves, or many at once."""

PLAN: Final = np.dtype(
    [
        ("kind", np.uint8),
        ("typed", np.bool_),
        ("pairs", np.bool_),
        ("over", np.bool_),
        ("opens", np.int64),
        ("closes", np.int64),
        ("before", np.int64),
        ("after", np.int64),
        ("start", np.int64),
        ("end", np.int64),
        ("late", np.int64),
        ("early", np.int64),
        ("break_after", np.int64),
        ("unpaid", np.int64),
        ("overtime", np.int64),
        ("absent", np.int64),
        ("half", np.int64),
    ]
)
"""``kind``: one of three. ``typed``: kiosks say which way; ``pairs``: every pair counts; ``over``:
the shift has ended. Moments in UTC seconds: ``before`` and ``after`` are the plan's reach; whoever
comes after ``late`` or leaves before ``early`` has done so. Limits of time worked in seconds, less
than 0 where there is none."""

Plans = npt.NDArray[np.void]
"""(plans,) of dtype PLAN."""


class PlanColumns:
    """Plans that were met so far, by number. Not to be shared between threads."""

    def __init__(self, unseen: Callable[[Plan], Row], now: int) -> None:
        """``unseen``: the row of somebody with this plan who was not seen."""
        self.plans: list[Plan] = []
        self._unseen_row = unseen
        self._now = now
        self._numbers: dict[Plan, int] = {}
        self._columns = np.empty(0, PLAN)
        self._unseen = np.empty(0, DAY)

    def number(self, plan: Plan) -> int:
        """Its place in the columns."""
        known = self._numbers.get(plan)
        if known is None:
            known = self._numbers[plan] = len(self.plans)
            self.plans.append(plan)
        return known

    def columns(self) -> tuple[Plans, Days]:
        """The plans, and the row of somebody who was not seen under each."""
        new = self.plans[len(self._columns) :]
        if new:
            described = np.array([_described(plan, self._now) for plan in new], PLAN)
            unseen = np.array([self._unseen_row(plan) for plan in new], DAY)
            self._columns = np.concatenate([self._columns, described])
            self._unseen = np.concatenate([self._unseen, unseen])
        return self._columns, self._unseen


def _described(plan: Plan, now: int) -> tuple[Any, ...]:
    shift = plan.shift
    plain = plan.instead is None and not plan.unpunctual
    kind = PRESENCE if shift.presence_only else HOURS
    return (
        kind if plain else ONE_BY_ONE,
        shift.reading is Reading.TYPED, shift.counting is Counting.EVERY_PAIR, now >= plan.end,
        plan.opens, plan.closes, *plan.reach, plan.start, plan.end,
        plan.start + 60 * shift.late_grace, plan.end - 60 * shift.early_grace,
        60 * shift.break_after, 60 * shift.unpaid_break, _limit(shift.overtime_after),
        _limit(shift.absent_below), _limit(shift.half_day_below),
    )  # fmt: skip


def _limit(minutes: int | None) -> int:
    return -1 if minutes is None else 60 * minutes
