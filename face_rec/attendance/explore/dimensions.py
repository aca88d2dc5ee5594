"""What cells can be broken down by, as numbers and the texts that these stand for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from face_rec.attendance.days.day_record import Table
from face_rec.attendance.explore.question import By
from face_rec.attendance.reports.wording import BY_HAND, NONE
from face_rec.attendance.rules.shift import WEEKDAYS
from face_rec.domain.people import Person

Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """What is counted: each cell's day and person (index into those of the table), and its kiosk
    and shift (codes of their texts; -1: none)."""

    day: Numbers
    person: Numbers
    kiosk: Numbers
    shift: Numbers

    def of(self, chosen: npt.NDArray[np.bool_]) -> "Cells":
        """Those that are chosen."""
        return Cells(self.day[chosen], self.person[chosen], self.kiosk[chosen], self.shift[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """``labels`` in the order in which they are shown, and for each cell which of them it has."""

    labels: Sequence[str]
    of_cell: Numbers


def axis_of(by: By, table: Table, cells: Cells) -> Axis:
    """The axis of ``by``. Of days, weeks and months there are all that lie in the period, also
    those without a cell; of all else, those that there are."""
    if by is By.PERSON:
        return _used(_names(table.people), cells.person)
    if by is By.GROUP:
        return _texts([person.group or NONE for person in table.people], cells.person)
    if by in {By.KIOSK, By.SHIFT}:
        return _coded(table, cells.kiosk if by is By.KIOSK else cells.shift, by)
    if by is By.WEEKDAY:
        return _weekdays(table.days, cells.day)
    return _texts([_DATES[by](day).isoformat() for day in table.days], cells.day)


def _day(day: date) -> date:
    return day


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(day: date) -> date:
    return day.replace(day=1)


_DATES: Final = {By.DAY: _day, By.WEEK: _week, By.MONTH: _month}


def _texts(texts: Sequence[str], places: Numbers) -> Axis:
    """``places``: for each cell the index of its text, of which several may be the same."""
    labels, numbers = np.unique(np.array(texts, dtype=object), return_inverse=True)
    return Axis(labels.tolist(), numbers[places])


def _used(labels: Sequence[str], places: Numbers) -> Axis:
    """Only the labels of cells that there are."""
    used, of_cell = np.unique(places, return_inverse=True)
    return Axis([labels[place] for place in used.tolist()], of_cell)


def _coded(table: Table, codes: Numbers, by: By) -> Axis:
    used, of_cell = np.unique(codes, return_inverse=True)
    nothing = BY_HAND if by is By.KIOSK else NONE
    names = [table.codes.text(code) if code >= 0 else "" for code in used.tolist()]
    labels = [name or nothing for name in names]
    if not labels:
        return Axis([], of_cell)
    return _texts(labels, of_cell)


def _weekdays(days: Sequence[date], places: Numbers) -> Axis:
    """In the order of the week, of those that lie in the period."""
    numbers = np.array([day.weekday() for day in days], dtype=np.intp)
    used, of_day = np.unique(numbers, return_inverse=True)
    return Axis([WEEKDAYS[number] for number in used.tolist()], of_day[places])


def _names(people: Sequence[Person]) -> list[str]:
    """Each with what tells namesakes apart."""
    often = Counter(person.name for person in people)
    return [
        f"{person.name} ({person.id})" if often[person.name] > 1 else person.name
        for person in people
    ]
