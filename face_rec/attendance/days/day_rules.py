"""The rules: a plan and punches come to a status, hours and flags.

Pure: the same plan, punches and ``now`` always give the same judgement, and
:mod:`~face_rec.attendance.days.explanation` tells it in words.
"""

from collections.abc import Sequence
from typing import NamedTuple

from face_rec.attendance.days.outages import SEEING, Blindness
from face_rec.attendance.days.pairs import Hours, Pairs, hours_of, pair, stayed
from face_rec.attendance.days.planner import Plan
from face_rec.attendance.terms.punch import Punch
from face_rec.attendance.terms.status import Flag, Status
from face_rec.domain.marks import Way

_MISSING_OUT = int(Flag.MISSING_OUT)
_PROVISIONAL = int(Flag.PROVISIONAL)
_STILL_IN = int(Flag.STILL_IN)
_DAY_OFF = int(Flag.WORKED_DAY_OFF)
_DOWN = int(Flag.KIOSK_DOWN)
_HALF_LEAVE = int(Flag.HALF_LEAVE)
_LATE_TOO = int(Flag.LATE_TOO)
_ELSEWHERE = int(Flag.ELSEWHERE)
_NOTHING = Pairs(())


class DayOutcome(NamedTuple):
    """``first`` and ``last`` are moments, 0 if there is none; ``closed_at`` is
    the check-out that the rules assumed. Durations are seconds; ``flags`` are
    bits of :class:`Flag`; ``pairs`` is what the hours were made from."""

    status: Status
    first: int = 0
    last: int = 0
    worked: int = 0
    gaps: int = 0
    deducted: int = 0
    late: int = 0
    early: int = 0
    overtime: int = 0
    flags: int = 0
    closed_at: int = 0
    punches: int = 0
    pairs: Pairs = _NOTHING


def judge(plan: Plan, punches: Sequence[Punch], now: int, blind: Blindness = SEEING) -> DayOutcome:
    """What ``punches`` (sorted, inside the window) mean on this day.

    ``blind``: what the kiosks missed; where it excuses, nobody is called
    absent for want of a punch.
    """
    blind = SEEING if plan.instead is not None else blind
    flags = (_PROVISIONAL if now < plan.closes else 0) | (_DOWN if blind.outages else 0)
    for punch in punches:
        flags |= punch.state
    if plan.half_leave:
        flags |= _HALF_LEAVE
    if plan.elsewhere:
        flags |= _ELSEWHERE
    if not punches:
        return DayOutcome(_without(plan, now, blind.excuses), flags=flags)
    if plan.shift.presence_only:
        return _by_presence(plan, punches, flags)
    return _by_hours(plan, punches, now, flags)


def _without(plan: Plan, now: int, excused: bool) -> Status:
    """The status of somebody who was not seen."""
    if plan.instead is not None:
        return plan.instead
    due = plan.closes if plan.shift.presence_only else plan.start + 60 * plan.shift.late_grace
    if now <= due:
        return Status.NOT_YET
    if plan.elsewhere:
        return Status.PRESENT
    return Status.KIOSK_DOWN if excused else Status.ABSENT


def _by_presence(plan: Plan, punches: Sequence[Punch], flags: int) -> DayOutcome:
    status = plan.instead or Status.PRESENT
    off = _DAY_OFF if plan.instead is not None else 0
    first, last = punches[0].at, punches[-1].at if len(punches) > 1 else 0
    return DayOutcome(status, first, last, flags=flags | off, punches=len(punches))


def _by_hours(plan: Plan, punches: Sequence[Punch], now: int, flags: int) -> DayOutcome:
    pairs = stayed(plan, pair(plan.shift, punches), now)
    hours = hours_of(plan, pairs, now)
    flags |= pairs.flags | hours.flags
    first = pairs.spans[0][0].at if pairs.spans else pairs.open.at if pairs.open else 0
    last = _last_out(punches, pairs)
    late, early = _late(plan, first), _early(plan, pairs, last, now)
    overtime = _overtime(plan, hours.worked)
    status = _status(plan, pairs, hours, late=late, early=early, now=now)
    if plan.instead is not None:
        flags |= _DAY_OFF
    elif late and status is not Status.LATE:
        flags |= _LATE_TOO
    return DayOutcome(
        status, first, last, hours.worked, hours.gaps, hours.deducted, late, early, overtime,
        flags, hours.closed_at, len(punches), pairs,
    )  # fmt: skip


def _last_out(punches: Sequence[Punch], pairs: Pairs) -> int:
    if pairs.spans:
        return 0 if pairs.open else pairs.spans[-1][1].at
    lone = [punch.at for punch in punches if punch.way == Way.OUT]
    return lone[-1] if lone and pairs.open is None else 0


def _late(plan: Plan, first: int) -> int:
    """Seconds after the start, 0 within the grace."""
    if plan.instead is not None or plan.unpunctual or not first:
        return 0
    return first - plan.start if first > plan.start + 60 * plan.shift.late_grace else 0


def _early(plan: Plan, pairs: Pairs, last: int, now: int) -> int:
    """Seconds before the end, 0 within the grace and until the shift is over."""
    if plan.instead is not None or plan.unpunctual or not pairs.spans or pairs.open:
        return 0
    if now < plan.end:
        return 0
    return plan.end - last if last < plan.end - 60 * plan.shift.early_grace else 0


def _overtime(plan: Plan, worked: int) -> int:
    """All of a day off, else what is beyond the shift's limit."""
    after = plan.shift.overtime_after
    if after is None:
        return 0
    return worked if plan.instead is not None else max(0, worked - 60 * after)


def _status(plan: Plan, pairs: Pairs, hours: Hours, *, late: int, early: int, now: int) -> Status:
    if plan.instead is not None:
        return plan.instead
    if not pairs.spans and pairs.open is None:
        return Status.MISSING_IN
    if hours.flags & _MISSING_OUT:
        return Status.MISSING_OUT
    if now >= plan.end and not hours.flags & _STILL_IN:
        short = _short(plan, hours.worked)
        if short is not None:
            return short
    if late:
        return Status.LATE
    return Status.EARLY if early else Status.PRESENT


def _short(plan: Plan, worked: int) -> Status | None:
    """Absent or half day by hours; half a day of leave halves the limits, and
    none holds for who works elsewhere for a part of the day."""
    if plan.elsewhere:
        return None
    share = 30 if plan.half_leave else 60
    shift = plan.shift
    if shift.absent_below is not None and worked < share * shift.absent_below:
        return Status.ABSENT
    if shift.half_day_below is not None and worked < share * shift.half_day_below:
        return Status.HALF_DAY
    return Status.HALF_DAY if plan.half_leave else None
