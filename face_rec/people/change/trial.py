"""Both models side by side, before anybody is switched: who would be named differently."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from face_rec.clock import Clock
from face_rec.domain.faces import Matrix, Vector
from face_rec.domain.people import Contract, GalleryEntry, Person
from face_rec.domain.recognition import NO_MATCH, Match
from face_rec.people.change.plan import NAMED, Alike, Looks, Plan, Trial
from face_rec.people.gallery.gallery import MemoryGallery, batches, centroid
from face_rec.protocols.models import FaceModels
from face_rec.protocols.people_store import PeopleReader

MOST_LOOKS: Final = 20_000
"""That are compared: more would take long and tell nothing new. Of so many people, each counts
once before any counts twice."""
AT_ONCE: Final = 10_000
_AT_ONCE: Final = 128  # probes, and rows of all pairs

GoOn = Callable[[], None]
"""Raises where the work must go no further."""


@dataclass(frozen=True, slots=True)
class Known:
    """Who can be compared: two photos or more, each embedded under both contracts. ``photos``:
    their names."""

    subject: str
    photos: tuple[str, ...]


@dataclass(slots=True)
class Outcomes:
    """By subject and photo that was kept back, whom a model named."""

    threshold: float
    margin: float
    named: dict[tuple[str, str], str | None] = field(default_factory=dict)
    alike: list[Alike] = field(default_factory=list)
    pairs: int = 0

    def looks(self) -> Looks:
        right = sum(who == subject for (subject, _), who in self.named.items())
        nobody = sum(who is None for who in self.named.values())
        wrong = len(self.named) - right - nobody
        return Looks(right, nobody, wrong, self.threshold, self.margin)


class Comparison:
    """For each person one photo after the other is left out of both galleries and looked for in
    them, as a kiosk would, with each model's own threshold."""

    def __init__(self, people: PeopleReader, clock: Clock, at_once: int = AT_ONCE) -> None:
        """``at_once``: people who are compared at a time."""
        self._people = people
        self._clock = clock
        self._at_once = at_once

    def of(self, plan: Plan, old: FaceModels, new: FaceModels, go_on: GoOn) -> Trial:
        """Raises what ``go_on`` raises, and StoreUnavailable."""
        everybody = self._people.everybody().people
        contracts = (old.contract.digest, new.contract.digest)
        known = [one for person in everybody if (one := _known(person, contracts))]
        looks = _looks(known)
        there = Trials(self._people, everybody, looks, go_on)
        before, after = (there.under(models, self._at_once) for models in (old, new))
        common = before.named.keys() & after.named.keys()
        for outcomes in (before, after):
            outcomes.named = {look: outcomes.named[look] for look in common}
        return self._told(plan, before, after, _matchable(everybody, new.contract.digest))

    def _told(self, plan: Plan, old: Outcomes, new: Outcomes, people: int) -> Trial:
        changed = sorted({s for (s, p), who in new.named.items() if who != old.named[s, p]})
        lost = {s for (s, p), who in new.named.items() if who is None and old.named[s, p] == s}
        return Trial(
            name=plan.name, at=self._clock.now(), people=people, looks=len(new.named),
            single=people - len({subject for subject, _ in new.named}),
            old=old.looks(), new=new.looks(), differently=len(changed), lost=len(lost),
            changed=tuple(changed[:NAMED]), alike_old=old.pairs, alike=new.pairs,
            pairs=tuple(new.alike),
        )  # fmt: skip


@dataclass(slots=True, eq=False)
class Round:
    """One photo of many people left out: ``left_out`` by subject. Of each look that is made so:
    whose it is, the probe, and whom it was likest so far, with score and that of the next."""

    left_out: dict[str, str]
    subjects: list[str] = field(default_factory=list)
    probes: list[Vector] = field(default_factory=list)
    best: list[Match] = field(default_factory=list)

    def add(self, subject: str, probe: Vector) -> None:
        self.subjects.append(subject)
        self.probes.append(probe.copy())  # or it would hold all of the person's
        self.best.append(NO_MATCH)

    def see(self, start: int, matches: Iterable[Match]) -> None:
        """``matches`` of the probes from ``start`` on, among some more people."""
        for place, found in enumerate(matches, start):
            self.best[place] = _likelier(self.best[place], found)


@dataclass(slots=True, eq=False)
class Faces:
    """Everybody's mean face, by their ``subjects``; ``templates``: how many there are."""

    centres: Matrix
    subjects: list[str] = field(default_factory=list)
    templates: int = 0

    def add(self, entry: GalleryEntry) -> None:
        if len(self.subjects) < len(self.centres):  # else they came after it was counted
            self.centres[len(self.subjects)] = centroid(entry.vectors)
            self.subjects.append(entry.subject)
        self.templates += len(entry.vectors)


class Trials:
    """``looks``: by round, whose photo is left out, and which.

    Everybody is read twice: for the probes, and then, so many at a time, to be compared with all
    of these. What is kept grows with the looks, of which there are MOST_LOOKS at most, and by one
    mean face a person.
    """

    def __init__(
        self,
        people: PeopleReader,
        everybody: Sequence[Person],
        looks: Sequence[dict[str, str]],
        go_on: GoOn,
    ) -> None:
        self._people = people
        self._by_subject = {person.subject: person for person in everybody}
        self._looks = looks
        self._go_on = go_on

    def under(self, models: FaceModels, at_once: int) -> Outcomes:
        """Whom ``models`` name, with so many people compared ``at_once``."""
        contract, calibration = models.contract, models.calibration
        rounds = [Round(left_out) for left_out in self._looks]
        faces = self._read(contract, rounds)
        count = max(1, faces.templates)
        found = Outcomes(calibration.threshold(count), calibration.margin(count))
        self._alike(faces, found)
        del faces
        self._compare(contract, rounds, found, at_once)
        return found

    def _entries(self, contract: Contract) -> Iterator[GalleryEntry]:
        for entry in self._people.entries(contract.digest):
            if entry.vectors.shape[1:] == (contract.dimension,):
                yield entry

    def _read(self, contract: Contract, rounds: Sequence[Round]) -> Faces:
        """All mean faces; the probes go to their ``rounds``."""
        faces = Faces(np.empty((len(self._by_subject), contract.dimension), np.float32))
        for entry in self._entries(contract):
            faces.add(entry)
            for one in rounds:
                row = self._row(entry, contract.digest, one.left_out.get(entry.subject))
                if row is not None:
                    one.add(entry.subject, entry.vectors[row])
        return faces

    def _compare(
        self, contract: Contract, rounds: Sequence[Round], found: Outcomes, at_once: int
    ) -> None:
        """Whom each look names among all. One whose person has changed since it was read says
        nothing: it would be compared with itself."""
        sure: list[set[str]] = [set() for _ in rounds]
        for some in batches(self._entries(contract), at_once):
            for one, left in zip(rounds, sure, strict=True):
                left.update(self._among(contract, some, one))
        for one, left in zip(rounds, sure, strict=True):
            for subject, match in zip(one.subjects, one.best, strict=True):
                if subject in left:
                    found.named[subject, one.left_out[subject]] = _name(match, found)

    def _among(self, contract: Contract, some: Sequence[GalleryEntry], one: Round) -> set[str]:
        """Compare a round's probes with these people, and say whose photo was left out."""
        rest: list[GalleryEntry] = []
        left: set[str] = set()
        for entry in some:
            row = self._row(entry, contract.digest, one.left_out.get(entry.subject))
            if row is None:
                rest.append(entry)
                continue
            left.add(entry.subject)
            rest.append(GalleryEntry(entry.subject, np.delete(entry.vectors, row, axis=0)))
        gallery = MemoryGallery(contract)
        gallery.load(rest, 0, len(rest))
        for start in range(0, len(one.probes), _AT_ONCE):
            self._go_on()
            one.see(start, gallery.own_matches(np.stack(one.probes[start : start + _AT_ONCE])))
        return left

    def _row(self, entry: GalleryEntry, contract: str, photo: str | None) -> int | None:
        """Which of the rows was made from ``photo``; None where they have changed meanwhile."""
        person = self._by_subject.get(entry.subject)
        if photo is None or person is None:
            return None
        photos = [info.photo for info in person.templates if info.contract == contract]
        if len(photos) != len(entry.vectors) or len(photos) < 2:
            return None
        return photos.index(photo) if photo in photos else None

    def _alike(self, faces: Faces, found: Outcomes) -> None:
        """Pairs of people whose faces are nearer than the threshold."""
        centres = faces.centres[: len(faces.subjects)]
        for start in range(0, len(centres), _AT_ONCE):
            self._go_on()
            scores = centres[start : start + _AT_ONCE] @ centres[start:].T
            scores[np.tril_indices(len(scores))] = -np.inf  # each pair once
            found.pairs += int(np.count_nonzero(scores >= found.threshold))
            worth = found.alike[-1].score if len(found.alike) == NAMED else found.threshold
            ones, others = np.nonzero(scores >= worth)
            best = np.argsort(-scores[ones, others])[:NAMED]
            pairs = [
                Alike(
                    faces.subjects[start + one],
                    faces.subjects[start + other],
                    round(float(scores[one, other]), 3),
                )
                for one, other in zip(ones[best].tolist(), others[best].tolist(), strict=True)
            ]
            every = sorted([*found.alike, *pairs], key=lambda pair: pair.score, reverse=True)
            found.alike = every[:NAMED]


def _likelier(one: Match, other: Match) -> Match:
    """The best of two parts of a gallery, with its lead over the next of both."""
    first, second = (one, other) if one.score >= other.score else (other, one)
    following = max(first.score - first.margin, second.score)
    return replace(first, margin=first.score - following) if first.subject else first


def _name(match: Match, found: Outcomes) -> str | None:
    """Whom a kiosk would name: see ``journey.decide``."""
    sure = match.score >= found.threshold and match.margin >= found.margin
    return match.subject if sure else None


def _known(person: Person, contracts: Sequence[str]) -> Known | None:
    if not person.matchable:
        return None
    by_contract = [
        [info.photo for info in person.templates if info.contract == contract and info.photo]
        for contract in contracts
    ]
    common = [photo for photo in by_contract[0] if photo in set(by_contract[1])]
    return Known(person.subject, tuple(common)) if len(common) > 1 else None


def _looks(known: Sequence[Known]) -> list[dict[str, str]]:
    """Rounds: in each, one photo of everybody is left out, another one each time."""
    rounds: list[dict[str, str]] = []
    left = MOST_LOOKS
    for number in range(max((len(one.photos) for one in known), default=0)):
        having = [one for one in known if len(one.photos) > number]
        chosen = having if len(having) <= left else _some(having, left)
        if chosen:
            rounds.append({one.subject: one.photos[number] for one in chosen})
        left -= len(chosen)
    return rounds


def _some(known: Sequence[Known], count: int) -> list[Known]:
    """As many as ``count``, at random: the order of people must not choose."""
    return secrets.SystemRandom().sample(list(known), count)


def _matchable(people: Sequence[Person], contract: str) -> int:
    return sum(
        person.matchable and any(info.contract == contract for info in person.templates)
        for person in people
    )
