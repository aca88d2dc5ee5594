"""Which faces deserve an embedding, and the call to the gallery."""

from dataclasses import replace

import numpy as np
import pytest

from face_rec.domain.faces import Frame, Quality
from face_rec.domain.recognition import Flaw, Match, Verdict
from face_rec.journey.decide import Limits, Policy, TrackLimits
from face_rec.journey.embed import (
    AT_ONCE,
    RECHECK,
    STALE_NAMED,
    STALE_UNKNOWN,
    Choose,
    Gate,
    Probe,
    embed,
    fuse,
    match,
    may_look,
)
from face_rec.journey.fusion import LATEST, Fusion
from face_rec.journey.track import Track
from face_rec.journey.track_state import TrackState, TrackStates
from tests.fakes.gallery import FakeGallery
from tests.fakes.journey import (
    Actor,
    FakeAssessor,
    a_face,
    a_look,
    a_quality,
    picture,
    vector,
)
from tests.fakes.models import FakeEmbedder, blank_frame, colour_of, fake_models

CONTRACT = fake_models().contract

POLICY = Policy()
LIMITS = TrackLimits(*[Limits(threshold=0.4, margin=0.1)] * 2)
NOW = 100.0


def a_track(number: int = 1, side: float = 100, *, fresh: bool = True) -> Track:
    face = a_face(side=side)
    return Track(number, face, face, NOW, fresh=fresh)


def a_state(*subjects: str | None, at: float = NOW, side: float = 100) -> TrackState:
    """With one look for each of ``subjects``, the last one at ``at``."""
    state = TrackState(a_track(side=side))
    for age, subject in zip(range(len(subjects), 0, -1), subjects, strict=True):
        look = a_look(subject or "ann", 0.8 if subject else 0.1, at=at - age + 1)
        together = state.looks[-1].fused if state.looks and not subject else look.fused
        state.add(replace(look, fused=together), 1, POLICY.window)
    state.decide(LIMITS, POLICY)
    return state


def chosen(state: TrackState, assess: FakeAssessor | None = None, now: float = NOW) -> bool:
    choose = Choose(assess or FakeAssessor(), POLICY)
    return bool(choose([state], Frame(blank_frame(), 1, now), 1))


def test_a_new_track_is_looked_at() -> None:
    assert chosen(TrackState(a_track()))


def test_an_undecided_track_is_looked_at_again() -> None:
    assert chosen(a_state("ann", "ann", at=NOW - 0.07))


def test_two_looks_are_never_of_the_same_moment() -> None:
    assert not chosen(a_state("ann", at=NOW))
    assert not chosen(a_state("ann", at=NOW - POLICY.gap / 2))


def test_a_named_track_is_left_alone() -> None:
    assert not chosen(a_state("ann", "ann", "ann", at=NOW - 1))


def test_a_named_track_is_looked_at_again_when_its_look_is_stale() -> None:
    assert chosen(a_state("ann", "ann", "ann", at=NOW - STALE_NAMED))


def test_looks_that_disagree_ask_for_another() -> None:
    assert chosen(a_state("ann", "ann", "ann", None, at=NOW - 0.1))
    assert chosen(a_state(None, None, None, "ann", at=NOW - 0.1))


def test_an_unknown_track_is_left_alone_for_a_while() -> None:
    assert not chosen(a_state(None, None, None, at=NOW - 0.5))
    assert chosen(a_state(None, None, None, at=NOW - STALE_UNKNOWN))


def test_a_clearly_larger_view_of_an_unknown_face_is_looked_at() -> None:
    assert chosen(a_state(None, None, None, at=NOW - 0.5, side=140))


def test_a_clearly_better_view_of_an_unknown_face_is_looked_at() -> None:
    unknown = a_state(None, None, None, at=NOW - 0.5)
    assert not chosen(unknown, FakeAssessor(a_quality(score=0.9)))
    assert not chosen(unknown, FakeAssessor(a_quality(score=1.0)))  # checked a moment ago
    assert chosen(unknown, FakeAssessor(a_quality(score=1.0)), now=NOW + RECHECK)


def test_a_change_of_the_gallery_asks_for_another_look_but_not_at_every_frame() -> None:
    named = a_state("ann", "ann", "ann", at=NOW - 0.5)
    assert may_look(named, NOW, revision=2, policy=POLICY)
    hurried = a_state("ann", "ann", "ann", at=NOW - RECHECK / 2)
    assert not may_look(hurried, NOW, revision=2, policy=POLICY)


def test_a_carried_box_is_not_embedded() -> None:
    assert not chosen(TrackState(a_track(fresh=False)))


def test_a_contested_track_is_not_embedded() -> None:
    face = a_face()
    assert not chosen(TrackState(Track(1, face, face, NOW, contested=True)))


def test_a_small_face_is_poor_without_being_measured() -> None:
    assess, state = FakeAssessor(), TrackState(a_track(side=POLICY.min_face - 1))
    assert not chosen(state, assess)
    assert state.flaw is Flaw.SMALL
    assert assess.calls == 0


@pytest.mark.parametrize(
    ("measured", "flaw"),
    [
        ({"sharpness": 1.0}, Flaw.BLURRED),
        ({"brightness": 10.0}, Flaw.DARK),
        ({"brightness": 250.0}, Flaw.BRIGHT),
        ({"contrast": 2.0}, Flaw.FLAT),
        ({"yaw": 70.0}, Flaw.TURNED),
        ({"yaw": -70.0}, Flaw.TURNED),
        ({"pitch": -60.0}, Flaw.TURNED),
        ({"yaw": float("nan")}, Flaw.TURNED),
    ],
    ids=str,
)
def test_a_poor_view_is_not_embedded_and_the_label_says_why(
    measured: dict[str, float], flaw: Flaw
) -> None:
    state = TrackState(a_track())
    assert not chosen(state, FakeAssessor(a_quality(**measured)))
    assert state.decide(LIMITS, POLICY).verdict is Verdict.POOR
    assert state.flaw is flaw


def test_a_good_view_has_no_flaw_and_a_doubtful_detection_is_one() -> None:
    assert not Gate().flaws(a_quality())
    assert Gate().flaws(a_quality(detector_score=0.3)) == (Flaw.COVERED,)


def test_a_flaw_that_stays_is_told_on_so_that_advice_does_not_change_to_and_fro() -> None:
    state = TrackState(a_track())
    views = [(Flaw.BLURRED,), (Flaw.DARK, Flaw.BLURRED), (Flaw.DARK,), ()]
    told = []
    for flaws in views:
        state.judged(flaws, NOW)
        told.append(state.flaw)
    assert told == [Flaw.BLURRED, Flaw.BLURRED, Flaw.DARK, None]


def test_a_good_view_ends_being_poor() -> None:
    state = TrackState(a_track())
    chosen(state, FakeAssessor(a_quality(yaw=70.0)))
    assert state.poor
    assert chosen(state, FakeAssessor(), now=NOW + RECHECK)
    assert not state.poor


def test_a_poor_moment_does_not_take_back_a_name() -> None:
    state = a_state("ann", "ann", "ann", at=NOW - STALE_NAMED)
    assert not chosen(state, FakeAssessor(a_quality(yaw=70.0)))
    assert state.decide(LIMITS, POLICY).subject == "ann"


def test_a_crowd_is_looked_at_in_turns_and_the_undecided_come_first() -> None:
    crowd = [a_state(None, None, None, at=NOW - 5) for _ in range(AT_ONCE)]
    newcomer = TrackState(a_track(99))
    probes = Choose(FakeAssessor(), POLICY)([*crowd, newcomer], Frame(blank_frame(), 1, NOW), 1)
    assert len(probes) == AT_ONCE
    assert probes[0].state is newcomer


def test_everybody_in_a_crowd_is_looked_at_in_the_end() -> None:
    crowd = [TrackState(a_track(number)) for number in range(3 * AT_ONCE)]
    choose = Choose(FakeAssessor(), POLICY)
    for step in range(12):
        now = NOW + step / 15
        for probe in choose(crowd, Frame(blank_frame(), step, now), 1):
            probe.state.add(a_look("ann", 0.1, at=now), 1, POLICY.window)
            probe.state.decide(LIMITS, POLICY)
    assert all(len(state.looks) >= POLICY.looks for state in crowd)


# --- embed and match


def probes_of(*actors: Actor) -> tuple[Probe, ...]:
    faces = [a_face(actor.left, actor.top, actor.side) for actor in actors]
    tracks = [Track(n, face, face, NOW) for n, face in enumerate(faces)]
    return tuple(Probe(TrackState(track), a_quality()) for track in tracks)


@pytest.mark.parametrize(("batches", "sizes"), [(True, [2]), (False, [1, 1])])
def test_faces_are_embedded_in_one_batch_where_that_is_cheaper(
    batches: bool, sizes: list[int]
) -> None:
    actors = (Actor(3), Actor(9, left=400))
    embedder = FakeEmbedder(batches=batches)
    vectors = embed(embedder, picture(actors), probes_of(*actors))
    assert embedder.sizes == sizes
    assert [round(float(v @ vector(c))) for v, c in zip(vectors, (3, 9), strict=True)] == [1, 1]


def test_all_faces_of_a_frame_are_matched_in_one_call() -> None:
    gallery = FakeGallery({"ann": vector(3)[None], "bob": vector(9)[None]})
    probes = probes_of(Actor(3), Actor(9))
    vectors = np.stack([vector(3), vector(9)])
    looks = match(gallery, CONTRACT, probes, vectors, fuse(probes, vectors), at=7.0)
    assert [look.match.subject for look in looks] == ["ann", "bob"]
    assert [look.fused.subject for look in looks] == ["ann", "bob"]
    assert {look.at for look in looks} == {7.0}
    assert gallery.calls == 1


def test_of_another_models_gallery_no_look_is_made_at_all() -> None:
    """The model was changed between embedding and match: what the probe looks like there is
    chance, here even somebody's very face."""
    gallery = FakeGallery({"ann": vector(3)[None]})
    gallery.contract = replace(CONTRACT, digest="other")
    probes, vectors = probes_of(Actor(3)), vector(3)[None]
    assert match(gallery, CONTRACT, probes, vectors, fuse(probes, vectors), at=7.0) == ()


def test_without_probes_the_gallery_is_not_asked() -> None:
    gallery = FakeGallery()
    assert match(gallery, CONTRACT, (), np.zeros((0, 4), np.float32), (), at=0.0) == ()
    assert gallery.calls == 0


def test_a_look_is_taken_together_with_those_before_it() -> None:
    state = TrackState(a_track())
    state.fusion = Fusion().add(vector(3), 0.8)
    (both,) = fuse([Probe(state, a_quality())], vector(9)[None])
    assert len(both.weighted) == 2
    assert len(state.fusion.weighted) == 1  # the journey says which looks are remembered


def test_a_view_that_was_looked_at_before_adds_nothing_to_the_mean() -> None:
    state = TrackState(a_track())
    state.fusion = Fusion().add(vector(3), 0.8)
    (same,) = fuse([Probe(state, a_quality(), repeats=0)], vector(3)[None])
    assert same is state.fusion


# --- the memory of a track


def test_a_state_remembers_only_the_looks_that_count() -> None:
    state = TrackState(a_track())
    for at in range(100):
        state.add(a_look("ann", at=at), 1, POLICY.window)
    assert [look.at for look in state.looks] == list(range(100 - POLICY.window, 100))


def a_lookalike(looks: int) -> TrackState:
    """Somebody whose looks agree on Ann, and whose mean does not, after so many of them."""
    state, fusion = TrackState(a_track()), Fusion()
    for number in range(looks):
        fusion = fusion.add(vector(3), 0.8)
        look = replace(a_look("ann", at=NOW - looks + number), fused=Match("ann", 0.3, 0.3))
        state.add(look, 1, POLICY.window, None, fusion)
        state.decide(LIMITS, POLICY)
    return state


def test_a_lookalike_is_looked_at_more_closely_only_while_that_tells_more() -> None:
    assert a_lookalike(LATEST - 1).undecided
    assert not a_lookalike(LATEST).undecided


def test_a_contest_voids_the_mean_too() -> None:
    state = a_lookalike(4)
    state.forget()
    assert state.fusion.weighted == ()


def test_states_are_forgotten_with_their_tracks() -> None:
    states = TrackStates()
    for number in range(500):
        states.follow([a_track(number)], "fake", 40, NOW)
    assert len(states) == 1


def test_looks_of_another_model_are_dropped() -> None:
    states = TrackStates()
    (state,) = states.follow([a_track()], "old", 40, NOW)
    state.add(a_look("ann"), 1, POLICY.window)
    (same,) = states.follow([a_track()], "new", 40, NOW)
    assert same is state
    assert same.looks == ()


def test_a_contest_voids_the_looks_but_not_the_marks() -> None:
    state = a_state("ann", "ann", "ann")
    state.receipts["ann"] = "receipt"  # type: ignore[assignment]
    face = a_face()
    state.follow(Track(1, face, face, NOW, epoch=1, contested=True), 40, 100, NOW)
    assert state.looks == ()
    assert state.decision.verdict is Verdict.LOOKING
    assert "ann" in state.receipts


def test_the_best_view_is_the_one_of_the_highest_score() -> None:
    state = TrackState(a_track())
    assert state.best is None
    qualities: list[Quality] = [a_quality(score=s) for s in (0.2, 0.9, 0.5)]
    for quality in qualities:
        look = a_look("ann")
        state.add(replace(look, quality=quality), 1, POLICY.window)
    assert state.best is qualities[1]


def test_colours_of_actors_are_far_apart() -> None:
    assert float(vector(3) @ vector(9)) < 0.4 < float(vector(3) @ vector(3))
    assert colour_of(3) != colour_of(9)
