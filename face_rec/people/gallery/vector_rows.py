"""Centroids in an engine outside, which all processes of the site share; templates where they are
anyway, in the people's store. In memory lie names, and the templates of those looked at lately.

Each process compares all people with the engine while it loads, and puts what is missing or other
there: so it never uses an index of another revision than its own, and one that was lost is filled
by whoever loads first. Of the engine's answer the order alone is used; scores and leads are
counted here, by the templates that the store has now.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.faces import Matrix, Vector
from face_rec.domain.people import GalleryBlock, GalleryEntry
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.people.gallery.kept_templates import KeptTemplates
from face_rec.people.gallery.looked_again import BESIDE, looked_again
from face_rec.people.gallery.rows import LeftOut, Names, Places
from face_rec.people.gallery.shared_rows import candidates_of, centroids
from face_rec.protocols.vectors import VectorIndex

_LEAST_OF: Final = 2
"""Where an engine names fewer than one in so many of those whom it was asked for, it lacks people:
then neither is the best known to be the best, nor the next one to be the next."""

_TOO_FEW: Final = msgid(
    "The vector engine names {fewest} people of {wanted}, and so cannot say who is the likest. "
    "Nobody is recognised until its index is whole again."
)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What was answered to ``probe`` (D,): the two likest and their scores, -inf for nobody."""

    probe: Vector
    subjects: tuple[str, str]
    scores: tuple[float, float]


Sample = Callable[[Answer], None]
"""Told every answer; keeps one of many. Must not raise, nor wait."""


def unsampled(_answer: Answer) -> None:
    """A ``Sample`` for where nothing is audited."""


class VectorRows:
    """Implements PeopleRows. Changes go to the engine first, which may refuse."""

    def __init__(
        self, index: VectorIndex, kept: KeptTemplates, sample: Sample = unsampled
    ) -> None:
        self._index = index
        self._kept = kept
        self._sample = sample
        self._counts = np.zeros(0, np.int16)  # templates, by place
        self._opened = False
        self.templates = 0

    @property
    def nbytes(self) -> int:
        return self._kept.nbytes + int(self._counts.nbytes)

    # --- changes

    def expect(self, people: int, _templates: float) -> None:
        self._lengthen(people)

    def append(self, first: int, people: Sequence[GalleryEntry]) -> None:
        self.append_block(first, GalleryBlock.of(people))

    def append_block(self, first: int, people: GalleryBlock) -> None:
        self._add(people)
        last = first + len(people.subjects)
        self._lengthen(last)
        self._counts[first:last] = people.counts
        self.templates += len(people.vectors)

    def put(self, place: int, person: GalleryEntry) -> None:
        self._add(GalleryBlock.of([person]))
        self._count(place, len(person.vectors))

    def remove(self, place: int, last: int, subject: str) -> None:
        self._ready().remove([subject])
        self._kept.drop(subject)
        self._count(place, 0)
        self._counts[place], self._counts[last] = self._counts[last], 0

    def settle(self, names: Names) -> None:
        """Whom the engine has and the gallery does not is gone by now, or has come meanwhile."""
        index = self._ready()
        if index.count() > len(names):
            for subjects in index.subjects():
                strange = [subject for subject in subjects if subject not in names.places]
                come = self._kept.of(strange)
                index.remove([subject for subject in strange if subject not in come])
        if index.count() * 100 < len(names) * 99:  # some may have been erased meanwhile
            raise StoreUnavailable(
                msgid(
                    "The vector engine lost people while they were put there. It "
                    "is filled again; if this stays, give it more memory (2 KB for "
                    "each person) and maxmemory-policy noeviction."
                )
            )

    def _add(self, people: GalleryBlock) -> None:
        self._ready().add(people.subjects, centroids(people.vectors, people.counts))
        for subject in people.subjects:
            self._kept.drop(subject)

    def _ready(self) -> VectorIndex:
        if not self._opened:
            self._index.open()
            self._opened = True
        return self._index

    def _count(self, place: int, templates: int) -> None:
        self.templates += templates - int(self._counts[place])
        self._counts[place] = templates

    def _lengthen(self, people: int) -> None:
        if people > len(self._counts):
            more = max(people - len(self._counts), len(self._counts) // 8, 64)
            self._counts = np.pad(self._counts, (0, more))

    def check(self) -> None:
        self._ready().check()

    # --- the match

    def scored(self, probes: Matrix, names: Names, left_out: LeftOut) -> tuple[Places, Matrix]:
        count = min(candidates_of(len(names)), len(names))
        found, templates = self._named(probes, names, min(count + BESIDE, len(names)))
        fewest = min(map(len, found))
        without = {probe: names.subjects[place] for probe, place in left_out}
        rows = []
        for number, (probe, subjects) in enumerate(zip(probes, found, strict=True)):
            gone = np.array([subject == without.get(number) for subject in subjects])
            chosen, scores = looked_again(probe, [templates[s] for s in subjects], gone, count)
            likest = [subjects[place] for place in chosen.tolist()]
            if not gone.any():
                self._tell(probe, likest, scores)
            places = np.array([names.places[subject] for subject in likest], np.intp)
            rows.append((places[:fewest], scores[:fewest]))
        return np.array([places for places, _ in rows]), np.array([s for _, s in rows])

    def _named(
        self, probes: Matrix, names: Names, wanted: int
    ) -> tuple[list[list[str]], dict[str, Matrix]]:
        """By probe the ``wanted`` likest by the engine's order, without those who are not here any
        more, and the templates of all of them. Raises StoreUnavailable where they are too few."""
        found = [
            [subject for subject in dict.fromkeys(subjects) if subject in names.places]
            for subjects in self._index.nearest(probes, wanted, len(names))
        ]
        templates = self._kept.of([subject for subjects in found for subject in subjects])
        found = [[one for one in subjects if one in templates] for subjects in found]
        fewest = min(map(len, found))
        if fewest * _LEAST_OF < wanted:
            raise StoreUnavailable(sentence(_TOO_FEW, fewest=fewest, wanted=wanted))
        return found, templates

    def _tell(self, probe: Vector, subjects: Sequence[str], scores: Vector) -> None:
        best = np.argsort(-scores, kind="stable")[:2].tolist()
        named = [*(subjects[place] for place in best), ""]
        worth = [*(float(scores[place]) for place in best), -np.inf]
        self._sample(Answer(probe, (named[0], named[1]), (worth[0], worth[1])))
