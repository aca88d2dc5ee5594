import dataclasses
from typing import Any

import cv2
import numpy as np
import pytest

from face_rec.domain.faces import Box, Face, Image, Landmarks, View
from face_rec.people.photos.quality import CAPTURE, ENROLMENT, assess, pose, shortcoming, view
from tests.fakes.enrolment import painted
from tests.fakes.models import FakeDetector

# A head in the round, x to the picture's right, y down, z toward the camera, in distances
# between the eyes: both eyes, nose tip, both corners of the mouth.
_HEAD = np.array(
    [[-0.5, 0, 0], [0.5, 0, 0], [0, 0.55, 0.5], [-0.4, 1.05, 0.02], [0.4, 1.05, 0.02]], float
)


def _seen(yaw: float = 0, pitch: float = 0, roll: float = 0) -> Landmarks:
    """The landmarks of a head turned to its own left, looking up, leaning, in degrees."""
    y, p, r = np.radians([yaw, pitch, roll])
    turn = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    nod = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    lean = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    points = _HEAD @ (lean @ nod @ turn).T
    return np.asarray(points[:, :2] * 50 + 150, np.float32)


def _face(image: Image) -> Face:
    return FakeDetector().detect(image, 640)[0]


@pytest.mark.parametrize("yaw", [-40, -20, 20, 40])
def test_yaw_is_positive_toward_the_persons_own_left(yaw: float) -> None:
    assert pose(_seen(yaw=yaw))[0] == pytest.approx(yaw, abs=5)


@pytest.mark.parametrize("pitch", [-25, -15, 15, 25])
def test_pitch_is_positive_upward(pitch: float) -> None:
    measured = pose(_seen(pitch=pitch))[1]
    assert np.sign(measured) == np.sign(pitch)
    assert measured == pytest.approx(pitch, abs=10)


def test_leaning_does_not_look_like_turning() -> None:
    yaw, pitch, roll = pose(_seen(roll=25))
    assert roll == pytest.approx(25, abs=1)
    assert abs(yaw) < 2
    assert pitch == pytest.approx(pose(_seen())[1], abs=2)


def test_coinciding_landmarks_give_numbers_all_the_same() -> None:
    face = Face(Box(0, 0, 10, 10), 0.9, np.zeros((5, 2), np.float32))
    quality = assess(painted(1), face)
    assert np.isfinite(
        [quality.yaw, quality.pitch, quality.roll, quality.sharpness, quality.score]
    ).all()


@pytest.mark.parametrize(
    ("yaw", "pitch", "expected"),
    [
        (0, 0, View.FRONT), (25, 0, View.LEFT), (-25, 0, View.RIGHT),
        (0, 20, View.UP), (0, -20, View.DOWN), (30, 25, View.LEFT),
    ],
)  # fmt: skip
def test_views_follow_the_pose(yaw: float, pitch: float, expected: View) -> None:
    assert view(yaw, pitch) is expected


def test_blur_lowers_sharpness_and_score() -> None:
    sharp = painted(3)
    blurred = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 6), np.uint8)
    face = _face(sharp)
    good, poor = assess(sharp, face), assess(blurred, face)
    assert poor.sharpness < good.sharpness / 5
    assert poor.score < good.score


def test_darkness_is_measured() -> None:
    bright = painted(3)
    dark = (bright // 8).astype(np.uint8)
    face = _face(bright)
    assert assess(dark, face).brightness < assess(bright, face).brightness / 4


def test_the_face_may_reach_out_of_the_picture() -> None:
    image = painted(2)
    face = _face(image)
    moved = dataclasses.replace(face, landmarks=face.landmarks - 150)
    assert 0 <= assess(image, moved).score <= 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"size": 30}, "small"), ({"detector_score": 0.5}, "unclear"),
        ({"brightness": 20}, "dark"), ({"brightness": 240}, "bright"), ({"contrast": 5}, "flat"),
        ({"yaw": -60}, "turned"), ({"pitch": 50}, "tilted"), ({"roll": 45}, "slanted"),
        ({"sharpness": 3}, "blurred"),
    ],
)  # fmt: skip
def test_each_shortcoming_has_its_code(change: dict[str, Any], code: str) -> None:
    image = painted(3)
    good = assess(image, _face(image))
    assert shortcoming(good, ENROLMENT) is None
    assert shortcoming(dataclasses.replace(good, **change), ENROLMENT) == code


def test_the_guided_capture_is_no_laxer_than_a_photo() -> None:
    lowest = ("size", "sharpness", "darkest", "contrast", "detector_score")
    highest = ("brightest", "yaw", "pitch", "roll")
    assert all(getattr(CAPTURE, name) >= getattr(ENROLMENT, name) for name in lowest)
    assert all(getattr(CAPTURE, name) <= getattr(ENROLMENT, name) for name in highest)
