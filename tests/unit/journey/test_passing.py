"""Which tracks are handed on as those of somebody unknown, and when."""

from collections.abc import Iterator

import numpy as np
import pytest

from face_rec.domain.faces import Quality
from face_rec.domain.liveness import Check
from face_rec.domain.strangers import Passing
from face_rec.journey.passing import LEAST_LOOKS, is_good
from tests.fakes.journey import Actor, Stage, a_quality, vector

ANN, STRANGER, OTHER = 0, 25, 30


class Sink:
    """Remembers who came by; wants them until it is switched off."""

    def __init__(self) -> None:
        self.found: list[Passing] = []
        self.on = True

    def wants(self, kiosk: str) -> bool:
        assert kiosk == "door"
        return self.on

    def offer(self, passing: Passing) -> None:
        self.found.append(passing)

    @property
    def over(self) -> list[Passing]:
        return [one for one in self.found if one.over]


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def stage(sink: Sink) -> Iterator[Stage]:
    stage = Stage()
    stage.enrol("ann", ANN)
    stage.serve(strangers=sink)
    yield stage
    stage.close()


def leaves(stage: Stage) -> None:
    stage.show(frames=60)


def test_a_stranger_is_handed_on_once_while_there_and_once_when_gone(
    stage: Stage, sink: Sink
) -> None:
    stage.show(Actor(STRANGER), frames=60)
    assert [one.over for one in sink.found] == [False]
    leaves(stage)
    assert [one.over for one in sink.found] == [False, True]
    (one,) = sink.over
    assert one.looks >= LEAST_LOOKS
    assert float(one.embedding @ vector(STRANGER)) > 0.99
    assert one.contract == "fake"
    assert 3.5 < (one.ended - one.began).total_seconds() < 4.5
    assert stage.clock.now() > one.ended
    assert one.picture.shape[0] > 120


def test_who_is_registered_is_never_handed_on(stage: Stage, sink: Sink) -> None:
    stage.show(Actor(ANN), frames=60)
    leaves(stage)
    assert sink.found == []


def test_nobody_is_handed_on_of_whom_there_are_too_few_looks(stage: Stage, sink: Sink) -> None:
    stage.show(Actor(STRANGER), frames=2)
    leaves(stage)
    assert sink.found == []


def test_somebody_who_turns_out_to_be_registered_is_not_handed_on_when_they_leave(
    stage: Stage, sink: Sink
) -> None:
    stage.show(Actor(STRANGER), frames=30)
    stage.enrol("new", STRANGER)
    stage.show(Actor(STRANGER), frames=60)
    assert stage.marked == ["new"]
    leaves(stage)
    assert sink.over == []


def test_while_it_is_off_nothing_is_kept_and_nothing_of_before_comes_later(
    stage: Stage, sink: Sink
) -> None:
    stage.show(Actor(STRANGER), frames=30)
    sink.found.clear()
    sink.on = False
    stage.show(Actor(STRANGER), frames=5)
    sink.on = True
    stage.show(frames=60)
    assert sink.found == []


def test_two_who_cannot_be_told_apart_for_a_moment_begin_anew(stage: Stage, sink: Sink) -> None:
    stage.show(Actor(STRANGER), Actor(OTHER, left=400), frames=20)
    for step in range(20):  # one walks before the other
        stage.show(Actor(STRANGER, left=100 + 15 * step), Actor(OTHER, left=400), frames=1)
    leaves(stage)
    for one in sink.over:
        alike = max(float(one.embedding @ vector(who)) for who in (STRANGER, OTHER))
        assert alike > 0.99, "no embedding is a mixture of two people"


def test_what_was_taken_for_a_picture_is_not_kept(stage: Stage, sink: Sink) -> None:
    stage.lives(0.01)
    stage.check = Check.ENFORCE
    stage.show(Actor(STRANGER), frames=90)
    leaves(stage)
    assert sink.over == []


@pytest.mark.parametrize(
    "poor",
    [a_quality(score=0.4), a_quality(size=50), a_quality(yaw=50.0), a_quality(pitch=-40.0)],
    ids=["poor", "small", "aside", "down"],
)
def test_a_poor_look_does_not_count(poor: Quality) -> None:
    assert is_good(a_quality())
    assert not is_good(poor)


def test_a_stranger_seen_poorly_throughout_is_not_kept(stage: Stage, sink: Sink) -> None:
    stage.assess.quality = a_quality(score=0.3)
    stage.show(Actor(STRANGER), frames=60)
    leaves(stage)
    assert sink.found == []
    assert np.isfinite(stage.clock.monotonic())
