"""Reports with one row a person and day: the register, who was late, who was absent."""

from collections.abc import Iterable

import pandas as pd

from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.days.status import Status
from face_rec.attendance.duration import begun, whole
from face_rec.attendance.filters import Filters
from face_rec.attendance.reports.report import About, Clock, Kind, Report
from face_rec.attendance.reports.table import Table

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
