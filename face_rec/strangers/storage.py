"""Where unknown people rest: what is asked of it. All may raise StoreUnavailable."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from face_rec.domain.faces import Vector
from face_rec.domain.strangers import Decision, Stranger, Visit


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What is written in one step. ``put`` and ``gone``: as they were read, and changed; ``kept``:
    new visits with their embeddings; ``visits``: those that are there and read otherwise now;
    ``forgotten``: ids of visits that go, with their embeddings."""

    put: tuple[Stranger, ...] = ()
    gone: tuple[Stranger, ...] = ()
    kept: tuple[tuple[Visit, Vector], ...] = ()
    visits: tuple[Visit, ...] = ()
    forgotten: tuple[str, ...] = ()


class StrangerStore(Protocol):
    """Safe to call from several threads and processes at once."""

    def revision(self) -> int:
        """Moves with every change."""
        ...

    def all(self) -> tuple[int, list[Stranger]]:
        """All of them, with the revision that they are of, at least."""
        ...

    def many(self, ids: Collection[str]) -> dict[str, Stranger]: ...

    def changes(self, since: int) -> tuple[int, frozenset[str]] | None:
        """The revision now, and the ids of those that have changed after revision ``since``; None
        where that is not known any more and all must be read."""
        ...

    def visits(self, ids: Collection[str]) -> dict[str, Visit]: ...

    def faces(self, ids: Collection[str]) -> Mapping[str, Vector]:
        """The embeddings of these visits, by id; those that do not open are left out."""
        ...

    def count(self) -> int:
        """Of the visits that are kept."""
        ...

    def oldest(self, count: int, before: datetime | None = None) -> list[str]:
        """Up to ``count`` ids of visits, the longest over first; of those that ended before."""
        ...

    def write(self, change: Change) -> None:
        """All of ``change`` or nothing; raises Conflict where one of those that are ``put`` or
        ``gone`` is not of the version that is stored."""
        ...

    def decide(self, known: Stranger, decision: Decision) -> None:
        """What was decided about somebody ``known``, as they were read; also where the database
        loses it while they are there. Raises Conflict as :meth:`write` does."""
        ...

    def stay_forgotten(self, strangers: Iterable[Stranger]) -> None:
        """Somebody was told that these are forgotten: also where the database loses that."""
        ...

    def clear(self) -> int:
        """Forget everything; how many visits that were."""
        ...

    def lately(self, name: str) -> bool:
        """Whether :meth:`first` was asked of ``name``, and its seconds are not over."""
        ...

    def first(self, name: str, seconds: float) -> bool:
        """Whether nobody has asked this of ``name`` in the last so many seconds."""
        ...
