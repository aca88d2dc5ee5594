"""All templates of one embedding contract, and the match against them.

A match is one product of all probes with one row a person, the centroid of the person's
templates. The best few persons of each probe are then scored again with their templates:
half the best template, half the centroid (one bad photo spoils a best template alone, and a
centroid alone forgets views: docs/design.md, "Facts measured"). What the rows are made of, and
where they lie, is another module's matter: :mod:`exact_rows`, :mod:`int8_rows` or
:mod:`vector_rows`.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from face_rec.domain.faces import Matrix, Vector
from face_rec.domain.people import Contract, GalleryBlock, GalleryEntry
from face_rec.domain.recognition import NO_MATCH, Match
from face_rec.people.gallery.exact_rows import ExactRows
from face_rec.people.gallery.rows import Names, PeopleRows
from face_rec.people.gallery.shared_rows import ReadWriteLock, centroids

_AT_ONCE = 500  # people added in one step while loading


class MemoryGallery:
    """Implements Gallery. Readers share, a change waits for the running products and is then
    made whole before the next reader starts, so nobody ever sees half of one.

    People lie in places 0 to n-1 without holes: a removed person's place is taken by the last
    one. What is erased is overwritten.
    """

    def __init__(self, contract: Contract, rows: Callable[[int], PeopleRows] = ExactRows) -> None:
        """``rows``: makes empty ones of a dimension."""
        self.contract = contract
        self._lock = ReadWriteLock()
        self._make = rows
        self._clear(0)

    def _clear(self, revision: int) -> None:
        self._rows = self._make(self.contract.dimension)
        self._names = Names()
        self._revision = revision

    @property
    def revision(self) -> int:
        return self._revision

    @property
    def people(self) -> int:
        return len(self._names)

    @property
    def templates(self) -> int:
        return self._rows.templates

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays in memory, spare capacity included."""
        return self._rows.nbytes

    # --- changes: one writer at a time, in revision order

    def load(self, entries: Iterable[GalleryEntry], revision: int, expected: int = 0) -> None:
        """Fill with ``entries`` as of ``revision`` in place of what was there. Use it on a
        gallery that nobody reads yet, and swap that in when it is whole.

        ``expected``: about how many people; loading is faster when that is known.
        """
        with self._lock.writing():
            self._clear(revision)
            for batch in batches(entries, _AT_ONCE):
                self._append(batch, expected)
            self._rows.settle(self._names)

    def load_blocks(self, blocks: Iterable[GalleryBlock], revision: int, expected: int) -> None:
        """The same of people who come together, nobody of them twice, with rows that fit: a third
        of the work."""
        with self._lock.writing():
            self._clear(revision)
            for block in blocks:
                self._append_block(block, expected)
            self._rows.settle(self._names)

    def fits(self, entry: GalleryEntry) -> bool:
        """Whether ``entry`` has rows, and rows of this contract's dimension."""
        return len(entry.vectors) > 0 and entry.vectors.shape[1:] == (self.contract.dimension,)

    def put(self, entry: GalleryEntry, revision: int) -> None:
        """Add a person, or replace all their rows."""
        with self._lock.writing():
            self._put(entry)
            self._revision = revision

    def remove(self, subject: str, revision: int) -> None:
        """Forget a person; nothing happens if there is none."""
        with self._lock.writing():
            if subject in self._names.places:
                self._remove(subject)
            self._revision = revision

    def check(self) -> None:
        """Raises StoreError while nobody can be compared, RowsLost where all must be loaded
        anew."""
        self._rows.check()

    # --- the match

    def match(self, probes: Matrix, contract: Contract) -> list[Match] | None:
        """One Match a row of ``probes`` (N, D) float32, L2-normalised; any thread. None for those
        of another contract; raises ValueError if their dimension is not the contract's."""
        return self.own_matches(probes) if contract == self.contract else None

    def own_matches(self, probes: Matrix) -> list[Match]:
        """The same of ``probes`` that are known to be of this gallery's contract."""
        if probes.ndim != 2 or probes.shape[1] != self.contract.dimension:
            raise ValueError(f"probes of shape {probes.shape} for {self.contract}")
        return self.without(probes, ())

    def nearest(self, probe: Vector, contract: Contract, count: int) -> list[Match] | None:
        """The ``count`` likest people, at most 32; each with the lead over the next one.
        None for a probe of another contract."""
        if contract != self.contract:
            return None
        with self._lock.reading():
            if not self.people:
                return []
            (candidates,), (scores,) = self._rows.scored(probe[np.newaxis], self._names, ())
            order = np.argsort(-scores, kind="stable").tolist()
            return [
                self._match(candidates[order[place:]].tolist(), scores[order[place:]].tolist())
                for place in range(min(count, len(order)))
            ]

    def without(self, probes: Matrix, subjects: Sequence[str]) -> list[Match]:
        """What :meth:`match` would answer if the person of each probe, by ``subjects``, were not
        here: how strangers look to this gallery, with its own people for strangers."""
        with self._lock.reading():
            if not self.people or not len(probes):
                return [NO_MATCH] * len(probes)
            known = self._names.places
            own = [(i, known[s]) for i, s in enumerate(subjects) if s in known]
            places, scores = self._rows.scored(probes, self._names, own)
            return [
                self._match(c, s) for c, s in zip(places.tolist(), scores.tolist(), strict=True)
            ]

    def _match(self, candidates: list[int], scores: list[float]) -> Match:
        order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
        best = scores[order[0]]
        if best == -math.inf:  # nobody but whom the search leaves out
            return NO_MATCH
        second = scores[order[1]] if len(order) > 1 else -math.inf
        margin = best - second if second > -math.inf else best + 1.0
        return Match(self._names.subjects[candidates[order[0]]], best, margin)

    # --- places; the caller holds the writer's lock

    def _append(self, batch: Sequence[GalleryEntry], expected: int) -> None:
        """Add people in one step: one by one costs five times as much."""
        fresh = {
            e.subject: e for e in batch if e.subject not in self._names.places and self.fits(e)
        }
        if len(fresh) < len(batch):  # named twice, or wrong: with all care
            for entry in batch:
                self._put(entry)
            return
        first = self.people
        if not first and expected > len(batch):
            self._rows.expect(expected, sum(len(e.vectors) for e in batch) / len(batch))
        self._rows.append(first, batch)
        self._names.places.update(zip(fresh, range(first, first + len(batch)), strict=True))
        self._names.subjects.extend(fresh)

    def _append_block(self, block: GalleryBlock, expected: int) -> None:
        first, count = self.people, len(block.subjects)
        if not first and expected > count:
            self._rows.expect(expected, len(block.vectors) / count)
        self._rows.append_block(first, block)
        self._names.places.update(zip(block.subjects, range(first, first + count), strict=True))
        self._names.subjects.extend(block.subjects)
        if len(self._names.places) != len(self._names.subjects):
            raise ValueError("somebody is in the gallery twice")

    def _put(self, entry: GalleryEntry) -> None:
        if not self.fits(entry):
            raise ValueError(f"rows of shape {entry.vectors.shape} for {self.contract}")
        place = self._names.places.get(entry.subject)
        if place is None:
            self._rows.append(self.people, [entry])
            self._names.places[entry.subject] = self.people
            self._names.subjects.append(entry.subject)
        else:
            self._rows.put(place, entry)

    def _remove(self, subject: str) -> None:
        last = self.people - 1
        subjects, places = self._names.subjects, self._names.places
        place = places[subject]
        self._rows.remove(place, last, subject)
        del places[subject]
        moved = subjects.pop()
        if place != last:
            subjects[place] = moved
            places[moved] = place


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
