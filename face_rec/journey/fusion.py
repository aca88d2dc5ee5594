"""Fusion: the looks at one face in one embedding, their mean, better ones counting for more.

A stranger who lingers is not one look but many of the same face, and each of them is another
chance to be taken for somebody by its noise. The mean has less of that noise the more looks
there are. So a name takes both: looks that agree, and their mean at the limits of a still.
Measured on 933 visits of people who are not enrolled, at limits that let 3 to 6 % of them be
named: a fifth fewer are; of 986 visits of enrolled people none is lost or takes a look more.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from face_rec.domain.faces import Vector

LATEST: Final = 10
"""Looks in the mean. All looks of a visit gain hardly more (42 against 44 named of 933), and a
face that was replaced unnoticed would be held against the next one for as long as it had stood."""
_LEAST: Final = 0.05
"""Weight of a look of the poorest quality."""


@dataclass(frozen=True, slots=True, eq=False)
class Fusion:
    """Embeddings ((D,) float32, L2-normalised) of one face, each times its weight; the newest
    last."""

    weighted: tuple[Vector, ...] = ()

    @property
    def full(self) -> bool:
        """Whether more looks would say little that these do not."""
        return len(self.weighted) >= LATEST

    @property
    def embedding(self) -> Vector:
        """(D,) float32, L2-normalised. Raises ValueError without a look."""
        if not self.weighted:
            raise ValueError("There is no look to take the mean of.")
        total = np.sum(self.weighted, axis=0, dtype=np.float32)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), np.float32)

    def add(self, embedding: Vector, quality: float) -> "Fusion":
        """With one more look. ``quality`` (0 to 1) counts by its square: so five views from afar
        (0.5 against 0.8) before five from near keep nobody waiting."""
        weight = np.float32(max(quality, _LEAST) ** 2)
        return Fusion((*self.weighted, embedding * weight)[-LATEST:])

    def newest(self) -> "Fusion":
        """Of the newest look alone."""
        return Fusion(self.weighted[-1:])
