"""Rows in one contiguous block that grows without a second copy, what is worked out of
rows, and the lock under which they have many readers or one writer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Matrix

_GROWTH = 8  # an eighth at a time: never more than 12.5 % unused
_SMALLEST, _LARGEST = 64, 8192
"""Rows added at a time; more would hold up those who wait for the change."""
_STRETCH = 256
_FEW = 3000


Kind = TypeVar("Kind", bound=np.generic)


class GrowingMatrix(Generic[Kind]):
    """(capacity, D) of one kind of number. Not safe from several threads by itself: while it
    grows, nobody may hold a view of :attr:`rows` (the gallery's lock sees to that)."""

    def __init__(self, dimension: int, kind: type[Kind]) -> None:
        self.rows: npt.NDArray[Kind] = np.empty((0, dimension), dtype=kind)
        self._remapped = False

    @property
    def nbytes(self) -> int:
        return int(self.rows.nbytes)

    def reserve(self, rows: int) -> None:
        """Make room for ``rows`` rows in all; new ones hold zeros.

        ``resize`` moves the block by the system's own means (for large blocks by remapping
        pages), so that growing never needs old and new side by side. A first block is made
        by numpy, which asks Linux for huge pages: they are filled and read faster.
        """
        capacity, dimension = self.rows.shape
        if rows <= capacity:
            return
        grown = max(_SMALLEST, rows, capacity + min(capacity // _GROWTH, _LARGEST))
        if capacity:
            self.rows.resize((grown, dimension), refcheck=False)
            self._remapped = True
        else:
            self.rows = np.zeros((grown, dimension), dtype=self.rows.dtype)

    def trim(self, rows: int) -> None:
        """Give back what lies far beyond ``rows`` rows. The room for an eighth more costs no
        memory until it is used, and spares the next to come the wait for a larger block."""
        kept = rows + rows // _GROWTH
        if len(self.rows) > kept:
            self.rows.resize((kept, self.rows.shape[1]), refcheck=False)

    def settle(self, rows: int) -> None:
        """:meth:`trim`, and have the rows in huge pages.

        A block that grew by remapping lies in small ones, and looking those up makes a product
        with it half as slow again (measured with 100,000 rows of 512). Such a block is copied,
        so that for a moment both exist.
        """
        self.trim(rows)
        if self._remapped:
            old = self.rows
            self.rows = np.zeros(old.shape, dtype=old.dtype)
            self.rows[:rows] = old[:rows]
            self._remapped = False


def candidates_of(people: int) -> int:
    """How many of so many people are scored again with their templates: those with the likest
    centroids. The more there are, the further down by centroid may the two best by the final score
    be. With fewer than these, the best or the lead was another than of all (docs/design.md)."""
    return 32 if people <= _FEW else 64


class ReadWriteLock:
    """A lock that readers share and a writer has alone.

    A waiting writer goes first, so that readers who never pause cannot keep a change out; a
    reader waits at most for one change, which takes microseconds.
    """

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._readers = 0
        self._waiting = 0
        self._writing = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._turn:
            self._turn.wait_for(lambda: not self._writing and not self._waiting)
            self._readers += 1
        try:
            yield
        finally:
            with self._turn:
                self._readers -= 1
                self._turn.notify_all()

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._turn:
            self._waiting += 1
            self._turn.wait_for(lambda: not self._writing and not self._readers)
            self._waiting -= 1
            self._writing = True
        try:
            yield
        finally:
            with self._turn:
                self._writing = False
                self._turn.notify_all()


def centroids(vectors: Matrix, counts: npt.NDArray[np.intp]) -> Matrix:
    """Of the first ``counts[0]`` rows of ``vectors``, of the next ``counts[1]``, and so on."""
    most = int(counts.max())
    if most * len(counts) == len(vectors):  # everybody has as many, as is usual
        sums = vectors.reshape(len(counts), most, -1).sum(axis=1)
    else:
        first = np.cumsum(counts) - counts
        sums = vectors[first]
        for place in range(1, most):  # np.add.reduceat takes four times as long
            more = counts > place
            sums[more] += vectors[first[more] + place]
    lengths = np.sqrt(np.einsum("nd,nd->n", sums, sums))
    result: Matrix = sums / np.maximum(lengths, 1e-9)[:, None]
    return result


def best_columns(similarities: Matrix, count: int) -> tuple[npt.NDArray[np.intp], Matrix]:
    """Indices and values (N, K) of the ``count`` largest of each row; overwrites its argument.

    One pass finds the largest of each stretch; then only stretches are looked through again. A
    partition, or a pass for each of the largest, takes several times as long.
    """
    count = min(count, similarities.shape[1])
    indices = np.empty((len(similarities), count), dtype=np.intp)
    values = np.empty((len(similarities), count), dtype=np.float32)
    starts = np.arange(0, similarities.shape[1], _STRETCH)
    for number, row in enumerate(similarities):
        largest = np.maximum.reduceat(row, starts)
        for place in range(count):
            stretch = int(largest.argmax())
            part = row[stretch * _STRETCH : (stretch + 1) * _STRETCH]
            found = int(part.argmax())
            indices[number, place] = stretch * _STRETCH + found
            values[number, place] = part[found]
            part[found] = -np.inf
            largest[stretch] = part.max()
    return indices, values
