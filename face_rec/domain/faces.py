"""Pictures and the faces in them: what passes between camera, detector and embedder.

Pictures are BGR ``uint8`` arrays of shape (H, W, 3), as OpenCV has them. Embeddings are
``float32`` and L2-normalised, so that a dot product is the cosine. ``taken_at`` and other
durations are monotonic seconds.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
"""(H, W, 3) uint8, BGR."""


Vector = npt.NDArray[np.float32]
"""(D,) float32, L2-normalised."""


Matrix = npt.NDArray[np.float32]
"""(N, D) float32, rows L2-normalised."""


Landmarks = npt.NDArray[np.float32]
"""(5, 2) float32 pixels: left eye, right eye, nose, mouth left, mouth right,
as they appear in the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a stream."""

    image: Image
    number: int
    taken_at: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; right and bottom are exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return max(0.0, self.right - self.left)

    @property
    def height(self) -> float:
        return max(0.0, self.bottom - self.top)

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def narrow_side(self) -> float:
        """The shorter side: how large a face is."""
        return min(self.width, self.height)

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One detected face. ``score`` is the detector's, 0 to 1."""

    box: Box
    score: float
    landmarks: Landmarks


class View(StrEnum):
    """From where a face is seen; left and right are the person's own."""

    FRONT = "front"
    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured of one face in one picture.

    ``size``: shorter side of the box, px. ``sharpness``: variance of the
    Laplacian of the aligned grey crop. ``brightness``: mean grey of that crop,
    0 to 255. ``contrast``: its standard deviation. ``yaw``, ``pitch``, ``roll``: degrees,
    estimated from the five landmarks; yaw is positive when the person turns to their
    own left, pitch when they look up. ``score``: all of it in one number,
    0 (useless) to 1 (ideal), for choosing between views.
    """

    size: float
    sharpness: float
    brightness: float
    contrast: float
    yaw: float
    pitch: float
    roll: float
    detector_score: float
    view: View
    score: float
