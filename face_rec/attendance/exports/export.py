"""Marks or days of any number of years, month by month into one file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from face_rec import __version__
from face_rec.attendance.exports.columns import DAYS, MARKS, Column, schema_of
from face_rec.attendance.exports.data_file import SUFFIXES, opened
from face_rec.attendance.exports.data_rows import day_batches, mark_batches
from face_rec.attendance.exports.stretch import Stretch, months, unheard
from face_rec.attendance.terms.filters import Filters
from face_rec.attendance.timesheets import Timesheets
from face_rec.domain.errors import AttendanceError
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

if TYPE_CHECKING:
    import pyarrow as pa

Batches = Callable[[Timesheets, Stretch], "Iterator[pa.RecordBatch]"]


class Content(NamedTuple):
    """What a file can be of: its columns, and what makes its rows."""

    columns: tuple[Column, ...]
    batches: Batches


CONTENTS: Final = {"marks": Content(MARKS, mark_batches), "days": Content(DAYS, day_batches)}


@dataclass(frozen=True, slots=True)
class Asked:
    """Marks or days (``name``) of local days, both included, of the people of ``filters``."""

    name: str
    first: date
    last: date
    filters: Filters


class Exporter:
    """Writes files. Reads each month by timesheets of its own, whose caches end with it, so that
    ten years need the memory of one month. May raise StoreUnavailable."""

    def __init__(self, fresh: Callable[[], Timesheets]) -> None:
        """``fresh``: timesheets that hold nothing yet."""
        self._fresh = fresh

    def within_reason(self, name: str, first: date, last: date, filters: Filters) -> Asked:
        """What is asked for, up to today. Raises AttendanceError for days that are to come, in
        the wrong order, or of a group that nobody is in."""
        timesheets = self._fresh()
        today = timesheets.today()
        if last < first:
            raise AttendanceError(
                sentence("{last} lies before {first}. Swap the two dates.", last=last, first=first)
            )
        if first > today:
            raise AttendanceError(
                sentence(
                    "{first} is still to come: today is {today}. Ask for days that have begun.",
                    first=first,
                    today=today,
                )
            )
        _check_groups(timesheets, filters)
        return Asked(name, first, min(last, today), filters)

    def write(
        self,
        asked: Asked,
        suffix: str,
        out: IO[bytes],
        day_done: Callable[[date], None] = unheard,
        *,
        dated: bool = True,
    ) -> int:
        """Write the file (one of SUFFIXES) to ``out``; how many rows it has. ``day_done`` hears
        which day is over. ``dated`` False: it does not say when it was made, so that the same rows
        make the same file."""
        if suffix not in SUFFIXES:
            raise AttendanceError(
                sentence(
                    "A data file cannot be {ending}: end it in .parquet or .csv.",
                    ending=suffix or msgid("without an ending"),
                )
            )
        columns, batches = CONTENTS[asked.name]
        timesheets, rows = self._fresh(), 0
        schema = schema_of(columns, timesheets.zone)
        about = _about(asked, timesheets) | (_made(timesheets) if dated else {})
        with opened(suffix, out, schema, about) as file:
            for first, last in months(asked.first, asked.last):
                stretch = Stretch(first, last, asked.filters, day_done)
                for batch in batches(self._fresh(), stretch):
                    rows += batch.num_rows
                    file.write(batch)
        return rows


def _about(asked: Asked, timesheets: Timesheets) -> dict[str, str]:
    return {
        "content": asked.name,
        "from": f"{asked.first}",
        "to": f"{asked.last}",
        "filters": str(asked.filters.describe()),
        "zone": timesheets.zone.key,
    }


def _made(timesheets: Timesheets) -> dict[str, str]:
    at = f"{timesheets.now():%Y-%m-%d %H:%M:%S%z}"
    return {"made_at": at, "made_by": f"face-attendance {__version__}"}


def _check_groups(timesheets: Timesheets, filters: Filters) -> None:
    known = {person.group for person in timesheets.people()}
    unknown = sorted(filters.groups.named - known)
    if unknown:
        there = ", ".join(sorted(filter(None, known))) or "none"
        raise AttendanceError(
            sentence(
                "Nobody is in group {group}. Groups: {groups}.",
                group=repr(unknown[0]),
                groups=there,
            )
        )
