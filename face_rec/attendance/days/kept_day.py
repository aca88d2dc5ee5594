"""The rows of one day for everybody, as they stand: judged once, and again only where something
has come or its time has.

What a row says changes with the time alone at a few moments of its plan (when the shift begins,
ends, closes), and while somebody is in, by the seconds that they have worked since. The first is
noted by plan; the second is added whenever the rows are asked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from face_rec.attendance.days.day_record import DAY, Days
from face_rec.attendance.days.day_rules import DayOutcome
from face_rec.attendance.days.outages import Blindness
from face_rec.attendance.days.planner import Plan
from face_rec.attendance.days.population import Numbers, Places
from face_rec.attendance.rules.rules import Rules
from face_rec.attendance.rules.shift import Counting
from face_rec.attendance.terms.status import Flag

_STILL_IN = int(Flag.STILL_IN)
_NEVER = 2**62
_LIMIT = 256
"""Plans that may be left over from those who were judged again, beside twice those in use."""
Blind = Callable[[Plan], Blindness]


@dataclass(slots=True)
class Moving:
    """What of a day that is not settled the time may change. ``of``: which of ``plans`` each
    person has; ``came``: when those came who are in, 0 for all others; ``before``: seconds that
    they had worked until then, ``gaps``: between those."""

    of: Numbers
    came: Numbers
    before: Numbers
    gaps: Numbers
    plans: list[Plan] = field(default_factory=list)
    next: list[int] = field(default_factory=list)
    """By plan, the moment from which on its people must be judged again."""
    blind: list[tuple[bool, bool]] = field(default_factory=list)
    """By plan, what its kiosks had missed."""
    numbers: dict[Plan, int] = field(default_factory=dict)

    def note(
        self, who: int, plan: Plan, judged: DayOutcome | None, now: int, blind: Blind
    ) -> None:
        """What was judged of the person at this place."""
        number = self.numbers.get(plan)
        if number is None:
            number = self.numbers[plan] = len(self.plans)
            self.plans.append(plan)
            self.next.append(_next(plan, now))
            self.blind.append(_seen(blind(plan)))
        self.of[who] = number
        self.came[who], self.before[who], self.gaps[who] = _open(plan, judged)

    def due(self, now: int, blind: Blind | None) -> Numbers:
        """Who must be judged again, for the time has come or their kiosks missed something else;
        their plans are taken to be judged from now on. ``blind`` None: no kiosk is watched."""
        again = []
        for number, plan in enumerate(self.plans):
            seen = _seen(blind(plan)) if blind is not None else self.blind[number]
            if self.next[number] <= now or seen != self.blind[number]:
                again.append(number)
                self.next[number], self.blind[number] = _next(plan, now), seen
        return np.flatnonzero(np.isin(self.of, again)) if again else np.empty(0, np.int64)

    def crowded(self) -> bool:
        """Whether most of the plans are nobody's any more."""
        most = 2 * len(self.of) + _LIMIT
        return len(self.plans) > most

    def at(self, rows: Days, now: int) -> Days:
        """``rows`` with what those have worked who are in."""
        who = np.flatnonzero(self.came)
        if not len(who):
            return rows
        limits = np.array([_limits(plan) for plan in self.plans], np.int64)[self.of[who]]
        closes, after, unpaid, overtime = limits.T
        worked = self.before[who] + np.maximum(0, np.minimum(now, closes) - self.came[who])
        taken = np.minimum(worked, np.maximum(0, unpaid - self.gaps[who]))
        deducted = np.where(worked < after, 0, taken)
        found = rows.copy()
        found["worked"][who] = worked - deducted
        found["deducted"][who] = deducted
        beyond = np.maximum(0, worked - deducted - overtime)
        found["overtime"][who] = np.where(overtime < 0, 0, beyond)
        return found


def _next(plan: Plan, now: int) -> int:
    """The next moment at which the same punches may mean something else."""
    late = plan.start + 60 * plan.shift.late_grace + 1
    moments = (late, plan.end, plan.closes, plan.closes + 1, plan.settles_out)
    return min((moment for moment in moments if moment > now), default=_NEVER)


def _seen(blind: Blindness) -> tuple[bool, bool]:
    return bool(blind.outages), blind.excuses


def _limits(plan: Plan) -> tuple[int, int, int, int]:
    shift = plan.shift
    overtime = -1 if shift.overtime_after is None else 60 * shift.overtime_after
    return plan.closes, 60 * shift.break_after, 60 * shift.unpaid_break, overtime


def _open(plan: Plan, judged: DayOutcome | None) -> tuple[int, int, int]:
    """Of somebody who is in and whose seconds count: since when, and what was before."""
    if judged is None or plan.instead is not None or not judged.flags & _STILL_IN:
        return 0, 0, 0
    pairs = judged.pairs
    if pairs.open is None:
        return 0, 0, 0
    came = pairs.open.at
    before = sum(left.at - first.at for first, left in pairs.spans)
    begun = pairs.spans[0][0].at if pairs.spans else came
    every = plan.shift.counting is Counting.EVERY_PAIR
    return came, before, came - begun - before if every else 0


@dataclass(slots=True)
class KeptDay:
    """``rows``: (people,) of dtype DAY, by ``places``, judged under ``rules`` and the marks that
    ``stamps`` stand for. ``moving``: None once nothing of the day depends on the time."""

    rules: Rules
    places: Places
    stamps: tuple[int, ...]
    rows: Days
    moving: Moving | None = None

    @property
    def bytes(self) -> int:
        return self.rows.nbytes + (40 * len(self.rows) if self.moving else 0)

    def moved(self, places: Places) -> Numbers:
        """Put the rows where ``places`` has their people; who has none yet, or had another group
        or employment, is returned."""
        if places is self.places:
            return np.empty(0, np.int64)
        here, there = places.kept(self.places)
        rows = np.zeros(len(places.codes), DAY)
        rows[here] = self.rows[there]
        self.rows, self.places = rows, places
        if self.moving is not None:
            self.moving = _at(self.moving, here, there, len(rows))
        new = np.ones(len(rows), np.bool_)
        new[here] = False
        return np.flatnonzero(new)


def empty(people: int) -> Moving:
    """Of a day of which nobody is judged yet."""
    of, came, before, gaps = np.zeros((4, people), np.int64)
    return Moving(of, came, before, gaps)


def _at(moving: Moving, here: Numbers, there: Numbers, people: int) -> Moving:
    made = empty(people)
    made.plans, made.next = moving.plans, moving.next
    made.blind, made.numbers = moving.blind, moving.numbers
    for name in ("of", "came", "before", "gaps"):
        getattr(made, name)[here] = getattr(moving, name)[there]
    return made


def numbers_of(places: Sequence[npt.NDArray[np.int64]]) -> Numbers:
    """All of these places once, in order."""
    return np.unique(np.concatenate([np.empty(0, np.int64), *places]))
