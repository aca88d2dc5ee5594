"""How good one face in one picture is: measured once, cheaply, and judged by limits.

The pose is read off the five landmarks, which is rough (about 10 degrees) and free. With the
picture turned so that the eyes are level, the tip of the nose stands in front of the plane of
eyes and mouth by about half the distance between the eyes. Turning the head by yaw moves it
sideways by ``depth * sin(yaw)`` while the eyes draw together by ``cos(yaw)``; so the tangent of
yaw is the sideways offset of the nose over its depth, measured in distances between the eyes.
Pitch is the same upright, measured in distances from the eyes to the mouth.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Face, Image, Landmarks, Quality, View
from face_rec.languages.language import msgid

# Where the landmarks lie in the usual 112 px crop (the ArcFace reference points), as x + iy.
_REFERENCE = np.array(
    [38.2946 + 51.6963j, 73.5318 + 51.5014j, 56.0252 + 71.7366j, 41.5493 + 92.3655j,
     70.7299 + 92.2041j]
)  # fmt: skip
_CROP = 112
_INNER = (slice(16, 104), slice(16, 96))  # the face without hair and background

_NOSE_DEPTH_TO_EYES = 0.50  # depth of the nose tip / distance between the eyes
_NOSE_DEPTH_TO_MOUTH = 0.45  # depth of the nose tip / distance from eyes to mouth
_NOSE_HEIGHT = 0.52  # where between eyes (0) and mouth (1) a level face has its nose tip

_TURNED = 15.0  # degrees of yaw from which a face is a side view
_TILTED = 12.0  # degrees of pitch from which it looks up or down


@dataclass(frozen=True, slots=True)
class Limits:
    """What a face must reach to be used; the units are those of Quality. ``good_size``: from
    which size on it is not only better than none."""

    size: float
    sharpness: float
    darkest: float
    brightest: float
    contrast: float
    yaw: float
    pitch: float
    roll: float
    detector_score: float
    good_size: float = 0.0


ENROLMENT = Limits(
    size=40, sharpness=16, darkest=40, brightest=220, contrast=12, yaw=50, pitch=40, roll=30,
    detector_score=0.65, good_size=60,
)  # fmt: skip
"""For photos, chosen so that ordinary press photos pass: of 813 such photos in 250 px the
poorest half per cent has size 72, sharpness 35, brightness 70 to 186, contrast 23, yaw 40, and
of 813 faces one or none is refused, with either of two detectors."""

CAPTURE = Limits(
    size=80, sharpness=30, darkest=55, brightest=210, contrast=16, yaw=45, pitch=36, roll=25,
    detector_score=0.65,
)  # fmt: skip
"""For the guided capture, which can wait for a better moment than a photo can."""


def assess(image: Image, face: Face) -> Quality:
    """Measure ``face`` in ``image`` ((H, W, 3) uint8 BGR); about 0.2 ms, any thread."""
    grey = _aligned_grey(image, face)
    yaw, pitch, roll = pose(face.landmarks)
    measured = Quality(
        size=min(face.box.width, face.box.height),
        sharpness=float(cv2.Laplacian(grey, cv2.CV_32F).var()),
        brightness=float(grey.mean()),
        contrast=float(grey.std()),
        yaw=yaw,
        pitch=pitch,
        roll=roll,
        detector_score=face.score,
        view=view(yaw, pitch),
        score=0.0,
    )
    return replace(measured, score=_overall(measured))


def pose(landmarks: Landmarks) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees, signs as in Quality, of (5, 2) landmarks in pixels."""
    points = landmarks[:, 0].astype(float) + 1j * landmarks[:, 1].astype(float)
    eyes = points[1] - points[0]
    roll = float(np.angle(eyes))
    level = (points - (points[0] + points[1]) / 2) * np.exp(-1j * roll)
    nose, mouth = level[2], (level[3] + level[4]) / 2
    offset = (nose.real - mouth.real / 2) / max(abs(eyes), 1e-3)
    height = nose.imag / max(mouth.imag, 1e-3)
    yaw = np.arctan(offset / _NOSE_DEPTH_TO_EYES)
    pitch = np.arctan((_NOSE_HEIGHT - height) / _NOSE_DEPTH_TO_MOUTH)
    return float(np.degrees(yaw)), float(np.degrees(pitch)), float(np.degrees(roll))


def view(yaw: float, pitch: float) -> View:
    """From where a face with this pose (degrees) is seen."""
    if abs(yaw) >= _TURNED:
        return View.LEFT if yaw > 0 else View.RIGHT
    if abs(pitch) >= _TILTED:
        return View.UP if pitch > 0 else View.DOWN
    return View.FRONT


GRADES = (msgid("excellent"), msgid("good"), msgid("fair"))


def grade(score: float) -> str:
    """A quality's score (0 to 1) in a word, one of GRADES."""
    return GRADES[0 if score >= 0.8 else 1 if score >= 0.55 else 2]


def shortcoming(quality: Quality, limits: Limits) -> str | None:
    """The code of the first thing that is not good enough, or None. Codes: small, unclear,
    dark, bright, flat, turned, tilted, slanted, blurred."""
    checks = {
        "small": quality.size < limits.size,
        "unclear": quality.detector_score < limits.detector_score,
        "dark": quality.brightness < limits.darkest,
        "bright": quality.brightness > limits.brightest,
        "flat": quality.contrast < limits.contrast,
        "turned": abs(quality.yaw) > limits.yaw,
        "tilted": abs(quality.pitch) > limits.pitch,
        "slanted": abs(quality.roll) > limits.roll,
        "blurred": quality.sharpness < limits.sharpness,
    }
    return next((code for code, failed in checks.items() if failed), None)


def weakness(quality: Quality, limits: Limits) -> str:
    """The code of what makes a face weak that is let through; "" for a good one."""
    return "small" if quality.size < limits.good_size else ""


def aligned(image: Image, face: Face) -> Image:
    """(112, 112, 3) BGR: the face at a standard size, with its landmarks at the usual places."""
    matrix = similarity(face.landmarks)
    crop = cv2.warpAffine(image, matrix, (_CROP, _CROP), flags=cv2.INTER_LINEAR)
    return np.asarray(crop, np.uint8)


def _aligned_grey(image: Image, face: Face) -> npt.NDArray[np.uint8]:
    """The inner face at a standard size, so that the figures do not depend on the camera's."""
    crop = aligned(image, face)
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)[_INNER], dtype=np.uint8)


def similarity(landmarks: Landmarks) -> npt.NDArray[np.float64]:
    """The least-squares turn, scale and shift onto the reference points, (2, 3).

    In complex numbers that is one line: reference = a * point + b.
    """
    points = landmarks[:, 0].astype(float) + 1j * landmarks[:, 1].astype(float)
    spread = points - points.mean()
    a = np.vdot(spread, _REFERENCE - _REFERENCE.mean()) / max(np.vdot(spread, spread).real, 1e-6)
    b = _REFERENCE.mean() - a * points.mean()
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def _overall(face: Quality) -> float:
    """The geometric mean of what matters: one thing that is very bad spoils all."""
    terms = [
        _ramp(face.size, 24, 140),
        _ramp(face.sharpness, 4, 150),
        min(_ramp(face.brightness, 25, 80), 1 - _ramp(face.brightness, 180, 245)),
        _ramp(face.contrast, 6, 32),
        1 - _ramp(abs(face.yaw), 10, 70),
        1 - _ramp(abs(face.pitch), 10, 60),
        _ramp(face.detector_score, 0.3, 0.8),
    ]
    return float(np.prod(terms) ** (1 / len(terms)))


def _ramp(value: float, low: float, high: float) -> float:
    """0 up to ``low``, 1 from ``high`` on, straight between."""
    return min(1.0, max(0.0, (value - low) / (high - low)))
