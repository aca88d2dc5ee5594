"""Today at a glance."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.terms.status import Flag, Status

_OFF = frozenset({Status.HOLIDAY, Status.WEEKLY_OFF, Status.LEAVE})


@dataclass(frozen=True, slots=True)
class Overview:
    """``arrived``: seen today, on a day off as well. ``inside``: of these, not
    checked out again. ``arrivals``: the first mark of each, sorted, for the
    arrivals curve."""

    expected: int
    arrived: int
    inside: int
    late: int
    absent: int
    not_yet: int
    off: int
    kiosk_down: int
    arrivals: tuple[datetime, ...]


def overview(records: Sequence[DayRecord]) -> Overview:
    """What one day's records come to, as of when they were judged."""
    here = [one for one in records if one.punches]
    counted = Counter(one.status for one in records)
    off = sum(counted[status] for status in _OFF)
    return Overview(
        expected=len(records) - off - counted[Status.NOT_EMPLOYED],
        arrived=len(here),
        inside=sum(1 for one in here if is_inside(one)),
        late=sum(1 for one in here if one.late),
        absent=counted[Status.ABSENT],
        not_yet=counted[Status.NOT_YET],
        off=off,
        kiosk_down=counted[Status.KIOSK_DOWN],
        arrivals=tuple(sorted(one.first for one in here if one.first is not None)),
    )


def is_inside(one: DayRecord) -> bool:
    """Whether somebody who came has not left. Presence only measures no hours and no leaving:
    who came is in."""
    if Flag.STILL_IN in one.flags:
        return True
    return one.first is not None and (one.last is None or not one.worked)
