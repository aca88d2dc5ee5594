"""A running audit of what an engine outside answers: one look in a thousand is compared with
everybody, by templates streamed from the people's store.

Who changed between the answer and the comparison tells nothing, and is left out. It takes a
twentieth of a core at most while anything waits, and nothing else.
"""

import logging
import random
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, Protocol

import numpy as np

from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.faces import Matrix
from face_rec.domain.people import GalleryEntry
from face_rec.people.gallery.gallery import batches
from face_rec.people.gallery.shared_rows import centroids
from face_rec.people.gallery.vector_rows import Answer

log = logging.getLogger(__name__)

SHARE: Final = 0.001
MOST_WAITING: Final = 64
"""Answers compared in one pass; what comes meanwhile is not sampled."""
_SAME: Final = 1e-4
"""By so much may scores and leads differ: float32, added in another order."""
_AT_ONCE: Final = 500
_REST: Final = 19.0
"""Times as long as a batch took is waited after it."""
_LATER: Final = 2.0
"""Seconds after which the gallery has heard of every change made before."""

Entries = Callable[[str], Iterable[GalleryEntry]]
"""Everybody of a contract, streamed; may raise StoreError."""


class Agreements(Protocol):
    """Where results are kept. May raise StoreError."""

    def note(self, contract: str, agreed: bool) -> None: ...


class GalleryAudit:
    """A thread of its own. Implements a follower's listener by :meth:`changed`."""

    def __init__(
        self,
        entries: Entries,
        agreements: Agreements,
        clock: Clock,
        chance: Callable[[], float] = random.random,
        rest: float = _REST,
    ) -> None:
        self._entries = entries
        self._agreements = agreements
        self._clock = clock
        self._chance = chance
        self._rest = rest
        self._lock = threading.Lock()
        self._waiting: list[tuple[str, Answer]] = []
        self._changed: set[str] = set()
        self._void = False
        self._some = threading.Event()
        self._thread = Background("gallery-audit", self._run, wake=self._some.set)
        self._stop = self._thread.stopping

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._thread.stop(5)

    def sample(self, contract: str, answer: Answer) -> None:
        """One answer under the digest of a contract; costs microseconds."""
        if self._chance() >= SHARE:
            return
        with self._lock:
            if len(self._waiting) < MOST_WAITING:
                self._waiting.append((contract, answer))
                self._some.set()

    def changed(self, subjects: Collection[str] | None) -> None:
        """Who changed in the gallery; None: anybody may have."""
        with self._lock:
            if subjects is None:
                self._void = True
                self._waiting.clear()
            elif self._waiting:
                self._changed |= set(subjects)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._some.wait()
            self._some.clear()
            if self._stop.wait(_LATER):
                return
            try:
                self.step()
            except StoreError as error:
                log.warning("gallery_audit_failed reason=%s", error)

    def step(self) -> None:
        """Compare what waits. Raises StoreError."""
        with self._lock:
            waiting, self._void = list(self._waiting), False
        try:
            for contract in {contract for contract, _ in waiting}:
                self._compare(contract, [answer for of, answer in waiting if of == contract])
        finally:
            with self._lock:
                del self._waiting[: len(waiting)]
                if not self._waiting:
                    self._changed.clear()

    def _compare(self, contract: str, answers: list[Answer]) -> None:
        exact = Likest(np.stack([answer.probe for answer in answers]))
        for batch in self._paced(batches(self._entries(contract), _AT_ONCE)):
            exact.see(batch)
        self._stop.wait(_LATER if self._rest else 0)
        with self._lock:
            void, changed = self._void or self._stop.is_set(), set(self._changed)
        for answer, (subjects, scores) in zip(answers, exact.found(), strict=True):
            if not void and not changed & {*subjects, *answer.subjects}:
                self._judge(contract, answer, subjects[0], scores)

    def _judge(
        self, contract: str, answer: Answer, likest: str, scores: tuple[float, float]
    ) -> None:
        with np.errstate(invalid="ignore"):  # nobody, and nobody
            off = np.abs(np.nan_to_num(np.subtract(answer.scores, scores))).max()
        agreed = bool(answer.subjects[0] == likest and off <= _SAME)
        if not agreed:
            log.warning("gallery_audit_differs another=%s off=%.4f",
                        answer.subjects[0] != likest, off)  # fmt: skip
        self._agreements.note(contract, agreed)

    def _paced(self, parts: Iterator[list[GalleryEntry]]) -> Iterator[list[GalleryEntry]]:
        while not self._stop.is_set():
            begun = self._clock.monotonic()
            part = next(parts, None)
            if part is None:
                return
            yield part
            self._stop.wait(self._rest * (self._clock.monotonic() - begun))


class Likest:
    """Of all people shown to it, the two likest of each of ``probes`` (N, D)."""

    def __init__(self, probes: Matrix) -> None:
        self._probes = probes
        self._subjects = [["", ""] for _ in probes]
        self._scores = np.full((len(probes), 2), -np.inf, np.float32)

    def see(self, people: list[GalleryEntry]) -> None:
        counts = np.array([len(person.vectors) for person in people])
        vectors = np.concatenate([person.vectors for person in people])
        first = np.cumsum(counts) - counts
        best = np.maximum.reduceat(vectors @ self._probes.T, first)
        scores = (best + centroids(vectors, counts) @ self._probes.T) / 2  # (P, N)
        for number in range(len(self._probes)):
            self._take(number, people, scores[:, number])

    def _take(self, number: int, people: list[GalleryEntry], scores: Matrix) -> None:
        likest = np.argsort(-scores, kind="stable")[:2].tolist()
        known = zip(self._scores[number].tolist(), self._subjects[number], strict=True)
        both = [*known, *((float(scores[n]), people[n].subject) for n in likest)]
        both.sort(key=lambda one: -one[0])
        self._scores[number] = [score for score, _ in both[:2]]
        self._subjects[number] = [subject for _, subject in both[:2]]

    def found(self) -> list[tuple[tuple[str, str], tuple[float, float]]]:
        """Subjects and scores; "" and -inf for nobody."""
        return [
            ((one, other), (float(best), float(second)))
            for (one, other), (best, second) in zip(self._subjects, self._scores, strict=True)
        ]
