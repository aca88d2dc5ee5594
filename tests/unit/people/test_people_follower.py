import dataclasses
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.faces import Matrix
from face_rec.domain.people import Change, GalleryEntry
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.protocols.models import Progress
from tests.fakes.enrolment import People, colour
from tests.fakes.models import fake_models
from tests.fakes.people import FakePeople


def _probe(people: People, who: int) -> Matrix:
    models = people.models.current()
    assert models is not None
    vector = models.embedder.vector_of(colour(who))  # type: ignore[attr-defined]
    return np.asarray(vector[np.newaxis], np.float32)


def _named(people: People, who: int, follower: GalleryFollower | None = None) -> str | None:
    models = people.models.current()
    assert models is not None
    gallery = (follower or people.follower).gallery
    found = gallery.match(_probe(people, who), models.contract)
    assert found is not None
    return found[0].subject if found[0].score > 0.9 else None


def _registered(people: People, who: int) -> str:
    details = people.details(f"id{who}", f"Person {who}")
    return people.enrolment.register(details, [people.photo(who)]).subject


def _gap(since: int, block_ms: int = 0) -> list[Change] | None:
    return None


def test_a_new_person_is_known_to_a_running_follower_within_a_second() -> None:
    here, elsewhere = People(), People()
    follower = GalleryFollower(here.store, here.models, here.clock)
    follower.start()
    elsewhere = People(here.store)
    try:
        subject = _registered(elsewhere, 1)
        assert follower.wait(here.store.revision(), timeout=1)
        assert _named(here, 1, follower) == subject
    finally:
        follower.close()


def test_changes_are_applied_in_the_stores_order() -> None:
    people = People()
    first, second = _registered(people, 1), _registered(people, 2)
    people.enrolment.set_active(first, active=False)
    people.store.delete(second)
    people.follower.step(block_ms=0)
    assert _named(people, 1) is None
    assert _named(people, 2) is None
    people.enrolment.set_active(first, active=True)
    people.follower.step(block_ms=0)
    assert _named(people, 1) == first
    assert people.follower.gallery.revision == people.store.revision()


def test_a_gap_is_closed_by_a_rebuild(monkeypatch: pytest.MonkeyPatch) -> None:
    people = People()
    subject = _registered(people, 1)
    told: list[object] = []
    follower = GalleryFollower(people.store, people.models, people.clock, [told.append])
    follower.step(0)
    monkeypatch.setattr(people.store, "changes", _gap)
    follower.step(0)
    assert told == [None, None]
    assert _named(people, 1, follower) == subject


class _Failing(FakePeople):
    """Breaks off in the middle of a load while ``broken``."""

    broken = False

    def entries(self, contract: str, progress: Progress | None = None) -> Iterator[GalleryEntry]:
        for number, entry in enumerate(super().entries(contract)):
            if self.broken and number == 1:
                raise StoreUnavailable("Redis went away.")
            yield entry


def test_a_failed_rebuild_keeps_the_old_matrix_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("face_rec.people.gallery.follower._RETRY_SECONDS", 0.01)
    people = People(_Failing())
    subjects = [_registered(people, who) for who in (1, 2)]
    people.follower.step(0)
    store = people.store
    assert isinstance(store, _Failing)
    monkeypatch.setattr(store, "changes", _gap)
    store.broken = True
    people.follower.start()
    deadline = time.monotonic() + 5
    while not people.follower.status().error and time.monotonic() < deadline:
        threading.Event().wait(0.005)
    assert people.follower.status().error == "Redis went away."
    assert people.follower.status().people == 2
    assert [_named(people, who) for who in (1, 2)] == subjects
    store.broken = False
    while people.follower.status().error and time.monotonic() < deadline:
        threading.Event().wait(0.005)
    people.follower.close()
    assert people.follower.status().error == ""


def test_nobody_is_matched_across_two_models() -> None:
    people = People()
    _registered(people, 1)
    people.models.models = fake_models(digest="other")
    other = people.models.models.contract
    assert people.follower.gallery.match(_probe(people, 1), other) is None
    assert people.follower.gallery.nearest(_probe(people, 1)[0], other, 3) is None
    people.follower.step(0)
    assert people.follower.status().people == 0
    people.models.models = fake_models()
    people.follower.step(0)
    assert people.follower.status().people == 1


def test_without_a_model_there_is_nobody_and_no_wait_succeeds() -> None:
    people = People(models=None)
    people.follower.step(0)
    contract = fake_models().contract
    assert people.follower.gallery.match(np.zeros((2, 8), np.float32), contract) is None
    assert not people.follower.wait(0, timeout=0)
    assert not people.follower.status().ready


def test_the_age_of_the_gallery_is_known() -> None:
    people = People()
    people.follower.step(0)
    people.clock.advance(7)
    assert people.follower.status().age == pytest.approx(7)


def test_a_broken_entry_does_not_keep_others_out() -> None:
    people = People()
    bad, good = _registered(people, 1), _registered(people, 2)
    stored = people.store.templates(bad)
    broken = dataclasses.replace(stored[0], vector=np.ones(3, np.float32))
    people.store._templates[bad] = [broken]
    fresh = GalleryFollower(people.store, people.models, people.clock)
    fresh.step(0)
    assert fresh.status().people == 1
    assert _named(people, 2, fresh) == good


def test_erasing_a_person_takes_the_name_off_the_screens() -> None:
    people = People()
    subject = _registered(people, 1)
    assert people.directory.name(subject) == "Person 1"
    people.store.delete(subject)
    people.follower.step(0)
    people.store.available = False
    assert people.directory.name(subject) == ""


def test_who_a_failover_has_lost_is_recognised_no_more_though_the_revision_fits() -> None:
    people = People()
    lost = _registered(people, 1)
    people.follower.step(0)
    for lost_with_it in (people.store._people, people.store._templates, people.store._changes):
        lost_with_it.clear()
    kept = _registered(people, 2)
    people.follower.doubt()
    people.follower.step(0)
    assert people.follower.gallery.revision == people.store.revision() == 1
    assert (_named(people, 1), _named(people, 2)) == (None, kept)
    assert lost != kept
