"""The whole picture moves with a face, or the room behind it stands still."""

import cv2
import numpy as np
import pytest

from face_rec.domain.faces import Face, Image
from face_rec.domain.liveness import Cue, Liveness
from face_rec.journey.liveness.evidence import Evidence, Sighting
from face_rec.journey.liveness.judge import WHOLE_FROM, judge
from face_rec.journey.liveness.motion import small_of, whole_motion
from tests.fakes.journey import a_face

SIDE = 80.0
Scene = tuple[Image, Face]


def texture(seed: int) -> Image:
    """Something with corners everywhere, (540, 960, 3)."""
    spots = np.random.default_rng(seed).integers(0, 255, (45, 80, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(spots, (960, 540), interpolation=cv2.INTER_CUBIC), np.uint8)


ROOM, HEAD = texture(1), texture(2)


def head_at(x: float, y: float, *, room: Image = ROOM) -> Scene:
    """A head before a room that stands still."""
    image = room.copy()
    left, top = round(x - 0.7 * SIDE), round(y - 0.7 * SIDE)
    image[top : top + 112, left : left + 112] = HEAD[:112, :112]
    return image, a_face(x - SIDE / 2, y - SIDE / 2, SIDE)


def picture_at(x: int, y: int) -> Scene:
    """The same as one picture that fills what the camera sees, moved by a hand."""
    moved = np.roll(head_at(480, 270)[0], (y - 270, x - 480), axis=(0, 1))
    return np.asarray(moved, np.uint8), a_face(x - SIDE / 2, y - SIDE / 2, SIDE)


def share(one: Scene, other: Scene) -> float | None:
    return whole_motion(small_of(one[0]), one[1], small_of(other[0]), other[1])


@pytest.mark.parametrize("step", [(12, 0), (-16, 8), (0, 20)], ids=str)
def test_all_that_a_picture_shows_moves_with_its_face(step: tuple[int, int]) -> None:
    found = share(picture_at(480, 270), picture_at(480 + step[0], 270 + step[1]))
    assert found == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("step", [(12, 0), (-16, 8), (0, 20)], ids=str)
def test_a_head_leaves_the_room_where_it_is(step: tuple[int, int]) -> None:
    found = share(head_at(480, 270), head_at(480 + step[0], 270 + step[1]))
    assert found == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("step", [(0, 0), (2, 1), (90, 0)], ids=["still", "trembling", "too far"])
def test_too_little_or_too_much_motion_says_nothing(step: tuple[int, int]) -> None:
    assert share(picture_at(480, 270), picture_at(480 + step[0], 270 + step[1])) is None


def test_before_a_bare_wall_there_is_nothing_to_follow() -> None:
    bare = np.full_like(ROOM, 120)
    assert share(head_at(480, 270, room=bare), head_at(495, 270, room=bare)) is None


def test_a_picture_of_another_shape_says_nothing() -> None:
    image, face = head_at(480, 270)
    other = np.asarray(cv2.resize(image, (640, 480)), np.uint8)
    assert share((image, face), (other, a_face(455, 230, SIDE))) is None


# --- over a track


def seen(*scenes: Scene) -> Evidence:
    found = Evidence()
    for number, (image, face) in enumerate(scenes):
        found = found.add(Sighting(float(number), face, 0.95, small=small_of(image)))
    return found


def test_a_picture_that_fills_the_camera_is_never_live_while_it_moves_and_is_not_accused() -> None:
    path = ((480, 270), (494, 270), (480, 278), (496, 272))
    judgement = judge(seen(*(picture_at(x, y) for x, y in path)))
    assert judgement.verdict is Liveness.UNSURE
    (picture,) = [one for one in judgement.findings if one.cue is Cue.PICTURE]
    assert picture.value >= WHOLE_FROM
    assert judgement.reasons == (), "the camera may be in a hand"
    assert judge(seen(*(head_at(x, y) for x, y in path))).verdict is Liveness.LIVE
