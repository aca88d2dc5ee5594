"""A straight frame around a face moves while the room stands still, or it does not: a paper and a
screen in a hand against heads before doors and shelves."""

import cv2
import numpy as np
import pytest

from face_rec.domain.faces import Face, Image
from face_rec.domain.liveness import Cue, Liveness
from face_rec.journey.liveness.edges import framed
from face_rec.journey.liveness.evidence import GAP, Evidence, Sighting
from face_rec.journey.liveness.judge import judge
from face_rec.journey.liveness.motion import WIDTH, small_of
from tests.fakes.journey import a_face

SIDE = 80.0


def texture(seed: int, height: int = 540, width: int = 960) -> Image:
    """Something with corners everywhere."""
    random = np.random.default_rng(seed)
    spots = random.integers(0, 255, (height // 12, width // 12, 3)).astype(np.uint8)
    grown = cv2.resize(spots, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown, np.uint8)


ROOM, HEAD = texture(1), texture(2)
Point = tuple[float, float]
Seen = tuple[Image, Face]
SOFT_ROOM = np.asarray(cv2.GaussianBlur(ROOM, (0, 0), 5), np.uint8)


def frame_on(image: Image, middle: Point, half: Point = (120, 150), *, turn: float = 0.0) -> None:
    """A dark screen with a light bezel, ``turn`` degrees askew."""
    corners = cv2.boxPoints((middle, (2 * half[0], 2 * half[1]), turn))
    cv2.fillPoly(image, [corners.astype(np.int32)], (235, 236, 238), cv2.LINE_AA)
    inner = cv2.boxPoints((middle, (2 * half[0] - 24, 2 * half[1] - 24), turn))
    cv2.fillPoly(image, [inner.astype(np.int32)], (70, 66, 60), cv2.LINE_AA)


def head_on(image: Image, x: float, y: float) -> Face:
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.ellipse(mask, (round(x), round(y)), (42, 56), 0, 0, 360, 255, -1)
    image[mask > 0] = HEAD[mask > 0]
    return a_face(x - SIDE / 2, y - SIDE / 2, SIDE)


def held(frame: Point, face: Point, *, turn: float = 0.0, room: Image = SOFT_ROOM) -> Seen:
    """A face on a screen that somebody holds."""
    image = room.copy()
    frame_on(image, frame, turn=turn)
    return image, head_on(image, *face)


def tell(one: Seen, other: Seen) -> bool:
    return framed(small_of(one[0]), one[1], small_of(other[0]))


@pytest.mark.parametrize("step", [(6, 0), (-9, 4), (0, 7)], ids=str)
@pytest.mark.parametrize("turn", [0.0, 8.0], ids=["straight", "askew"])
def test_the_edge_of_a_screen_in_a_hand_is_seen_to_move(step: Point, turn: float) -> None:
    there = (480 + step[0], 270 + step[1])
    assert tell(held((480, 270), (480, 270), turn=turn), held(there, there, turn=turn))


def test_it_is_seen_whatever_the_face_on_the_screen_does() -> None:
    """A video of a head that moves, or of one that keeps still before the camera by chance."""
    assert tell(held((480, 270), (480, 270)), held((487, 272), (469, 275)))
    assert tell(held((480, 270), (480, 270)), held((487, 272), (480, 270)))


def test_a_head_before_a_door_or_a_picture_on_the_wall_moves_alone() -> None:
    assert not tell(held((480, 270), (480, 270)), held((480, 270), (492, 274)))


def test_a_screen_that_is_held_perfectly_still_says_nothing() -> None:
    assert not tell(held((480, 270), (480, 270)), held((480, 270), (480, 270)))
    assert not tell(held((480, 270), (480, 270)), held((481, 270), (481, 270)))


def test_a_head_without_a_frame_says_nothing() -> None:
    def alone(x: float) -> Seen:
        image = SOFT_ROOM.copy()
        return image, head_on(image, x, 270)

    assert not tell(alone(480), alone(490))


def test_a_door_that_slides_behind_somebody_is_no_frame() -> None:
    """Two upright edges move alike, and there is none above or below."""

    def before_a_door(x: float) -> Seen:
        image = SOFT_ROOM.copy()
        image[:, round(x - 130) : round(x + 130)] = (200, 204, 208)
        return image, head_on(image, 480, 270)

    assert not tell(before_a_door(480), before_a_door(489))


def test_a_camera_that_moves_moves_the_room_as_well_and_says_nothing() -> None:
    image, _ = held((480, 270), (480, 270))
    moved = np.asarray(np.roll(image, 8, axis=1), np.uint8)
    assert not tell((image, a_face(440, 230, SIDE)), (moved, a_face(448, 230, SIDE)))


def test_where_the_room_cannot_be_seen_nothing_is_said() -> None:
    bare = np.full_like(ROOM, 120)
    one, other = (held((x, 270), (x, 270), room=bare) for x in (480, 488))
    assert not tell(one, other)


def test_a_picture_of_another_shape_or_a_face_far_away_says_nothing() -> None:
    image, face = held((480, 270), (480, 270))
    other = np.asarray(cv2.resize(image, (640, 480)), np.uint8)
    assert not tell((image, face), (other, face))
    assert small_of(image).grey.shape[1] == WIDTH
    far = a_face(460, 250, 40)
    moved, _ = held((488, 270), (488, 270))
    assert not tell((image, far), (moved, far))


# --- over a track


def seen(*places: Point) -> Evidence:
    found = Evidence()
    for number, place in enumerate(places):
        image, face = held(place, place)
        found = found.add(Sighting(number / 5, face, 0.95, small=small_of(image)))
    return found


def test_a_screen_that_the_models_take_for_live_is_an_attack_by_its_edge() -> None:
    found = seen((480, 270), (486, 272), (479, 270))
    assert found.watched
    judgement = judge(found)
    assert judgement.verdict is Liveness.ATTACK
    assert Cue.EDGE.words in judgement.reasons
    (edge,) = [one for one in judgement.findings if one.cue is Cue.EDGE]
    assert edge.value == 2


def test_one_pair_of_looks_accuses_nobody() -> None:
    judgement = judge(seen((480, 270), (486, 272), (486, 272), (486, 272)))
    assert judgement.verdict is Liveness.LIVE
    assert [one.says for one in judgement.findings if one.cue is Cue.EDGE] == [Liveness.UNSURE]


def test_one_picture_is_kept_that_of_the_look_the_next_is_held_against() -> None:
    found = seen((480, 270), (486, 272), (479, 270))
    assert [one.small for one in found.sightings] == [None] * 3
    assert found.kept is not None
    assert (found.kept.at, found.kept.small is not None) == (0.4, True)


def test_looks_in_quick_succession_are_held_against_the_first_of_them() -> None:
    found = Evidence()
    for at, x in ((0.0, 480), (GAP / 2, 487), (GAP, 487)):
        image, face = held((x, 270), (x, 270))
        found = found.add(Sighting(at, face, 0.95, small=small_of(image)))
    assert [one.framed for one in found.sightings] == [None, None, True]
    assert not found.watched
