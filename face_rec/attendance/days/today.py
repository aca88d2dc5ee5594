"""What one day comes to for all: counts, and who stands in which list. From columns of numbers,
because an open Overview asks every few seconds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from face_rec.attendance.days.day_record import CAME_BACK, STATUSES, DayRecord, Days, Table
from face_rec.attendance.terms.status import DAYS_OFF, Flag, Status

Mask = npt.NDArray[np.bool_]
LONGEST_IN: Final = 16 * 3600
"""Seconds for which somebody who came before midnight and of whom no leaving is known counts as in
the house: a double shift."""


@dataclass(frozen=True, slots=True)
class Overview:
    """``arrived``: seen today, on a day off as well. ``inside``: of these, not
    checked out again."""

    expected: int
    arrived: int
    inside: int
    late: int
    absent: int
    not_yet: int
    off: int
    kiosk_down: int


def overview(table: Table) -> Overview:
    """What the one day of ``table`` comes to, as of when it was judged."""
    rows = _day(table)
    counted = np.bincount(rows["status"], minlength=len(STATUSES))
    of = {status: int(counted[number]) for number, status in enumerate(STATUSES)}
    off = sum(of[status] for status in DAYS_OFF)
    return Overview(
        expected=len(rows) - off - of[Status.NOT_EMPLOYED],
        arrived=int(_here(rows).sum()),
        inside=int(_inside(rows).sum()),
        late=int((_here(rows) & _late(rows)).sum()),
        absent=of[Status.ABSENT],
        not_yet=of[Status.NOT_YET],
        off=off,
        kiosk_down=of[Status.KIOSK_DOWN],
    )


def arrivals(table: Table) -> list[datetime]:
    """The first mark of each who came, sorted, for the curve of arrivals; in the site's zone."""
    rows = _day(table)
    first = np.sort(rows["first"][_here(rows) & (rows["first"] > 0)]).tolist()
    return [datetime.fromtimestamp(moment, UTC).astimezone(table.zone) for moment in first]


def _here(rows: Days) -> Mask:
    return np.asarray(rows["punches"] > 0)


def _inside(rows: Days) -> Mask:
    """See ``DayRecord.inside``."""
    still = (rows["flags"] & int(Flag.STILL_IN)) != 0
    back = (rows["flags"] & int(CAME_BACK)) == int(CAME_BACK)
    unfinished = (rows["first"] > 0) & ((rows["last"] == 0) | (rows["worked"] == 0))
    return np.asarray(_here(rows) & (still | back | unfinished))


def _late(rows: Days) -> Mask:
    return np.asarray(rows["late"] > 0)


def _of(*wanted: Status) -> Callable[[Days], Mask]:
    numbers = [STATUSES.index(status) for status in wanted]
    return lambda rows: np.isin(rows["status"], numbers)


LISTS: Final[dict[str, Callable[[Days], Mask]]] = {
    "In": _inside,
    "Late": _late,
    "Not yet": _of(Status.NOT_YET),
    "Absent": _of(Status.ABSENT, Status.KIOSK_DOWN),
    "Off": _of(*DAYS_OFF),
}


def listed(table: Table, name: str) -> list[int]:
    """Who stands in this list: places in ``table``, by when they came, then by group and name."""
    rows = _day(table)
    who = np.flatnonzero(LISTS[name](rows))
    found: list[int] = who[np.argsort(rows["first"][who], kind="stable")].tolist()
    return found


def inside_now(table: Table, now: datetime) -> list[DayRecord]:
    """Who is in at this moment; ``table``: yesterday and today. A night's shift began yesterday,
    and whoever stays past midnight is no less in the house: where nobody knows whether they have
    left, for LONGEST_IN after they came. Who came or left since is taken as today has it."""
    before, today = table.rows
    open_still = (before["flags"] & int(Flag.STILL_IN | Flag.PROVISIONAL)) != 0
    lately = before["first"] > now.timestamp() - LONGEST_IN
    stays = _inside(before) & (open_still | lately) & ~_here(today)
    pairs = [(0, who) for who in np.flatnonzero(stays)] + [
        (1, who) for who in np.flatnonzero(_inside(today))
    ]
    return [table.record(day, int(who)) for day, who in pairs]


def _day(table: Table) -> Days:
    rows: Days = table.rows[0]
    return rows
