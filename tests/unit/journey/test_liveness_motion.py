"""What surrounds a face moves with it, or it does not: a plane in a hand against a head before a
wall."""

import cv2
import numpy as np
import pytest

from face_rec.domain.faces import Box, Face, Image
from face_rec.domain.liveness import Cue, Liveness
from face_rec.journey.liveness.evidence import GAP, Evidence, Sighting
from face_rec.journey.liveness.judge import SHARED_FROM, judge
from face_rec.journey.liveness.motion import WIDTH, shared_motion, small_of
from tests.fakes.journey import a_face

SIDE = 80.0


def texture(seed: int, height: int = 540, width: int = 960) -> Image:
    """Something with corners everywhere."""
    random = np.random.default_rng(seed)
    spots = random.integers(0, 255, (height // 12, width // 12, 3)).astype(np.uint8)
    grown = cv2.resize(spots, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown, np.uint8)


ROOM, HEAD, PAPER = texture(1), texture(2), texture(3)


def scene(x: float, y: float, reach: float, *, room: Image = ROOM) -> tuple[Image, Face]:
    """A face at (x, y), and what moves with it to ``reach`` face widths to either side: 0.7 is a
    head, 1.7 a paper with a face on it."""
    image = room.copy()
    left, top = round(x - reach * SIDE), round(y - reach * SIDE)
    right, bottom = round(x + reach * SIDE), round(y + reach * SIDE)
    surface = HEAD if reach < 1 else PAPER
    image[top:bottom, left:right] = surface[: bottom - top, : right - left]
    return image, a_face(x - SIDE / 2, y - SIDE / 2, SIDE)


def share(one: tuple[Image, Face], other: tuple[Image, Face]) -> float | None:
    return shared_motion(small_of(one[0]), one[1], small_of(other[0]), other[1])


@pytest.mark.parametrize("step", [(12, 0), (-16, 8), (0, 20)], ids=str)
def test_a_paper_takes_along_what_is_around_the_face_on_it(step: tuple[int, int]) -> None:
    found = share(scene(480, 270, 1.7), scene(480 + step[0], 270 + step[1], 1.7))
    assert found == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("step", [(12, 0), (-16, 8), (0, 20)], ids=str)
def test_a_head_leaves_the_wall_where_it_is(step: tuple[int, int]) -> None:
    found = share(scene(480, 270, 0.7), scene(480 + step[0], 270 + step[1], 0.7))
    assert found == pytest.approx(0.0, abs=0.1)


def test_a_camera_that_moves_moves_everything_and_says_nothing() -> None:
    one = scene(480, 270, 0.7)
    shifted = np.asarray(np.roll(one[0], 16, axis=1), np.uint8)
    assert share(one, (shifted, a_face(480 + 16 - SIDE / 2, 270 - SIDE / 2, SIDE))) is None


@pytest.mark.parametrize("step", [(0, 0), (2, 1), (90, 0)], ids=["still", "trembling", "too far"])
def test_too_little_or_too_much_motion_says_nothing(step: tuple[int, int]) -> None:
    assert share(scene(480, 270, 1.7), scene(480 + step[0], 270 + step[1], 1.7)) is None


def test_before_a_bare_wall_there_is_nothing_to_follow() -> None:
    bare = np.full_like(ROOM, 120)
    assert share(scene(480, 270, 0.7, room=bare), scene(495, 270, 0.7, room=bare)) is None


def test_who_comes_nearer_moves_to_all_sides_and_says_nothing() -> None:
    image, face = scene(480, 270, 1.7)
    nearer = Face(Box(430, 210, 560, 340), face.score, face.landmarks + 16)
    assert share((image, face), (image, nearer)) is None


def test_a_picture_of_another_shape_says_nothing() -> None:
    other = np.asarray(cv2.resize(ROOM, (640, 480)), np.uint8)
    one, face = scene(480, 270, 1.7)
    assert share((one, face), (other, a_face(455, 230, SIDE))) is None
    assert small_of(one).grey.shape[1] == WIDTH


# --- over a track


def seen(*places: tuple[float, float], reach: float) -> Evidence:
    found = Evidence()
    for number, (x, y) in enumerate(places):
        image, face = scene(x, y, reach)
        found = found.add(Sighting(float(number), face, 0.95, small=small_of(image)))
    return found


PATH = ((480, 270), (494, 270), (480, 276), (496, 270))


def test_a_paper_that_the_models_take_for_live_is_an_attack_by_its_motion() -> None:
    judgement = judge(seen(*PATH, reach=1.7))
    assert judgement.verdict is Liveness.ATTACK
    assert judgement.reasons == (Cue.BACKGROUND.words,)
    (background,) = [one for one in judgement.findings if one.cue is Cue.BACKGROUND]
    assert background.value >= SHARED_FROM


def test_a_head_that_moves_alike_is_live() -> None:
    assert judge(seen(*PATH, reach=0.7)).verdict is Liveness.LIVE


def test_one_pair_of_looks_is_not_enough_to_accuse_anybody() -> None:
    two = seen(*PATH[:2], reach=1.7)
    assert two.sightings[-1].shared is not None
    assert judge(two).verdict is Liveness.UNSURE


def test_one_picture_is_kept_that_of_the_look_the_next_is_held_against() -> None:
    found = seen(*PATH, reach=0.7)
    assert [one.small for one in found.sightings] == [None] * 4
    assert found.kept is not None
    assert (found.kept.at, found.kept.small is not None) == (3.0, True)


def test_looks_in_quick_succession_are_held_against_the_first_of_them() -> None:
    found = Evidence()
    for at, x in ((0.0, 480), (GAP / 2, 487), (GAP, 494)):
        image, face = scene(x, 270, 1.7)
        found = found.add(Sighting(at, face, 0.95, small=small_of(image)))
    between, last = found.sightings[1:]
    assert between.shared is None
    assert last.shared == pytest.approx(1.0, abs=0.15)


def test_who_walks_beside_somebody_is_no_paper() -> None:
    """They move alike, on one side; on the other the wall stands still."""

    def walking(x: float) -> tuple[Image, Face]:
        image, face = scene(x, 270, 0.7)
        left = round(x + 0.9 * SIDE)
        image[150:540, left : left + 100] = PAPER[150:540, :100]
        return image, face

    found = share(walking(480), walking(494))
    assert found == pytest.approx(0.0, abs=0.1)
