"""A report: a table with what it is about, ready to be shown or written to a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from face_rec.attendance.terms.status import Flag, describe

if TYPE_CHECKING:
    import pandas as pd


class Kind(StrEnum):
    """What a column holds: how it is written, aligned and summed."""

    TEXT = "text"
    WORDS = "words"  # of ours, such as a status: said in the language of whoever reads
    REMARKS = "remarks"  # Remarks, or nothing
    DATE = "date"
    CODE = "code"  # a cell of the muster
    COUNT = "count"
    NUMBER = "number"  # a count without a sum: the same people stand in several rows
    DAYS = "days"  # of leave, in halves
    DURATION = "duration"  # whole seconds, shown as h:mm
    TIME = "time"  # a Clock, or nothing
    PERCENT = "percent"  # 0 to 100


SUMMED = frozenset({Kind.COUNT, Kind.DURATION})


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day beside its day; ``at`` is local. As text: ``06:02``, or ``06:02 (+1)``
    where it lies on the day after."""

    at: datetime
    day: date

    @property
    def away(self) -> int:
        """Days after ``day``."""
        return (self.at.date() - self.day).days

    def __str__(self) -> str:
        return f"{self.at:%H:%M}" + (f" ({self.away:+d})" if self.away else "")


@dataclass(frozen=True, slots=True)
class Remarks:
    """What is to be said of a day: the ``note`` as somebody typed it, then what was odd. As text:
    in English."""

    note: str
    flags: Flag

    def parts(self) -> tuple[str, ...]:
        """Ours are marked for translation."""
        return ((self.note,) if self.note else ()) + describe(self.flags)

    def __str__(self) -> str:
        return "; ".join(self.parts())


@dataclass(frozen=True, slots=True)
class About:
    """Of what, for whom, in which zone, and when it was made (local)."""

    first: date
    last: date
    filters: str
    zone: str
    made_at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """``frame`` has exactly the columns of ``kinds``, in that order; ``legend`` explains codes.
    Title, legend and names of columns are texts that are marked for translation, but for columns
    that are called as somebody has ``typed``, and those of ``days``."""

    title: str
    about: About
    frame: "pd.DataFrame"
    kinds: dict[str, Kind]
    legend: str = ""
    typed: frozenset[str] = frozenset()
    days: Mapping[str, date] = field(default_factory=dict)

    def totals(self) -> dict[str, float]:
        """Sums of the columns that can be summed."""
        return {
            name: float(self.frame[name].sum())
            for name, kind in self.kinds.items()
            if kind in SUMMED
        }
