"""Which tracks are told as having ended without a name, and who is told to be there."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from face_rec.domain.faces import Box, Face
from face_rec.domain.liveness import NOT_CHECKED, Check, Hold, Liveness
from face_rec.domain.recognition import Decision, Look, Match, Unnamed, Verdict
from face_rec.journey.passing import ended_unnamed
from face_rec.journey.track import Track
from face_rec.journey.track_state import TrackState
from tests.fakes.journey import Actor, Stage, a_quality, vector

ANN, STRANGER, OTHER = 0, 25, 30


class Sink:
    """Remembers what it hears."""

    def __init__(self) -> None:
        self.tracks: list[Unnamed] = []
        self.names: list[str] = []

    def unnamed(self, track: Unnamed) -> None:
        self.tracks.append(track)

    def named(self, kiosk: str, subject: str) -> None:
        assert kiosk == "door"
        self.names.append(subject)


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def stage(sink: Sink) -> Iterator[Stage]:
    stage = Stage()
    stage.enrol("ann", ANN)
    stage.serve(missed=sink)
    yield stage
    stage.close()


def leaves(stage: Stage) -> None:
    stage.show(frames=60)


def nearly(colour: int, score: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """An embedding that has this cosine with an actor's."""
    face = vector(colour).astype(np.float64)
    aside = np.random.default_rng(3).normal(size=face.shape)
    aside -= (aside @ face) * face
    mixed = score * face + np.sqrt(1 - score**2) * aside / np.linalg.norm(aside)
    return np.asarray(mixed, np.float32)


def test_a_track_that_ended_without_a_name_is_told_once_with_whom_it_came_near_to(
    stage: Stage, sink: Sink
) -> None:
    calibration = stage.models.current().calibration  # type: ignore[union-attr]
    threshold = calibration.threshold(stage.gallery.templates + 1)
    stage.gallery.put("bob", nearly(OTHER, threshold - 0.01))
    stage.show(Actor(OTHER), frames=40)
    assert sink.tracks == [], "as long as they stand there a name may come"
    leaves(stage)
    (track,) = sink.tracks
    assert (track.kiosk, track.match.subject) == ("door", "bob")
    assert track.match.score == pytest.approx(threshold - 0.01, abs=1e-3)
    assert track.threshold == pytest.approx(threshold)
    assert track.margin == pytest.approx(calibration.margin(2))
    assert sink.names == []
    leaves(stage)
    assert len(sink.tracks) == 1


def test_whoever_is_named_is_told_as_here_and_never_as_missed(stage: Stage, sink: Sink) -> None:
    stage.show(Actor(ANN), frames=60)
    leaves(stage)
    assert set(sink.names) == {"ann"}
    assert sink.tracks == []


def test_too_few_looks_for_a_name_miss_nobody(stage: Stage, sink: Sink) -> None:
    stage.show(Actor(STRANGER), frames=2)
    leaves(stage)
    assert sink.tracks == []


def test_what_was_taken_for_a_picture_is_no_visit(stage: Stage, sink: Sink) -> None:
    stage.lives(0.01)
    stage.check = Check.ENFORCE
    stage.show(Actor(STRANGER), frames=90)
    leaves(stage)
    assert sink.tracks == []


def _ended(**told: object) -> TrackState:
    """A track with looks enough and no name, but for what is ``told``."""
    face = Face(Box(0, 0, 100, 100), 0.9, np.zeros((5, 2), np.float32))
    state = TrackState(Track(1, face, face, 0.0))
    match = Match("ann", 0.3, 0.2)
    state.looks = (Look(0.0, match, a_quality(), match),)
    state.decision = Decision(Verdict.UNKNOWN, None, 0.3, 0.2, 3)
    for name, value in told.items():
        setattr(state, name, value)
    return state


def test_a_track_that_may_be_somebody_elses_or_was_somebody_misses_nobody() -> None:
    named = Decision(Verdict.NAMED, "ann", 0.5, 0.2, 3)
    attack = replace(NOT_CHECKED, verdict=Liveness.ATTACK)
    assert ended_unnamed(_ended())
    assert ended_unnamed(_ended(wavering=True)), "a look that names them is rather a miss"
    contested = replace(_ended().track, contested=True)
    for told in (
        {"looks": ()}, {"decision": named}, {"decision": replace(named, verdict=Verdict.LOOKING)},
        {"doubted_at": 1.0}, {"track": contested}, {"receipts": {"ann": None}},
        {"hold": Hold.TURN}, {"denied": True}, {"life": attack},
    ):  # fmt: skip
        assert not ended_unnamed(_ended(**told)), told
