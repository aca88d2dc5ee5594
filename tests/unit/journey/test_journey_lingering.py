"""Who waits before a camera gets one mark; who has been away gets another."""

from collections.abc import Iterator

import pytest

from face_rec.domain.marks import Outcome
from face_rec.journey.marking.punch import AWAY, Lingering
from tests.fakes.journey import Actor, Stage

ANN = Actor(0)


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    stage.enrol("ann", ANN.colour)
    yield stage
    stage.close()


def away(stage: Stage, seconds: float) -> None:
    """Nobody there for so long."""
    stage.show(frames=round(seconds / 0.5), seconds=0.5)


@pytest.mark.heavy
def test_somebody_who_waits_and_turns_away_for_half_an_hour_is_marked_once(stage: Stage) -> None:
    for _ in range(45):
        stage.show(ANN, frames=4)
        away(stage, 40)
    assert stage.marked == ["ann"]


def test_each_new_look_tells_them_when_they_were_marked(stage: Stage) -> None:
    stage.show(ANN, frames=4)
    away(stage, 50)
    stage.show(ANN, frames=4)
    away(stage, 50)
    label = stage.label(ANN, frames=4)
    assert label.receipt is not None
    assert label.receipt.outcome is Outcome.ALREADY
    first = stage.board.greetings()[0].receipt
    assert label.receipt.stands_at == first.event.at
    assert [g.receipt.outcome for g in stage.board.greetings()] == ["marked", "already", "already"]


def test_who_was_away_and_whose_cooldown_is_over_is_marked_again(stage: Stage) -> None:
    stage.show(ANN, frames=4)
    away(stage, AWAY + 1)
    stage.show(ANN, frames=4)
    assert stage.marked == ["ann", "ann"]


def test_standing_there_does_not_count_as_being_away(stage: Stage) -> None:
    stage.show(ANN, frames=15 * 90)
    away(stage, 30)
    stage.show(ANN, frames=4)
    assert stage.marked == ["ann"]


def test_another_camera_goes_by_the_cooldown(stage: Stage) -> None:
    stage.show(ANN, frames=15 * 70)
    stage.serve("gate")
    stage.show(ANN, frames=4)
    assert stage.marked == ["ann", "ann"]


def test_a_mark_that_the_journal_could_not_keep_is_no_mark_to_linger_on(stage: Stage) -> None:
    stage.journal.full = True
    stage.show(ANN, frames=4)
    stage.journal.full = False
    away(stage, 10)
    stage.show(ANN, frames=4)
    assert stage.marked == ["ann"]


def test_memory_stays_bounded() -> None:
    lingering = Lingering()
    stage = Stage()
    stage.enrol("ann", ANN.colour)
    label = stage.label(ANN, frames=4)
    assert label.receipt is not None
    for number in range(5000):
        lingering.see(f"s{number}", label.receipt, 1.0)
    assert lingering.standing("s0", 1.0) is None
    assert lingering.standing("s4999", 1.0) is not None
    stage.close()
