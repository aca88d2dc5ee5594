"""The gallery in memory against every order of changes, gaps, outages and losses of the store:
once a step has gone well it holds who may be recognised, with their templates, and nobody else."""

import copy
import dataclasses
import logging
from collections.abc import Callable, Iterator
from typing import Any, Final
from unittest import mock

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from face_rec.domain.errors import StoreError, StoreUnavailable
from face_rec.domain.faces import View
from face_rec.domain.people import Change, GalleryEntry, Person, Template, TemplateInfo
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.protocols.models import Progress
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.models import FakeModelSource, fake_models
from tests.fakes.people import FakePeople
from tests.samples import CONSENT, a_vector
from tests.states import BROKEN_STATES, STATES

CONTRACTS: Final = ("one", "other")


class SimulatedPeople(FakePeople):
    """Goes away in the middle of a load, forgets old changes, and what it had acknowledged."""

    breaks_after: int | None = None
    """So many people of a load are read, then it is away."""
    forgotten = 0
    """Changes up to this one are known no more."""

    def changes(self, since: int, block_ms: int = 0) -> list[Change] | None:
        found = super().changes(since, block_ms)
        return None if since < self.forgotten else found

    def entries(self, contract: str, progress: Progress | None = None) -> Iterator[GalleryEntry]:
        for number, entry in enumerate(super().entries(contract, progress)):
            if number == self.breaks_after:
                raise StoreUnavailable("The simulated Redis went away.")
            yield entry

    def state(self) -> tuple[Any, ...]:
        return copy.deepcopy((self._people, self._templates, self._changes))

    def fails_over(self, state: tuple[Any, ...]) -> None:
        self._people, self._templates, self._changes = copy.deepcopy(state)


class FollowerStates(RuleBasedStateMachine):
    """One follower, one store, two models."""

    def __init__(self) -> None:
        super().__init__()
        self._store = SimulatedPeople(FakeClock())
        self._models = FakeModelSource(fake_models(digest=CONTRACTS[0]))
        self._told: list[object] = []
        self._follower = GalleryFollower(
            self._store, self._models, FakeClock(), [self._told.append]
        )
        self._states: list[tuple[Any, ...]] = []
        self._count = 0

    who = st.integers(0, 4)

    # --- changes

    @rule(who=who, faces=st.integers(1, 3), contracts=st.sampled_from([(0,), (1,), (0, 1)]))
    def registered(self, who: int, faces: int, contracts: tuple[int, ...]) -> None:
        """Anew, or with other templates."""
        templates = [
            self._template(slot * 2 + one, CONTRACTS[one])
            for slot in range(faces) for one in contracts
        ]  # fmt: skip
        known, seen = self._store.get(f"s{who}"), self._store.revision()
        if known is None:
            person = Person(f"s{who}", f"id{who}", "Ada", consent=CONSENT)
            self._store.create(person, templates, seen)
        else:
            self._store.put_templates(f"s{who}", templates, known.version, seen)

    def _template(self, slot: int, contract: str) -> Template:
        self._count += 1
        models = fake_models(digest=contract)
        info = TemplateInfo(slot, View.FRONT, 0.9, models.contract.digest, MORNING)
        return Template(info, a_vector(self._count, models.contract.dimension))

    @rule(who=who, active=st.booleans())
    def set_active(self, who: int, active: bool) -> None:
        if known := self._store.get(f"s{who}"):
            self._store.update(dataclasses.replace(known, active=active))

    @rule(who=who)
    def erased(self, who: int) -> None:
        self._store.delete(f"s{who}")

    @rule(number=st.integers(0, 1), there=st.booleans())
    def model_is(self, number: int, there: bool) -> None:
        self._models.models = fake_models(digest=CONTRACTS[number]) if there else None

    # --- faults

    @rule(after=st.sampled_from([None, 0, 1, 2]))
    def loads_break(self, after: int | None) -> None:
        self._store.breaks_after = after

    @rule()
    def changes_are_forgotten(self) -> None:
        self._store.forgotten = self._store.revision()

    @rule()
    def what_a_replica_has(self) -> None:
        self._states.append(self._store.state())

    @precondition(lambda self: self._states)
    @rule(data=st.data())
    def fails_over(self, data: st.DataObject) -> None:
        """What tells of lost marks tells the follower too."""
        self._store.fails_over(data.draw(st.sampled_from(self._states)))
        self._follower.doubt()

    # --- what must hold

    @rule(times=st.integers(1, 3))
    def steps(self, times: int) -> None:
        for _ in range(times):
            try:
                self._follower.step(block_ms=0)
            except StoreError:
                return
        self._holds()

    def _holds(self) -> None:
        models = self._models.models
        if models is None:
            assert not self._follower.recognises()
            return
        live = self._follower._live.live
        assert live is not None
        wanted = {
            entry.subject: entry.vectors
            for entry in FakePeople.entries(self._store, models.contract.digest)
        }
        assert live.people == len(wanted)
        assert live.templates == sum(map(len, wanted.values()))
        for subject, vectors in wanted.items():
            for vector in vectors:
                match = live.own_matches(np.asarray(vector[np.newaxis], np.float32))[0]
                assert match.subject == subject

    def teardown(self) -> None:
        self._store.breaks_after = None
        self.steps(2)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.getLogger("face_rec").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("face_rec").setLevel(logging.NOTSET)


def test_the_gallery_is_what_the_store_says_after_all_that_may_happen() -> None:
    run_state_machine_as_test(FollowerStates, settings=STATES)


def _no_doubt(self: GalleryFollower) -> None: ...


def _keeps_the_erased(self: MemoryGallery, subject: str, revision: int) -> None:
    self._revision = revision


def _applies_half(self: GalleryFollower, live: MemoryGallery, changes: list[Change]) -> None:
    _APPLY(self, live, [*changes[:-2], changes[-1]])


_APPLY = GalleryFollower._apply
BROKEN: Final[dict[str, tuple[type, str, Callable[..., None]]]] = {
    "keeps the erased": (MemoryGallery, "remove", _keeps_the_erased),
    "skips a change": (GalleryFollower, "_apply", _applies_half),
    "goes on after a failover as if nothing had been lost": (GalleryFollower, "doubt", _no_doubt),
}


@pytest.mark.heavy
def test_a_follower_broken_on_purpose_is_noticed(thorough: bool) -> None:
    for place, name, other in [*BROKEN.values()][: None if thorough else 2]:
        with mock.patch.object(place, name, other), pytest.raises(AssertionError):
            run_state_machine_as_test(FollowerStates, settings=BROKEN_STATES)
