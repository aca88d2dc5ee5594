"""A sudden change of a face is noticed, and takes the name until a look has settled it."""

from dataclasses import replace

import numpy as np
import pytest

from face_rec.domain.faces import Image, Vector
from face_rec.domain.recognition import Verdict
from face_rec.journey.decide import Limits, Policy, TrackLimits
from face_rec.journey.fusion import Fusion
from face_rec.journey.track import Track
from face_rec.journey.track_state import TrackState, alike, appearance
from tests.fakes.journey import a_face, a_look, vector

LIMITS = TrackLimits(*[Limits(threshold=0.3, margin=0.1)] * 2)
POLICY = Policy()


def crop(seed: int) -> Image:
    """Something with the contrasts of a face, another one for each seed."""
    coarse = np.random.default_rng(seed).integers(40, 220, (7, 7, 3), dtype=np.uint8)
    return np.asarray(np.kron(coarse, np.ones((16, 16, 1), np.uint8)), dtype=np.uint8)


def look_of(seed: int) -> Vector:
    return appearance(crop(seed))


def named() -> TrackState:
    state = TrackState(Track(1, a_face(), a_face(), 0.0))
    for at in (0.0, 0.1, 0.2):
        state.compare(look_of(1), at)
        state.add(a_look("ada", at=at), 1, POLICY.window)
    assert state.decide(LIMITS, POLICY).subject == "ada"
    return state


def test_a_little_noise_or_light_is_still_the_same_face() -> None:
    noisy = np.clip(crop(1).astype(int) * 0.8 + 10, 0, 255).astype(np.uint8)
    assert alike(look_of(1), appearance(noisy))


def test_another_face_is_not_alike() -> None:
    assert not alike(look_of(1), look_of(2))


def test_nothing_is_said_of_a_crop_without_contrast() -> None:
    flat = appearance(np.full((112, 112, 3), 90, np.uint8))
    assert alike(look_of(1), flat)


def test_a_face_that_stays_keeps_its_name() -> None:
    state = named()
    state.compare(look_of(1), 0.3)
    assert state.decide(LIMITS, POLICY).subject == "ada"


def test_a_sudden_change_takes_the_name_at_once() -> None:
    state = named()
    state.compare(look_of(2), 0.3)
    assert state.decide(LIMITS, POLICY).verdict is Verdict.LOOKING
    assert state.undecided


def test_a_look_that_agrees_gives_the_name_back() -> None:
    state = named()
    state.compare(look_of(2), 0.3)
    state.add(a_look("ada", at=0.3), 1, POLICY.window)
    assert state.decide(LIMITS, POLICY).subject == "ada"


def test_a_look_that_names_nobody_voids_all_looks_before() -> None:
    state = named()
    state.compare(look_of(2), 0.3)
    state.add(a_look("ada", score=0.1, at=0.3), 1, POLICY.window)
    assert state.decide(LIMITS, POLICY).subject is None
    assert len(state.looks) == 1


def test_the_time_to_mark_of_the_newcomer_counts_from_their_arrival() -> None:
    state = named()
    state.large_since = 0.0
    state.compare(look_of(2), 7.3)
    state.add(a_look("bob", at=7.3), 1, POLICY.window)
    state.decide(LIMITS, POLICY)
    assert state.large_since == 7.3


def test_looks_at_two_people_never_add_up_to_a_name() -> None:
    state = named()
    state.compare(look_of(2), 0.3)
    state.add(a_look("bob", at=0.3), 1, POLICY.window)
    assert state.decide(LIMITS, POLICY).verdict is Verdict.LOOKING


def test_after_a_change_the_mean_is_of_the_newcomer_alone() -> None:
    state = named()
    state.fusion = Fusion().add(vector(3), 0.8)
    state.compare(look_of(2), 0.3)
    both = state.fusion.add(vector(9), 0.8)
    mixed = replace(a_look("bob", at=0.3), fused=a_look("ada").match)
    state.add(mixed, 1, POLICY.window, None, both)
    state.decide(LIMITS, POLICY)
    assert float(state.fusion.embedding @ vector(9)) == pytest.approx(1)
    assert state.looks[-1].fused == state.looks[-1].match
