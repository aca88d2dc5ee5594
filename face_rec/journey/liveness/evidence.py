"""The evidence that a track carries about whether its face lives: what each look saw of it.

Only looks that are embedded anyway add to it, so a face that waits for nothing costs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from face_rec.domain.faces import Face, Image
from face_rec.journey.liveness.motion import Small, shared_motion, small_of
from face_rec.protocols.models import LifeModels

WINDOW: Final = 9
"""Newest looks that count: three times as many as a name takes."""


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """What one look saw. ``texture``: how live the models take it for, 0 to 1; None: the face was
    too near or too close to the picture's edge. ``shared``: how much of its motion since the look
    before its surroundings made, too; None: too little moved to tell. ``small``: the picture, kept
    of the newest only.
    """

    at: float
    face: Face
    texture: float | None
    shared: float | None = None
    small: Small | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All that is known, the oldest first."""

    sightings: tuple[Sighting, ...] = ()

    def add(self, sighting: Sighting) -> "Evidence":
        """With one more look, held against the one before."""
        if not self.sightings:
            return Evidence((sighting,))
        *before, last = self.sightings
        if last.small is not None and sighting.small is not None:
            shared = shared_motion(last.small, last.face, sighting.small, sighting.face)
            sighting = replace(sighting, shared=shared)
        return Evidence((*before, replace(last, small=None), sighting)[-WINDOW:])


def sight(
    life: LifeModels, image: Image, faces: Sequence[Face], at: float
) -> tuple[Sighting, ...]:
    """What one picture tells of each of ``faces``, all in one batch."""
    if not faces:
        return ()
    textures, small = life.scores(image, faces), small_of(image)
    return tuple(
        Sighting(at, face, texture, small=small)
        for face, texture in zip(faces, textures, strict=True)
    )
