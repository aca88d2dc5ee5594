"""The tables of reports: register, late and absent, muster, and sums by person or group."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from face_rec.attendance.days.day_record import STATUSES, DayRecord, Table
from face_rec.attendance.reports.report import About, Clock, Kind, Remarks, Report
from face_rec.attendance.reports.wording import NONE
from face_rec.attendance.terms.duration import begun, whole
from face_rec.attendance.terms.filters import Filters
from face_rec.attendance.terms.status import ATTENDED, CODES, Status
from face_rec.languages.language import msgid
from face_rec.languages.sentence import listed, pgettext, sentence

if TYPE_CHECKING:
    import pandas as pd

TITLES = {
    "daily": msgid("Daily register"),
    "muster": msgid("Monthly muster"),
    "summary": msgid("Summary"),
    "late": msgid("Late arrivals"),
    "absences": msgid("Absences"),
    "groups": msgid("Groups"),
}
"""What each report is called, on screen and in its files."""
_KINDS = {
    msgid("Date"): Kind.DATE,
    msgid("Name"): Kind.TEXT,
    msgid("ID"): Kind.TEXT,
    msgid("Group"): Kind.TEXT,
    msgid("Shift"): Kind.TEXT,
    msgid("Status"): Kind.WORDS,
    msgid("In"): Kind.TIME,
    msgid("Out"): Kind.TIME,
    msgid("Worked"): Kind.DURATION,
    msgid("Overtime"): Kind.DURATION,
    msgid("Late"): Kind.DURATION,
    msgid("Early"): Kind.DURATION,
    msgid("Remarks"): Kind.REMARKS,
}
_LATE = ("Date", "Name", "ID", "Group", "Shift", "In", "Late", "Remarks")
_ABSENT = ("Date", "Name", "ID", "Group", "Shift", "Status", "Remarks")


def register(table: Table, about: About, filters: Filters | None = None) -> Report:
    """Everybody, day by day; those not employed are left out."""
    return _report(TITLES["daily"], about, _taken(table, filters), tuple(_KINDS))


def late_list(table: Table, about: About) -> Report:
    """Who came late, and by how much."""
    late = (one for one in _taken(table, None) if one.late)
    return _report(TITLES["late"], about, late, _LATE)


def absences(table: Table, about: About) -> Report:
    """Who was absent, and who could not be seen because a kiosk was down."""
    missing = {Status.ABSENT, Status.KIOSK_DOWN}
    absent = (one for one in _taken(table, None) if one.status in missing)
    return _report(TITLES["absences"], about, absent, _ABSENT)


def _taken(table: Table, filters: Filters | None) -> Iterable[DayRecord]:
    return (one for one in table.records(filters) if one.status is not Status.NOT_EMPLOYED)


def _report(
    title: str, about: About, records: Iterable[DayRecord], columns: tuple[str, ...]
) -> Report:
    import pandas as pd

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
        Remarks(one.note, one.flags) if one.remarks else "",
    )


_CODES = np.array([CODES[status] for status in STATUSES], dtype=object)
_TOTALS: dict[str, frozenset[Status]] = {
    msgid("Present"): ATTENDED - {Status.HALF_DAY},
    msgid("Late"): frozenset(),
    msgid("Half days"): frozenset({Status.HALF_DAY}),
    msgid("Absent"): frozenset({Status.ABSENT}),
    msgid("Leave"): frozenset({Status.LEAVE}),
    msgid("Off"): frozenset({Status.HOLIDAY, Status.WEEKLY_OFF}),
    msgid("Kiosk down"): frozenset({Status.KIOSK_DOWN}),
}
LEGEND = listed(
    sentence("{code} {status}", code=code, status=status.value)
    for status, code in CODES.items()
    if code
)


def muster(table: Table, about: About) -> Report:
    """One row a person who was employed on any of the days.

    ``Present`` counts all who were there, the late among them; a half day
    counts for itself. ``Late`` counts every late arrival, as the summary does,
    also where the cell shows something graver.
    """
    import pandas as pd

    table = employed_at_all(table)
    names = [column_of(day.strftime("%d"), day.strftime("%a")) for day in table.days]
    days = dict(zip(names, table.days, strict=True))
    if len({day.month for day in table.days}) > 1:
        names, days = [day.strftime("%m-%d") for day in table.days], {}
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
    return Report(TITLES["muster"], about, pd.DataFrame(columns), kinds, LEGEND, days=days)


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


EXPECTED = ATTENDED | {Status.ABSENT, Status.KIOSK_DOWN}
_SUMMARY_KINDS = {
    msgid("Name"): Kind.TEXT,
    msgid("ID"): Kind.TEXT,
    msgid("Group"): Kind.TEXT,
    msgid("Expected"): Kind.COUNT,
    msgid("Present"): Kind.COUNT,
    msgid("Half days"): Kind.COUNT,
    msgid("Absent"): Kind.COUNT,
    msgid("Leave"): Kind.COUNT,
    msgid("Missing punch"): Kind.COUNT,
    msgid("Kiosk down"): Kind.COUNT,
    msgid("Late"): Kind.COUNT,
    msgid("Late time"): Kind.DURATION,
    msgid("Early"): Kind.COUNT,
    msgid("Worked"): Kind.DURATION,
    msgid("Overtime"): Kind.DURATION,
    pgettext("percentage", "Attendance"): Kind.PERCENT,
}
_GROUP_KINDS = {
    msgid("Group"): Kind.TEXT,
    msgid("People"): Kind.COUNT,
    msgid("Expected"): Kind.COUNT,
    msgid("Present"): Kind.COUNT,
    msgid("Absent"): Kind.COUNT,
    msgid("Late"): Kind.COUNT,
    msgid("Worked"): Kind.DURATION,
    msgid("Overtime"): Kind.DURATION,
    pgettext("percentage", "Attendance"): Kind.PERCENT,
    msgid("On time"): Kind.PERCENT,
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
    return Report(TITLES["summary"], about, frame[list(_SUMMARY_KINDS)], _SUMMARY_KINDS)


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
    frame["Group"] = frame["Group"].where(frame["Group"] != "", NONE)
    return Report(TITLES["groups"], about, frame[list(_GROUP_KINDS)], _GROUP_KINDS)


def _people(table: Table) -> "pd.DataFrame":
    import pandas as pd

    rows = table.rows
    missing = frozenset({Status.MISSING_OUT, Status.MISSING_IN})
    frame = pd.DataFrame(
        {
            "Name": [person.name for person in table.people],
            "ID": [person.id for person in table.people],
            "Group": [person.group for person in table.people],
            "Expected": count(table, EXPECTED),
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
