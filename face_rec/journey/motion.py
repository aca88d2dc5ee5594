"""A cheap gate in front of the detector: has anything in the picture changed?"""

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.entities import Image

_WIDTH = 80
"""Pixels of the thumbnail: a face of 1/16 of the picture's width covers 25 of its pixels."""
_STEP = 15
"""Grey levels (of 255) a thumbnail pixel must change by: far above what is left of camera
noise and video compression after averaging, below the contrast of a face to its background."""
_PIXELS = 8
"""So many pixels must change."""

Thumbnail = npt.NDArray[np.uint8]


class MotionGate:
    """Compares each frame with the one that was last searched for faces.

    Comparing with that frame, and not with the one just before, lets slow changes add up.
    """

    def __init__(self) -> None:
        self._reference: Thumbnail | None = None
        self._latest: Thumbnail | None = None

    def moved(self, image: Image) -> bool:
        """Whether ``image`` differs from the last one searched (True before the first)."""
        self._latest = _thumbnail(image)
        before = self._reference
        if before is None or before.shape != self._latest.shape:
            return True
        return int(np.count_nonzero(cv2.absdiff(before, self._latest) > _STEP)) >= _PIXELS

    def searched(self) -> None:
        """The picture last given to :meth:`moved` has been searched for faces."""
        self._reference = self._latest


def _thumbnail(image: Image) -> Thumbnail:
    """The green channel in small: every n-th pixel first, since averaging all of a
    1080p frame would cost more than the gate is worth."""
    height, width = image.shape[:2]
    step = max(1, width // (_WIDTH * 3))
    green = np.ascontiguousarray(image[::step, ::step, 1])
    size = (_WIDTH, max(1, round(_WIDTH * height / width)))
    return cv2.resize(green, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
