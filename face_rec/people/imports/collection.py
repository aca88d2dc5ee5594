"""A folder or ZIP of ``<id>/<photo>`` with an optional ``people.csv``, read one file at a time."""

import csv
import io
import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from face_rec.domain.errors import ArchiveRefused
from face_rec.languages.sentence import Figure, sentence
from face_rec.people.photos.photos import MAX_BYTES

PEOPLE_CSV = "people.csv"
_COLUMNS = ("id", "name", "group", "email")
MOST_TABLE_BYTES = 16 << 20
"""Of people.csv: 100,000 people with long names take half of it."""
LONGEST_TABLE_LINE = 10_000
MOST_TABLE_LINES = 200_000
_CLUTTER = ("__MACOSX", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """``name`` is ``<id>/<file>``; ``read`` gives at most a byte more than a photo may have."""

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class PersonFiles:
    """What a collection holds of one person; what people.csv does not say is ""."""

    id: str
    name: str
    group: str
    email: str
    photos: tuple[PhotoFile, ...]


@dataclass(frozen=True, slots=True)
class Collection:
    people: tuple[PersonFiles, ...]

    @property
    def photos(self) -> int:
        return sum(len(person.photos) for person in self.people)


def from_folder(folder: Path) -> Collection:
    """``folder/<id>/*``; raises ArchiveRefused if it cannot be read or people.csv is wrong."""
    if not folder.is_dir():
        raise ArchiveRefused(
            sentence(
                "There is no folder {folder}. Name one that holds a folder a person.",
                folder=folder,
            )
        )
    paths = [path for path in sorted(folder.glob("*/*")) if path.is_file()]
    names = [PhotoFile(path.relative_to(folder).as_posix(), _reader(path)) for path in paths]
    table = folder / PEOPLE_CSV
    return collected(names, _reader(table)() if table.is_file() else b"")


def collected(files: Iterable[PhotoFile], table: bytes = b"") -> Collection:
    """The collection of ``files``, named ``<id>/<file>``, described by a people.csv.

    A person of the table without photos is in it, too, so that the report can say so.
    """
    rows = _rows(table) if table else {}
    photos: dict[str, list[PhotoFile]] = {person_id: [] for person_id in rows}
    for file in files:
        if not is_clutter(file.name):
            photos.setdefault(same_id(PurePosixPath(file.name).parts[0]), []).append(file)
    people = [_person(i, rows.get(i, {}), photos[i]) for i in sorted(photos)]
    return Collection(tuple(people))


def is_clutter(name: str) -> bool:
    """Whether this is what file managers leave behind in folders and archives."""
    return any(part.startswith(".") or part in _CLUTTER for part in PurePosixPath(name).parts)


def _person(person_id: str, row: dict[str, str], photos: list[PhotoFile]) -> PersonFiles:
    name = row.get("name") or person_id.replace("_", " ")
    return PersonFiles(person_id, name, row.get("group", ""), row.get("email", ""), tuple(photos))


def _reader(path: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)

    return read


def _rows(table: bytes) -> dict[str, dict[str, str]]:
    """The rows of people.csv by ID."""
    rows: dict[str, dict[str, str]] = {}
    for row in table_rows(table, _COLUMNS):
        person_id = same_id(row.get("id", ""))
        if not person_id:
            continue
        if person_id in rows:
            raise ArchiveRefused(
                sentence(
                    "{file} has the ID {id} twice. Correct it.",
                    file=PEOPLE_CSV,
                    id=person_id,
                )
            )
        rows[person_id] = {column: row.get(column, "") for column in _COLUMNS}
    return rows


def table_rows(
    table: bytes, wanted: Container[str], called: str = PEOPLE_CSV
) -> list[dict[str, str]]:
    """The lines of a CSV file by those of its columns that are ``wanted``, ``id`` among them,
    whichever comma it has and however it writes their names. Raises ArchiveRefused, naming the
    file as ``called``."""
    lines = _lines(_text(table, called), called)
    columns = [name.strip().lower() for name in next(lines, [])]
    if "id" not in columns:
        raise ArchiveRefused(
            sentence("{file} has no column id. Its first line must name the columns.", file=called)
        )
    places = {name: place for place, name in enumerate(columns) if name in wanted}
    return [
        {name: line[place].strip() if place < len(line) else "" for name, place in places.items()}
        for line in lines
        if line
    ]


def _lines(text: str, called: str) -> Iterator[list[str]]:
    """One after another: all of them at once, with each column that the first line names, may
    take a thousand times what the file has."""
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise ArchiveRefused(
            sentence("{file} cannot be read ({error}). Correct it.", file=called, error=error)
        ) from None


def _text(table: bytes, called: str) -> str:
    """Of a table that is no larger than it may be."""
    if len(table) > MOST_TABLE_BYTES:
        raise ArchiveRefused(
            sentence(
                "{file} has more than {most} MB. Split the import.",
                file=called,
                most=MOST_TABLE_BYTES >> 20,
            )
        )
    try:
        text = table.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ArchiveRefused(
            sentence('{file} is not UTF-8. Save it as "CSV UTF-8".', file=called)
        ) from None
    if max(map(len, text.split("\n"))) > LONGEST_TABLE_LINE:
        raise ArchiveRefused(
            sentence("{file} has a line that is far too long. Correct it.", file=called)
        )
    if max(text.count("\n"), text.count("\r")) > MOST_TABLE_LINES:
        raise ArchiveRefused(
            sentence(
                "{file} has more than {most} lines. Split the import.",
                file=called,
                most=Figure(MOST_TABLE_LINES, 0),
            )
        )
    return text


def same_id(person_id: str) -> str:
    """IDs as they are stored: some systems decompose the letters of folder names."""
    return unicodedata.normalize("NFC", person_id).strip()
