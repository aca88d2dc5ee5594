"""What a detector sees of a picture, and its answers in the picture's own pixels."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from face_rec.domain.faces import Box, Face, Image, Landmarks, Matrix
from face_rec.models.runtime.providers import COREML, CUDA

STRIDE = 32
"""The coarsest stride of SCRFD and YuNet: both sides of what they see are multiples of it."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """What the models of a provider are shown. ``step``: to what multiple (px) the sides of a
    detector's canvas are rounded up. ``canvas``: the side (px) of the square on which all pictures
    are shown instead, 0 for none. ``batch``: how many faces go at a time, fewer filled up; 0: any
    number."""

    step: int = STRIDE
    canvas: int = 0
    batch: int = 0


EVERY_SHAPE: Final = Shapes()
SHAPES: Final[Mapping[str, Shapes]] = {
    CUDA: Shapes(canvas=640, batch=8),
    COREML: Shapes(step=128),
}
"""Where another shape costs: CoreML needs a session for each. onnxruntime plans a CUDA session
anew whenever its input has another shape than the time before, also one that it has seen: 0.1 to
2 s on an H200 (onnxruntime 1.31, cuDNN 9), in which nobody is recognised, and it takes a large
picture hardly longer than a small one (1.7 against 1.5 ms). So CUDA sees one shape only. The
others take every shape as it comes."""


def shapes_of(provider: str) -> Shapes:
    """What ``provider`` is shown."""
    return SHAPES.get(provider, EVERY_SHAPE)


def cut(image: Image, region: Box | None) -> tuple[int, int, Image]:
    """The part of ``image`` to search, with its left and top."""
    height, width = image.shape[:2]
    if region is None:
        return 0, 0, image
    left, top = max(0, math.floor(region.left)), max(0, math.floor(region.top))
    right, bottom = min(width, math.ceil(region.right)), min(height, math.ceil(region.bottom))
    return left, top, image[top : max(bottom, top), left : max(right, left)]


def canvas_for(part: Image, size: int, step: int) -> tuple[int, int] | None:
    """Width and height that the model is to see; None for a picture with no room for a face
    (empty, or a strip that would shrink to nothing)."""
    height, width = part.shape[:2]
    if min(height, width) < 4:
        return None
    longer = _rounded_up(size, step)
    scale = longer / max(height, width)
    if min(height, width) * scale < 4:
        return None
    return _rounded_up(width * scale, step), _rounded_up(height * scale, step)


def spread(part: Image, size: int, side: int) -> tuple[Image, float]:
    """``part`` with its longer side at ``size`` px, in the upper left of a black square of
    ``side`` (>= size), and by what it was multiplied: faces are as large as on the canvas that
    :func:`canvas_for` gives, whatever the square."""
    scale = size / max(part.shape[:2])
    height, width = (max(1, round(length * scale)) for length in part.shape[:2])
    square = np.zeros((side, side, 3), np.uint8)
    square[:height, :width] = cv2.resize(part, (width, height))
    return square, scale


def _rounded_up(length: float, step: int) -> int:
    return max(1, math.ceil(length / step - 1e-6)) * step


def face_in(row: Matrix, marks: Landmarks, offset: Landmarks, image: Image) -> Face | None:
    """A row (left, top, right, bottom, score) as a face; None if it lies outside ``image``."""
    if not (np.isfinite(row).all() and np.isfinite(marks).all()):
        return None
    height, width = image.shape[:2]
    left, right = np.clip(row[[0, 2]] + offset[0], 0, width)
    top, bottom = np.clip(row[[1, 3]] + offset[1], 0, height)
    if right - left < 1 or bottom - top < 1:
        return None
    box = Box(float(left), float(top), float(right), float(bottom))
    return Face(box, float(row[4]), (marks + offset).astype(np.float32))
