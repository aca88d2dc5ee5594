"""Where a face looks to the side, and whether what has turned is as deep as a head."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from face_rec.domain.faces import Face

FLATTENED: Final = 0.75
"""A head whose nose says that it is turned by some angle shows its eyes drawn together by the
cosine of that. A photo that seems as far turned is turned much further (measured: 60° look like
18°), and shows its eyes at this share of that or less."""


@dataclass(frozen=True, slots=True)
class Heading:
    """``yaw``: degrees, positive to the person's own left. ``wide``: how wide the eyes stand, in
    distances from eyes to mouth."""

    yaw: float
    wide: float

    def deep(self, front: "Heading") -> bool:
        """Whether what looked as ``front`` and has turned is as deep as a head."""
        return self.wide > FLATTENED * math.cos(math.radians(self.yaw)) * front.wide


def heading_of(face: Face, yaw: float) -> Heading:
    """Of ``face``, which looks ``yaw`` degrees to the side."""
    left, right, _, *mouth = face.landmarks
    down = np.linalg.norm(np.mean(mouth, axis=0) - (left + right) / 2)
    return Heading(yaw, float(np.linalg.norm(right - left) / max(float(down), 1e-3)))
