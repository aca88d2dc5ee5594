"""Motion: pictures made small, whether the room in them stands still, or moves with a face."""

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Box, Face, Image

WIDTH: Final = 240
"""px to which pictures are made small: flow is found to a tenth of one."""
LEAST, MOST = 0.06, 0.8
"""Face widths that a face must have moved between two looks, and may have."""
_FAR = 2.4
"""Face widths from which on it is the room."""
_BACK = 0.5
"""px by which a point that is followed there and back may miss where it was."""
_POINTS = 5
"""That must be followed in the room."""

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Small:
    """A picture made small: ``grey`` (H, WIDTH), which is ``scale`` times as large."""

    grey: Grey
    scale: float


def small_of(image: Image) -> Small:
    """The green of ``image`` ((H, W, 3) BGR), made small."""
    height, width = image.shape[:2]
    step = max(1, width // (WIDTH * 3))
    green = np.ascontiguousarray(image[::step, ::step, 1])
    size = (WIDTH, max(8, round(WIDTH * height / width)))
    grey = np.asarray(cv2.resize(green, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Small(grey, WIDTH / width)


def room_motion(old: Small, new: Small, box: Box) -> Floats | None:
    """(2,) px that the room far from the face at ``box`` has moved; None: it cannot be seen."""
    flow = _flow(old.grey, new.grey, _room(old.grey.shape, box))
    return np.asarray(np.median(flow, axis=0), np.float32) if len(flow) >= _POINTS else None


def whole_motion(old: Small, was: Face, new: Small, face: Face) -> float | None:
    """Share of the face's motion that the room has made, too: 1 where all that the camera sees
    moves as one, 0 where the room stands still, less where it goes elsewhere. None: the face moved
    too little or too much to tell, or the room cannot be seen."""
    box = boxed(was, old.scale)
    shift = np.mean(face.landmarks * new.scale - was.landmarks * old.scale, axis=0)
    moved = float(np.hypot(*shift))
    if old.grey.shape != new.grey.shape or not LEAST <= moved / max(box.width, 1.0) <= MOST:
        return None
    room = room_motion(old, new, box)
    return None if room is None else 1 - float(np.linalg.norm(room - shift)) / moved


def _flow(before: Grey, now: Grey, mask: Grey) -> Floats:
    """(N, 2) px that corners under ``mask`` have moved; (0, 2) where there are none."""
    corners: Any = cv2.goodFeaturesToTrack(before, 40, 0.02, 3, mask=mask)
    if corners is None:
        return np.zeros((0, 2), np.float32)
    there = _followed(before, now, corners)
    back = _followed(now, before, there)
    true = np.linalg.norm((back - corners).reshape(-1, 2), axis=1) < _BACK
    return np.asarray((there - corners).reshape(-1, 2)[true], np.float32)


def _followed(before: Grey, now: Grey, points: Floats) -> Floats:
    """Where ``points`` (N, 1, 2) of ``before`` are in ``now``."""
    there, _, _ = cv2.calcOpticalFlowPyrLK(before, now, points, points.copy(), winSize=(11, 11))
    return np.asarray(there, np.float32)


def _room(shape: tuple[int, ...], box: Box) -> Grey:
    mask = np.full(shape, 255, np.uint8)
    (x, y), far = box.centre, _FAR * box.width
    mask[rows_and_columns(Box(x - far, y - far, x + far, shape[0]))] = 0
    return mask


def rows_and_columns(area: Box) -> tuple[slice, slice]:
    """Those of a picture that lie within ``area``, which may reach beyond its edges."""
    left, top, right, bottom = (
        max(0, round(side)) for side in (area.left, area.top, area.right, area.bottom)
    )
    return slice(top, bottom), slice(left, right)


def boxed(face: Face, scale: float) -> Box:
    """Where ``face`` is in a picture made small."""
    box = face.box
    return Box(box.left * scale, box.top * scale, box.right * scale, box.bottom * scale)
