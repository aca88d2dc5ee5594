"""The result of one person's day, in two forms: a row of numbers for keeping and counting, and a
value for showing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from face_rec.attendance.days.day_rules import DayOutcome
from face_rec.attendance.days.planner import Plan
from face_rec.attendance.marks.mark_columns import Codes
from face_rec.attendance.terms.filters import Filters
from face_rec.attendance.terms.status import CODES, Flag, Status, describe
from face_rec.domain.people import Person

STATUSES = tuple(Status)
_NUMBER = {status: number for number, status in enumerate(STATUSES)}

DAY = np.dtype(
    [
        ("status", np.uint8),
        ("flags", np.int32),
        ("punches", np.int32),
        ("first", np.int64),
        ("last", np.int64),
        ("worked", np.int32),
        ("deducted", np.int32),
        ("late", np.int32),
        ("early", np.int32),
        ("overtime", np.int32),
        ("shift", np.int32),
        ("note", np.int32),
    ]
)
"""``status``: index into STATUSES. Moments in UTC seconds, 0 for none;
durations in seconds. ``shift`` and ``note``: codes of their texts."""

CAME_BACK = Flag.ODD_PUNCHES | Flag.PROVISIONAL
"""Of a day that goes on: came, left, and came again. Once it is over the last of an odd number of
marks is taken for the leaving; until then whoever came back from a meal would be gone."""

Days = npt.NDArray[np.void]
"""Of dtype DAY, of any shape."""


class Row(NamedTuple):
    """One element of a DAY array, as a tuple."""

    status: int
    flags: int
    punches: int
    first: int
    last: int
    worked: int
    deducted: int
    late: int
    early: int
    overtime: int
    shift: int
    note: int


def row(plan: Plan, judged: DayOutcome, extra_flags: int, codes: Codes) -> Row:
    """The numbers of one judgement."""
    return Row(
        _NUMBER[judged.status],
        judged.flags | extra_flags,
        judged.punches,
        judged.first,
        judged.last,
        judged.worked,
        judged.deducted,
        judged.late,
        judged.early,
        judged.overtime,
        codes.code(plan.shift.name),
        codes.code(plan.note),
    )


@dataclass(frozen=True, slots=True)
class DayRecord:
    """One person and day. ``first`` and ``last`` are in the site's zone;
    durations are seconds. ``note`` names the holiday or leave."""

    person: Person
    day: date
    status: Status
    shift: str
    first: datetime | None
    last: datetime | None
    worked: int
    deducted: int
    late: int
    early: int
    overtime: int
    punches: int
    flags: Flag
    note: str

    @property
    def code(self) -> str:
        """What stands in the muster."""
        return CODES[self.status]

    @property
    def inside(self) -> bool:
        """Whether somebody who came has not left. Presence only measures no hours and no
        leaving: who came is in."""
        if Flag.STILL_IN in self.flags or CAME_BACK in self.flags:
            return True
        return self.first is not None and (self.last is None or not self.worked)

    @property
    def remarks(self) -> tuple[str, ...]:
        """The note and the flags in words."""
        return ((self.note,) if self.note else ()) + describe(self.flags)


def record(person: Person, day: date, numbers: Row, zone: ZoneInfo, codes: Codes) -> DayRecord:
    """The value for showing."""
    return DayRecord(
        person,
        day,
        STATUSES[numbers.status],
        codes.text(numbers.shift),
        _local(numbers.first, zone),
        _local(numbers.last, zone),
        numbers.worked,
        numbers.deducted,
        numbers.late,
        numbers.early,
        numbers.overtime,
        numbers.punches,
        Flag(numbers.flags),
        codes.text(numbers.note),
    )


def _local(moment: int, zone: ZoneInfo) -> datetime | None:
    return datetime.fromtimestamp(moment, UTC).astimezone(zone) if moment else None


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """``rows``: (len(days), len(people)) of dtype DAY."""

    days: tuple[date, ...]
    people: tuple[Person, ...]
    rows: Days
    zone: ZoneInfo
    codes: Codes

    def records(self, filters: Filters | None = None) -> Iterator[DayRecord]:
        """Day by day, person by person; only the filters' statuses, if any."""
        wanted = filters.statuses if filters is not None else frozenset()
        for day, row in zip(self.days, self.rows, strict=True):
            for person, numbers in zip(self.people, row.tolist(), strict=True):
                if not wanted or STATUSES[numbers[0]] in wanted:
                    yield record(person, day, Row._make(numbers), self.zone, self.codes)

    def of(self, people: Sequence[Person]) -> "Table":
        """The columns of ``people``, in their order."""
        place = {person.subject: number for number, person in enumerate(self.people)}
        columns = np.array([place[person.subject] for person in people], dtype=np.intp)
        return Table(self.days, tuple(people), self.rows[:, columns], self.zone, self.codes)

    def record(self, day: int, who: int) -> DayRecord:
        """The one at this place."""
        numbers = Row._make(self.rows[day, who].tolist())
        return record(self.people[who], self.days[day], numbers, self.zone, self.codes)


def by_group_and_name(person: Person) -> tuple[str, str, str]:
    """The order in which reports list people."""
    return person.group.casefold(), person.name.casefold(), person.id
