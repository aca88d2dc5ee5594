"""Somebody in doubt is asked to turn the head: what a kiosk makes of it."""

from collections.abc import Iterator
from datetime import UTC

import pytest

from face_rec.domain.kiosks.screens import Label
from face_rec.domain.liveness import (
    Check,
    Cue,
    Failure,
    Hold,
    Liveness,
    Side,
)
from face_rec.domain.marks import Event, EventKind, Outcome, Source
from face_rec.journey.liveness import challenge as rules
from face_rec.journey.liveness.step_ups import PAUSE, TRIES, StepUps
from face_rec.journey.still import Stills
from face_rec.kiosks.banner import banners
from tests.fakes.asks import Asks
from tests.fakes.clock import MORNING
from tests.fakes.journey import FRAME_SECONDS, Actor, Stage, picture

ANN, BOB = 0, 5
LEFT, RIGHT = Side.LEFT, Side.RIGHT
SIDES = (LEFT, RIGHT, LEFT, RIGHT, RIGHT)
"""Asked for at the kiosk of these tests, then always to the left."""
TURNS = rules.TURNS


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    stage.serve(step_ups=StepUps(Asks(*SIDES)))
    stage.check = Check.ENFORCE
    stage.enrol("ann", ANN)
    stage.enrol("bob", BOB)
    stage.lives(0.45)
    yield stage
    stage.close()


def nose(side: Side | None) -> float:
    return {LEFT: 0.12, RIGHT: -0.12, None: 0.0}[side]


def asked_of(stage: Stage, colour: int = ANN, frames: int = 40) -> Label:
    """Until somebody is asked."""
    for _ in range(frames):
        label = stage.label(Actor(colour))
        if label.prompt is not None:
            return label
    return label


def answer(
    stage: Stage, side: Side | None = None, *, shown: bool = True, colour: int = ANN
) -> Label:
    """The screen shows the turn, and the head turns to ``side`` (else as asked) and back."""
    label = asked_of(stage)
    assert label.prompt is not None
    side = side or label.prompt.side
    if shown:
        stage.services.step_ups.show("door", label.prompt.nonce, stage.clock.monotonic())
    stage.show(Actor(ANN), frames=5)
    stage.show(Actor(colour, nose=nose(side)), frames=5)
    return stage.label(Actor(ANN), frames=3)


def events(stage: Stage, kind: EventKind) -> list[Event]:
    return [one for one in stage.attendance.day(MORNING.date()) if one.kind is kind]


def test_who_is_in_doubt_is_asked_and_marked_when_they_have_turned_as_asked(stage: Stage) -> None:
    label = asked_of(stage)
    assert label.prompt is not None
    assert (label.hold, label.prompt.side, label.prompt.turns) == (Hold.TURN, LEFT, TURNS)
    assert label.name == ""
    for side in SIDES:
        assert stage.marked == []
        answer(stage, side)
    label = stage.label(Actor(ANN), frames=4)
    assert (label.name, label.prompt) == ("Ann", None)
    (mark,) = events(stage, EventKind.PUNCH)
    assert (mark.live, [one.cue for one in mark.found]) == (
        Liveness.LIVE,
        [Cue.TEXTURE, Cue.TURN],
    )
    assert events(stage, EventKind.HELD) == []


def test_where_everybody_turns_a_face_is_asked_that_the_models_are_sure_of(stage: Stage) -> None:
    """So that a picture which they take for live is not marked either."""
    stage.check = Check.TURN
    stage.lives(0.99)
    for _ in range(TURNS):
        assert stage.marked == []
        answer(stage)
    assert stage.label(Actor(ANN), frames=4).name == "Ann"
    (mark,) = events(stage, EventKind.PUNCH)
    assert mark.found[-1].cue is Cue.TURN
    stage.show(Actor(ANN), frames=40)
    assert stage.label(Actor(ANN)).prompt is None, "who has their mark is asked no more"


def test_where_everybody_turns_nobody_is_marked_who_has_not(stage: Stage) -> None:
    stage.check = Check.TURN
    stage.lives(0.99)
    stage.show(Actor(ANN), frames=100)  # no screen shows what is asked
    stage.show(Actor(ANN), frames=30)
    assert events(stage, EventKind.PUNCH) == []


def test_where_everybody_turns_a_picture_is_still_not_asked(stage: Stage) -> None:
    stage.check = Check.TURN
    stage.lives(0.1)
    label = stage.label(Actor(ANN), frames=60)
    assert (label.hold, label.prompt) == (Hold.ATTACK, None)
    assert events(stage, EventKind.PUNCH) == []


def test_the_other_side_holds_them_and_tells_the_office_why(stage: Stage) -> None:
    label = answer(stage, RIGHT)
    assert (label.hold, stage.marked[1:]) == (Hold.FAILED, [])
    (held,) = events(stage, EventKind.HELD)
    assert (held.subject, held.reason) == ("ann", Failure.WRONG.words)
    assert held.found[-1].cue is Cue.TURN
    assert held.snapshot is not None
    assert events(stage, EventKind.PUNCH) == []


def test_who_has_failed_turns_before_a_mark_whatever_the_models_say(stage: Stage) -> None:
    life = stage.lives(0.45)
    answer(stage, RIGHT)
    life.score = 0.99
    stage.show(frames=20)  # and comes again
    stage.show(Actor(ANN), frames=80)
    assert events(stage, EventKind.PUNCH) == []
    for _ in range(rules.MORE_TURNS):
        answer(stage)
    stage.show(Actor(ANN), frames=4)
    assert [one.subject for one in events(stage, EventKind.PUNCH)] == ["ann"]


def test_who_does_not_turn_is_held_and_never_marked(stage: Stage) -> None:
    label = asked_of(stage)
    assert label.prompt is not None
    stage.services.step_ups.show("door", label.prompt.nonce, stage.clock.monotonic())
    stage.show(Actor(ANN), frames=round(rules.TURN_WITHIN / FRAME_SECONDS) + 3)
    (held,) = events(stage, EventKind.HELD)
    assert held.reason == Failure.LATE.words
    stage.show(Actor(ANN), frames=60)
    assert events(stage, EventKind.PUNCH) == []


def test_who_takes_the_picture_away_has_failed_too(stage: Stage) -> None:
    label = asked_of(stage)
    assert label.prompt is not None
    stage.services.step_ups.show("door", label.prompt.nonce, stage.clock.monotonic())
    stage.show(Actor(ANN), frames=3)
    stage.show(frames=30)
    (held,) = events(stage, EventKind.HELD)
    assert (held.reason, held.snapshot) == (Failure.GONE.words, None)


def test_another_head_that_turns_for_a_photo_is_noticed(stage: Stage) -> None:
    answer(stage, LEFT, colour=BOB)
    (held,) = events(stage, EventKind.HELD)
    assert (held.subject, held.reason) == ("ann", Failure.SWAPPED.words)
    assert events(stage, EventKind.PUNCH) == []


def test_who_was_asked_turns_even_if_the_models_have_come_to_take_them_for_live(
    stage: Stage,
) -> None:
    life = stage.lives(0.45)
    asked_of(stage)
    life.score = 0.99
    stage.show(Actor(ANN), frames=30)
    assert stage.marked == []


def test_without_a_screen_nobody_is_asked_and_nobody_fails(stage: Stage) -> None:
    answer(stage, RIGHT, shown=False)
    stage.show(Actor(ANN), frames=60)
    assert stage.attendance.day(MORNING.date()) == []


def test_a_picture_is_held_without_a_question_and_noted_once_a_minute(stage: Stage) -> None:
    stage.lives(0.1)
    for _ in range(TRIES - 1):  # one more would pause the face
        label = stage.label(Actor(ANN), frames=30)
        stage.show(frames=10)
    assert (label.hold, label.prompt) == (Hold.ATTACK, None)
    (held,) = events(stage, EventKind.HELD)
    assert held.reason == Cue.TEXTURE.words
    assert stage.board.greetings() == ()


def test_a_live_face_that_looked_like_a_picture_for_a_moment_leaves_nothing(stage: Stage) -> None:
    life = stage.lives(0.1)
    stage.show(Actor(ANN), frames=8)
    life.score = 0.9
    stage.show(Actor(ANN), frames=20)
    assert [one.kind for one in stage.attendance.day(MORNING.date())] == [EventKind.PUNCH]


def test_a_face_that_has_failed_too_often_waits_even_when_it_is_live(stage: Stage) -> None:
    life = stage.lives(0.1)
    for _ in range(TRIES):
        stage.show(Actor(ANN), frames=30)
        stage.show(frames=10)
    life.score = 0.9
    scene = stage.show(Actor(ANN), Actor(BOB, left=400), frames=20)
    assert {one.hold for one in scene.labels} == {Hold.PAUSED, None}
    (banner,) = banners([], scene, UTC, pin=True)
    assert (banner.title, banner.text) == (
        Hold.PAUSED.heading,
        f"{Hold.PAUSED.text} · Use your PIN, or ask the office",
    )
    assert [one.subject for one in events(stage, EventKind.PUNCH)] == ["bob"]
    stage.show(frames=2, seconds=PAUSE)
    stage.show(Actor(ANN), frames=20)
    assert [one.subject for one in events(stage, EventKind.PUNCH)] == ["bob", "ann"]


def test_who_was_held_is_marked_by_their_pin_and_the_cooldown_knows_nothing_of_it(
    stage: Stage,
) -> None:
    answer(stage, RIGHT)
    receipt = stage.services.puncher("door", Source.PIN, stage.board).without_face("ann")
    assert receipt.outcome is Outcome.MARKED


def test_of_two_in_doubt_one_is_asked_at_a_time(stage: Stage) -> None:
    for _ in range(60):
        scene = stage.show(Actor(ANN), Actor(BOB, left=400, side=160))
        prompts = [one.prompt for one in scene.labels if one.prompt]
        assert len(prompts) <= 1
    assert len(prompts) == 1


def test_a_still_tells_the_office_once_and_marks_nobody(stage: Stage) -> None:
    for _ in range(3):
        (label,) = Stills(stage.services)(picture([Actor(ANN)]), "door")
    assert (label.hold, label.receipt) == (Hold.STILL, None)
    (held,) = stage.attendance.day(MORNING.date())
    assert (held.kind, held.reason) == (EventKind.HELD, "one photo has no time in it")


def test_a_full_disk_holds_nobody_up_and_marks_nobody(stage: Stage) -> None:
    stage.journal.full = True
    label = answer(stage, RIGHT)
    assert label.hold is Hold.FAILED
    assert stage.attendance.day(MORNING.date()) == []
