"""Edges: does a straight frame around a face move while the room stands still?

A paper or a screen in a hand ends in straight lines around the face that it shows, and they move
as one. Door frames and shelves behind a head stand as still as the room; hair and shoulders have
no straight lines from above the head to below the mouth. Neither a texture around the face is
needed nor any motion of the face itself, so a video on a screen shows its edge as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from face_rec.domain.faces import Box, Face
from face_rec.journey.liveness.motion import (
    Floats,
    Grey,
    Small,
    boxed,
    room_motion,
    rows_and_columns,
)

LEAST: Final = 0.6
"""px of a picture made small that two opposite lines must have moved."""
SIDES: Final = 3
"""Sides of the face on which there must be a line: a sliding door has two."""
_NARROWEST = 12.0
"""px of a face in a picture made small: what is around smaller ones cannot be told."""
_STILL = 1 / 3
"""Share of the lines' motion from which on the room moves as well: then the camera does."""
_ALIKE = 0.25
"""Share of it by which two opposite lines may differ."""
_UPRIGHT = 0.94
"""Least share of a line's length that goes along its side: up to 20 degrees of slant."""
_LENGTH = 0.35
"""Face widths that a piece of a line must be long."""
_OFF, _PARALLEL = 1.2, 0.985
"""px from a line, and cosine to it, within which another piece continues it."""
_ROWS = 24
"""Places along a side at which a line is looked at."""
_COVER = 0.6
"""Share of a side that one line must run along."""
_NEAR, _FAR = 0.6, 3.0
"""Where a line may be: face widths (heights, above and below) from its middle."""
_HEAD = 0.8
"""Face widths from its middle within which everything moves."""
_OTHER = 6
"""Levels of grey by which a pixel is another one a moment later."""
_MOST = 4
"""Lines looked at on each side, the longest."""
_REACH, _HALF = 8, 5
"""px to which a line is followed, and half of what is compared across it."""
_UNLIKE = 0.25
"""Share of its contrast by which a line may differ from itself a moment before."""


@dataclass(frozen=True, slots=True)
class _Line:
    """Through (``x``, ``y``); ``slant``: columns to the right for each row down."""

    x: float
    y: float
    slant: float


def framed(old: Small, was: Face, new: Small) -> bool:
    """Whether there are straight lines on SIDES sides of the face ``was`` in ``old``, of which
    two opposite ones have moved alike until ``new``, while the room has not. False as well where
    nothing can be told."""
    box = boxed(was, old.scale)
    if box.width < _NARROWEST or old.grey.shape != new.grey.shape:
        return False
    if not _changed(old.grey, new.grey, box):
        return False
    found = _segments(old.grey, box)
    across = _moves(old.grey, new.grey, box, found)
    turned = Box(box.top, box.left, box.bottom, box.right)
    down = _moves(_turned(old.grey), _turned(new.grey), turned, found[:, [1, 0, 3, 2]])
    if sum(map(bool, (*across, *down))) < SIDES:
        return False
    moved = max(_shared(*across), _shared(*down))
    if moved < LEAST:
        return False
    room = room_motion(old, new, box)
    return room is not None and float(np.hypot(*room)) <= _STILL * moved


def _changed(old: Grey, new: Grey, box: Box) -> bool:
    """Whether enough is other to the sides of a face, or above and below it, for a line along it
    to have moved: before most walls nothing is, and that costs next to nothing."""
    other = np.asarray(cv2.absdiff(old, new)) > _OTHER
    around, inside = (int(other[_around(box, size)].sum()) for size in (_FAR, _HEAD))
    return around - inside > box.height


def _shared(one: Sequence[float], other: Sequence[float]) -> float:
    """px that a line on each side has moved alike; 0: none has."""
    pairs = [(abs(a), abs(a - b)) for a in one for b in other if a * b > 0]
    return max((a for a, apart in pairs if apart <= _ALIKE * a), default=0.0)


def _around(box: Box, size: float) -> tuple[slice, slice]:
    """Rows and columns within ``size`` face widths (heights) of its middle."""
    (x, y), wide, high = box.centre, size * box.width, size * box.height
    return rows_and_columns(Box(x - wide, y - high, x + wide, y + high))


def _segments(grey: Grey, box: Box) -> Floats:
    """(N, 4) straight edges around a face, each from x, y to x, y."""
    part = _around(box, _FAR)
    left, top = part[1].start, part[0].start
    found: Any = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(
        np.ascontiguousarray(grey[part])
    )[0]
    if found is None:
        return np.zeros((0, 4), np.float32)
    return np.asarray(found.reshape(-1, 4) + np.array([left, top, left, top]), np.float32)


def _moves(old: Grey, new: Grey, box: Box, segments: Floats) -> tuple[list[float], list[float]]:
    """By how many columns each line to the left, and to the right, of the face has moved."""
    x, y = box.centre
    rows = np.linspace(y - 0.9 * box.height, y + 0.6 * box.height, _ROWS, dtype=np.float32)
    middle = segments[:, [0, 2]].mean(axis=1)
    away = (middle - x) / box.width
    length = np.linalg.norm(segments[:, 2:] - segments[:, :2], axis=1)
    upright = np.abs(segments[:, 3] - segments[:, 1]) > _UPRIGHT * length
    fit = upright & (length > _LENGTH * box.width) & (np.abs(away) > _NEAR)
    both = (segments[fit & (away < 0)], segments[fit & (away > 0)])
    left, right = ([_shift(old, new, one, rows) for one in _lines(side, rows)] for side in both)
    return [one for one in left if one is not None], [one for one in right if one is not None]


def _lines(segments: Floats, rows: Floats) -> list[_Line]:
    """The lines that run along most of a side; segments that continue each other are one."""
    first, last = segments[:, :2], segments[:, 2:]
    way = (last - first) / np.linalg.norm(last - first, axis=1, keepdims=True)
    middle = (first + last) / 2
    apart = middle[None] - middle[:, None]
    off = np.abs(apart[..., 0] * way[:, None, 1] - apart[..., 1] * way[:, None, 0])
    same = (off < _OFF) & (np.abs(way @ way.T) > _PARALLEL)
    low, high = np.minimum(first, last)[:, 1:], np.maximum(first, last)[:, 1:]
    along = (low <= rows) & (rows <= high)
    cover = ((same.astype(int) @ along.astype(int)) > 0).mean(axis=1)
    best = [one for one in np.argsort(-cover)[:_MOST] if cover[one] >= _COVER]
    return [
        _Line(float(middle[one, 0]), float(middle[one, 1]), float(way[one, 0] / way[one, 1]))
        for one in best
    ]


def _shift(old: Grey, new: Grey, line: _Line, rows: Floats) -> float | None:
    """Columns by which ``line`` has moved; None: it is not to be found again."""
    before, now = (_profile(grey, line, rows) for grey in (old, new))
    kept = before[_REACH : len(before) - _REACH]
    seen = np.lib.stride_tricks.sliding_window_view(now, len(kept))
    kept, seen = kept - kept.mean(), seen - seen.mean(axis=1, keepdims=True)
    error = np.square(seen - kept).mean(axis=1)
    best = int(error.argmin())
    if best in {0, len(error) - 1} or error[best] > _UNLIKE * np.square(kept).mean():
        return None
    less, least, more = (float(one) for one in error[best - 1 : best + 2])
    return best - _REACH + 0.5 * (less - more) / max(less - 2 * least + more, 1e-6)


def _profile(grey: Grey, line: _Line, rows: Floats) -> Floats:
    """(2 * (_REACH + _HALF) + 1,) levels across ``line``, their mean along it."""
    reach = np.arange(-_REACH - _HALF, _REACH + _HALF + 1, dtype=np.float32)
    x = (line.x + line.slant * (rows[:, None] - line.y) + reach).astype(np.float32)
    y = np.broadcast_to(rows[:, None], x.shape).astype(np.float32)
    levels = cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(levels.mean(axis=0), np.float32)


def _turned(grey: Grey) -> Grey:
    """Rows for columns."""
    return np.ascontiguousarray(grey.T)
