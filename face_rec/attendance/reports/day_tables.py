"""Reports that show days: the register, who was late, who was absent, and the muster."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from face_rec.attendance.days.day_record import STATUSES, DayRecord, Table
from face_rec.attendance.reports.report import About, Clock, Kind, Report
from face_rec.attendance.terms.duration import begun, whole
from face_rec.attendance.terms.filters import Filters
from face_rec.attendance.terms.status import ATTENDED, CODES, Status

_KINDS = {
    "Date": Kind.DATE,
    "Name": Kind.TEXT,
    "ID": Kind.TEXT,
    "Group": Kind.TEXT,
    "Shift": Kind.TEXT,
    "Status": Kind.TEXT,
    "In": Kind.TIME,
    "Out": Kind.TIME,
    "Worked": Kind.DURATION,
    "Overtime": Kind.DURATION,
    "Late": Kind.DURATION,
    "Early": Kind.DURATION,
    "Remarks": Kind.TEXT,
}
_LATE = ("Date", "Name", "ID", "Group", "Shift", "In", "Late", "Remarks")
_ABSENT = ("Date", "Name", "ID", "Group", "Shift", "Status", "Remarks")


def register(table: Table, about: About, filters: Filters | None = None) -> Report:
    """Everybody, day by day; those not employed are left out."""
    return _report("Daily register", about, _taken(table, filters), tuple(_KINDS))


def late_list(table: Table, about: About) -> Report:
    """Who came late, and by how much."""
    late = (one for one in _taken(table, None) if one.late)
    return _report("Late arrivals", about, late, _LATE)


def absences(table: Table, about: About) -> Report:
    """Who was absent, and who could not be seen because a kiosk was down."""
    missing = {Status.ABSENT, Status.KIOSK_DOWN}
    absent = (one for one in _taken(table, None) if one.status in missing)
    return _report("Absences", about, absent, _ABSENT)


def _taken(table: Table, filters: Filters | None) -> Iterable[DayRecord]:
    return (one for one in table.records(filters) if one.status is not Status.NOT_EMPLOYED)


def _report(
    title: str, about: About, records: Iterable[DayRecord], columns: tuple[str, ...]
) -> Report:
    kinds = {name: _KINDS[name] for name in columns}
    rows = [_row(one) for one in records]
    frame = pd.DataFrame(rows, columns=list(_KINDS))[list(columns)]
    return Report(title, about, frame, kinds)


def _row(one: DayRecord) -> tuple[object, ...]:
    return (
        one.day,
        one.person.name,
        one.person.id,
        one.person.group,
        one.shift,
        one.status.value,
        Clock(one.first, one.day) if one.first else "",
        Clock(one.last, one.day) if one.last else "",
        whole(one.worked),
        whole(one.overtime),
        begun(one.late),
        begun(one.early),
        "; ".join(one.remarks),
    )


_CODES = np.array([CODES[status] for status in STATUSES], dtype=object)
_TOTALS: dict[str, frozenset[Status]] = {
    "Present": ATTENDED - {Status.HALF_DAY},
    "Late": frozenset(),
    "Half days": frozenset({Status.HALF_DAY}),
    "Absent": frozenset({Status.ABSENT}),
    "Leave": frozenset({Status.LEAVE}),
    "Off": frozenset({Status.HOLIDAY, Status.WEEKLY_OFF}),
    "Kiosk down": frozenset({Status.KIOSK_DOWN}),
}
LEGEND = ", ".join(f"{code} {status}" for status, code in CODES.items() if code)


def muster(table: Table, about: About) -> Report:
    """One row a person who was employed on any of the days.

    ``Present`` counts all who were there, the late among them; a half day
    counts for itself. ``Late`` counts every late arrival, as the summary does,
    also where the cell shows something graver.
    """
    table = employed_at_all(table)
    names = [column_of(day.strftime("%d"), day.strftime("%a")) for day in table.days]
    if len({day.month for day in table.days}) > 1:
        names = [day.strftime("%m-%d") for day in table.days]
    status = table.rows["status"]
    columns: dict[str, object] = {
        "Name": [person.name for person in table.people],
        "ID": [person.id for person in table.people],
        "Group": [person.group for person in table.people],
    }
    columns |= {name: _CODES[row] for name, row in zip(names, status, strict=True)}
    columns |= {name: count(table, statuses) for name, statuses in _TOTALS.items()}
    columns["Late"] = (table.rows["late"] > 0).sum(axis=0)
    kinds = dict.fromkeys(("Name", "ID", "Group"), Kind.TEXT)
    kinds |= dict.fromkeys(names, Kind.CODE) | dict.fromkeys(_TOTALS, Kind.COUNT)
    return Report("Muster", about, pd.DataFrame(columns), kinds, LEGEND)


def column_of(number: str, weekday: str) -> str:
    """The heading of a day's column: ``07 Mo``."""
    return f"{number} {weekday[:2]}"


def count(table: Table, statuses: frozenset[Status]) -> npt.NDArray[np.int64]:
    """How many of the days each person had one of ``statuses``."""
    wanted = [STATUSES.index(status) for status in statuses]
    counts: npt.NDArray[np.int64] = np.isin(table.rows["status"], wanted).sum(axis=0)
    return counts


def employed_at_all(table: Table) -> Table:
    """Without those who were not employed on any of the days."""
    nobody = STATUSES.index(Status.NOT_EMPLOYED)
    there = (table.rows["status"] != nobody).any(axis=0).tolist()
    people = [person for person, here in zip(table.people, there, strict=True) if here]
    return table.of(people)
