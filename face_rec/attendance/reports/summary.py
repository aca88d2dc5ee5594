"""Sums: one row a person, or one row a group."""

import numpy as np
import pandas as pd

from face_rec.attendance.days.day_record import Table
from face_rec.attendance.reports.day_tables import count, employed_at_all
from face_rec.attendance.reports.report import About, Kind, Report
from face_rec.attendance.terms.duration import begun, whole
from face_rec.attendance.terms.status import ATTENDED, Status

_EXPECTED = ATTENDED | {Status.ABSENT, Status.KIOSK_DOWN}
_KINDS = {
    "Name": Kind.TEXT,
    "ID": Kind.TEXT,
    "Group": Kind.TEXT,
    "Expected": Kind.COUNT,
    "Present": Kind.COUNT,
    "Half days": Kind.COUNT,
    "Absent": Kind.COUNT,
    "Leave": Kind.COUNT,
    "Missing punch": Kind.COUNT,
    "Kiosk down": Kind.COUNT,
    "Late": Kind.COUNT,
    "Late time": Kind.DURATION,
    "Early": Kind.COUNT,
    "Worked": Kind.DURATION,
    "Overtime": Kind.DURATION,
    "Attendance": Kind.PERCENT,
}
_GROUP_KINDS = {
    "Group": Kind.TEXT,
    "People": Kind.COUNT,
    "Expected": Kind.COUNT,
    "Present": Kind.COUNT,
    "Absent": Kind.COUNT,
    "Late": Kind.COUNT,
    "Worked": Kind.DURATION,
    "Overtime": Kind.DURATION,
    "Attendance": Kind.PERCENT,
    "On time": Kind.PERCENT,
}


def summary(table: Table, about: About) -> Report:
    """Days, lateness and hours a person.

    ``Expected``: working days that have come, without leave. ``Present``:
    those on which the person was there, half days too. ``Attendance``:
    present in a hundred expected. Durations are summed in the whole minutes that the days
    show, so that a sum is the sum of what is seen. Late counts every late arrival, also on a
    day whose status says something else.
    """
    frame = _people(employed_at_all(table))
    return Report("Summary", about, frame[list(_KINDS)], _KINDS)


def groups(table: Table, about: About) -> Report:
    """The same by group, for comparison; ``On time``: in a hundred present."""
    people = _people(employed_at_all(table))
    sums = [
        name for name in _GROUP_KINDS if name in people and name not in {"Group", "Attendance"}
    ]
    frame = people.groupby("Group", sort=True)[sums].sum().reset_index()
    frame["People"] = people.groupby("Group", sort=True).size().to_numpy()
    frame["Attendance"] = _percent(frame["Present"], frame["Expected"])
    frame["On time"] = _percent(frame["Present"] - frame["Late"], frame["Present"])
    frame["Group"] = frame["Group"].where(frame["Group"] != "", "(none)")
    return Report("Groups", about, frame[list(_GROUP_KINDS)], _GROUP_KINDS)


def _people(table: Table) -> pd.DataFrame:
    rows = table.rows
    missing = frozenset({Status.MISSING_OUT, Status.MISSING_IN})
    frame = pd.DataFrame(
        {
            "Name": [person.name for person in table.people],
            "ID": [person.id for person in table.people],
            "Group": [person.group for person in table.people],
            "Expected": count(table, _EXPECTED),
            "Present": count(table, ATTENDED),
            "Half days": count(table, frozenset({Status.HALF_DAY})),
            "Absent": count(table, frozenset({Status.ABSENT})),
            "Leave": count(table, frozenset({Status.LEAVE})),
            "Missing punch": count(table, missing),
            "Kiosk down": count(table, frozenset({Status.KIOSK_DOWN})),
            "Late": (rows["late"] > 0).sum(axis=0),
            "Late time": begun(rows["late"].astype(np.int64)).sum(axis=0),
            "Early": (rows["early"] > 0).sum(axis=0),
            "Worked": whole(rows["worked"].astype(np.int64)).sum(axis=0),
            "Overtime": whole(rows["overtime"].astype(np.int64)).sum(axis=0),
        }
    )
    frame["Attendance"] = _percent(frame["Present"], frame["Expected"])
    return frame


def _percent(part: "pd.Series[int]", whole: "pd.Series[int]") -> "pd.Series[float]":
    """0 where there is nothing to divide by."""
    return (100 * part / whole.where(whole > 0)).fillna(0).round(1)
