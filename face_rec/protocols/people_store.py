"""What is asked of the people's store and of the gallery in memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from face_rec.domain.faces import Matrix, Vector
from face_rec.domain.people import (
    Change,
    Contract,
    Everybody,
    GalleryBlock,
    GalleryEntry,
    Person,
    Template,
)
from face_rec.domain.recognition import Match
from face_rec.protocols.models import Progress


class PeopleReader(Protocol):
    """Registered people, and what the gallery follows of them; all may raise StoreUnavailable."""

    def get(self, subject: str) -> Person | None: ...

    def by_id(self, person_id: str) -> Person | None: ...

    def many(self, subjects: Sequence[str]) -> dict[str, Person]:
        """Those that exist, by subject, in one round trip."""
        ...

    def recorded(self, subjects: Sequence[str]) -> set[str]:
        """Those who have a record, also one that this process has no key to read: who is not
        among them is erased."""
        ...

    def all(self) -> Iterator[Person]:
        """Everybody, streamed."""
        ...

    def everybody(self) -> Everybody:
        """All of them, kept in memory and read again only when the revision has moved."""
        ...

    def count(self) -> int: ...

    def templates(self, subject: str) -> list[Template]: ...

    def revision(self) -> int:
        """The gallery's revision: 0 in an empty system."""
        ...

    def changes(self, since: int, block_ms: int = 0) -> list[Change] | None:
        """Changes after revision ``since`` in order (waiting up to ``block_ms``
        for the first); None when there is a gap and a rebuild is needed."""
        ...

    def entry(self, subject: str, contract: str) -> GalleryEntry | None:
        """The matchable rows of one person; None if there are none."""
        ...

    def some(self, subjects: Sequence[str], contract: str) -> Iterator[GalleryEntry]:
        """The matchable rows of those of ``subjects`` who have any, in one or two round trips."""
        ...

    def entries(self, contract: str, progress: Progress | None = None) -> Iterator[GalleryEntry]:
        """The matchable rows of everybody, pipelined and streamed."""
        ...


class PeopleWriter(Protocol):
    """Changes of people. Each is one atomic step that also bumps the gallery's revision; all may
    raise StoreUnavailable."""

    def create(self, person: Person, templates: Sequence[Template], seen_revision: int) -> Person:
        """Add a person. ``seen_revision`` is the gallery revision that the
        duplicate check saw: raises Conflict when the gallery has moved on,
        IdTaken when the ID is in use."""
        ...

    def update(self, person: Person) -> Person:
        """Write all but the templates; raises Conflict if ``person.version``
        is not the stored one, IdTaken, PersonMissing."""
        ...

    def put_templates(
        self, subject: str, templates: Sequence[Template], version: int, seen_revision: int
    ) -> Person:
        """Replace all templates; raises Conflict, PersonMissing."""
        ...

    def delete(self, subject: str) -> Person | None:
        """Remove the person, templates and ID mapping; returns what was there."""
        ...


class PeopleStore(PeopleReader, PeopleWriter, Protocol):
    """Both, as one store is. Whoever serves people is given the writer apart, for that one notes
    in the audit log what it does."""


class Gallery(Protocol):
    """All templates in memory. Safe to call from several threads at once."""

    @property
    def revision(self) -> int: ...

    @property
    def people(self) -> int: ...

    @property
    def templates(self) -> int:
        """Of everybody together: so many chances a stranger has of being taken for somebody."""
        ...

    def match(self, probes: Matrix, contract: Contract) -> list[Match] | None:
        """One Match a row of ``probes`` (N, D) float32, which were embedded under ``contract``.
        None where the gallery is of another one, so that nothing is known of them: scores of two
        contracts mean nothing, and the model may have been changed since the face was looked
        at."""
        ...

    def nearest(self, probe: Vector, contract: Contract, count: int) -> list[Match] | None:
        """The ``count`` people whom ``probe`` (D,) looks most like, or fewer, the likest first,
        each with the lead over the next. None as for :meth:`match`."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class KeptGallery:
    """What a file holds: everybody as of ``revision``, some as of later ones. ``expected``: about
    how many. ``blocks`` is read once; it raises GalleryFileRefused for what was not written so."""

    revision: int
    expected: int
    blocks: Iterator[GalleryBlock]


class GalleryFiles(Protocol):
    """The gallery of this machine's disk; all may raise StoreError."""

    def read(self, contract: Contract) -> KeptGallery | None:
        """None where there is none that opens and is of this contract."""
        ...

    def behind(self, contract: Contract) -> int | None:
        """How many changes were made since it was written; None where there is none of use, and
        what lies there is removed."""
        ...

    def write(self, contract: Contract, stop: Callable[[], bool]) -> bool:
        """Write it anew; False where another process is at it, ``stop`` said so, or what was
        written was in vain."""
        ...

    def forget(self) -> None:
        """Take it away; nothing happens where there is none."""
        ...


class Directory(Protocol):
    """Names for subjects, cached; for labels on the screen."""

    def name(self, subject: str) -> str: ...

    def person(self, subject: str) -> Person | None: ...

    def latest(self, subject: str, within: float = 0.0) -> Person | None:
        """As the store has the person now, or had them at most ``within`` seconds ago; None if
        there is nobody. Raises StoreError while it cannot be asked."""
        ...
