"""A cheap gate in front of the detector: has anything in the picture changed, and where?"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Box, Image

_WIDTH = 80
"""Pixels of the thumbnail: a face of 1/16 of the picture's width covers 25 of its pixels."""
_STEP = 15
"""Grey levels (of 255) a thumbnail pixel must change by: far above what is left of camera
noise and video compression after averaging, below the contrast of a face to its background."""
_PIXELS = 8
"""So many pixels must change."""
_AROUND = 0.5
"""Border added to what changed, in its own sides: a detector wants to see a face in context."""

Thumbnail = npt.NDArray[np.uint8]


class MotionGate:
    """Compares each frame with the one that was last searched for faces.

    Comparing with that frame, and not with the one just before, lets slow changes add up.
    """

    def __init__(self) -> None:
        self._reference: Thumbnail | None = None
        self._latest: Thumbnail | None = None

    def changed(self, image: Image) -> Box | None:
        """The part of ``image`` that differs from the last one searched, with a border;
        all of it before the first, None when nothing has changed."""
        height, width = image.shape[:2]
        self._latest = _thumbnail(image)
        before = self._reference
        if before is None or before.shape != self._latest.shape:
            return Box(0, 0, width, height)
        mask = np.asarray(cv2.absdiff(before, self._latest) > _STEP, np.uint8)
        if int(np.count_nonzero(mask)) < _PIXELS:
            return None
        return _around(cv2.boundingRect(mask), width / mask.shape[1], width, height)

    def searched(self) -> None:
        """The picture last given to :meth:`changed` has been searched for faces."""
        self._reference = self._latest


def _around(area: Sequence[int], scale: float, width: int, height: int) -> Box:
    """``area`` (x, y, width, height in thumbnail pixels) and a border, in picture pixels."""
    x, y, across, down = (value * scale for value in area)
    border = _AROUND * max(across, down)
    return Box(
        max(0.0, x - border),
        max(0.0, y - border),
        min(float(width), x + across + border),
        min(float(height), y + down + border),
    )


def _thumbnail(image: Image) -> Thumbnail:
    """The green channel in small: every n-th pixel first, since averaging all of a
    1080p frame would cost more than the gate is worth."""
    height, width = image.shape[:2]
    step = max(1, width // (_WIDTH * 3))
    green = np.ascontiguousarray(image[::step, ::step, 1])
    size = (_WIDTH, max(1, round(_WIDTH * height / width)))
    return cv2.resize(green, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
