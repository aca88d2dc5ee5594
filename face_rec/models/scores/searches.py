"""Searches of a gallery with looks at its own people: what strangers and acquaintances score.

By the method of NIST's FRTE 1:N (NISTIR 8271) mated and non-mated searches are kept apart. Here
every look at somebody makes one of each: it is searched for in the gallery without them (then
nobody is right: a non-mated search), and among what is enrolled of them besides that very photo
(a mated search). Scores are those that the kiosk takes: half best template, half centroid.
"""

import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from face_rec import background
from face_rec.domain.faces import Matrix
from face_rec.domain.people import GalleryEntry
from face_rec.models.scores.bounds import Flags, People
from face_rec.models.scores.tail import Scores
from face_rec.people.gallery.gallery import MemoryGallery, likeness

LOOKS: Final = 24
"""In one product: with 10,000 people some 8 ms of one core."""
MOST_LOOKS: Final = 10
"""Of one person, so that nobody who comes often is most of what is measured."""
_NICENESS: Final = 15
_NOBODY: Final = -1
UNNAMED: Final = -1.0
"""The score of a search that names nobody whatever the threshold, for want of a lead."""


@dataclass(frozen=True, slots=True, eq=False)
class Searches:
    """N looks, all arrays (N,). ``people``: whose each is, as a place in ``subjects``; ``places``:
    which template of theirs, from 0. ``own``: the score for themselves, NaN where nothing else of
    them is enrolled. ``other``: the best score of anybody else, who is ``rivals`` (a place in
    ``subjects``, or -1), and ``leads``: how far they are ahead of the next one."""

    subjects: tuple[str, ...]
    people: People
    places: People
    own: Scores
    other: Scores
    leads: Scores
    rivals: People

    def __len__(self) -> int:
        return len(self.people)

    @property
    def mated(self) -> Flags:
        """Those with something of their person to find."""
        return ~np.isnan(self.own)

    def only(self, some: Flags) -> "Searches":
        """Those that are marked in ``some`` (N,)."""
        return Searches(
            self.subjects, self.people[some], self.places[some], self.own[some],
            self.other[some], self.leads[some], self.rivals[some],
        )  # fmt: skip

    def owners(self, margin: float) -> Scores:
        """The threshold up to which each mated search names its person, or UNNAMED."""
        found = self.mated
        own, other = self.own[found], self.other[found]
        return np.where(own - other >= margin, own, UNNAMED)


class Pause:
    """Work in small pieces that leaves the machine to others: after each it rests for as long as
    the piece took, and its thread steps back behind those of the kiosk."""

    def __init__(
        self,
        wait: Callable[[float], object] = time.sleep,
        now: Callable[[], float] = time.thread_time,
    ) -> None:
        self._wait = wait
        self._now = now
        self._last: float | None = None

    def step_back(self) -> None:
        """Lower this thread's priority, for good: only threads that end with their work may."""
        background.step_back(_NICENESS)

    def __call__(self) -> None:
        """Rest; at the first call only begin to measure."""
        now = self._now()
        if self._last is not None:
            self._wait(now - self._last)
        self._last = self._now()


@dataclass(slots=True)
class Collector:
    """Makes :class:`Searches` of looks that come person by person, in 40 bytes a look."""

    gallery: MemoryGallery
    _numbers: dict[str, int] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _whole: "array[int]" = field(default_factory=lambda: array("q"))
    _scores: "array[float]" = field(default_factory=lambda: array("d"))

    def templates(self, entries: Iterable[GalleryEntry]) -> Iterator[int]:
        """Search with all templates of each of ``entries``; yields after each block of looks how
        many people it has done. Each is left out of what is searched for its own person."""
        done = 0
        for done, block in _blocks(entries):
            looks = [
                (entry.subject, place, vector, _left(entry.vectors, place))
                for entry in block
                for place, vector in enumerate(entry.vectors[:MOST_LOOKS])
            ]
            for start in range(0, len(looks), LOOKS):
                part = looks[start : start + LOOKS]
                self._search(
                    [subject for subject, *_ in part],
                    [place for _, place, *_ in part],
                    np.stack([vector for _, _, vector, _ in part]),
                    [own for *_, own in part],
                )
            yield done

    def looks(self, entry: GalleryEntry, probes: Matrix) -> None:
        """Search with other pictures (K, D) of somebody enrolled with ``entry``."""
        seen = self._counts.get(entry.subject, 0)
        probes = probes[: MOST_LOOKS - seen]
        self._counts[entry.subject] = seen + len(probes)
        own = [likeness(entry.vectors, probe) for probe in probes]
        self._search([entry.subject] * len(own), range(seen, seen + len(own)), probes, own)

    def made(self) -> Searches:
        """All searches so far."""
        whole = np.array(self._whole, np.intp).reshape(-1, 3)
        scores = np.array(self._scores, np.float64).reshape(-1, 3)
        return Searches(
            tuple(self._numbers), whole[:, 0], whole[:, 1],
            scores[:, 0], scores[:, 1], scores[:, 2], whole[:, 2],
        )  # fmt: skip

    def _search(
        self, subjects: Sequence[str], places: Iterable[int], probes: Matrix, own: Iterable[float]
    ) -> None:
        found = self.gallery.without(probes, subjects)
        for subject, place, score, match in zip(subjects, places, own, found, strict=True):
            rival = _NOBODY if match.subject is None else self._number(match.subject)
            self._whole.extend((self._number(subject), place, rival))
            self._scores.extend((score, match.score, match.margin))

    def _number(self, subject: str) -> int:
        return self._numbers.setdefault(subject, len(self._numbers))


def _left(vectors: Matrix, place: int) -> float:
    """The score of one template for its own person, without it; NaN where it is the only one."""
    if len(vectors) < 2:
        return float("nan")
    return likeness(np.delete(vectors, place, axis=0), vectors[place])


def _blocks(entries: Iterable[GalleryEntry]) -> Iterator[tuple[int, list[GalleryEntry]]]:
    """People with at least LOOKS templates between them, and how many people there were so far."""
    block: list[GalleryEntry] = []
    done = looks = 0
    for done, entry in enumerate(entries, 1):
        block.append(entry)
        looks += len(entry.vectors)
        if looks >= LOOKS:
            yield done, block
            block, looks = [], 0
    if block:
        yield done, block
