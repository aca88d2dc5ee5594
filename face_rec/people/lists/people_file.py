"""A list of people without photos, as offices keep it: read from a CSV file and written as one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from face_rec.domain.people import Person
from face_rec.formulas import csv_of, from_text
from face_rec.languages.sentence import sentence
from face_rec.people.imports.collection import same_id, table_rows

COLUMNS: Final = ("id", "name", "group", "email", "active")
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
    lines = [_line(row) for row in table_rows(file, COLUMNS, sentence("The file"))]
    return tuple(line for line in lines if line.id)


def write(people: Iterable[Person]) -> bytes:
    """A table with a line for each, which :func:`read` reads again."""
    return csv_of((*COLUMNS, "photos"), map(_cells, people))


def _cells(one: Person) -> tuple[str, ...]:
    active = "yes" if one.active else "no"
    return (one.id, one.name, one.group, one.email, active, str(len(one.templates)))


def _line(row: dict[str, str]) -> PersonLine:
    said = {name: from_text(row[name]) for name in COLUMNS if name in row}
    active = said.pop("active", "").casefold()
    person_id = same_id(said.pop("id"))
    if active and active not in _YES | _NO:
        return PersonLine(
            person_id, problem=sentence("active is {value}: write yes or no.", value=repr(active))
        )
    return PersonLine(person_id, **said, active=active in _YES if active else None)
