"""What a guided capture finds out about who stands before it: turns that are seen or not, edges,
and what the models say over all of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import pytest

from face_rec.domain.faces import Box, Face, Image
from face_rec.domain.liveness import Cue, Judgement, Liveness
from face_rec.journey.liveness.enrolment import EVERY, NEAR_FOR, EnrolmentWatch
from face_rec.models.model_service import ModelService
from face_rec.people.photos.quality import assess
from tests.data import shared_data
from tests.fakes.models import FakeLife, FakeModelSource, blank_frame, fake_models
from tests.unit.journey.test_liveness_edges import held

PLAIN = blank_frame()
REFERENCE = np.array([[-1, 0], [1, 0], [0, 1.04], [-0.84, 2], [0.84, 2]], np.float64)
"""Of a head that looks straight: nose where ``pose`` has it at rest; eyes 2 apart."""


def head(yaw: float, *, left: float = 280, flat: bool = False, wide: float = 80) -> Face:
    """A face turned by so many degrees; ``flat``: a photo that seems so far turned, which takes
    a turn of 60 degrees where it seems 18."""
    points, turn = REFERENCE.copy(), np.radians(yaw)
    narrow = np.cos(min(1.3, abs(turn) * 60 / 18)) if flat else np.cos(turn)
    points[:, 0] *= narrow
    points[2, 0] = 2 * narrow * 0.5 * np.tan(turn)
    scale = wide / 4
    places = points * scale + [left + wide / 2, 200 + wide / 2]
    return Face(Box(left, 200, left + wide, 200 + wide * 1.3), 0.9, places.astype(np.float32))


@dataclass
class Desk:
    """Somebody sits at it, or somebody's picture is held there."""

    life: FakeLife | None = field(default_factory=FakeLife)
    asked: bool = True
    at: float = 0.0
    taken: list[float] = field(default_factory=list)
    """When photos were taken: with every picture, but those that a test leaves out."""

    def __post_init__(self) -> None:
        models = replace(fake_models(), life=self.life)
        self.watch = EnrolmentWatch(FakeModelSource(models), assess, lambda: self.asked)

    def show(
        self,
        yaws: Iterable[float],
        step: float = 0.1,
        left: float = 280,
        *,
        flat: bool = False,
        taken: bool = True,
    ) -> None:
        for yaw in yaws:
            self.at += step
            self.taken.extend([self.at] if taken else [])
            self.watch.see(PLAIN, head(yaw, left=left, flat=flat), self.at)

    @property
    def found(self) -> Judgement:
        judged = self.watch.judgement(self.taken)
        assert judged is not None
        return judged

    @property
    def turns(self) -> float:
        return next(one.value for one in self.found.findings if one.cue is Cue.TURN)


STRAIGHT = [0.0] * 12
LEFT, RIGHT = [4, 9, 14, 18, 24, 24, 16, 8, 0], [-4, -9, -14, -18, -24, -24, -16, -8, 0]


def test_whom_the_models_take_for_live_and_who_turns_both_ways_is_live() -> None:
    desk = Desk()
    desk.show([*STRAIGHT, *LEFT, *RIGHT])
    assert desk.turns == 2
    assert desk.found.verdict is Liveness.LIVE
    assert desk.found.reasons == ()


@pytest.mark.parametrize("missing", [LEFT, RIGHT])
def test_a_turn_that_was_not_seen_leaves_it_unsure(missing: list[float]) -> None:
    desk = Desk()
    desk.show([*STRAIGHT, *(RIGHT if missing is LEFT else LEFT)])
    assert desk.found.verdict is Liveness.UNSURE


def test_a_photo_from_the_side_after_one_from_the_front_is_no_turn() -> None:
    desk = Desk()
    desk.show([*STRAIGHT, 26, 26, 26, *STRAIGHT, -26, -26, -26])
    assert desk.turns == 0
    assert desk.found.verdict is Liveness.UNSURE


@pytest.mark.parametrize(("step", "left"), [(1.2, 280), (0.1, 340)], ids=["gone", "elsewhere"])
def test_nor_is_a_face_that_was_gone_or_is_suddenly_elsewhere(step: float, left: float) -> None:
    desk = Desk()
    desk.show([0, 4, 9, 14])
    desk.show([19], step, left)
    desk.show([24, 24], left=left)
    assert desk.turns == 0


def test_a_photo_that_is_turned_in_a_hand_is_no_turn_of_a_head() -> None:
    desk = Desk()
    desk.show([*STRAIGHT, *LEFT, *RIGHT], flat=True)
    assert desk.turns == 0
    seen = Desk()
    seen.show([*STRAIGHT, *LEFT, *RIGHT])
    assert seen.turns == 2, "and a head as far turned is"


def test_what_the_models_take_for_a_picture_is_one_however_it_turns() -> None:
    desk = Desk(FakeLife(0.1))
    desk.show([*STRAIGHT, *LEFT, *RIGHT])
    assert desk.found.verdict is Liveness.ATTACK
    assert desk.found.reasons == (Cue.TEXTURE.words,)


def test_a_look_or_two_accuse_nobody() -> None:
    desk = Desk(FakeLife(0.1))
    desk.show([0, 0, 0])
    assert desk.found.verdict is Liveness.UNSURE


@pytest.mark.parametrize(("pause", "left"), [(1.5, 280), (0.1, 340)], ids=["gone", "elsewhere"])
def test_who_sat_there_first_does_not_speak_for_the_picture_that_is_held_there_after(
    pause: float, left: float
) -> None:
    desk = Desk(FakeLife(0.95))
    desk.show([*STRAIGHT * 5, *LEFT, *RIGHT], taken=False)
    assert desk.life is not None
    desk.life.score = 0.1
    desk.show([0.0], pause, left)
    desk.show(STRAIGHT, left=left)
    assert desk.turns == 0, "the turns were somebody else's"
    assert desk.found.verdict is Liveness.ATTACK


def test_nor_who_comes_between_its_photos() -> None:
    desk = Desk(FakeLife(0.1))
    desk.show(STRAIGHT)
    assert desk.life is not None
    desk.life.score = 0.95
    desk.show([0.0], 1.5, taken=False)
    desk.show([*STRAIGHT * 5, *LEFT, *RIGHT], taken=False)
    assert desk.turns == 0
    assert desk.found.verdict is Liveness.ATTACK


def test_nor_who_makes_room_for_it_without_a_gap() -> None:
    desk = Desk(FakeLife(0.95))
    desk.show([*STRAIGHT * 10], taken=False)
    assert desk.life is not None
    desk.life.score = 0.1
    desk.show([0.0] * 35)
    assert desk.found.verdict is Liveness.ATTACK, "looks before its first photo are few"


def test_only_looks_from_the_front_are_shown_to_the_models_and_five_a_second() -> None:
    desk = Desk()
    desk.show([30.0] * 20)
    assert desk.life is not None
    assert desk.life.faces == []
    desk.show([0.0] * 21, step=EVERY / 4)
    assert 4 <= len(desk.life.faces) <= 6


def test_an_edge_is_an_attack_whatever_comes_after_it_also_without_models() -> None:
    for life in (FakeLife(), None):
        desk = Desk(life)
        for number in range(8):
            there = (480 + 7 * (number % 2), 270 + 3 * (number % 2))
            image, face = held(there, there)
            desk.at += 0.25
            desk.taken.append(desk.at)
            desk.watch.see(image, face, desk.at)
        desk.show([*STRAIGHT * 3, *LEFT, *RIGHT])
        assert desk.found.verdict is Liveness.ATTACK
        assert desk.found.reasons == (Cue.EDGE.words,)


@pytest.mark.parametrize("desk", [Desk(life=None), Desk(asked=False)], ids=["models", "asked"])
def test_without_models_or_where_nobody_asks_nothing_is_said(desk: Desk) -> None:
    desk.show([*STRAIGHT, *LEFT, *RIGHT])
    assert desk.watch.judgement(desk.taken) is None
    assert not desk.watch.near


def test_who_is_too_near_is_asked_to_move_back_for_a_while_and_then_let_be() -> None:
    desk = Desk(FakeLife(None))
    desk.show([0.0] * 5)
    told = desk.watch.near
    assert told
    desk.show([0.0] * round(NEAR_FOR / 0.1))
    assert not desk.watch.near
    before = desk.found.verdict
    assert before is Liveness.UNSURE
    assert desk.life is not None
    desk.life.score = 0.9
    desk.show([*STRAIGHT, *LEFT, *RIGHT])
    desk.life.score = None
    desk.show(STRAIGHT)
    assert not desk.watch.near, "who was measured once may come nearer"
    assert desk.found.verdict is Liveness.LIVE


# --- with models that run


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> ModelService:
    pack, life = shared_data("models/buffalo_sc"), shared_data("models/liveness")
    service = ModelService(
        tmp_path_factory.mktemp("models"), str(pack), "cpu", 1, liveness=str(life)
    )
    service.load()
    return service


def clip(name: str) -> list[Image]:
    film = cv2.VideoCapture(str(shared_data(f"videos/{name}")))
    pictures = []
    while (read := film.read())[0]:
        pictures.append(np.asarray(read[1], np.uint8))
    return pictures


@pytest.mark.models
@pytest.mark.heavy
def test_a_real_head_that_turns_is_seen_to_turn(trained: ModelService) -> None:
    """Of the only one there is: some 16 degrees, which it turns back. Played backwards it turns to
    its left, and mirrored to its right."""
    right_half = [image[:, 240:] for image in clip("head-pose-face-detection-female-and-male.gif")]
    turning = [*reversed(right_half), *right_half]
    mirrored = [np.ascontiguousarray(image[:, ::-1]) for image in turning]
    models = trained.current()
    assert models is not None
    seen = []
    for pictures in (turning, [*turning, *mirrored]):
        watch = EnrolmentWatch(trained, assess, lambda: True)
        for number, image in enumerate(pictures):
            (face,) = models.detector.detect(image, 320)
            watch.see(image, face, number / 10)
        judged = watch.judgement([number / 10 for number in range(len(pictures))])
        assert judged is not None
        seen.append(next(one.value for one in judged.findings if one.cue is Cue.TURN))
    assert seen == [1, 2]
