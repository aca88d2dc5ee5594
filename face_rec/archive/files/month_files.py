"""Writes months as files, and those anew that are not as Redis has them any more."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from face_rec.archive.files import manifest as manifests
from face_rec.archive.files.manifest import FileNote, Manifest
from face_rec.attendance.cached_stores import days_between
from face_rec.attendance.days.day_calculator import MARGIN
from face_rec.attendance.days.day_record import by_group_and_name
from face_rec.attendance.exports.columns import DAYS, MARKS, PEOPLE, schema_of
from face_rec.attendance.exports.data_file import opened
from face_rec.attendance.exports.export import Asked, Exporter
from face_rec.attendance.exports.stretch import months
from face_rec.attendance.marks.records import DELETED
from face_rec.attendance.terms.filters import EVERYBODY
from face_rec.attendance.timesheets import Timesheets
from face_rec.domain.people import Person
from face_rec.protocols.people import PeopleReader
from face_rec.stores.archive.file_place import FilePlace
from face_rec.stores.backup.backup_place import scratch

CONTENTS: Final = ("marks", "days")
PEOPLE_FILE: Final = "people.parquet"
_FORM: Final = 1
_MOVING: Final = timedelta(days=3)
"""So long after its end a month's days may still depend on the time."""

Month = tuple[date, date]
Named = tuple[str, str, str]


class MonthFiles:
    """The files of one site. For one thread at a time; may raise StoreError."""

    def __init__(
        self,
        place: FilePlace,
        site: str,
        *,
        fresh: Callable[[], Timesheets],
        people: PeopleReader,
        marked_days: Callable[[], Iterable[date]],
    ) -> None:
        """``fresh``: timesheets that hold nothing yet; ``marked_days``: the UTC
        days that have marks."""
        self.place = place
        self.site = site
        self._fresh = fresh
        self._people = people
        self._days = marked_days
        self._exporter = Exporter(fresh)

    def bring_up_to_date(self, stop: Callable[[], bool] = lambda: False) -> list[str]:
        """Write what is due; the files that were written. The manifest is written after each
        month, so that whatever is killed, the next one goes on; ``stop``: whether to end."""
        self.place.tidy()
        manifest, written = manifests.read(self.place, self.site), list[str]()
        everybody = self._people.everybody()
        with scratch() as folder:
            for name, month, made_of in self.due(manifest, everybody.revision):
                if stop():
                    return written
                written += self._month(manifest, name, month, Path(folder))
                manifest.made_of[name] = made_of
                manifests.write(self.place, manifest, Path(folder))
            if manifest.people != everybody.revision:
                people = sorted(everybody.people, key=by_group_and_name)
                written += self._write_people(manifest, people, Path(folder))
                manifest.people = everybody.revision
                manifests.write(self.place, manifest, Path(folder))
        return written

    def due(self, manifest: Manifest, revision: int) -> Iterator[tuple[str, Month, str]]:
        """The months that are not written as they are, each with what it is made of."""
        timesheets = self._fresh()
        there = self.place.names()
        known = None if manifest.people == revision else _known(timesheets.people())
        for month in self._months(timesheets):
            name, made_of = f"{month[0]:%Y-%m}", _made_of(timesheets, month)
            files = [_file(content, name) for content in CONTENTS]
            if (
                manifest.made_of.get(name) != made_of
                or not there.issuperset(files)
                or (known is not None and self._tells_of_others(files, known))
            ):
                yield name, month, made_of

    def export(self, content: str, month: Month, path: Path) -> int:
        """One month of ``content`` as Redis has it now; how many rows."""
        asked = Asked(content, *month, EVERYBODY)
        with path.open("wb") as out:
            return self._exporter.write(asked, ".parquet", out, dated=False)

    def written(self, manifest: Manifest) -> dict[str, tuple[Month, Sequence[str]]]:
        """By name, the months that were written, and of each the contents that do not depend on
        the time."""
        timesheets = self._fresh()
        today = timesheets.today()
        return {
            name: (month, CONTENTS[:1] if moving(month, today) else CONTENTS)
            for month in self._months(timesheets)
            if (name := f"{month[0]:%Y-%m}") in manifest.made_of
        }

    def _months(self, timesheets: Timesheets) -> Sequence[Month]:
        today = timesheets.today()
        first = min(self._days(), default=today) - timedelta(days=1)
        return list(months(min(first, today).replace(day=1), today))

    def _month(self, manifest: Manifest, name: str, month: Month, folder: Path) -> list[str]:
        written = []
        for content in CONTENTS:
            path = folder / f"{content}.parquet"
            rows = self.export(content, month, path)
            written += self._put(manifest, _file(content, name), path, rows)
        return written

    def _write_people(
        self, manifest: Manifest, people: Sequence[Person], folder: Path
    ) -> list[str]:
        path, schema = folder / PEOPLE_FILE, schema_of(PEOPLE, self._fresh().zone)
        columns = {
            "id": [person.id for person in people],
            "name": [person.name for person in people],
            "group_name": [person.group for person in people],
            "active": [person.active for person in people],
            "registered_at": [person.created_at for person in people],
            "left_at": [person.deactivated_at for person in people],
        }
        with path.open("wb") as out, opened(".parquet", out, schema, {}) as file:
            file.write(pa.RecordBatch.from_pydict(columns, schema=schema))
        return self._put(manifest, PEOPLE_FILE, path, len(people))

    def _put(self, manifest: Manifest, name: str, path: Path, rows: int) -> list[str]:
        with path.open("rb") as source:
            note = FileNote(manifests.digest(source), path.stat().st_size, rows)
        if manifest.files.get(name) == note and name in self.place.names():
            return []
        self.place.write(name, path)
        manifest.files[name] = note
        return [name]

    def _tells_of_others(self, files: Iterable[str], known: set[Named]) -> bool:
        """Whether one of them names somebody who is not registered so: erased, or renamed."""
        return any(not known.issuperset(self._named(name)) for name in files)

    def _named(self, name: str) -> set[Named]:
        with self.place.read(name) as source:
            if source is None:
                return set()
            file = pq.ParquetFile(source)
            columns = ["name", "id", "group_name"]
            return {
                tuple(row.values())
                for number in range(file.num_row_groups)
                for row in file.read_row_group(number, columns)
                .group_by(columns)
                .aggregate([])
                .to_pylist()
            }


def moving(month: Month, today: date) -> bool:
    """Whether its days may still depend on the time: they are written every hour."""
    return month[1] >= today - _MOVING


def _known(people: Iterable[Person]) -> set[Named]:
    return {(DELETED, "", ""), *((one.name, one.id, one.group) for one in people)}


def _file(content: str, month: str) -> str:
    return f"{content}/{month}.parquet"


def _made_of(timesheets: Timesheets, month: Month) -> str:
    """While this is the same, so are the month's marks and days, its people aside."""
    days = days_between(month[0] - MARGIN, month[1] + MARGIN)
    lengths = timesheets.sources.lengths(days)
    now = timesheets.now()
    said = [
        _FORM,
        [column.name for column in (*MARKS, *DAYS)],
        [lengths[day] for day in days],
        timesheets.rules().version,
        timesheets.zone.key,
        f"{month[1]}",
        f"{now:%Y-%m-%d %H}" if moving(month, now.date()) else "",
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
