"""Centroids of one byte a number, for the product; templates as float32 on the disk, to score
again with. A sixteenth of the memory that three float32 templates and their centroid take.

A number x of a row is kept as round(x / scale) + 128, with a scale for each row. A probe is split
into two columns, 64 · high + low, so that its own rounding is below a thousandth of the rows',
and no product of two neighbours leaves 16 bits: processors without VNNI would cut it off there.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Matrix, Vector
from face_rec.domain.people import GalleryBlock, GalleryEntry
from face_rec.people.gallery.exact_rows import SPARE
from face_rec.people.gallery.looked_again import BESIDE, looked_again
from face_rec.people.gallery.rows import LeftOut, Names, Places
from face_rec.people.gallery.sealed_templates import SealedTemplates
from face_rec.people.gallery.shared_rows import (
    GrowingMatrix,
    best_columns,
    candidates_of,
    centroids,
)

Bytes = npt.NDArray[np.uint8]
Columns = npt.NDArray[np.int8]
Integers = npt.NDArray[np.int32]
Product = Callable[[Bytes, Columns], Integers]
"""(N, D) times (D, C) is (N, C). Any thread."""

_ZERO: Final = 128
_HIGH: Final = 64
_MOST: Final = 127
_AT_ONCE: Final = 8  # probes; of a million people, each takes 4 MB while it is looked at
_BLOCK: Final = 32_768  # people: their products stay in the cache until they are added
_LEAST: Final = 1e-9


class Int8Rows:
    """Implements PeopleRows. Erased rows are overwritten with zeros."""

    def __init__(self, dimension: int, product: Product, templates: SealedTemplates) -> None:
        """``templates``: an empty one of its own."""
        self._product = product
        self._sealed = templates
        self._centroids = GrowingMatrix(dimension, np.uint8)
        self._scales = GrowingMatrix(1, np.float32)

    @property
    def templates(self) -> int:
        return self._sealed.templates

    @property
    def nbytes(self) -> int:
        return self._centroids.nbytes + self._scales.nbytes + self._sealed.nbytes

    # --- changes: the disk first, which may refuse

    def expect(self, people: int, _templates: float) -> None:
        self._reserve(math.ceil(people * SPARE))

    def append(self, first: int, people: Sequence[GalleryEntry]) -> None:
        self.append_block(first, GalleryBlock.of(people))

    def append_block(self, first: int, people: GalleryBlock) -> None:
        last = first + len(people.subjects)
        self._reserve(last)
        self._sealed.append(first, people.each())
        self._keep(slice(first, last), centroids(people.vectors, people.counts))

    def put(self, place: int, person: GalleryEntry) -> None:
        self._sealed.put(place, person.vectors)
        counts = np.array([len(person.vectors)])
        self._keep(slice(place, place + 1), centroids(person.vectors, counts))

    def remove(self, place: int, last: int, _subject: str) -> None:
        self._sealed.remove(place, last)
        for matrix in (self._centroids, self._scales):
            matrix.rows[place] = matrix.rows[last]
            matrix.rows[last] = 0

    def settle(self, names: Names) -> None:
        self._centroids.settle(len(names))
        self._scales.settle(len(names))

    def check(self) -> None:
        """A disk that gives nothing says so when it is asked."""

    def _reserve(self, people: int) -> None:
        self._centroids.reserve(people)
        self._scales.reserve(people)

    def _keep(self, places: slice, rows: Matrix) -> None:
        self._centroids.rows[places], self._scales.rows[places, 0] = as_bytes(rows)

    # --- the match

    def scored(self, probes: Matrix, names: Names, left_out: LeftOut) -> tuple[Places, Matrix]:
        people = len(names)
        parts = [
            self._likest(probes[start : start + _AT_ONCE], people, _moved(left_out, start))
            for start in range(0, len(probes), _AT_ONCE)
        ]
        rows = [row for part in parts for row in zip(*part, strict=True)]
        count = candidates_of(people)
        found = [self._looked_at(p, *row, count) for p, row in zip(probes, rows, strict=True)]
        return np.array([places for places, _ in found]), np.array([s for _, s in found])

    def _likest(self, probes: Matrix, people: int, left_out: LeftOut) -> tuple[Places, Matrix]:
        """The candidates (N, K) of each probe, and about how like their centroids are."""
        columns, factors = as_columns(probes)
        count = len(probes)
        sums = columns.sum(axis=0, dtype=np.int32)
        zero = _ZERO * (_HIGH * sums[:count] + sums[count:])[:, None]
        similarities = np.empty((count, people), np.float32)
        for start in range(0, people, _BLOCK):
            part = slice(start, min(people, start + _BLOCK))
            products = self._product(self._centroids.rows[part], columns).T
            whole = products[:count] * np.int32(_HIGH)
            whole += products[count:]
            whole -= zero
            np.multiply(whole, self._scales.rows[part, 0], out=similarities[:, part])
        similarities *= factors[:, None]
        if left_out:
            similarities[tuple(np.array(left_out).T)] = -np.inf
        return best_columns(similarities, candidates_of(people) + BESIDE)

    def _looked_at(
        self, probe: Vector, places: Places, roughly: Vector, count: int
    ) -> tuple[Places, Vector]:
        """The ``count`` candidates among ``places`` (R,), and their scores."""
        people = [self._sealed.read(place) for place in places.tolist()]
        chosen, scores = looked_again(probe, people, roughly == -np.inf, count)
        return places[chosen], scores


def as_bytes(rows: Matrix) -> tuple[Bytes, Vector]:
    """``rows`` (N, D) rounded, and the scale of each, (N,)."""
    scales: Vector = np.maximum(np.abs(rows).max(axis=1), _LEAST) / np.float32(_MOST)
    return (np.rint(rows / scales[:, None]) + _ZERO).astype(np.uint8), scales


def as_columns(probes: Matrix) -> tuple[Columns, Vector]:
    """``probes`` (N, D) as columns (D, 2N), the high parts first, and the factor of each, (N,)."""
    factors: Vector = np.maximum(np.abs(probes).max(axis=1), _LEAST) / np.float32(_HIGH * _HIGH)
    whole = np.rint(probes / factors[:, None])
    high = np.rint(whole / _HIGH)
    both = np.concatenate([high, whole - _HIGH * high])
    return np.ascontiguousarray(both.T, dtype=np.int8), factors


def _moved(left_out: LeftOut, start: int) -> LeftOut:
    """Of the probes from ``start`` on."""
    return [(n - start, place) for n, place in left_out if start <= n < start + _AT_ONCE]
