"""Writes months as files, and those anew that are not as Redis has them any more."""

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import IO, Final

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
from face_rec.protocols.people_store import PeopleReader
from face_rec.stores.archive.file_place import FilePlace, spooled

CONTENTS: Final = ("marks", "days")
PEOPLE_FILE: Final = "people.parquet"
_FORM: Final = 1
_MOVING: Final = timedelta(days=3)
"""So long after its end a month's days may still depend on the time."""

Month = tuple[date, date]
Named = tuple[str, str, str]
Due = tuple[str, Month, str, bool]
"""A month by its name, its days, what it is made of, and whether its files name somebody who is
not registered so."""


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
        return self._write(self.due, stop)[0]

    def forget(self, stop: Callable[[], bool]) -> tuple[list[str], tuple[str, ...]] | None:
        """Write anew what names somebody who is not registered so, and nothing else; the files
        that were written, and the months that were left because of ``stop``. None where no month
        was written yet, or the disk that has them is not mounted."""
        if not manifests.read(self.place, self.site).made_of:
            return None
        return self._write(self._telling, stop)

    def _write(
        self, due: Callable[[Manifest, int], Iterable[Due]], stop: Callable[[], bool]
    ) -> tuple[list[str], tuple[str, ...]]:
        self.place.tidy()
        manifest, written = manifests.read(self.place, self.site), list[str]()
        everybody, left = self._people.everybody(), list[str]()
        if manifest.people != everybody.revision:  # it names people, too: before any month
            people = sorted(everybody.people, key=by_group_and_name)
            written += self._write_people(manifest, people)
            self._note(manifest)
        for name, month, made_of, telling in due(manifest, everybody.revision):
            if left or stop():
                left.append(name)
                continue
            if telling:  # whatever the manifest says of them
                manifest.files = {
                    one: note for one, note in manifest.files.items() if one not in _files(name)
                }
            written += self._month(manifest, name, month)
            manifest.made_of[name] = made_of
            self._note(manifest)
        if not left and manifest.people != everybody.revision:
            manifest.people = everybody.revision
            self._note(manifest)
        return written, tuple(left)

    def due(self, manifest: Manifest, revision: int) -> Iterator[Due]:
        """The months that are not written as they are, each with what it is made of."""
        timesheets = self._fresh()
        there = self.place.names()
        known = None if manifest.people == revision else _known(timesheets.people())
        for month in self._months(timesheets, manifest):
            name, made_of = f"{month[0]:%Y-%m}", _made_of(timesheets, month)
            telling = known is not None and self._tells_of_others(_files(name), known)
            if (
                telling
                or manifest.made_of.get(name) != made_of
                or not there.issuperset(_files(name))
            ):
                yield name, month, made_of, telling

    def _telling(self, manifest: Manifest, _revision: int) -> Iterator[Due]:
        """The months of which a file names somebody who is not registered so."""
        timesheets = self._fresh()
        known = _known(timesheets.people())
        for month in self._months(timesheets, manifest):
            name = f"{month[0]:%Y-%m}"
            if self._tells_of_others(_files(name), known):
                yield name, month, _made_of(timesheets, month), True

    def export(self, content: str, month: Month, out: IO[bytes]) -> int:
        """One month of ``content`` as Redis has it now; how many rows."""
        asked = Asked(content, *month, EVERYBODY)
        return self._exporter.write(asked, ".parquet", out, dated=False)

    def written(self, manifest: Manifest) -> dict[str, tuple[Month, Sequence[str]]]:
        """By name, the months that were written, and of each the contents that do not depend on
        the time."""
        timesheets = self._fresh()
        today = timesheets.today()
        return {
            name: (month, CONTENTS[:1] if moving(month, today) else CONTENTS)
            for month in self._months(timesheets, manifest)
            if (name := f"{month[0]:%Y-%m}") in manifest.made_of
        }

    def _months(self, timesheets: Timesheets, manifest: Manifest) -> Sequence[Month]:
        """Those that have marks, and those that were written when a clock or a restored database
        had others: these name people, too."""
        today = timesheets.today()
        first = min(self._days(), default=today) - timedelta(days=1)
        found = {month[0]: month for month in months(min(first, today).replace(day=1), today)}
        for name in manifest.made_of:
            begun = _begun(name)
            if begun is not None and begun not in found:
                whole = next(months(begun, begun + timedelta(days=31)))
                found[begun] = (begun, min(whole[1], today))
        return [found[begun] for begun in sorted(found)]

    def _month(self, manifest: Manifest, name: str, month: Month) -> list[str]:
        written = []
        for content in CONTENTS:
            with spooled() as out:
                rows = self.export(content, month, out)
                written += self._put(manifest, _file(content, name), out, rows)
        return written

    def _note(self, manifest: Manifest) -> None:
        manifests.write(self.place, manifest, self._fresh().now())

    def _write_people(self, manifest: Manifest, people: Sequence[Person]) -> list[str]:
        schema = schema_of(PEOPLE, self._fresh().zone)
        columns = {
            "id": [person.id for person in people],
            "name": [person.name for person in people],
            "group_name": [person.group for person in people],
            "active": [person.active for person in people],
            "registered_at": [person.created_at for person in people],
            "left_at": [person.deactivated_at for person in people],
        }
        with spooled() as out:
            with opened(".parquet", out, schema, {}) as file:
                file.write(pa.RecordBatch.from_pydict(columns, schema=schema))
            return self._put(manifest, PEOPLE_FILE, out, len(people))

    def _put(self, manifest: Manifest, name: str, made: IO[bytes], rows: int) -> list[str]:
        size = made.seek(0, io.SEEK_END)
        made.seek(0)
        note = FileNote(manifests.digest(made), size, rows)
        if manifest.files.get(name) == note and name in self.place.names():
            return []
        made.seek(0)
        self.place.write(name, made)
        manifest.files[name] = note
        return [name]

    def _tells_of_others(self, files: Iterable[str], known: set[Named]) -> bool:
        """Whether one of them names somebody who is not registered so: erased, or renamed; or
        cannot be read, so that nobody knows."""
        try:
            return any(not known.issuperset(self._named(name)) for name in files)
        except (pa.ArrowException, KeyError):
            return True

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


def _files(month: str) -> Sequence[str]:
    return [_file(content, month) for content in CONTENTS]


def _begun(name: str) -> date | None:
    """The first day of the month that is called so."""
    try:
        return date.fromisoformat(f"{name}-01")
    except ValueError:
        return None


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
