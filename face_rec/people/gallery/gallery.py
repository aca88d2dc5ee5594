"""All templates of one embedding contract in memory, and the match against them.

A match is one BLAS product of all probes with one row a person, the centroid of the person's
templates. The best few persons of each probe are then scored again with their templates:
half the best template, half the centroid (one bad photo spoils a best template alone, and a
centroid alone forgets views: docs/design.md, "Facts measured").
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Matrix, Vector
from face_rec.domain.people import Contract, GalleryEntry
from face_rec.domain.recognition import NO_MATCH, Match
from face_rec.people.gallery.shared_rows import (
    GrowingMatrix,
    ReadWriteLock,
    best_columns,
    centroids,
)

Indices = npt.NDArray[np.int32]

CANDIDATES = 8
"""Persons scored again with their templates. The two best by the final score were among the
eight best by centroid in every trial on real faces."""

_AT_ONCE = 500  # people added in one step while loading
_SPARE = 1.1  # room made beyond what is expected; it costs no memory until it is used
_FREE = -1  # in the table of template rows: no template here


class MemoryGallery:
    """Implements Gallery. Readers share, a change waits for the running products and is then
    made whole before the next reader starts, so nobody ever sees half of one.

    People lie in rows 0 to n-1 without holes: a removed person's row is taken by the last
    one. Template rows that become free are used again. Erased rows are overwritten with zeros.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._lock = ReadWriteLock()
        self._clear(0)

    def _clear(self, revision: int) -> None:
        self._centroids = GrowingMatrix(self.contract.dimension)
        self._templates = GrowingMatrix(self.contract.dimension)
        self._subjects: list[str] = []
        self._row_of: dict[str, int] = {}
        self._owned: Indices = np.full((64, 4), _FREE, dtype=np.int32)
        self._used = 0  # template rows ever used
        self._unused: list[int] = []  # of these, free again
        self._revision = revision

    @property
    def revision(self) -> int:
        return self._revision

    @property
    def people(self) -> int:
        return len(self._subjects)

    @property
    def templates(self) -> int:
        """How many template rows are in use."""
        return self._used - len(self._unused)

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays, spare capacity included."""
        return self._centroids.nbytes + self._templates.nbytes + int(self._owned.nbytes)

    # --- changes: one writer at a time, in revision order

    def load(self, entries: Iterable[GalleryEntry], revision: int, expected: int = 0) -> None:
        """Fill with ``entries`` as of ``revision`` in place of what was there. Use it on a
        gallery that nobody reads yet, and swap that in when it is whole.

        ``expected``: about how many people; loading is faster when that is known.
        """
        with self._lock.writing():
            self._clear(revision)
            for batch in batches(entries, _AT_ONCE):
                self._expect(expected, batch)
                self._append(batch)
            self._centroids.settle(len(self._subjects))
            self._templates.trim(self._used)

    def fits(self, entry: GalleryEntry) -> bool:
        """Whether ``entry`` has rows, and rows of this contract's dimension."""
        return len(entry.vectors) > 0 and entry.vectors.shape[1:] == (self.contract.dimension,)

    def put(self, entry: GalleryEntry, revision: int) -> None:
        """Add a person, or replace their templates; raises ValueError if they do not fit."""
        with self._lock.writing():
            self._put(entry)
            self._revision = revision

    def remove(self, subject: str, revision: int) -> None:
        """Forget a person; nothing happens if there is none."""
        with self._lock.writing():
            if subject in self._row_of:
                self._remove(subject)
            self._revision = revision

    # --- the match

    def match(self, probes: Matrix, contract: Contract) -> list[Match] | None:
        """One Match a row of ``probes`` (N, D) float32, L2-normalised; any thread. None for those
        of another contract; raises ValueError if their dimension is not the contract's."""
        return self.own_matches(probes) if contract == self.contract else None

    def own_matches(self, probes: Matrix) -> list[Match]:
        """The same of ``probes`` that are known to be of this gallery's contract."""
        if probes.ndim != 2 or probes.shape[1] != self.contract.dimension:
            raise ValueError(f"probes of shape {probes.shape} for {self.contract}")
        with self._lock.reading():
            if not self._subjects or not len(probes):
                return [NO_MATCH] * len(probes)
            similarities = probes @ self._centroids.rows[: len(self._subjects)].T
            return self._ranked(probes, similarities)

    def nearest(self, probe: Vector, contract: Contract, count: int) -> list[Match] | None:
        """The ``count`` likest people, at most CANDIDATES; each with the lead over the next one.
        None for a probe of another contract."""
        if contract != self.contract:
            return None
        with self._lock.reading():
            if not self._subjects:
                return []
            (candidates,), (scores,) = self._scored(
                probe[np.newaxis], probe[np.newaxis] @ self._centroids.rows[: self.people].T
            )
            order = np.argsort(-scores, kind="stable").tolist()
            return [
                self._match(candidates[order[place:]].tolist(), scores[order[place:]].tolist())
                for place in range(min(count, len(order)))
            ]

    def without(self, probes: Matrix, subjects: Sequence[str]) -> list[Match]:
        """What :meth:`match` would answer if the person of each probe, by ``subjects``, were not
        here: how strangers look to this gallery, with its own people for strangers."""
        with self._lock.reading():
            if not self._subjects or not len(probes):
                return [NO_MATCH] * len(probes)
            similarities = probes @ self._centroids.rows[: len(self._subjects)].T
            own = [(i, self._row_of[s]) for i, s in enumerate(subjects) if s in self._row_of]
            if own:
                similarities[tuple(np.array(own).T)] = -np.inf
            return self._ranked(probes, similarities)

    def _ranked(self, probes: Matrix, similarities: Matrix) -> list[Match]:
        """The best of each row of ``similarities`` to the centroids, which it overwrites."""
        candidates, scores = self._scored(probes, similarities)
        return [
            self._match(c, s) for c, s in zip(candidates.tolist(), scores.tolist(), strict=True)
        ]

    def _scored(self, probes: Matrix, similarities: Matrix) -> tuple[npt.NDArray[np.intp], Matrix]:
        """Rows and scores (N, K) of the candidates of each probe, in no order."""
        candidates, centroid_scores = best_columns(similarities, CANDIDATES)
        best = self._best_templates(probes, candidates)
        return candidates, np.asarray((best + centroid_scores) / 2, np.float32)

    def _best_templates(self, probes: Matrix, candidates: npt.NDArray[np.intp]) -> Matrix:
        """(N, K): the best template of each candidate for its probe."""
        owned = self._owned[candidates]  # (N, K, T)
        looks = self._templates.rows[owned]  # (N, K, T, D)
        similarities = np.einsum("nktd,nd->nkt", looks, probes)
        best: Matrix = np.where(owned == _FREE, -np.inf, similarities).max(axis=2)
        return best

    def _match(self, candidates: list[int], scores: list[float]) -> Match:
        order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
        best = scores[order[0]]
        if best == -math.inf:  # nobody but whom the search leaves out
            return NO_MATCH
        second = scores[order[1]] if len(order) > 1 else -math.inf
        margin = best - second if second > -math.inf else best + 1.0
        return Match(self._subjects[candidates[order[0]]], best, margin)

    # --- rows; the caller holds the writer's lock

    def _expect(self, people: int, batch: Sequence[GalleryEntry]) -> None:
        """Make room at once, if ``batch`` is the first of so many people."""
        if not self._subjects and people > len(batch):
            templates = sum(len(entry.vectors) for entry in batch) / len(batch)
            self._centroids.reserve(math.ceil(people * _SPARE))
            self._templates.reserve(math.ceil(people * templates * _SPARE))

    def _append(self, batch: Sequence[GalleryEntry]) -> None:
        """Add people in one step: one by one costs five times as much."""
        fresh = {e.subject: e for e in batch if e.subject not in self._row_of and self.fits(e)}
        if len(fresh) < len(batch):  # named twice, or wrong: with all care
            for entry in batch:
                self._put(entry)
            return
        counts = np.array([len(entry.vectors) for entry in batch])
        first, self._used = self._used, self._used + int(counts.sum())
        self._templates.reserve(self._used)
        vectors = self._templates.rows[first : self._used]
        np.concatenate([entry.vectors for entry in batch], out=vectors)
        rows = slice(len(self._subjects), len(self._subjects) + len(batch))
        self._own(rows, counts, np.arange(first, self._used, dtype=np.int32))
        self._centroids.reserve(rows.stop)
        self._centroids.rows[rows] = centroids(vectors, counts)
        self._row_of.update(zip(fresh, range(rows.start, rows.stop), strict=True))
        self._subjects += fresh

    def _own(self, rows: slice, counts: npt.NDArray[np.intp], slots: Indices) -> None:
        """The people in ``rows`` have so many of ``slots`` each."""
        self._widen(int(counts.max()))
        self._lengthen(rows.stop)
        self._owned[rows][np.arange(self._owned.shape[1]) < counts[:, None]] = slots

    def _put(self, entry: GalleryEntry) -> None:
        if not self.fits(entry):
            raise ValueError(f"rows of shape {entry.vectors.shape} for {self.contract}")
        row = self._row_of.get(entry.subject)
        if row is None:
            row = self._new_row(entry.subject)
        else:
            self._release(row)
        slots = self._take(len(entry.vectors))
        self._widen(len(slots))
        self._owned[row, : len(slots)] = slots
        self._templates.rows[slots] = entry.vectors
        self._centroids.rows[row] = centroid(entry.vectors)

    def _new_row(self, subject: str) -> int:
        row = len(self._subjects)
        self._centroids.reserve(row + 1)
        self._lengthen(row + 1)
        self._subjects.append(subject)
        self._row_of[subject] = row
        return row

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

    def _release(self, row: int) -> None:
        slots = self._owned[row][self._owned[row] != _FREE]
        self._templates.rows[slots] = 0
        self._unused += slots.tolist()
        self._owned[row] = _FREE

    def _remove(self, subject: str) -> None:
        row, last = self._row_of.pop(subject), len(self._subjects) - 1
        self._release(row)
        if row != last:
            self._centroids.rows[row] = self._centroids.rows[last]
            self._owned[row] = self._owned[last]
            self._subjects[row] = self._subjects[last]
            self._row_of[self._subjects[row]] = row
        self._centroids.rows[last] = 0
        self._owned[last] = _FREE
        self._subjects.pop()


def centroid(vectors: Matrix) -> Vector:
    """The L2-normalised mean of the rows of ``vectors`` (N, D)."""
    result: Vector = centroids(vectors, np.array([len(vectors)]))[0]
    return result


def likeness(vectors: Matrix, probe: Vector) -> float:
    """The score of ``probe`` for a person whose templates are ``vectors`` (N, D)."""
    return (float((vectors @ probe).max()) + float(centroid(vectors) @ probe)) / 2


def batches(entries: Iterable[GalleryEntry], size: int) -> Iterator[list[GalleryEntry]]:
    """``entries`` in lists of ``size``, the last one shorter."""
    entries = iter(entries)
    while batch := list(islice(entries, size)):
        yield batch


def _enlarged(table: Indices, rows: int, columns: int) -> Indices:
    return np.pad(table, ((0, rows), (0, columns)), constant_values=_FREE)
