"""What is asked of an engine outside that finds near vectors."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from face_rec.domain.faces import Matrix


class VectorIndex(Protocol):
    """One vector for each person of one embedding contract, kept by a server that all processes of
    the site share. Safe from any thread. All raise StoreUnavailable while it does not answer,
    StoreError where it cannot be used, RowsLost where it has begun anew since :meth:`open`."""

    def open(self) -> None:
        """Use what is there, or begin with nothing. Raises StoreError for a server that cannot
        find vectors, or that would write them to its disk."""
        ...

    def add(self, subjects: Sequence[str], vectors: Matrix) -> None:
        """One of ``vectors`` (N, D), normalised, for each; what is there already is not sent
        again, another one is replaced. Nobody comes back who was erased within the hour."""
        ...

    def remove(self, subjects: Sequence[str]) -> int:
        """How many of them were there."""
        ...

    def erase(self, subject: str) -> int:
        """The same of somebody who is never to come back."""
        ...

    def count(self) -> int:
        """How many are there, with those who were erased within the hour."""
        ...

    def subjects(self) -> Iterator[list[str]]:
        """Everybody who is there, in batches; somebody may be named twice."""
        ...

    def nearest(self, probes: Matrix, count: int, among: int) -> list[list[str]]:
        """For each of ``probes`` (N, D), the ``count`` people with the likest vectors of about
        ``among``; of many, some may be missed."""
        ...

    def check(self) -> None:
        """Asks at most once a second whether it answers, and is still what was opened."""
        ...
