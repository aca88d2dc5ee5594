"""A shift on one day: wall-clock times become moments.

Moments are UTC seconds since 1970. Wall times go through the zone once, here,
so that days of 23 and 25 hours are right everywhere else. A wall time that
does not exist (02:30 on the night clocks go forward) is taken with the offset
before the change; one that exists twice is the first.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from face_rec.attendance.rules.shift import Shift


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One shift on one day; ``working`` is False on its days off."""

    start: int
    end: int
    opens: int
    closes: int
    working: bool = True


def moment(day: date, at: time, zone: ZoneInfo) -> int:
    """The moment at which a clock on the wall shows ``at``."""
    return int(datetime.combine(day, at, zone).timestamp())


def occurrence(shift: Shift, day: date, zone: ZoneInfo, working: bool | None = None) -> Occurrence:
    """``shift`` on ``day`` with its untrimmed window.

    ``working`` overrides the shift's own days of the week (for holidays). A
    day off runs from midnight to midnight; one of a night shift until the next
    night's window would open, so that a night worked all the same is one day.
    """
    if working is None:
        working = day.weekday() in shift.days
    start = moment(day, shift.start, zone)
    end = moment(day + timedelta(days=int(shift.overnight)), shift.end, zone)
    if shift.presence_only or not (working or shift.overnight):
        opens, closes = moment(day, time(), zone), moment(day + timedelta(days=1), time(), zone)
        return Occurrence(start, end, opens, closes, working)
    opens = start - 60 * shift.opens_before
    if working:
        return Occurrence(start, end, opens, end + 60 * shift.closes_after)
    tomorrow = moment(day + timedelta(days=1), shift.start, zone) - 60 * shift.opens_before
    return Occurrence(start, end, opens, tomorrow, working=False)


def boundary(before: Occurrence, after: Occurrence) -> int:
    """Where one window ends and the next begins when the two overlap.

    Half-way between the end of one shift and the start of the next, kept
    within the overlap: leaving the night at 06:05 is not arriving for 07:00.
    """
    middle = max(before.end, (before.end + after.start) // 2)
    return min(max(middle, after.opens), before.closes)


def trimmed(before: Occurrence, day: Occurrence, after: Occurrence) -> tuple[int, int]:
    """The window of ``day`` between its neighbours: (opens, closes).

    A day off never takes anything from a working day beside it.
    """
    opens, closes = day.opens, day.closes
    if before.closes > opens:
        opens = _shared(before, day)
    if after.opens < closes:
        closes = _shared(day, after)
    return opens, max(opens, closes)


def _shared(before: Occurrence, after: Occurrence) -> int:
    if before.working == after.working:
        return boundary(before, after)
    return before.closes if before.working else after.opens
