"""The days that are written at a time, and about whom."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from face_rec.attendance.terms.filters import EVERYBODY, Filters

ROWS: Final = 50_000
"""After so many rows they are written: a row group of a Parquet file, some 30 MB of memory."""
_ONE: Final = timedelta(days=1)


def unheard(_day: date) -> None:
    """For who asks for no progress."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Local days of one month, both included. ``day_done`` is told of each day that is over, or
    of the last of several."""

    first: date
    last: date
    filters: Filters = EVERYBODY
    day_done: Callable[[date], None] = unheard


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days ``first`` to ``last``, both included, in parts that lie within a month."""
    while first <= last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(last, following - _ONE)
        first = following
