"""What the privacy code asks of the rest of the house, beside the stores' protocols."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from face_rec.domain.marks import Event
from face_rec.domain.people import Person

Note = Callable[[str, Person | None, Mapping[str, object]], None]
"""(what, about whom, details): for the audit log. Must not raise."""

Table = Callable[[Sequence[Event], Person], bytes]
"""A person's marks as a CSV file whose texts no spreadsheet runs."""

Settled = Callable[[int], bool]
"""Whether this process's gallery has reached a revision; may wait for it some seconds."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Another part that holds something about people, by subject.

    ``held`` says what, as plain values for JSON; ``forget`` removes it and says how many
    entries that were. Both may raise StoreUnavailable. ``after`` is asked once the person is
    gone: what was done then or is left to do, in a sentence, or ""; it raises nothing. ``name``, a
    marked text, is empty where all of it is done then. ``subjects``: of whom it holds something;
    of nobody where that is not looked for at night (:mod:`face_rec.privacy.left_behind`). It may
    raise StoreUnavailable.
    """

    name: str
    held: Callable[[str], list[dict[str, Any]]]
    forget: Callable[[str], int]
    after: Callable[[str], str] = lambda _: ""
    subjects: Callable[[], Collection[str]] = tuple


@dataclass(frozen=True, slots=True)
class Contacts:
    """Addresses of others that are kept for a person, by subject: when the ``newest`` was entered,
    and what forgets them all and says how many. Both may raise StoreUnavailable."""

    newest: Callable[[], Mapping[str, datetime]]
    forget: Callable[[str], int]
    after: Callable[[str], str] = lambda _: ""


class Unfinished(Protocol):
    """Who was erased while not all days of theirs could be looked through, by subject, which leads
    to nobody any more. May raise StoreUnavailable."""

    def add(self, subject: str) -> None: ...

    def all(self) -> Sequence[str]: ...

    def done(self, subject: str) -> None: ...


class Purge(Protocol):
    """Takes what was deleted out of the database's own files. Safe from any thread; may raise
    StoreError."""

    def want(self) -> None:
        """Something will be deleted: whatever interrupts it, :meth:`finish` knows."""
        ...

    def run(self) -> tuple[str, ...]:
        """Do it and wait for it. Returns, in sentences, what was done and what is left to do."""
        ...

    def finish(self) -> None:
        """Do what was wanted and not done."""
        ...


class NoPurge:
    """A ``Purge`` for stores that keep nothing of what is deleted."""

    def want(self) -> None: ...

    def run(self) -> tuple[str, ...]:
        return ()

    def finish(self) -> None: ...


def unnoted(_what: str, _whose: Person | None, _details: Mapping[str, object]) -> None:
    """A ``Note`` for where no audit log is kept."""


def unasked() -> None:
    """For where nobody must prove who they are first."""
