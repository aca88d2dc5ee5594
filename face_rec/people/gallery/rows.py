"""What the gallery asks of the rows that it keeps of its people, whatever they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Matrix
from face_rec.domain.people import GalleryBlock, GalleryEntry

Places = npt.NDArray[np.intp]
LeftOut = Sequence[tuple[int, int]]
"""A probe, and the place of somebody who is left out for it."""


@dataclass(frozen=True, slots=True)
class Names:
    """Who lies where. The gallery alone changes it, after the rows."""

    subjects: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.subjects)


class PeopleRows(Protocol):
    """Rows of people who lie in places 0 to n-1 without holes. Safe for many readers or one
    writer at a time, which the gallery's lock sees to. A change that raises has changed
    nothing."""

    @property
    def templates(self) -> int:
        """Of everybody together."""
        ...

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays in memory, spare capacity included."""
        ...

    def expect(self, people: int, templates: float, /) -> None:
        """About so many people are to come, with so many templates each."""
        ...

    def append(self, first: int, people: Sequence[GalleryEntry]) -> None:
        """Each of those who take the places from ``first`` on."""
        ...

    def append_block(self, first: int, people: GalleryBlock) -> None:
        """The same of many at once."""
        ...

    def put(self, place: int, person: GalleryEntry) -> None:
        """Other templates for whoever lies there; the old ones are overwritten."""
        ...

    def remove(self, place: int, last: int, subject: str, /) -> None:
        """Overwrite what lies at ``place``, which is ``subject``'s; who lies at ``last`` moves
        there."""
        ...

    def settle(self, names: Names) -> None:
        """All are there; what lies far beyond is given back."""
        ...

    def scored(self, probes: Matrix, names: Names, left_out: LeftOut) -> tuple[Places, Matrix]:
        """Places and scores (N, K) of the likest of each of ``probes`` (N, D), in no order; -inf
        for who is left out. Raises StoreError where they cannot be found now."""
        ...

    def check(self) -> None:
        """Raises StoreError while nobody can be compared, RowsLost where all must be put anew."""
        ...
