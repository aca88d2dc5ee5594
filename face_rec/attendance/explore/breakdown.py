"""A question answered from days that are judged and the marks they were judged by."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from face_rec.attendance.days.day_record import STATUSES, Days, Table
from face_rec.attendance.explore.question import By, Count, Measure, Question
from face_rec.attendance.marks.kept_marks import bounds
from face_rec.attendance.marks.mark_columns import Marks, merged
from face_rec.attendance.reports.report_tables import EXPECTED
from face_rec.attendance.reports.wording import BY_HAND, NONE
from face_rec.attendance.rules.shift import WEEKDAYS
from face_rec.attendance.terms.duration import begun, whole
from face_rec.attendance.terms.status import ATTENDED, Status
from face_rec.attendance.timesheets import Timesheets
from face_rec.domain.people import Person

if TYPE_CHECKING:
    import pandas as pd

# What cells can be broken down by, as numbers and the texts that these stand for.

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


Values = npt.NDArray[np.float64]
_NOTHING: Final[Values] = np.zeros(0)
MOST_CELLS: Final = 5_000_000
"""People times days that one question may be about: a quarter of a gigabyte, two seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """``frame``: ``label``, ``part`` (of the split, else empty) and ``value``, in the order of the
    axis; a share of nothing is NaN. ``total``: of all of it, which for people and shares is not
    the sum. ``labels`` and ``parts``: those there are, in order."""

    question: Question
    frame: "pd.DataFrame"
    total: float
    labels: tuple[str, ...]
    parts: tuple[str, ...]


class _Counted(NamedTuple):
    """The cells, what each adds, and what that is a share of."""

    cells: Cells
    of: Values
    against: Values


def marks_of(timesheets: Timesheets, first: date, last: date) -> Marks:
    """Every mark of these local days that counts, by subject and time. StoreUnavailable."""
    marks = merged(timesheets.sources.columns(first, last))
    start, end = (int(at.timestamp()) for at in bounds(first, last, timesheets.zone))
    return marks[(marks["at"] >= start) & (marks["at"] < end)]


def answer(table: Table, marks: Marks, question: Question) -> Answer:
    """``marks``: those of the days of ``table``, of anybody; people who are not in the table
    count nowhere."""
    import pandas as pd

    counted = _counted(table, marks, question.measure)
    cells = counted.cells
    by = axis_of(question.by, table, cells)
    split = axis_of(question.split, table, cells) if question.split else _whole(len(cells.day))
    size = len(by.labels), len(split.labels)
    places = by.of_cell * size[1] + split.of_cell
    count = question.measure.what.count
    frame = pd.DataFrame(
        {
            "label": np.repeat(np.array(by.labels, dtype=object), size[1]),
            "part": np.tile(np.array(split.labels, dtype=object), size[0]),
            "value": _values(count, counted, places, size[0] * size[1]),
        }
    )
    (total,) = _values(count, counted, np.zeros_like(places), 1)
    return Answer(question, frame, float(total), tuple(by.labels), tuple(split.labels))


def _whole(cells: int) -> Axis:
    return Axis([""], np.zeros(cells, np.intp))


def _values(count: Count, counted: _Counted, places: Numbers, size: int) -> Values:
    """One for each place."""
    if count is Count.PEOPLE:
        once = np.unique(counted.cells.person * size + places)
        return np.bincount(once % size, minlength=size).astype(np.float64) if size else _NOTHING
    sums = np.bincount(places, weights=counted.of, minlength=size)
    if count is Count.SUM:
        return np.round(sums, 6)
    whole_of = np.bincount(places, weights=counted.against, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.round(100 * sums / whole_of, 1)


# --- what counts ------------------------------------------------------------


def _counted(table: Table, marks: Marks, measure: Measure) -> _Counted:
    if measure is Measure.MARKS:
        cells = _cells_of_marks(table, marks)
        ones = np.ones(len(cells.day))
        return _Counted(cells, ones, ones)
    employed = table.rows["status"] != STATUSES.index(Status.NOT_EMPLOYED)
    rows = table.rows[employed]
    of, against = _amounts(rows, measure)
    chosen = (of != 0) | (against != 0)
    cells = _cells_of_days(table, marks, employed)
    return _Counted(cells.of(chosen), of[chosen], against[chosen])


def _amounts(rows: Days, measure: Measure) -> tuple[Values, Values]:
    present, late = _having(rows, *ATTENDED), (rows["late"] > 0).astype(np.float64)
    if measure is Measure.ATTENDANCE:
        return present, _having(rows, *EXPECTED)
    if measure is Measure.ON_TIME:
        return present - late, present
    sums: dict[Measure, Values] = {
        Measure.HOURS: whole(_seconds(rows, "worked")) / 3600,
        Measure.OVERTIME: whole(_seconds(rows, "overtime")) / 3600,
        Measure.LATE: late,
        Measure.LATE_MINUTES: begun(_seconds(rows, "late")) / 60,
        Measure.ABSENCES: _having(rows, Status.ABSENT),
        Measure.MISSING: _having(rows, Status.MISSING_IN, Status.MISSING_OUT),
    }
    return sums.get(measure, present), np.zeros(len(rows))


def _seconds(rows: Days, name: str) -> npt.NDArray[np.int64]:
    return rows[name].astype(np.int64)


def _having(rows: Days, *statuses: Status) -> Values:
    wanted = [STATUSES.index(status) for status in statuses]
    return np.isin(rows["status"], wanted).astype(np.float64)


# --- cells ------------------------------------------------------------


def _cells_of_days(table: Table, marks: Marks, chosen: npt.NDArray[np.bool_]) -> Cells:
    """Of each day that is chosen; its kiosk is that of the mark it begins with."""
    day, person = np.nonzero(chosen)
    rows = table.rows[chosen]
    codes = np.array([table.codes.code(one.subject) for one in table.people], dtype=np.int64)
    wanted = _keys(codes[person] if len(codes) else person, rows["first"])
    known = _keys(marks["subject"], marks["at"])
    at = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
    found = (
        (known[at] == wanted) & (rows["first"] != 0) if len(known) else np.zeros(len(day), bool)
    )
    kiosk = np.full(len(day), -1, dtype=np.intp)
    kiosk[found] = marks["kiosk"][at[found]]
    return Cells(day, person, kiosk, rows["shift"].astype(np.intp))


def _keys(subject: npt.NDArray[np.int64], at: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """One number for a person and a second, in the order of both."""
    return subject.astype(np.int64) * (1 << 36) + at.astype(np.int64)


def _cells_of_marks(table: Table, marks: Marks) -> Cells:
    """One a mark, on the local day on which it was made; its shift is that of the day."""
    import pandas as pd

    place = {table.codes.code(one.subject): n for n, one in enumerate(table.people)}
    person = np.array([place.get(code, -1) for code in marks["subject"].tolist()], dtype=np.intp)
    days = pd.to_datetime(marks["at"], unit="s", utc=True).tz_convert(table.zone)
    since = days.tz_localize(None).normalize() - pd.Timestamp(table.days[0])
    day = np.asarray(since.days, dtype=np.intp)
    known = (person >= 0) & (day >= 0) & (day < len(table.days))
    day, person = day[known], person[known]
    shift = table.rows["shift"][day, person].astype(np.intp)
    return Cells(day, person, marks["kiosk"][known].astype(np.intp), shift)
