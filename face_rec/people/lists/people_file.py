"""A list of people without photos, as offices keep it: read from a CSV file and written as one."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from face_rec.domain.people import Person
from face_rec.formulas import as_text, from_text
from face_rec.languages.sentence import sentence
from face_rec.people.imports.collection import same_id, table_rows

COLUMNS: Final = ("id", "name", "group", "email", "active")
_BOM: Final = "\ufeff"  # without it Excel reads UTF-8 as the machine's old code page
_YES: Final = frozenset({"yes", "y", "true", "1", "active"})
_NO: Final = frozenset({"no", "n", "false", "0", "deactivated", "inactive"})


@dataclass(frozen=True, slots=True)
class PersonLine:
    """What a line of the file says of one person. None: nothing, so that what is known stays.
    ``problem``: why the line cannot be read, in words; "" if it can."""

    id: str
    name: str | None = None
    group: str | None = None
    email: str | None = None
    active: bool | None = None
    problem: str = ""


def read(file: bytes) -> tuple[PersonLine, ...]:
    """The lines with an ID, in their order: columns are ``id`` and any of :data:`COLUMNS`; others
    are left alone. Raises ArchiveRefused for what is no such file."""
    lines = [_line(row) for row in table_rows(file, sentence("The file"))]
    return tuple(line for line in lines if line.id)


def write(people: Iterable[Person]) -> bytes:
    """CSV with a line for each, which :func:`read` reads again; UTF-8 with a byte order mark and
    CRLF, what a spreadsheet would run as a formula behind an apostrophe."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow((*COLUMNS, "photos"))
    for one in people:
        said = (one.id, one.name, one.group, one.email)
        lines.writerow((*map(as_text, said), "yes" if one.active else "no", len(one.templates)))
    return (_BOM + text.getvalue()).encode()


def _line(row: dict[str, str]) -> PersonLine:
    said = {name: from_text(row[name]) for name in COLUMNS if name in row}
    active = said.pop("active", "").casefold()
    person_id = same_id(said.pop("id"))
    if active and active not in _YES | _NO:
        return PersonLine(
            person_id, problem=sentence("active is {value}: write yes or no.", value=repr(active))
        )
    return PersonLine(person_id, **said, active=active in _YES if active else None)
