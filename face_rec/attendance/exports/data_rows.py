"""Days as rows of a data file: day by day, by group and name within a day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from face_rec.attendance.cached_stores import days_between
from face_rec.attendance.days.day_record import STATUSES, Days, Table
from face_rec.attendance.exports.columns import DAYS, MARKS, schema_of
from face_rec.attendance.exports.stretch import ROWS, Stretch
from face_rec.attendance.marks.clock_doubts import ClockChanges
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.marks.records import DELETED, remark
from face_rec.attendance.reports.report_tables import EXPECTED
from face_rec.attendance.terms.duration import begun, whole
from face_rec.attendance.terms.status import ATTENDED, Flag, Status, describe
from face_rec.attendance.timesheets import Timesheets
from face_rec.domain.people import Person

if TYPE_CHECKING:
    import pyarrow as pa

_STATUS: Final = np.array([status.value for status in STATUSES], dtype=object)
_UNSEEN: Final = STATUSES.index(Status.NOT_EMPLOYED)


def day_batches(timesheets: Timesheets, stretch: Stretch) -> "Iterator[pa.RecordBatch]":
    """Those of ``stretch``, some ten thousand at a time, but whole days. StoreUnavailable."""
    people = len(timesheets.people(stretch.filters))
    days, step = days_between(stretch.first, stretch.last), max(1, ROWS // max(1, people))
    for start in range(0, len(days), step):
        part = days[start : start + step]
        yield day_batch(timesheets.table(part[0], part[-1], stretch.filters))
        stretch.day_done(part[-1])


def day_batch(table: Table) -> "pa.RecordBatch":
    """One row a person and day on which they were employed."""
    import pyarrow as pa

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


# Marks as rows of a data file, oldest first.

_NOBODY: Final = Person("", "", DELETED)


def mark_batches(timesheets: Timesheets, stretch: Stretch) -> "Iterator[pa.RecordBatch]":
    """Those of ``stretch``, some ten thousand at a time; who is registered no more only where
    those of all groups are asked for. Raises StoreUnavailable."""
    people = {person.subject: person for person in timesheets.people(stretch.filters)}
    changes, zone = timesheets.sources.clock_changes(), timesheets.zone
    waiting: list[Entry] = []
    for day in days_between(stretch.first, stretch.last):
        waiting += _asked_for(timesheets.marks(day, day), people, stretch.filters.groups.every)
        if len(waiting) >= ROWS or day == stretch.last:
            yield mark_batch(waiting, people, zone, changes)
            waiting = []
        stretch.day_done(day)


def _asked_for(
    marks: Iterable[Entry], people: Mapping[str, Person], everybody: bool
) -> Sequence[Entry]:
    return [entry for entry in marks if everybody or entry.event.subject in people]


def mark_batch(
    marks: Sequence[Entry], people: Mapping[str, Person], zone: ZoneInfo, changes: ClockChanges
) -> "pa.RecordBatch":
    """One row a mark, in the order given; ``people`` by subject. Subjects stay inside: a file that
    names them would undo a later erasure."""
    import pyarrow as pa

    events = [entry.event for entry in marks]
    places = [event.where for event in events]
    whose = [people.get(event.subject, _NOBODY) for event in events]
    columns: dict[str, list[object]] = {
        "event": [event.id for event in events],
        "marked_at": [event.at for event in events],
        "day": [event.at.astimezone(zone).date() for event in events],
        "name": [person.name for person in whose],
        "id": [person.id for person in whose],
        "group_name": [person.group for person in whose],
        "kiosk": [event.kiosk for event in events],
        "kind": [entry.kind.value for entry in marks],
        "source": [event.source.value for event in events],
        "score": [event.score for event in events],
        "margin": [event.margin for event in events],
        "liveness": [event.live.value if event.live else "" for event in events],
        "by_hand": [entry.added for entry in marks],
        "retyped": [entry.kind is not entry.event.kind for entry in marks],
        "confirmed": [entry.confirmed for entry in marks],
        "disputed": [entry.disputed for entry in marks],
        "remark": [remark(entry, changes.doubt(entry.event, zone)) for entry in marks],
        "place": [where.place if where else "" for where in places],
        "distance_m": [where.distance if where else None for where in places],
        "accuracy_m": [where.accuracy if where else None for where in places],
    }
    return pa.RecordBatch.from_pydict(columns, schema=schema_of(MARKS, zone))
