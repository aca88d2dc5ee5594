"""Which people and records a page or report is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from face_rec.attendance.terms.status import Status
from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS, Groups
from face_rec.domain.people import Person


@dataclass(frozen=True, slots=True)
class Filters:
    """``groups``: whose records; nobody's unless it is said. Empty means everything for the
    others. ``text`` is looked for in names and IDs."""

    groups: Groups = NO_GROUPS
    subjects: frozenset[str] = frozenset()
    statuses: frozenset[Status] = frozenset()
    text: str = ""

    def takes(self, person: Person) -> bool:
        """Whether the person is asked for."""
        wanted = self.text.casefold()
        return (
            self.groups.holds(person.group)
            and (not self.subjects or person.subject in self.subjects)
            and (not wanted or wanted in f"{person.name}\n{person.id}".casefold())
        )

    def people(self, everybody: Iterable[Person]) -> list[Person]:
        """Those asked for, in the order given."""
        return [person for person in everybody if self.takes(person)]

    def describe(self) -> str:
        """In words, for the head of a report."""
        parts = []
        if not self.groups.every:
            parts.append(f"groups: {self.groups.words()}")
        if self.subjects:
            parts.append(f"{len(self.subjects)} chosen people")
        if self.statuses:
            parts.append("statuses: " + ", ".join(sorted(self.statuses)))
        if self.text:
            parts.append(f"name or ID contains “{self.text}”")
        return "; ".join(parts) or "everybody"


EVERYBODY: Final = Filters(ALL_GROUPS)
