"""Plain days, judged many at a time: somebody came and left, perhaps several times, under a plan
of an ordinary working day, and nobody has corrected anything.

Says what :mod:`~face_rec.attendance.days.day_rules` says, which every other day goes through, and
what is in doubt. A day of a hundred thousand people takes a twentieth of the time this way.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from face_rec.attendance.days.day_record import DAY, STATUSES, Days, Row
from face_rec.attendance.days.planner import Plan
from face_rec.attendance.days.punches import Seen
from face_rec.attendance.rules.shift import Counting, Reading
from face_rec.attendance.terms.status import Flag, Status
from face_rec.domain.marks import Way

# Plans as columns of numbers, so that the plain days of many people are judged at once.

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


Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_OUTSIDE = int(Flag.OUTSIDE_WINDOW)
_ODD = int(Flag.ODD_PUNCHES)
_LATE_TOO = int(Flag.LATE_TOO)
_PRESENT, _LATE, _EARLY, _HALF_DAY, _ABSENT = (
    STATUSES.index(status)
    for status in (Status.PRESENT, Status.LATE, Status.EARLY, Status.HALF_DAY, Status.ABSENT)
)


class Lying(NamedTuple):
    """Where the punches inside each window lie, from ``first`` to before ``end``; ``strays``:
    whether there are some beside it. All of one shape."""

    first: Numbers
    end: Numbers
    strays: Mask


def lying(plans: Plans, which: Numbers, seen: Seen, subjects: Numbers) -> Lying:
    """Of each person and day. ``which``: (people, days) numbers of plans; ``subjects``: the code
    of each person."""
    if not len(seen.at):
        nothing = np.zeros(which.shape, np.int64)
        return Lying(nothing, nothing, np.zeros(which.shape, np.bool_))
    run = np.cumsum(np.diff(seen.subjects, prepend=seen.subjects[0]) != 0)
    begins = np.searchsorted(seen.subjects, subjects)
    there = begins < len(run)
    there[there] = seen.subjects[begins[there]] == subjects[there]
    runs = np.full(len(subjects), run[-1] + 1)  # whoever has none lies behind all others
    runs[there] = run[begins[there]]
    least, longest = int(seen.at.min()), int(np.ptp(seen.at)) + 2
    places = run * longest + (seen.at - least)

    def until(name: str) -> Numbers:
        moments = np.clip(plans[name] - least, 0, longest - 1)[which]
        found: Numbers = np.searchsorted(places, runs[:, None] * longest + moments)
        return found

    first, end = until("opens"), until("closes")
    return Lying(first, end, (until("after") > end) | (until("before") < first))


def judged(
    plans: Plans, unseen: Days, which: Numbers, found: Lying, seen: Seen
) -> tuple[Days, Numbers]:
    """(people, days) of dtype DAY, and places in it (flat) that must be judged one by one."""
    rows = unseen.take(which)  # a tenth of the time that an index takes
    flat, of = rows.reshape(-1), which.reshape(-1)
    first, end = found.first.reshape(-1), found.end.reshape(-1)
    flat["flags"][found.strays.reshape(-1)] |= _OUTSIDE
    came = np.flatnonzero(end > first)
    if not len(came):
        return rows, came
    mine = plans.take(of[came])
    plain = _plain(mine, first[came], end[came], seen)
    for kind, fill in ((PRESENCE, _presence), (HOURS, _hours)):
        fits = plain & (mine["kind"] == kind)
        here = came[fits]
        some = flat.take(here)
        some["punches"] = end[here] - first[here]
        some["first"] = seen.at[first[here]]
        some["last"] = seen.at[end[here] - 1]
        fill(some, mine.compress(fits), first[here], end[here], seen)
        flat[here] = some
    return rows, came[~plain]


def _plain(plans: Plans, first: Numbers, end: Numbers, seen: Seen) -> Mask:
    """Of which days nothing has to be looked at but times."""
    count = end - first
    untouched = _sums(seen.states != 0, first, end) == 0
    presence = plans["kind"] == PRESENCE
    even = count % 2 == 0
    whole = even | ((count > 2) & ~plans["typed"] & ~plans["pairs"])  # nobody is in any more
    soon = np.diff(seen.at, prepend=seen.at[0]) < seen.stays
    apart = _sums(soon, first + 1, end) == 0
    hours = whole & apart & (~plans["typed"] | _by_turns(first, end, seen))
    return np.asarray((plans["kind"] != ONE_BY_ONE) & untouched & (presence | hours))


def _by_turns(first: Numbers, end: Numbers, seen: Seen) -> Mask:
    """Whether no punch says another way than in and out by turns would have it."""
    odd = np.arange(len(seen.at)) % 2 == 1
    others = [
        _sums(seen.ways == np.where(turn, Way.IN, Way.OUT), first, end) for turn in (odd, ~odd)
    ]
    return np.asarray(np.where(first % 2 == 0, *others) == 0)


def _presence(rows: Days, _plans: Plans, first: Numbers, end: Numbers, _seen: Seen) -> None:
    rows["status"] = _PRESENT
    rows["last"][end - first == 1] = 0


def _hours(rows: Days, plans: Plans, first: Numbers, end: Numbers, seen: Seen) -> None:
    came, left = rows["first"], rows["last"]
    worked, deducted = _worked(plans, left - came, first, end, seen)
    late = np.where(came > plans["late"], came - plans["start"], 0)
    early = np.where(plans["over"] & (left < plans["early"]), plans["end"] - left, 0)
    beyond = np.maximum(0, worked - plans["overtime"])
    absent = plans["over"] & (worked < plans["absent"])
    half = plans["over"] & (worked < plans["half"])
    status = np.select(
        [absent, half, late > 0, early > 0], [_ABSENT, _HALF_DAY, _LATE, _EARLY], _PRESENT
    )
    rows["status"], rows["worked"], rows["deducted"] = status, worked, deducted
    rows["late"], rows["early"] = late, early
    rows["overtime"] = np.where(plans["overtime"] < 0, 0, beyond)
    rows["flags"] |= np.where((late > 0) & (status != _LATE), _LATE_TOO, 0)
    rows["flags"] |= np.where((end - first) % 2, _ODD, 0)


def _worked(
    plans: Plans, between: Numbers, first: Numbers, end: Numbers, seen: Seen
) -> tuple[Numbers, Numbers]:
    """Seconds without the break, and the break; ``between`` the first punch and the last."""
    away = np.where(np.arange(len(seen.at)) % 2 == 0, -1, 1) * (seen.at - seen.at.min())
    pairs = _sums(away, first, end) * np.where(first % 2 == 0, 1, -1)
    worked = np.where(plans["pairs"], pairs, between)
    unpaid = np.maximum(0, plans["unpaid"] - (between - worked))
    deducted = np.where(worked < plans["break_after"], 0, np.minimum(worked, unpaid))
    return worked - deducted, deducted


def _sums(values: npt.NDArray[np.int64] | Mask, first: Numbers, end: Numbers) -> Numbers:
    """Of the values from each ``first`` to before its ``end``."""
    until = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    found: Numbers = until[end] - until[first]
    return found
