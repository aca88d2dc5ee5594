"""Days and people as rows for the screen; only those of one page are ever made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from face_rec.attendance.days.day_record import STATUSES, DayRecord, Row, Table, record
from face_rec.attendance.terms.filters import Filters
from face_rec.attendance.terms.status import Status
from face_rec.facades.attendance.attendance import AttendanceFacade
from pages.ui.shared.day_words import status_name
from pages.ui.shared.words import busy, said


@dataclass(frozen=True, slots=True, eq=False)
class DayRows:
    """The days asked for, newest first and by group and name within a day."""

    table: Table
    chosen: npt.NDArray[np.intp]
    """(rows, 2): index of the day, index of the person."""

    def __len__(self) -> int:
        return len(self.chosen)

    def page(self, number: int, size: int) -> list[DayRecord]:
        """The rows of page ``number``, counted from 1."""
        table = self.table
        return [
            record(
                table.people[who],
                table.days[day],
                Row._make(table.rows[day, who].tolist()),
                table.zone,
                table.codes,
            )
            for day, who in self.chosen[(number - 1) * size : number * size].tolist()
        ]


def day_rows(app: AttendanceFacade, first: date, last: date, filters: Filters) -> DayRows:
    """The daily records of these people and days; not employed ones left out."""
    table = table_of_days(app, first, last, filters)
    status = table.rows["status"]
    wanted = filters.statuses or frozenset(STATUSES)
    numbers = [n for n, one in enumerate(STATUSES) if one in wanted - {Status.NOT_EMPLOYED}]
    found = np.argwhere(np.isin(status, numbers))
    newest_first = np.argsort(-found[:, 0], kind="stable")
    return DayRows(table, found[newest_first])


def table_of_days(app: AttendanceFacade, first: date, last: date, filters: Filters) -> Table:
    """Days × people, kept while nothing changes; not to be changed. StoreUnavailable."""
    plain = Filters(filters.groups, filters.subjects, text=filters.text)
    service = app.service

    def made() -> Table:
        with busy(said("Working out the days …")):
            return service.timesheets.table(first, last, plain)

    return service.answers.of_days("table", first, last, plain, made)


def status_counts(table: Table) -> pd.DataFrame:
    """``date``, ``status``, ``people``, ``rank`` for the chart of statuses; days in which
    everybody is off say nothing and are left out."""
    return _counts(table, [str(day) for day in table.days], axis=0).rename(columns={"by": "date"})


def group_counts(table: Table) -> pd.DataFrame:
    """The same by group, over all days."""
    groups = [person.group or said("(none)") for person in table.people]
    return _counts(table, groups, axis=1).rename(columns={"by": "group"})


def _counts(table: Table, labels: Sequence[str], axis: int) -> pd.DataFrame:
    status = table.rows["status"]
    by = np.repeat(labels, status.shape[1]) if axis == 0 else np.tile(labels, status.shape[0])
    frame = pd.DataFrame({"by": by, "number": status.ravel()})
    unseen = [STATUSES.index(Status.NOT_EMPLOYED), STATUSES.index(Status.NOT_YET)]
    frame = frame[~frame["number"].isin(unseen)]
    counts = frame.groupby(["by", "number"], sort=True).size().rename("people").reset_index()
    counts["status"] = [status_name(STATUSES[number]) for number in counts["number"]]
    return counts.rename(columns={"number": "rank"})
