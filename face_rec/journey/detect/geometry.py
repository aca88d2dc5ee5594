"""Boxes and landmarks as arrays: the little geometry that tracking needs."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Box, Face

Floats = npt.NDArray[np.float64]


def boxes_of(faces: Sequence[Face]) -> Floats:
    """(N, 4): left, top, right, bottom in px."""
    rows = [(f.box.left, f.box.top, f.box.right, f.box.bottom) for f in faces]
    return np.array(rows, np.float64).reshape(len(rows), 4)


def landmarks_of(faces: Sequence[Face]) -> Floats:
    """(N, 5, 2) px."""
    return np.array([f.landmarks for f in faces], np.float64).reshape(len(faces), 5, 2)


def areas(boxes: Floats) -> Floats:
    """(N,) px²."""
    sides = np.clip(boxes[:, 2:] - boxes[:, :2], 0.0, None)
    return np.asarray(sides[:, 0] * sides[:, 1])


def intersections(a: Floats, b: Floats) -> Floats:
    """(len(a), len(b)) px² shared by each pair of boxes."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    sides = np.clip(high - low, 0.0, None)
    return np.asarray(sides[..., 0] * sides[..., 1])


def iou(a: Floats, b: Floats) -> Floats:
    """(len(a), len(b)) intersection over union, 0 to 1."""
    shared = intersections(a, b)
    union = areas(a)[:, None] + areas(b)[None, :] - shared
    return np.asarray(shared / np.maximum(union, 1e-9))


def covered(a: Floats, b: Floats) -> Floats:
    """(len(a), len(b)) shared area over the smaller box's area, 0 to 1."""
    smaller = np.minimum(areas(a)[:, None], areas(b)[None, :])
    return np.asarray(intersections(a, b) / np.maximum(smaller, 1e-9))


def narrow_side(box: Box) -> float:
    """Shorter side, px: how large a face is."""
    return min(box.width, box.height)


def centre(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def shifted(face: Face, dx: float, dy: float) -> Face:
    """``face`` moved by (dx, dy) px."""
    if not dx and not dy:
        return face
    box = face.box
    moved = Box(box.left + dx, box.top + dy, box.right + dx, box.bottom + dy)
    offset = np.array([dx, dy], np.float32)
    return Face(moved, face.score, (face.landmarks + offset).astype(np.float32))
