"""How long somebody worked: pairs, the check-out that is missing, the break."""

from typing import NamedTuple

from face_rec.attendance.days.pairing import Pairs
from face_rec.attendance.days.plan import Plan
from face_rec.attendance.days.status import Flag
from face_rec.attendance.rules.shift import Counting

_MISSING_OUT = int(Flag.MISSING_OUT)
_CLOSED = int(Flag.CLOSED_BY_RULE)
_STILL_IN = int(Flag.STILL_IN)


class Hours(NamedTuple):
    """Seconds; ``worked`` is after the break. ``gaps``: between the pairs.
    ``closed_at``: the check-out that the rules assumed, 0 for none."""

    worked: int
    gaps: int
    deducted: int
    closed_at: int
    flags: int


def hours_of(plan: Plan, pairs: Pairs, now: int) -> Hours:
    """What the pairs of one day come to, as of ``now``."""
    worked = sum([left.at - came.at for came, left in pairs.spans])
    closed_at = flags = 0
    ends = [left.at for _, left in pairs.spans]
    if pairs.open is not None:
        closed_at, extra, flags = _close(plan, pairs.open.at, now)
        worked += extra
        ends.append(pairs.open.at + extra)
    if not ends:
        return Hours(0, 0, 0, 0, flags)
    starts = [came.at for came, _ in pairs.spans] + ([pairs.open.at] if pairs.open else [])
    gaps = ends[-1] - starts[0] - worked
    deducted = _break(plan, worked, gaps)
    return Hours(worked - deducted, gaps, deducted, closed_at, flags)


def stayed(plan: Plan, pairs: Pairs, now: int) -> Pairs:
    """Where the kiosk stands in the room itself, people are seen all day and never leave by it:
    once the day is settled, the last look is the OUT of a stay of half the shift or more."""
    settled = plan.closes if plan.instead is not None else plan.settles_out
    came = pairs.open
    if came is None or now < settled or 2 * (pairs.seen - came.at) < plan.end - plan.start:
        return pairs
    left = next(punch for punch, _ in reversed(pairs.unused) if punch.at == pairs.seen)
    unused = tuple(pair for pair in pairs.unused if pair[0] is not left)
    return Pairs((*pairs.spans, (came, left)), None, unused, pairs.flags)


def _close(plan: Plan, came: int, now: int) -> tuple[int, int, int]:
    """An IN without OUT: (assumed check-out or 0, seconds that count, flags)."""
    shift = plan.shift
    if plan.instead is not None:
        over = now >= plan.closes
        return 0, 0, _MISSING_OUT if over else _STILL_IN
    if now < plan.settles_out:
        return 0, max(0, min(now, plan.closes) - came), _STILL_IN
    if not shift.close_missing:
        return 0, 0, _MISSING_OUT
    closed_at = max(came, plan.end)
    return closed_at, closed_at - came, _MISSING_OUT | _CLOSED


def _break(plan: Plan, worked: int, gaps: int) -> int:
    """What is deducted: time already punched out for is not deducted twice."""
    if worked < 60 * plan.shift.break_after:
        return 0
    taken = gaps if plan.shift.counting is Counting.EVERY_PAIR else 0
    return min(worked, max(0, 60 * plan.shift.unpaid_break - taken))
