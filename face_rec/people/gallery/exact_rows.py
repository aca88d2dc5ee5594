"""Rows of float32, all in memory: centroids for the product, templates to score again with."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Matrix
from face_rec.domain.people import Counts, GalleryBlock, GalleryEntry
from face_rec.people.gallery.rows import LeftOut, Names, Places
from face_rec.people.gallery.shared_rows import (
    GrowingMatrix,
    best_columns,
    candidates_of,
    centroids,
)

Indices = npt.NDArray[np.int32]

SPARE = 1.1
"""Room made beyond what is expected; it costs no memory until it is used."""
_FREE = -1  # in the table of template rows: no template here


class ExactRows:
    """Implements PeopleRows. Template rows that become free are used again; erased rows are
    overwritten with zeros."""

    def __init__(self, dimension: int) -> None:
        self._centroids = GrowingMatrix(dimension, np.float32)
        self._templates = GrowingMatrix(dimension, np.float32)
        self._owned: Indices = np.full((64, 4), _FREE, dtype=np.int32)
        self._used = 0  # template rows ever used
        self._unused: list[int] = []  # of these, free again

    @property
    def templates(self) -> int:
        """How many template rows are in use."""
        return self._used - len(self._unused)

    @property
    def nbytes(self) -> int:
        return self._centroids.nbytes + self._templates.nbytes + int(self._owned.nbytes)

    # --- changes

    def expect(self, people: int, templates: float) -> None:
        self._centroids.reserve(math.ceil(people * SPARE))
        self._templates.reserve(math.ceil(people * templates * SPARE))

    def append(self, first: int, people: Sequence[GalleryEntry]) -> None:
        if len(people) == 1:  # one by one, what is free again is used first
            self._place(first, people[0].vectors)
            return
        counts = np.array([len(person.vectors) for person in people])
        rows = self._fresh(int(counts.sum()))
        np.concatenate([person.vectors for person in people], out=self._templates.rows[rows])
        self._settled(first, counts, rows)

    def append_block(self, first: int, people: GalleryBlock) -> None:
        rows = self._fresh(len(people.vectors))
        self._templates.rows[rows] = people.vectors
        self._settled(first, people.counts, rows)

    def _fresh(self, templates: int) -> slice:
        start, self._used = self._used, self._used + templates
        self._templates.reserve(self._used)
        return slice(start, self._used)

    def _settled(self, first: int, counts: Counts, templates: slice) -> None:
        """Who takes the places from ``first`` on has ``templates``, so many each."""
        rows = slice(first, first + len(counts))
        self._own(rows, counts, np.arange(templates.start, templates.stop, dtype=np.int32))
        self._centroids.reserve(rows.stop)
        self._centroids.rows[rows] = centroids(self._templates.rows[templates], counts)

    def put(self, place: int, person: GalleryEntry) -> None:
        self._release(place)
        self._place(place, person.vectors)

    def remove(self, place: int, last: int, _subject: str) -> None:
        self._release(place)
        if place != last:
            self._centroids.rows[place] = self._centroids.rows[last]
            self._owned[place] = self._owned[last]
        self._centroids.rows[last] = 0
        self._owned[last] = _FREE

    def settle(self, names: Names) -> None:
        self._centroids.settle(len(names))
        self._templates.trim(self._used)

    def check(self) -> None:
        """They lie in memory."""

    # --- the match

    def scored(self, probes: Matrix, names: Names, left_out: LeftOut) -> tuple[Places, Matrix]:
        people = len(names)
        similarities = probes @ self._centroids.rows[:people].T
        if left_out:
            similarities[tuple(np.array(left_out).T)] = -np.inf
        candidates, centroid_scores = best_columns(similarities, candidates_of(people))
        best = self._best_templates(probes, candidates)
        return candidates, np.asarray((best + centroid_scores) / 2, np.float32)

    def _best_templates(self, probes: Matrix, candidates: Places) -> Matrix:
        """(N, K): the best template of each candidate for its probe."""
        best = np.empty(candidates.shape, np.float32)
        for row, probe, places in zip(best, probes, candidates, strict=True):
            owned = self._owned[places]  # (K, T)
            similarities = (self._templates.rows[owned.ravel()] @ probe).reshape(owned.shape)
            np.where(owned == _FREE, -np.inf, similarities).max(axis=1, out=row)
        return best

    # --- template rows

    def _place(self, place: int, vectors: Matrix) -> None:
        self._lengthen(place + 1)
        self._centroids.reserve(place + 1)
        slots = self._take(len(vectors))
        self._widen(len(slots))
        self._owned[place, : len(slots)] = slots
        self._templates.rows[slots] = vectors
        self._centroids.rows[place] = centroids(vectors, np.array([len(vectors)]))[0]

    def _own(self, rows: slice, counts: npt.NDArray[np.intp], slots: Indices) -> None:
        """The people in ``rows`` have so many of ``slots`` each."""
        self._widen(int(counts.max()))
        self._lengthen(rows.stop)
        self._owned[rows][np.arange(self._owned.shape[1]) < counts[:, None]] = slots

    def _take(self, count: int) -> list[int]:
        """Rows for ``count`` templates."""
        reused = [self._unused.pop() for _ in range(min(count, len(self._unused)))]
        fresh = range(self._used, self._used + count - len(reused))
        self._used += len(fresh)
        self._templates.reserve(self._used)
        return reused + list(fresh)

    def _widen(self, templates: int) -> None:
        """Room for so many templates a person."""
        if templates > self._owned.shape[1]:
            self._owned = _enlarged(self._owned, 0, templates - self._owned.shape[1])

    def _lengthen(self, people: int) -> None:
        """Room for so many people."""
        if people > len(self._owned):
            more = max(people - len(self._owned), len(self._owned) // 8)
            self._owned = _enlarged(self._owned, more, 0)

    def _release(self, place: int) -> None:
        slots = self._owned[place][self._owned[place] != _FREE]
        self._templates.rows[slots] = 0
        self._unused += slots.tolist()
        self._owned[place] = _FREE


def _enlarged(table: Indices, rows: int, columns: int) -> Indices:
    return np.pad(table, ((0, rows), (0, columns)), constant_values=_FREE)
