"""Both models side by side, before anybody is switched: who would be named differently."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from face_rec.clock import Clock
from face_rec.domain.faces import Matrix
from face_rec.domain.people import Contract, GalleryEntry, Person
from face_rec.domain.recognition import Match
from face_rec.people.change.plan import NAMED, Alike, Looks, Plan, Trial
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.protocols.models import FaceModels
from face_rec.protocols.people import PeopleReader

MOST_LOOKS: Final = 20_000
"""That are compared: more would take long and tell nothing new. Of so many people, each counts
once before any counts twice."""
_AT_ONCE: Final = 256  # probes, and rows of all pairs

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
    them, as a kiosk would, with each model's own threshold. Memory: 2.6 galleries (322 MB for
    10,000 people with five photos, where one is 123 MB)."""

    def __init__(self, people: PeopleReader, clock: Clock) -> None:
        self._people = people
        self._clock = clock

    def of(self, plan: Plan, old: FaceModels, new: FaceModels, go_on: GoOn) -> Trial:
        """Raises what ``go_on`` raises, and StoreUnavailable."""
        everybody = self._people.everybody().people
        contracts = (old.contract.digest, new.contract.digest)
        known = [one for person in everybody if (one := _known(person, contracts))]
        looks = _looks(known)
        there = Trials(self._people, everybody, looks, go_on)
        before, after = there.under(old), there.under(new)
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


class Trials:
    """``looks``: by round, whose photo is left out, and which."""

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

    def under(self, models: FaceModels) -> Outcomes:
        """Whom ``models`` name."""
        entries = list(self._entries(models.contract))
        count = max(1, sum(len(entry.vectors) for entry in entries))
        calibration = models.calibration
        found = Outcomes(calibration.threshold(count), calibration.margin(count))
        for left_out in self._looks:
            self._round(models.contract, entries, left_out, found)
        self._alike(entries, found)
        return found

    def _entries(self, contract: Contract) -> Iterator[GalleryEntry]:
        for entry in self._people.entries(contract.digest):
            if entry.vectors.shape[1:] == (contract.dimension,):
                yield entry

    def _round(
        self,
        contract: Contract,
        entries: Sequence[GalleryEntry],
        left_out: dict[str, str],
        found: Outcomes,
    ) -> None:
        gallery = MemoryGallery(contract)
        subjects: list[tuple[str, str]] = []
        probes: list[Matrix] = []
        rest: list[GalleryEntry] = []
        for entry in entries:
            row = self._row(entry, contract.digest, left_out.get(entry.subject))
            if row is None:
                rest.append(entry)
                continue
            subjects.append((entry.subject, left_out[entry.subject]))
            probes.append(entry.vectors[row : row + 1])
            rest.append(GalleryEntry(entry.subject, np.delete(entry.vectors, row, axis=0)))
        gallery.load(rest, 0, len(rest))
        for start in range(0, len(probes), _AT_ONCE):
            self._go_on()
            matches = gallery.match(np.concatenate(probes[start : start + _AT_ONCE]))
            for look, match in zip(subjects[start:], matches, strict=False):
                found.named[look] = _name(match, found)

    def _row(self, entry: GalleryEntry, contract: str, photo: str | None) -> int | None:
        """Which of the rows was made from ``photo``; None where they have changed meanwhile."""
        person = self._by_subject.get(entry.subject)
        if photo is None or person is None:
            return None
        photos = [info.photo for info in person.templates if info.contract == contract]
        if len(photos) != len(entry.vectors) or len(photos) < 2:
            return None
        return photos.index(photo) if photo in photos else None

    def _alike(self, entries: Sequence[GalleryEntry], found: Outcomes) -> None:
        """Pairs of people whose faces are nearer than the threshold."""
        if not entries:
            return
        centres = np.stack([entry.vectors.mean(axis=0) for entry in entries])
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
        pairs: list[Alike] = []
        for start in range(0, len(centres), _AT_ONCE):
            self._go_on()
            scores = centres[start : start + _AT_ONCE] @ centres[start:].T
            ones, others = np.nonzero(np.triu(scores >= found.threshold, 1))
            found.pairs += len(ones)
            best = np.argsort(-scores[ones, others])[:NAMED]
            pairs += [
                Alike(
                    entries[start + one].subject,
                    entries[start + other].subject,
                    round(float(scores[one, other]), 3),
                )
                for one, other in zip(ones[best].tolist(), others[best].tolist(), strict=True)
            ]
        found.alike = sorted(pairs, key=lambda pair: pair.score, reverse=True)[:NAMED]


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
