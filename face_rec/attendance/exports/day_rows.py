"""Days as rows of a data file: day by day, by group and name within a day."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from face_rec.attendance.cached_stores import days_between
from face_rec.attendance.days.day_record import STATUSES, Days, Table
from face_rec.attendance.exports.columns import DAYS, schema_of
from face_rec.attendance.exports.stretch import ROWS, Stretch
from face_rec.attendance.reports.report_tables import EXPECTED
from face_rec.attendance.terms.duration import begun, whole
from face_rec.attendance.terms.status import ATTENDED, Flag, Status, describe
from face_rec.attendance.timesheets import Timesheets

_STATUS: Final = np.array([status.value for status in STATUSES], dtype=object)
_UNSEEN: Final = STATUSES.index(Status.NOT_EMPLOYED)


def day_batches(timesheets: Timesheets, stretch: Stretch) -> Iterator[pa.RecordBatch]:
    """Those of ``stretch``, some ten thousand at a time, but whole days. StoreUnavailable."""
    people = len(timesheets.people(stretch.filters))
    days, step = days_between(stretch.first, stretch.last), max(1, ROWS // max(1, people))
    for start in range(0, len(days), step):
        part = days[start : start + step]
        yield day_batch(timesheets.table(part[0], part[-1], stretch.filters))
        stretch.day_done(part[-1])


def day_batch(table: Table) -> pa.RecordBatch:
    """One row a person and day on which they were employed."""
    employed = table.rows["status"] != _UNSEEN
    when, who = np.nonzero(employed)
    rows = table.rows[employed]
    people, status = table.people, rows["status"]
    columns = {
        "day": np.array(table.days, dtype="datetime64[D]")[when],
        "name": _texts([person.name for person in people])[who],
        "id": _texts([person.id for person in people])[who],
        "group_name": _texts([person.group for person in people])[who],
        "shift": _coded(rows["shift"], table),
        "status": _STATUS[status],
        "first_in": _moments(rows["first"]),
        "last_out": _moments(rows["last"]),
        "worked_minutes": _minutes(whole(rows["worked"].astype(np.int64))),
        "overtime_minutes": _minutes(whole(rows["overtime"].astype(np.int64))),
        "break_minutes": _minutes(whole(rows["deducted"].astype(np.int64))),
        "late_minutes": _minutes(begun(rows["late"].astype(np.int64))),
        "early_minutes": _minutes(begun(rows["early"].astype(np.int64))),
        "marks": rows["punches"],
        "expected": _is_one_of(status, EXPECTED),
        "present": _is_one_of(status, ATTENDED),
        "late": rows["late"] > 0,
        "provisional": (rows["flags"] & int(Flag.PROVISIONAL | Flag.STILL_IN)) != 0,
        "corrected": (rows["flags"] & int(Flag.CORRECTED)) != 0,
        "remarks": _remarks(rows, table),
    }
    schema = schema_of(DAYS, table.zone)
    arrays = [pa.array(columns[field.name], type=field.type) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _texts(texts: list[str]) -> npt.NDArray[np.object_]:
    return np.array(texts, dtype=object)


def _coded(codes: npt.NDArray[np.int32], table: Table) -> npt.NDArray[np.object_]:
    used, places = np.unique(codes, return_inverse=True)
    return _texts([table.codes.text(code) for code in used.tolist()])[places]


def _moments(seconds: npt.NDArray[np.int64]) -> npt.NDArray[np.datetime64]:
    """Nothing where there is none."""
    moments = seconds.astype("datetime64[s]").astype("datetime64[us]")
    return np.where(seconds != 0, moments, np.datetime64("NaT"))


def _minutes(seconds: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    return (seconds // 60).astype(np.int32)


def _is_one_of(status: npt.NDArray[np.uint8], wanted: frozenset[Status]) -> npt.NDArray[np.bool_]:
    return np.isin(status, [STATUSES.index(one) for one in wanted])


def _remarks(rows: Days, table: Table) -> npt.NDArray[np.object_]:
    """Made once for each note with the same flags."""
    pairs = np.stack([rows["note"], rows["flags"]], axis=1)
    used, places = np.unique(pairs, axis=0, return_inverse=True)
    texts = [
        "; ".join(filter(None, (table.codes.text(note), *describe(Flag(flags)))))
        for note, flags in used.tolist()
    ]
    return _texts(texts)[places.ravel()]
