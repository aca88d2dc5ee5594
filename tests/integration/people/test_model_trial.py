"""Both models side by side before the switch, however many are compared at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from face_rec.domain.faces import Image, Matrix
from face_rec.domain.people import GalleryEntry, Person
from face_rec.people.change.plan import Alike, Trial
from face_rec.people.change.trial import Comparison
from face_rec.protocols.models import Progress
from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock
from tests.fakes.enrolment import colour
from tests.fakes.models import FakeEmbedder
from tests.integration.people.change_site import PHOTOS, ChangingSite, Packs, two_packs


class Confused(FakeEmbedder):
    """Takes person 1 for person 0, and sees person 2 in no two photos alike."""

    def embed(self, crops: Sequence[Image]) -> Matrix:
        rows = super().embed(crops)
        for number, row in enumerate(rows):
            if row @ self.vector_of(colour(1)) > 0.9:
                rows[number] = self.vector_of(colour(0))
            if row @ self.vector_of(colour(2)) > 0.9:
                self.seen = getattr(self, "seen", 0) + 1
                lots = np.random.default_rng((self.seen - 1) // 2).normal(size=len(row))
                rows[number] = (lots / np.linalg.norm(lots)).astype(np.float32)
        return rows


def test_the_trial_says_who_would_be_named_differently_and_who_look_alike(
    redis_client: Client, tmp_path: Path
) -> None:
    packs = two_packs()
    packs = Packs(packs.used, replace(packs.installed["new"], embedder=Confused(digest="new")))
    site = ChangingSite(redis_client, tmp_path / "pictures", packs, FakeClock())
    people = [site.register(who) for who in range(4)]
    single = site.register(5, photos=1)
    site.change.begin("new")
    site.steps()
    status = site.change.status()
    assert status is not None
    trial = status.trial
    assert trial is not None
    assert (trial.people, trial.looks, trial.single) == (5, 4 * PHOTOS, 1)
    assert (trial.old.right, trial.old.nobody, trial.old.wrong) == (12, 0, 0)
    assert (trial.new.right, trial.new.wrong) == (3, 0)
    assert trial.new.nobody == 9, "two look the same: neither leads; one looks like nobody"
    assert set(trial.changed) == {people[who].subject for who in (0, 1, 2)}
    assert (trial.differently, trial.lost) == (3, 3)
    (pair,) = trial.pairs
    assert {pair.one, pair.other} == {people[0].subject, people[1].subject}
    assert (trial.alike_old, trial.alike) == (0, 1)
    assert (trial.old.threshold, trial.old.margin) == (0.6, 0.1)
    assert single.subject not in trial.subjects()
    for at_once in (1, 2, 3):
        again = Comparison(site.people, site.clock, at_once).of(
            status.plan, packs.used, packs.installed["new"], lambda: None
        )
        assert replace(again, at=trial.at) == trial
    site.store.forget(people[0].subject)
    kept = site.store.trial()
    assert kept is not None
    assert people[0].subject not in kept.subjects()


def test_a_trial_names_nobody_who_is_erased_while_it_is_written(
    site: ChangingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An erasure cuts its person out of the trial, and removes the person afterwards."""
    one, other = site.register(0), site.register(1)
    site.change.begin("new")
    site.steps()
    plan, tried = site.store.plan(), site.store.trial()
    assert plan is not None
    assert tried is not None
    made = replace(tried, pairs=(Alike(one.subject, other.subject, 0.9),))
    monkeypatch.setattr(site.job, "_comparison", Made(made))
    many = site.people.many

    def erased_after(subjects: Sequence[str]) -> Mapping[str, Person]:
        found = many(subjects)
        if other.subject in found:
            monkeypatch.setattr(site.people, "many", many)
            site.store.forget(other.subject)
            site.people.delete(other.subject)
        return found

    monkeypatch.setattr(site.people, "many", erased_after)
    site.store.keep(None)
    site.job._try(plan)
    kept = site.store.trial()
    assert kept is not None
    assert other.subject not in kept.subjects()


def test_a_trial_that_was_written_between_the_two_steps_of_an_erasure_is_looked_at_again(
    site: ChangingSite,
) -> None:
    one, other = site.register(0), site.register(1)
    site.change.begin("new")
    site.steps()
    site.store.forget(other.subject)
    tried = site.store.trial()
    assert tried is not None
    site.store.keep(replace(tried, pairs=(Alike(one.subject, other.subject, 0.9),)))
    site.people.delete(other.subject)
    site.look_again()
    kept = site.store.trial()
    assert kept is not None
    assert not kept.subjects()


class Made:
    """A comparison that was made."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def of(self, *_: object) -> Trial:
        return self._trial


def test_whose_photos_changed_while_they_were_compared_is_not_found_again_in_their_own(
    site: ChangingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody is read twice. Whoever has other photos the second time says nothing: the one that
    was kept back would be compared with itself."""
    one, other = site.register(0), site.register(1)
    site.change.begin("new")
    site.steps()
    status, entries = site.change.status(), site.people.entries
    assert status is not None
    assert status.trial is not None
    assert status.trial.looks == 2 * PHOTOS
    read: list[str] = []

    def second_time(contract: str, progress: Progress | None = None) -> Iterator[GalleryEntry]:
        read.append(contract)
        for entry in entries(contract, progress):
            fewer = entry.subject == one.subject and read.count(contract) == 2
            yield GalleryEntry(entry.subject, entry.vectors[:1]) if fewer else entry

    monkeypatch.setattr(site.people, "entries", second_time)
    packs = site.packs
    made = Comparison(site.people, site.clock).of(
        status.plan, packs.used, packs.installed["new"], lambda: None
    )
    assert read == ["old", "old", "new", "new"]
    assert made.looks == PHOTOS
    assert other.subject not in made.changed
