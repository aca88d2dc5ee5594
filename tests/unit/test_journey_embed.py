"""Which faces deserve an embedding, and the call to the gallery."""

import numpy as np
import pytest

from face_rec.domain.faces import Frame, Quality
from face_rec.domain.recognition import Verdict
from face_rec.journey.decide.decide import Limits, Policy
from face_rec.journey.decide.match import match
from face_rec.journey.detect.embed import (
    AT_ONCE,
    RECHECK,
    STALE_NAMED,
    STALE_UNKNOWN,
    Choose,
    Gate,
    Probe,
    embed,
    may_look,
)
from face_rec.journey.track.track import Track
from face_rec.journey.track.track_state import Sighting, Sightings
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
from tests.fakes.models import FakeEmbedder, blank_frame, colour_of

POLICY = Policy()
LIMITS = Limits(threshold=0.4, margin=0.1, liveness=0.5)
NOW = 100.0


def a_track(number: int = 1, side: float = 100, *, fresh: bool = True) -> Track:
    face = a_face(side=side)
    return Track(number, face, face, NOW, fresh=fresh)


def a_sighting(*subjects: str | None, at: float = NOW, side: float = 100) -> Sighting:
    """With one look for each of ``subjects``, the last one at ``at``."""
    sighting = Sighting(a_track(side=side))
    for age, subject in zip(range(len(subjects), 0, -1), subjects, strict=True):
        score = 0.8 if subject else 0.1
        sighting.add(a_look(subject or "ann", score, at=at - age + 1), 1, POLICY.window)
    sighting.decide(LIMITS, POLICY)
    return sighting


def chosen(sighting: Sighting, assess: FakeAssessor | None = None, now: float = NOW) -> bool:
    choose = Choose(assess or FakeAssessor(), POLICY)
    return bool(choose([sighting], Frame(blank_frame(), 1, now), 1))


def test_a_new_track_is_looked_at() -> None:
    assert chosen(Sighting(a_track()))


def test_an_undecided_track_is_looked_at_again() -> None:
    assert chosen(a_sighting("ann", "ann", at=NOW - 0.07))


def test_two_looks_are_never_of_the_same_moment() -> None:
    assert not chosen(a_sighting("ann", at=NOW))
    assert not chosen(a_sighting("ann", at=NOW - POLICY.gap / 2))


def test_a_named_track_is_left_alone() -> None:
    assert not chosen(a_sighting("ann", "ann", "ann", at=NOW - 1))


def test_a_named_track_is_looked_at_again_when_its_look_is_stale() -> None:
    assert chosen(a_sighting("ann", "ann", "ann", at=NOW - STALE_NAMED))


def test_looks_that_disagree_ask_for_another() -> None:
    assert chosen(a_sighting("ann", "ann", "ann", None, at=NOW - 0.1))
    assert chosen(a_sighting(None, None, None, "ann", at=NOW - 0.1))


def test_an_unknown_track_is_left_alone_for_a_while() -> None:
    assert not chosen(a_sighting(None, None, None, at=NOW - 0.5))
    assert chosen(a_sighting(None, None, None, at=NOW - STALE_UNKNOWN))


def test_a_clearly_larger_view_of_an_unknown_face_is_looked_at() -> None:
    assert chosen(a_sighting(None, None, None, at=NOW - 0.5, side=140))


def test_a_clearly_better_view_of_an_unknown_face_is_looked_at() -> None:
    unknown = a_sighting(None, None, None, at=NOW - 0.5)
    assert not chosen(unknown, FakeAssessor(a_quality(score=0.9)))
    assert not chosen(unknown, FakeAssessor(a_quality(score=1.0)))  # checked a moment ago
    assert chosen(unknown, FakeAssessor(a_quality(score=1.0)), now=NOW + RECHECK)


def test_a_change_of_the_gallery_asks_for_another_look_but_not_at_every_frame() -> None:
    named = a_sighting("ann", "ann", "ann", at=NOW - 0.5)
    assert may_look(named, NOW, revision=2, policy=POLICY)
    hurried = a_sighting("ann", "ann", "ann", at=NOW - RECHECK / 2)
    assert not may_look(hurried, NOW, revision=2, policy=POLICY)


def test_a_carried_box_is_not_embedded() -> None:
    assert not chosen(Sighting(a_track(fresh=False)))


def test_a_contested_track_is_not_embedded() -> None:
    face = a_face()
    assert not chosen(Sighting(Track(1, face, face, NOW, contested=True)))


def test_a_small_face_is_poor_without_being_measured() -> None:
    assess, sighting = FakeAssessor(), Sighting(a_track(side=POLICY.min_face - 1))
    assert not chosen(sighting, assess)
    assert sighting.poor
    assert assess.calls == 0


@pytest.mark.parametrize(
    "measured",
    [
        {"sharpness": 1.0},
        {"brightness": 10.0},
        {"brightness": 250.0},
        {"contrast": 2.0},
        {"yaw": 70.0},
        {"yaw": -70.0},
        {"pitch": -60.0},
    ],
    ids=str,
)
def test_a_poor_view_is_not_embedded_and_the_label_says_so(measured: dict[str, float]) -> None:
    sighting = Sighting(a_track())
    assert not chosen(sighting, FakeAssessor(a_quality(**measured)))
    assert sighting.decide(LIMITS, POLICY).verdict is Verdict.POOR


def test_the_gate_asks_for_a_sure_detection() -> None:
    good = a_quality()
    assert Gate().passes(good)
    assert not Gate().passes(a_quality(detector_score=0.3))


def test_a_good_view_ends_being_poor() -> None:
    sighting = Sighting(a_track())
    chosen(sighting, FakeAssessor(a_quality(yaw=70.0)))
    assert sighting.poor
    assert chosen(sighting, FakeAssessor(), now=NOW + RECHECK)
    assert not sighting.poor


def test_a_poor_moment_does_not_take_back_a_name() -> None:
    sighting = a_sighting("ann", "ann", "ann", at=NOW - STALE_NAMED)
    assert not chosen(sighting, FakeAssessor(a_quality(yaw=70.0)))
    assert sighting.decide(LIMITS, POLICY).subject == "ann"


def test_a_crowd_is_looked_at_in_turns_and_the_undecided_come_first() -> None:
    crowd = [a_sighting(None, None, None, at=NOW - 5) for _ in range(AT_ONCE)]
    newcomer = Sighting(a_track(99))
    probes = Choose(FakeAssessor(), POLICY)([*crowd, newcomer], Frame(blank_frame(), 1, NOW), 1)
    assert len(probes) == AT_ONCE
    assert probes[0].sighting is newcomer


def test_everybody_in_a_crowd_is_looked_at_in_the_end() -> None:
    crowd = [Sighting(a_track(number)) for number in range(3 * AT_ONCE)]
    choose = Choose(FakeAssessor(), POLICY)
    for step in range(12):
        now = NOW + step / 15
        for probe in choose(crowd, Frame(blank_frame(), step, now), 1):
            probe.sighting.add(a_look("ann", 0.1, at=now), 1, POLICY.window)
            probe.sighting.decide(LIMITS, POLICY)
    assert all(len(sighting.looks) >= POLICY.looks for sighting in crowd)


# --- embed and match


def probes_of(*actors: Actor) -> tuple[Probe, ...]:
    faces = [a_face(actor.left, actor.top, actor.side) for actor in actors]
    tracks = [Track(n, face, face, NOW) for n, face in enumerate(faces)]
    return tuple(Probe(Sighting(track), a_quality()) for track in tracks)


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
    looks = match(gallery, probes, np.stack([vector(3), vector(9)]), 7.0)
    assert [look.match.subject for look in looks] == ["ann", "bob"]
    assert {look.at for look in looks} == {7.0}
    assert gallery.calls == 1


def test_without_probes_the_gallery_is_not_asked() -> None:
    gallery = FakeGallery()
    assert match(gallery, (), np.zeros((0, 4), np.float32), 0.0) == ()
    assert gallery.calls == 0


# --- the memory of a track


def test_a_sighting_remembers_only_the_looks_that_count() -> None:
    sighting = Sighting(a_track())
    for at in range(100):
        sighting.add(a_look("ann", at=at), 1, POLICY.window)
    assert [look.at for look in sighting.looks] == list(range(100 - POLICY.window, 100))


def test_sightings_are_forgotten_with_their_tracks() -> None:
    sightings = Sightings()
    for number in range(500):
        sightings.follow([a_track(number)], "fake", 40, NOW)
    assert len(sightings) == 1


def test_looks_of_another_model_are_dropped() -> None:
    sightings = Sightings()
    (sighting,) = sightings.follow([a_track()], "old", 40, NOW)
    sighting.add(a_look("ann"), 1, POLICY.window)
    (same,) = sightings.follow([a_track()], "new", 40, NOW)
    assert same is sighting
    assert same.looks == ()


def test_a_contest_voids_the_looks_but_not_the_marks() -> None:
    sighting = a_sighting("ann", "ann", "ann")
    sighting.receipts["ann"] = "receipt"  # type: ignore[assignment]
    face = a_face()
    sighting.follow(Track(1, face, face, NOW, epoch=1, contested=True), 40, 100, NOW)
    assert sighting.looks == ()
    assert sighting.decision.verdict is Verdict.LOOKING
    assert "ann" in sighting.receipts


def test_the_best_view_is_the_one_of_the_highest_score() -> None:
    sighting = Sighting(a_track())
    assert sighting.best is None
    qualities: list[Quality] = [a_quality(score=s) for s in (0.2, 0.9, 0.5)]
    for quality in qualities:
        look = a_look("ann")
        sighting.add(type(look)(look.at, look.match, quality), 1, POLICY.window)
    assert sighting.best is qualities[1]


def test_colours_of_actors_are_far_apart() -> None:
    assert float(vector(3) @ vector(9)) < 0.4 < float(vector(3) @ vector(3))
    assert colour_of(3) != colour_of(9)
