"""The evidence that a track carries about whether its face lives: what each look saw of it.

Only looks that are embedded anyway add to it, so a face that waits for nothing costs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from face_rec.domain.faces import Face, Image
from face_rec.protocols.models import LifeModels

WINDOW: Final = 9
"""Newest looks that count: three times as many as a name takes."""


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """What one look saw. ``texture``: how live the models take it for, 0 to 1; None: the face was
    too near or too close to the picture's edge."""

    at: float
    face: Face
    texture: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All that is known, the oldest first."""

    sightings: tuple[Sighting, ...] = ()

    def add(self, sighting: Sighting) -> "Evidence":
        return Evidence((*self.sightings, sighting)[-WINDOW:])


def sight(
    life: LifeModels, image: Image, faces: Sequence[Face], at: float
) -> tuple[Sighting, ...]:
    """What one picture tells of each of ``faces``, all in one batch."""
    textures = life.scores(image, faces) if faces else []
    return tuple(
        Sighting(at, face, texture) for face, texture in zip(faces, textures, strict=True)
    )
