"""The rules by which looks name somebody."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_rec.domain.liveness import NOT_CHECKED
from face_rec.domain.recognition import NO_MATCH, Decision, Look, Match, Verdict
from face_rec.journey.decide import (
    Limits,
    Policy,
    TrackLimits,
    decide,
    decide_still,
    one_each,
    still_limits,
    track_limits,
    video_limits,
    vote,
)
from tests.fakes.journey import a_look, a_quality
from tests.fakes.models import FakeCalibration

LIMITS = Limits(threshold=0.4, margin=0.1)
TRACK = TrackLimits(look=LIMITS, fused=Limits(threshold=0.5, margin=0.12))
POLICY = Policy()
ANN, BOB = a_look("ann"), a_look("bob")
NOBODY = a_look("ann", score=0.2)  # looks most like Ann, but not enough
TORN = a_look("ann", margin=0.05)  # like Ann, and nearly as much like somebody else


def verdict(*looks: Look) -> tuple[Verdict, str | None]:
    decision = decide(looks, TRACK, POLICY)
    return decision.verdict, decision.subject


NAMED_ANN = (Verdict.NAMED, "ann")
LOOKING = (Verdict.LOOKING, None)
UNKNOWN = (Verdict.UNKNOWN, None)


def test_no_look_decides_nothing() -> None:
    assert verdict() == LOOKING


def test_a_lone_good_frame_never_names() -> None:
    assert verdict(ANN) == LOOKING


def test_two_agreeing_looks_are_not_enough() -> None:
    assert verdict(ANN, ANN) == LOOKING


def test_three_agreeing_looks_name() -> None:
    assert verdict(ANN, ANN, ANN) == NAMED_ANN


def test_one_unknown_look_among_four_is_forgiven() -> None:
    assert verdict(ANN, NOBODY, ANN, ANN) == NAMED_ANN


def test_unknown_looks_count_against_a_name() -> None:
    assert verdict(ANN, NOBODY, ANN, NOBODY, ANN) == UNKNOWN


def test_a_look_torn_between_two_people_speaks_for_neither() -> None:
    assert vote(TORN, LIMITS) is None
    assert verdict(ANN, TORN, ANN, TORN, ANN) == UNKNOWN


def test_looks_that_name_different_people_name_nobody() -> None:
    assert verdict(ANN, BOB, ANN, BOB, ANN) == UNKNOWN


def test_three_unknown_looks_make_an_unknown_face() -> None:
    assert verdict(NOBODY, NOBODY, NOBODY) == UNKNOWN


def test_an_unknown_face_is_named_once_better_looks_outweigh_the_poor_ones() -> None:
    poor = [NOBODY] * 3
    assert verdict(*poor, ANN, ANN, ANN) == UNKNOWN
    assert verdict(*poor, ANN, ANN, ANN, ANN) == NAMED_ANN


def test_only_the_newest_looks_count() -> None:
    assert verdict(*[BOB] * 20, *[ANN] * POLICY.window) == NAMED_ANN


def test_an_empty_gallery_names_nobody() -> None:
    nobody = Look(0, NO_MATCH, a_quality(), NO_MATCH)
    assert verdict(nobody, nobody, nobody) == UNKNOWN


def test_the_score_is_that_of_the_looks_that_agree() -> None:
    decision = decide([a_look("ann", 0.6), a_look("ann", 0.8), NOBODY, ANN], TRACK, POLICY)
    assert round(decision.score, 6) == round((0.6 + 0.8 + 0.8) / 3, 6)
    assert decision.looks == 4


def test_liveness_that_was_not_checked_does_not_count_against_anybody() -> None:
    decision = decide([ANN, ANN, ANN], TRACK, POLICY)
    assert decision.verdict is Verdict.NAMED
    assert decision.life == NOT_CHECKED


# --- all looks together


def like(subject: str, score: float, margin: float = 0.3) -> Look:
    """A look that names Ann, after looks that are like ``subject`` together."""
    return replace(ANN, fused=Match(subject, score, margin))


def test_looks_that_agree_name_nobody_while_their_mean_does_not() -> None:
    assert verdict(ANN, ANN, like("ann", 0.45)) == UNKNOWN  # enough for a look, not for all
    assert verdict(ANN, ANN, like("ann", 0.7, margin=0.1)) == UNKNOWN
    assert verdict(ANN, ANN, like("bob", 0.7)) == UNKNOWN
    assert verdict(ANN, ANN, like("ann", 0.5, margin=0.12)) == NAMED_ANN


def test_a_mean_alone_names_nobody() -> None:
    sure = replace(NOBODY, fused=Match("ann", 0.9, 0.5))
    assert verdict(sure, sure, sure) == UNKNOWN


def test_a_bad_last_look_does_not_take_a_name_that_all_of_them_bear_out() -> None:
    assert verdict(ANN, ANN, ANN, replace(NOBODY, fused=ANN.match)) == NAMED_ANN


@pytest.mark.parametrize("score", [0.4, 0.400001])
def test_the_threshold_itself_is_enough(score: float) -> None:
    assert vote(a_look("ann", score, 0.1), LIMITS) == "ann"


# --- several faces in one picture


def claim(subject: str, score: float) -> Decision:
    return Decision(Verdict.NAMED, subject, score, 0.3, 3)


def test_nobody_is_in_one_picture_twice() -> None:
    decisions = one_each({1: claim("ann", 0.7), 2: claim("ann", 0.8), 3: claim("bob", 0.5)})
    assert {key: d.subject for key, d in decisions.items()} == {1: None, 2: "ann", 3: "bob"}
    assert decisions[1].verdict is Verdict.UNKNOWN


def test_of_two_equal_claims_exactly_one_stands() -> None:
    decisions = one_each({1: claim("ann", 0.7), 2: claim("ann", 0.7)})
    assert [d.subject for d in decisions.values()].count("ann") == 1


# --- limits


@dataclass(frozen=True)
class GrowingCalibration:
    """A threshold that rises with the gallery, as a real one does."""

    largest_gallery: int = 1000

    def threshold(self, people: int) -> float:
        return 0.2 + 0.05 * float(np.log10(max(people, 1)))

    def margin(self, people: int) -> float:
        return 0.05

    def alike(self, people: int) -> float:
        return self.threshold(people)


def test_the_threshold_grows_with_the_gallery() -> None:
    small = video_limits(POLICY, GrowingCalibration(), 10)
    large = video_limits(POLICY, GrowingCalibration(), 10_000)
    assert large.threshold > small.threshold


def test_a_setting_overrides_the_calibration() -> None:
    policy = Policy(threshold=0.66, margin=0.0)
    limits = video_limits(policy, FakeCalibration(), 5)
    assert (limits.threshold, limits.margin) == (0.66, 0.0)


@pytest.mark.parametrize("policy", [Policy(), Policy(threshold=0.3, margin=0.05)])
def test_a_still_is_judged_more_strictly_than_video(policy: Policy) -> None:
    video = video_limits(policy, GrowingCalibration(), 100)
    still = still_limits(policy, GrowingCalibration(), 100)
    assert still.threshold > video.threshold
    assert still.margin > video.margin


def test_the_mean_of_a_track_is_judged_like_a_still() -> None:
    limits = track_limits(POLICY, GrowingCalibration(), 100)
    assert limits.look == video_limits(POLICY, GrowingCalibration(), 100)
    assert limits.fused == still_limits(POLICY, GrowingCalibration(), 100)


def test_one_look_of_a_still_may_name() -> None:
    assert decide_still(ANN, LIMITS).subject == "ann"
    assert decide_still(NOBODY, LIMITS).verdict is Verdict.UNKNOWN


# --- properties

names = st.sampled_from(["ann", "bob", "cyd"])
looks = st.builds(a_look, names, st.floats(-1, 1), st.floats(0, 1))


@given(st.lists(looks, max_size=30))
def test_a_name_always_has_the_looks_it_needs_behind_it(sequence: list[Look]) -> None:
    decision = decide(sequence, TRACK, POLICY)
    votes = [vote(look, LIMITS) for look in sequence[-POLICY.window :]]
    if decision.subject is not None:
        agreeing = votes.count(decision.subject)
        assert agreeing >= POLICY.looks
        assert len(votes) - agreeing <= agreeing / 2
    assert (decision.verdict is Verdict.NAMED) == (decision.subject is not None)


@given(st.lists(st.builds(a_look, names, st.floats(-1, 0.399), st.floats(0, 1)), max_size=60))
def test_a_stranger_is_never_named(sequence: list[Look]) -> None:
    """Every look of a stranger is most like somebody, but below the threshold."""
    for end in range(len(sequence)):
        assert decide(sequence[: end + 1], TRACK, POLICY).subject is None


@given(st.lists(st.booleans(), min_size=1, max_size=200))
def test_a_stranger_who_passes_the_threshold_now_and_then_is_not_named(hits: list[bool]) -> None:
    """At most two in any five looks by mistake."""
    tamed = [hit and sum(hits[max(0, i - 4) : i]) < 2 for i, hit in enumerate(hits)]
    sequence = [ANN if hit else NOBODY for hit in tamed]
    for end in range(len(sequence)):
        window = tamed[max(0, end - 4) : end + 1]
        if sum(window) <= 2:
            assert decide(sequence[: end + 1], TRACK, POLICY).subject is None


@given(st.lists(st.tuples(names, st.floats(0, 1)), max_size=8))
def test_one_each_never_invents_a_name(claims: list[tuple[str, float]]) -> None:
    decisions = {index: claim(*one) for index, one in enumerate(claims)}
    after = one_each(decisions)
    kept = [d.subject for d in after.values() if d.subject]
    assert sorted(kept) == sorted({subject for subject, _ in claims})
    assert all(d.subject in {None, decisions[key].subject} for key, d in after.items())
