"""Marks as rows of a data file, oldest first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from face_rec.attendance.cached_stores import days_between
from face_rec.attendance.exports.columns import MARKS, schema_of
from face_rec.attendance.exports.stretch import ROWS, Stretch
from face_rec.attendance.marks.clock_doubts import ClockChanges
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.marks.records import DELETED, remark
from face_rec.attendance.timesheets import Timesheets
from face_rec.domain.people import Person

_NOBODY: Final = Person("", "", DELETED)


def mark_batches(timesheets: Timesheets, stretch: Stretch) -> Iterator[pa.RecordBatch]:
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
) -> pa.RecordBatch:
    """One row a mark, in the order given; ``people`` by subject. Subjects stay inside: a file that
    names them would undo a later erasure."""
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
