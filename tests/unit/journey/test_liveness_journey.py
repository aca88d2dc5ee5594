"""What a kiosk makes of liveness, from the picture to the mark, with painted faces."""

from collections.abc import Iterator
from datetime import UTC

import pytest

from face_rec.domain.kiosks.screens import Mood
from face_rec.domain.liveness import Check, Cue, Finding, Hold, Liveness
from face_rec.domain.marks import Event, EventKind
from face_rec.domain.recognition import Verdict
from face_rec.journey.still import Stills
from face_rec.kiosks.banner import banners, caption, of_label
from tests.fakes.clock import MORNING
from tests.fakes.journey import Actor, Stage, picture

ANN, STRANGER = 0, 25


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    stage.enrol("ann", ANN)
    yield stage
    stage.close()


def the_mark(stage: Stage) -> Event:
    (event,) = stage.attendance.day(MORNING.date())
    return event


@pytest.mark.parametrize("check", [Check.OFF, Check.OBSERVE])
def test_without_liveness_models_a_mark_is_as_ever(stage: Stage, check: Check) -> None:
    stage.check = check
    stage.show(Actor(ANN), frames=3)
    event = the_mark(stage)
    assert (event.liveness, event.live, event.found, event.doubts) == (None, None, (), ())
    assert stage.services.lives() == {}


def test_a_kiosk_that_is_set_to_off_asks_no_model(stage: Stage) -> None:
    life, stage.check = stage.lives(0.1), Check.OFF
    stage.show(Actor(ANN), frames=30)
    assert life.faces == []
    assert the_mark(stage).live is None


def test_a_kiosk_that_observes_marks_as_fast_and_keeps_what_was_found(stage: Stage) -> None:
    life = stage.lives(0.9)
    stage.show(Actor(ANN), frames=3)
    event = the_mark(stage)
    assert (event.liveness, event.live) == (0.9, Liveness.LIVE)
    assert event.found == (Finding(Cue.TEXTURE, 0.9, Liveness.LIVE),)
    assert event.doubts == ()
    assert life.faces == [1, 1, 1]
    assert stage.services.lives() == {("live", "marked"): 1}


def test_a_kiosk_that_observes_marks_a_picture_too_and_says_why_it_is_in_doubt(
    stage: Stage,
) -> None:
    stage.lives(0.1)
    label = stage.label(Actor(ANN), frames=3)
    assert label.name == "Ann"
    event = the_mark(stage)
    assert event.live is Liveness.ATTACK
    assert event.doubts == (f"may be a picture: {Cue.TEXTURE.words}",)
    assert stage.services.lives() == {("attack", "marked"): 1}


def test_of_who_is_marked_nothing_is_measured_any_more(stage: Stage) -> None:
    life = stage.lives()
    stage.show(Actor(ANN), frames=3)
    assert stage.marked == ["ann"]
    stage.show(Actor(ANN), frames=150)
    assert sum(stage.embedder.sizes) > 3, "who it is, is asked on"
    assert sum(life.faces) == 3


def test_a_look_costs_the_models_only_where_it_is_embedded_anyway(stage: Stage) -> None:
    life = stage.lives()
    stage.show(Actor(STRANGER), frames=150)
    assert sum(life.faces) == sum(stage.embedder.sizes)


def test_a_picture_that_stands_still_is_one_look_however_long(stage: Stage) -> None:
    frozen = Stage(same=0.5)
    life = frozen.lives()
    frozen.show(Actor(STRANGER), frames=60)
    assert sum(life.faces) == 1
    frozen.close()


# --- enforce


def test_a_kiosk_that_enforces_marks_a_live_face_after_a_quarter_of_a_second(
    stage: Stage,
) -> None:
    """As long as it takes to see that no frame moves around it, and not longer."""
    stage.lives(0.9)
    stage.check = Check.ENFORCE
    label = stage.label(Actor(ANN), frames=4)
    assert (stage.marked, label.name, label.hold) == ([], "", Hold.UNSURE)
    label = stage.label(Actor(ANN), frames=1)
    assert (label.name, label.hold) == ("Ann", None)
    assert the_mark(stage).live is Liveness.LIVE


@pytest.mark.parametrize(
    ("score", "hold", "mood"),
    [
        (0.1, Hold.ATTACK, Mood.PROBLEM),
        (0.4, Hold.UNSURE, Mood.LOOKING),
        (None, Hold.NEAR, Mood.LOOKING),
    ],
)
def test_a_kiosk_that_enforces_marks_nobody_else_and_says_what_to_do(
    stage: Stage, score: float | None, hold: Hold, mood: Mood
) -> None:
    stage.lives(score)
    stage.check = Check.ENFORCE
    scene = stage.show(Actor(ANN), frames=14 if hold is Hold.UNSURE else 60)
    (label,) = scene.labels
    kinds = {event.kind for event in stage.attendance.day(MORNING.date())}
    assert kinds == ({EventKind.HELD} if hold is Hold.ATTACK else set())
    assert stage.board.greetings() == ()
    assert (label.hold, label.mood, label.verdict) == (hold, mood, Verdict.NAMED)
    assert label.name == "", "whose picture it is, is nobody's business"
    (banner,) = banners([], scene, UTC)
    assert (banner.title, banner.text) == (
        hold.heading,
        f"{hold.text} · Ask the office" if hold.ends else hold.text,
    )
    assert caption(label) == hold.heading
    assert sum(count for (_, outcome), count in stage.services.lives().items()) == 1


def test_without_models_a_kiosk_that_enforces_marks_nobody_by_face(stage: Stage) -> None:
    stage.check = Check.ENFORCE
    label = stage.label(Actor(ANN), frames=20)
    assert (stage.marked, label.hold) == ([], Hold.NO_MODEL)


def test_who_was_held_is_looked_at_on_and_marked_once_they_are_live(stage: Stage) -> None:
    life = stage.lives(0.4)
    stage.check = Check.ENFORCE
    stage.show(Actor(ANN), frames=10)
    asked = sum(life.faces)
    assert asked > 5, "a held face waits for a verdict, so it is looked at as often as may be"
    life.score = 0.9
    label = stage.label(Actor(ANN), frames=15)
    assert (stage.marked, label.hold) == (["ann"], None)
    stage.show(Actor(ANN), frames=30)
    assert stage.marked == ["ann"]


def test_a_picture_held_up_after_a_mark_is_told_nothing(stage: Stage) -> None:
    life = stage.lives(0.9)
    stage.check = Check.ENFORCE
    stage.show(Actor(ANN), frames=5)
    stage.show(frames=30)
    life.score = 0.1
    label = stage.label(Actor(ANN, left=300), frames=10)
    assert (label.receipt, label.name, label.hold) == (None, "", Hold.ATTACK)
    assert len(stage.board.greetings()) == 1


def test_somebody_else_in_the_same_place_starts_without_evidence(stage: Stage) -> None:
    life = stage.lives(0.9)
    stage.enrol("bob", 5)
    stage.check = Check.ENFORCE
    stage.show(Actor(ANN), frames=5)
    life.score = 0.1
    stage.show(Actor(5), frames=15)
    assert stage.marked == ["ann"]


# --- stills


def test_a_still_marks_as_ever_and_keeps_what_one_picture_tells(stage: Stage) -> None:
    stage.lives(0.2)
    (label,) = Stills(stage.services)(picture([Actor(ANN)]), "door")
    assert label.name == "Ann"
    event = the_mark(stage)
    assert (event.liveness, event.live) == (0.2, Liveness.ATTACK)


@pytest.mark.parametrize("score", [0.99, 0.1, None])
def test_no_still_marks_anybody_where_liveness_is_enforced(
    stage: Stage, score: float | None
) -> None:
    stage.lives(score)
    stage.check = Check.ENFORCE
    (label,) = Stills(stage.services)(picture([Actor(ANN)]), "door")
    assert (label.name, label.receipt, label.hold) == ("", None, Hold.STILL)
    assert [event.kind for event in stage.attendance.day(MORNING.date())] == [EventKind.HELD]
    assert of_label(label, UTC).title == Hold.STILL.heading
