"""The colours of a screen on a face: what is measured, what is asked, and what a kiosk makes of
it."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_rec.domain.faces import Box, Image
from face_rec.domain.kiosks.screens import Label
from face_rec.domain.liveness import Check, Colour, Cue, Failure, Hold, Liveness
from face_rec.domain.marks import Event, EventKind
from face_rec.journey import pipeline
from face_rec.journey.liveness import colours as rules
from face_rec.journey.liveness.colours import COLOURS, ColourAsk, ColourCheck
from face_rec.journey.liveness.reflection import (
    LEAST,
    MISSING,
    Answer,
    Light,
    Reflection,
    answer,
    light_of,
    reflection,
)
from face_rec.journey.liveness.step_ups import StepUps
from tests.fakes.clock import MORNING
from tests.fakes.journey import FRAME_SECONDS, Actor, Stage

ORDER = (Colour.TEAL, Colour.AMBER, Colour.GREEN, Colour.VIOLET, Colour.AMBER, Colour.TEAL)
OTHER = (Colour.GREEN, Colour.TEAL, Colour.VIOLET, Colour.GREEN, Colour.TEAL, Colour.AMBER)
FACE = Box(260, 160, 340, 270)
NOBODY = Light(None, None)


def linear(colour: Colour) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Of red, green and blue, 0 to 1: as WCAG 2.2 defines it for a relative luminance."""
    levels = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def scene(
    colour: Colour, face: float, below: float, white: tuple[float, ...] = (1, 1, 1)
) -> Image:
    """Somebody before a wall; shares of the screen's light on the face and on what is below it;
    ``white``: what the camera makes of blue, green and red."""
    light = linear(colour)[::-1]
    image = np.full((480, 640, 3), (0.25, 0.22, 0.2))
    image[120:290, 245:355] = np.array([0.2, 0.3, 0.45]) * (1 + face * light)
    image[290:, 180:420] = np.array([0.12, 0.1, 0.08]) * (1 + below * light)
    noise = np.random.default_rng(5).normal(0, 2, image.shape)
    seen = 255 * (image * white) ** (1 / 2.2) + noise
    return np.asarray(np.clip(seen, 0, 255), np.uint8)


def came(face: float, below: float, order: Sequence[Colour] = ORDER) -> Reflection:
    """What is made of a scene that shows ``order`` while ORDER was asked for."""
    lights = [light_of(scene(one, face, below), FACE) for one in order]
    check = ColourCheck(
        ColourAsk("", ORDER[-1]), 0.0, done=tuple(zip(ORDER, lights, strict=True)), ended=True
    )
    return rules.found(check)[0]


# --- the colours


def test_no_two_colours_differ_in_brightness_so_that_nothing_flashes() -> None:
    """WCAG 2.2, general flash: a change of 10 % of the relative luminance and more."""
    bright = [float(linear(one) @ [0.2126, 0.7152, 0.0722]) for one in Colour]
    assert max(bright) - min(bright) < 0.005


def test_no_colour_is_a_saturated_red() -> None:
    """WCAG 2.2, red flash: R / (R + G + B) of 0.8 and more."""
    assert max(float(linear(one)[0] / linear(one).sum()) for one in Colour) < 0.7


def test_a_colour_follows_another_one_less_than_three_times_a_second() -> None:
    assert 1 / rules.DWELL < 3
    for one in (*Colour, None):
        assert all(rules.draw(one).colour is not one for _ in range(30))
    asks = [rules.draw(Colour.TEAL) for _ in range(400)]
    assert len({one.nonce for one in asks}) == 400
    assert {one.colour for one in asks} == set(Colour) - {Colour.TEAL}


# --- what is measured


def test_a_face_that_shines_in_the_colours_is_seen() -> None:
    assert came(0.1, 0.05) is Reflection.SEEN
    assert came(0.1, 0.0) is Reflection.SEEN


def test_a_face_that_does_not_while_its_surroundings_do_is_missing() -> None:
    assert came(0.0, 0.1) is Reflection.MISSING


def test_where_nothing_answers_nothing_is_said() -> None:
    """A bright room, or another screen that fills the picture: they look alike."""
    assert came(0.0, 0.0) is Reflection.UNSEEN


def test_a_video_that_shines_in_the_colours_of_another_time_is_not_seen() -> None:
    assert came(0.3, 0.3, OTHER) is Reflection.UNSEEN


def test_the_colours_of_another_time_fit_one_time_in_thirty_at_most() -> None:
    """Of all that could have been shown, each against ORDER."""
    ways = [
        one for one in product(Colour, repeat=COLOURS) if all(a is not b for a, b in pairwise(one))
    ]
    assert len(ways) == 972
    places = {one: shining(one).face or (0.0, 0.0) for one in Colour}
    fit = sum(answer(ORDER, [places[one] for one in way]).seen for way in ways)
    assert 1 <= fit <= 972 / 30


def test_a_camera_that_changes_its_white_balance_changes_nothing() -> None:
    for white in ((1.0, 1.0, 1.0), (1.15, 1.0, 0.9), (0.9, 1.0, 1.1)):
        light = light_of(scene(Colour.TEAL, 0.2, 0.1, white), FACE)
        assert light.face == pytest.approx(
            light_of(scene(Colour.TEAL, 0.2, 0.1), FACE).face, abs=0.02
        )


def test_a_face_that_is_too_dark_to_have_a_colour_has_none() -> None:
    assert light_of(np.zeros((480, 640, 3), np.uint8), FACE) == NOBODY
    image = scene(Colour.TEAL, 0.1, 0.1)
    image[150:300, 250:350] = 0
    assert light_of(image, FACE).face is None


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 1))
def test_a_face_that_shines_more_is_never_taken_for_less(
    share: float, like: float, other: float, other_like: float, more: float
) -> None:
    order = [Reflection.MISSING, Reflection.UNSEEN, Reflection.SEEN]
    below = Answer(other, other_like)
    one = reflection(Answer(share, like), below)
    better = reflection(Answer(share + more, min(1.0, like + more)), below)
    assert order.index(better) >= order.index(one)
    assert reflection(Answer(share, like), None) is not Reflection.MISSING


@given(st.floats(0, LEAST * 0.99), st.floats(0, 1))
def test_a_light_that_is_too_weak_accuses_nobody(share: float, like: float) -> None:
    assert reflection(Answer(0.0, 0.0), Answer(share, like)) is Reflection.UNSEEN
    assert reflection(Answer(MISSING * 0.5, 0.0), Answer(0.5, 0.9)) is not Reflection.MISSING


# --- what is asked


def shining(colour: Colour, share: float = 0.1) -> Light:
    red, green, blue = linear(colour)
    place = (float(share * (red - green)), float(share * (blue - green)))
    return Light(place, place)


def test_a_colour_counts_only_once_the_screen_has_shown_it_and_a_picture_can_show_it() -> None:
    check = ColourCheck(ColourAsk("a", Colour.TEAL), 0.0)
    asks = iter([ColourAsk("b", Colour.GREEN)])
    for now in (0.1, 0.5, 1.0):
        check = rules.seen(check, None, shining(Colour.TEAL), now, lambda _: next(asks))
    assert check.lights == ()
    check = rules.seen(check, 1.0, shining(Colour.TEAL), 1.0 + rules.LATENCY - 0.01)
    assert check.lights == ()
    for now in (1.4, 1.5, 1.6):
        check = rules.seen(check, 1.0, shining(Colour.TEAL), now, lambda _: next(asks))
        assert check.ask.nonce == "a"
    check = rules.seen(check, 1.0, shining(Colour.TEAL), 1.71, lambda _: next(asks))
    assert check.ask.nonce == "b"
    assert check.prompt is not None
    assert (check.prompt.colour, check.prompt.done) == (Colour.GREEN, 1)


def test_a_colour_that_is_never_shown_says_nothing() -> None:
    check = ColourCheck(ColourAsk("a", Colour.TEAL), 0.0)
    check = rules.seen(check, None, shining(Colour.TEAL), rules.WITHIN + 0.1)
    assert (check.ended, check.prompt) == (True, None)
    came, finding = rules.found(check)
    assert (came, finding.says) == (Reflection.UNSEEN, Liveness.UNSURE)


# --- a kiosk whose screen may show colours


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    stage.serve(step_ups=StepUps(), colours=lambda _: True)
    stage.check = Check.ENFORCE
    stage.enrol("ann", 0)
    stage.lives(0.45)
    yield stage
    stage.close()


def turned(stage: Stage) -> Label:
    """Whoever is in doubt, after their turns: the label that shows the first colour."""
    for _ in range(600):
        label = stage.label(Actor(0))
        if label.prompt is None:
            continue
        if label.prompt.colour is not None:
            return label
        if label.prompt.side is not None:
            stage.services.step_ups.show("door", label.prompt.nonce, stage.clock.monotonic())
            stage.show(Actor(0), frames=5)
            side = {"left": 0.12, "right": -0.12}[label.prompt.side]
            stage.show(Actor(0, nose=side), frames=5)
    raise AssertionError("no colour was shown")


def look(stage: Stage, label: Label, shows: bool = True) -> Label:
    """The screen shows what is asked for, until nothing is any more."""
    for _ in range(200):
        if label.prompt is None:
            return label
        if shows:
            stage.services.step_ups.show("door", label.prompt.nonce, stage.clock.monotonic())
        label = stage.label(Actor(0))
    raise AssertionError("it never ends")


@pytest.fixture
def light(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Callable[[Light | None], None]:
    """What is seen of every face; None: it shines in the colour that is asked for."""

    def set_to(seen: Light | None) -> None:
        def light_now(_image: Image, _box: Box) -> Light:
            open_ = stage.journey._step_up._open
            assert open_ is not None
            assert open_.colours is not None
            return shining(open_.colours.ask.colour) if seen is None else seen

        monkeypatch.setattr(pipeline, "light_of", light_now)

    return set_to


def events(stage: Stage, kind: EventKind) -> list[Event]:
    return [one for one in stage.attendance.day(MORNING.date()) if one.kind is kind]


def test_after_the_turns_the_colours_are_seen_and_the_mark_says_so(
    stage: Stage, light: Callable[[Light | None], None]
) -> None:
    light(None)
    label = turned(stage)
    assert label.prompt is not None
    assert (label.hold, label.prompt.turns, stage.marked) == (Hold.TURN, COLOURS, [])
    label = look(stage, label)
    assert label.name == "Ann"
    (mark,) = events(stage, EventKind.PUNCH)
    assert [one.cue for one in mark.found] == [Cue.TEXTURE, Cue.TURN, Cue.COLOUR]
    assert mark.found[-1].says is Liveness.LIVE


def test_a_face_that_does_not_shine_while_its_surroundings_do_is_held(
    stage: Stage, light: Callable[[Light | None], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    light(None)
    label = turned(stage)
    at = stage.journey._step_up

    def dull(_image: Image, _box: Box) -> Light:
        assert at._open is not None
        assert at._open.colours is not None
        return Light((0.0, 0.0), shining(at._open.colours.ask.colour).below)

    monkeypatch.setattr(pipeline, "light_of", dull)
    label = look(stage, label)
    assert label.hold is Hold.FAILED
    (held,) = events(stage, EventKind.HELD)
    assert held.reason == Failure.COLOURS.words
    assert (held.found[-1].cue, held.found[-1].says) == (Cue.COLOUR, Liveness.UNSURE)
    assert events(stage, EventKind.PUNCH) == []


@pytest.mark.parametrize("shows", [True, False], ids=["nothing answers", "no screen shows it"])
def test_where_the_colours_cannot_be_seen_the_turns_decide(
    stage: Stage, light: Callable[[Light | None], None], shows: bool
) -> None:
    light(NOBODY)
    assert look(stage, turned(stage), shows).name == "Ann"
    (mark,) = events(stage, EventKind.PUNCH)
    assert (mark.found[-1].cue, mark.found[-1].says) == (Cue.COLOUR, Liveness.UNSURE)


def test_who_leaves_while_the_colours_are_shown_ends_them_and_is_not_marked(
    stage: Stage, light: Callable[[Light | None], None]
) -> None:
    light(None)
    label = turned(stage)
    assert label.prompt is not None
    stage.services.step_ups.show("door", label.prompt.nonce, stage.clock.monotonic())
    labels = stage.show(frames=round(2 / FRAME_SECONDS)).labels
    assert [one for one in labels if one.prompt] == []
    (held,) = events(stage, EventKind.HELD)
    assert (held.reason, events(stage, EventKind.PUNCH)) == (Failure.GONE.words, [])


def test_the_colours_of_an_old_time_cannot_be_said_to_be_shown_again(
    stage: Stage, light: Callable[[Light | None], None]
) -> None:
    light(None)
    label, nonces = turned(stage), []
    shared = stage.services.step_ups
    while label.prompt is not None:
        if label.prompt.nonce not in nonces:
            assert shared.show("door", label.prompt.nonce, stage.clock.monotonic())
            nonces.append(label.prompt.nonce)
        label = stage.label(Actor(0))
    assert len(nonces) == COLOURS
    assert not any(shared.show("door", one, stage.clock.monotonic()) for one in nonces)


def test_where_the_office_allows_no_colours_none_is_shown(
    stage: Stage, light: Callable[[Light | None], None]
) -> None:
    light(None)
    stage.serve(colours=lambda _: False)
    with pytest.raises(AssertionError, match="no colour"):
        turned(stage)
    assert stage.marked[-1] == "ann"
