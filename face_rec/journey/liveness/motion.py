"""Motion: does what surrounds a face move with it?

A head moves before a wall that stands still. A paper or a screen in a hand takes along what it
shows around the face, and its own edge. Two looks tell, where the face has moved between them and
the room has not: no model, and about a millisecond.
"""

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Box, Face, Image

WIDTH: Final = 240
"""px to which pictures are made small: flow is found to a tenth of one, 1 % of a small face."""
LEAST, MOST = 0.06, 0.8
"""Face widths that a face must have moved between two looks, and may have."""
_SCALED = (0.85, 1.18)
"""How much larger a face may have become: who comes near moves to all sides."""
INNER, OUTER = 0.75, 1.6
"""The ring, in face widths to either side of its middle: beyond hair and ears, within a paper."""
_FAR = 2.4
"""Face widths from which on it is the room."""
_BACK = 0.5
"""px by which a point that is followed there and back may miss where it was."""
_POINTS = 5
"""That must be followed on each side of the face, and in the room."""
_STILL = 0.25
"""Share of the face's motion from which on the room moves as well: then the camera does."""
_RIGID = 0.25
"""Share of the face's motion by which the ring's points may differ, half of them: people who walk
beside each other differ by more."""

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


def shared_motion(old: Small, was: Face, new: Small, face: Face) -> float | None:
    """Share of the face's motion that what surrounds it has made, too: 0 for a head before a wall,
    1 for a picture with all that is in it. None: too little moved, or too much, or nothing can be
    followed, or the camera moved."""
    before, now = old.grey, new.grey
    box, wide = boxed(was, old.scale), boxed(face, new.scale).width
    shift = np.mean(face.landmarks * new.scale - was.landmarks * old.scale, axis=0)
    moved = float(np.hypot(*shift))
    if before.shape != now.shape or not LEAST <= moved / max(box.width, 1.0) <= MOST:
        return None
    if not _SCALED[0] <= wide / max(box.width, 1.0) <= _SCALED[1]:
        return None
    room = _flow(before, now, _room(before.shape, box))
    if len(room) < _POINTS or _along(room, shift, moved) > _STILL:
        return None
    sides = [_flow(before, now, ring) for ring in _rings(before.shape, box)]
    shares = [_side(flow, shift, moved) for flow in sides]
    told = [share for share in shares if share is not None]
    return min(told) if len(told) == len(shares) else None


def room_motion(old: Small, new: Small, box: Box) -> Floats | None:
    """(2,) px that the room far from the face at ``box`` has moved; None: it cannot be seen."""
    flow = _flow(old.grey, new.grey, _room(old.grey.shape, box))
    return np.asarray(np.median(flow, axis=0), np.float32) if len(flow) >= _POINTS else None


def _side(flow: Floats, shift: Floats, moved: float) -> float | None:
    """The share that one side of the surroundings has made; None: it cannot be told."""
    if len(flow) < _POINTS:
        return None
    spread = float(np.median(np.linalg.norm(flow - np.median(flow, axis=0), axis=1)))
    share = max(0.0, _along(flow, shift, moved))
    return share if spread <= _RIGID * moved or share < _STILL else None


def _along(flow: Floats, shift: Floats, moved: float) -> float:
    """The median motion in the direction of ``shift``, as a share of it."""
    return float(np.median(flow, axis=0) @ shift) / (moved * moved)


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


def _rings(shape: tuple[int, ...], box: Box) -> tuple[Grey, Grey]:
    """Left and right of the face and above it, down to the chin: shoulders move with a head. Each
    by itself: who walks beside somebody is on one side of them, a paper on both."""
    ring = np.zeros(shape, np.uint8)
    (x, y), wide, high = box.centre, box.width, box.height
    top, chin = y - 1.2 * high, y + 0.45 * high
    _fill(ring, Box(x - OUTER * wide, top, x + OUTER * wide, chin), 255)
    _fill(ring, Box(x - INNER * wide, y - 0.8 * high, x + INNER * wide, chin), 0)
    left, right, middle = ring.copy(), ring.copy(), max(0, round(x))
    left[:, middle:] = 0
    right[:, :middle] = 0
    return left, right


def _room(shape: tuple[int, ...], box: Box) -> Grey:
    mask = np.full(shape, 255, np.uint8)
    (x, y), wide = box.centre, box.width
    _fill(mask, Box(x - _FAR * wide, y - _FAR * wide, x + _FAR * wide, shape[0]), 0)
    return mask


def _fill(mask: Grey, area: Box, value: int) -> None:
    left, top, right, bottom = (
        max(0, round(side)) for side in (area.left, area.top, area.right, area.bottom)
    )
    mask[top:bottom, left:right] = value


def boxed(face: Face, scale: float) -> Box:
    """Where ``face`` is in a picture made small."""
    box = face.box
    return Box(box.left * scale, box.top * scale, box.right * scale, box.bottom * scale)
