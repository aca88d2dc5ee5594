"""The evidence that a track carries about whether its face lives: what each look saw of it.

Only looks that are embedded anyway add to it, so a face that waits for nothing costs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from face_rec.domain.faces import Face, Image
from face_rec.journey.liveness.edges import framed
from face_rec.journey.liveness.motion import Small, shared_motion, small_of
from face_rec.protocols.models import LifeModels

WINDOW: Final = 9
"""Newest looks that count: three times as many as a name takes."""


GAP: Final = 0.12
"""Seconds that must lie between two looks that are held against each other: a hand that trembles
has moved by then, and a face that is looked at more often costs no more."""


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """What one look saw. ``texture``: how live the models take it for, 0 to 1; None: the face was
    too near or too close to the picture's edge. ``shared``: how much of its motion since an
    earlier look its surroundings made, too; None: too little moved to tell. ``framed``: whether a
    straight frame around it has moved since. ``small``: the picture.
    """

    at: float
    face: Face
    texture: float | None
    shared: float | None = None
    framed: bool = False
    small: Small | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All that is known, the oldest first. ``kept``: the look that the next is held against."""

    sightings: tuple[Sighting, ...] = ()
    kept: Sighting | None = None

    def add(self, sighting: Sighting) -> "Evidence":
        """With one more look, held against one that is GAP older or more."""
        kept = self.kept
        if kept is None or sighting.at - kept.at >= GAP:
            kept, sighting = sighting, _compared(kept, sighting)
        return Evidence((*self.sightings, replace(sighting, small=None))[-WINDOW:], kept)


def _compared(old: Sighting | None, new: Sighting) -> Sighting:
    if old is None or old.small is None or new.small is None:
        return new
    shared = shared_motion(old.small, old.face, new.small, new.face)
    return replace(new, shared=shared, framed=framed(old.small, old.face, new.small))


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
