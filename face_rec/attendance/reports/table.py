"""Days × people: what every report is made from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from face_rec.attendance.days.day_record import STATUSES, DayRecord, Days, Row, record
from face_rec.attendance.filters import Filters
from face_rec.attendance.marks.mark_columns import Codes
from face_rec.domain.people import Person


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


def by_group_and_name(person: Person) -> tuple[str, str, str]:
    """The order in which reports list people."""
    return person.group.casefold(), person.name.casefold(), person.id
