"""Punches become stretches of presence, in four ways; stretches become hours."""

from collections.abc import Sequence
from typing import NamedTuple

from face_rec.attendance.days.planner import Plan
from face_rec.attendance.rules.shift import Counting, Reading, Shift
from face_rec.attendance.terms.punch import Punch
from face_rec.attendance.terms.status import Flag
from face_rec.domain.marks import Way

_OUT_FIRST = int(Flag.OUT_FIRST)
_REPEATED_IN = int(Flag.REPEATED_IN)
_REPEATED_OUT = int(Flag.REPEATED_OUT)
_LINGERED = int(Flag.LINGERED)
_ODD = int(Flag.ODD_PUNCHES)
_MISSING_OUT = int(Flag.MISSING_OUT)
_CLOSED = int(Flag.CLOSED_BY_RULE)
_STILL_IN = int(Flag.STILL_IN)


class Pairs(NamedTuple):
    """``spans``: (IN, OUT) in order. ``open``: an IN without its OUT; ``seen``: the last time
    that they lingered after it. ``unused``: punches that do not count, each with the flag that
    says why."""

    spans: tuple[tuple[Punch, Punch], ...]
    open: Punch | None = None
    unused: tuple[tuple[Punch, int], ...] = ()
    flags: int = 0
    seen: int = 0


class _Reader:
    """Walks through the punches of one day, oldest first."""

    __slots__ = ("flags", "open", "seen", "spans", "unused")

    def __init__(self) -> None:
        self.spans: list[tuple[Punch, Punch]] = []
        self.open: Punch | None = None
        self.unused: list[tuple[Punch, int]] = []
        self.flags = 0
        self.seen = 0

    def enter(self, punch: Punch) -> None:
        if self.open is None:
            self.open, self.seen = punch, punch.at
        else:
            self._leave_out(punch, _REPEATED_IN)

    def leave(self, punch: Punch) -> None:
        if self.open is not None:
            self.spans.append((self.open, punch))
            self.open = None
        elif self.spans:
            self._extend(punch, _REPEATED_OUT)
        else:
            self._leave_out(punch, _OUT_FIRST)

    def alternate(self, punch: Punch) -> None:
        """In or out by turns, but never both ways within the minimum stay of the last look:
        who stands before a kiosk for an hour does not leave by it."""
        if self.open is not None:
            if punch.at - self.seen < punch.stay:
                self.seen = punch.at
                self._leave_out(punch, _LINGERED)
            else:
                self.leave(punch)
        elif self.spans and punch.at - self.spans[-1][1].at < punch.stay:
            self._extend(punch, _LINGERED)
        else:
            self.open, self.seen = punch, punch.at

    def last_look(self) -> Punch:
        """The newest punch since the open IN: itself, or where they lingered after it."""
        looks = [punch for punch, why in self.unused if why == _LINGERED]
        return next((p for p in reversed(looks) if p.at == self.seen), self.open or looks[-1])

    def _extend(self, punch: Punch, why: int) -> None:
        came, left = self.spans[-1]
        self.spans[-1] = (came, punch)
        self._leave_out(left, why)

    def _leave_out(self, punch: Punch, why: int) -> None:
        self.unused.append((punch, why))
        self.flags |= why


def pair(shift: Shift, punches: Sequence[Punch]) -> Pairs:
    """What ``punches`` (sorted by time) come to under the shift's pairing."""
    reader = _Reader()
    typed = shift.reading is Reading.TYPED
    for punch in punches:
        if not typed or punch.way == Way.ANY:
            reader.alternate(punch)
        elif punch.way == Way.IN:
            reader.enter(punch)
        else:
            reader.leave(punch)
    if shift.counting is Counting.FIRST_LAST:
        return _outermost(reader, typed)
    odd = _ODD if reader.open is not None and not typed else 0
    return Pairs(
        tuple(reader.spans), reader.open, tuple(reader.unused), reader.flags | odd, reader.seen
    )


def _outermost(reader: _Reader, typed: bool) -> Pairs:
    """First in, last out. By turns the last punch is the last out, even the
    third; typed, an IN after the last OUT means that an OUT is missing."""
    spans, left_open, unused = reader.spans, reader.open, tuple(reader.unused)
    if not spans:
        return Pairs((), left_open, unused, reader.flags, reader.seen)
    first = spans[0][0]
    if left_open is None:
        return Pairs(((first, spans[-1][1]),), None, unused, reader.flags)
    if typed:
        return Pairs((), first, unused, reader.flags)
    last = reader.last_look()
    unused = tuple(pair for pair in reader.unused if pair[0] is not last)
    return Pairs(((first, last),), None, unused, reader.flags | _ODD)


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
    if came is None or now < settled or pairs.seen == came.at:  # seen once: no stay
        return pairs
    if 2 * (pairs.seen - came.at) < plan.end - plan.start:
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
