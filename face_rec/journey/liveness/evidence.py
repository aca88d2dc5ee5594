"""The evidence that a track carries about whether its face lives: what each look saw of it.

Only looks that are embedded anyway add to it, so a face that waits for nothing costs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from face_rec.domain.faces import Face, Image
from face_rec.journey.liveness.edges import framed
from face_rec.journey.liveness.motion import Small, small_of, whole_motion
from face_rec.protocols.models import LifeModels

WINDOW: Final = 9
"""Newest looks that count: three times as many as a name takes."""
GAP: Final = 0.12
"""Seconds that must lie between two looks that are held against each other: a hand that trembles
has moved by then, and a face that is looked at more often costs no more."""
PAIRS: Final = 2
"""Pairs of looks in which a frame around the face must have moved. Of 0.8 s each: in none of 52
live clips, in 47 of 48 rendered photos on screens and bent prints with an edge
(docs/liveness.md)."""


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """What one look saw. ``texture``: how live the models take it for, 0 to 1; None: the face was
    too near or too close to the picture's edge. ``framed``: whether a straight frame
    around it has moved since an earlier look; None: it was held against none. ``whole``: how
    much of its motion since then the room has made, too. ``small``: the picture.
    """

    at: float
    face: Face
    texture: float | None
    framed: bool | None = None
    whole: float | None = None
    small: Small | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All that is known, the oldest first. ``kept``: the look that the next is held against."""

    sightings: tuple[Sighting, ...] = ()
    kept: Sighting | None = None

    @property
    def watched(self) -> bool:
        """Whether it was watched for long enough that a frame that moves around it would have
        been seen: a quarter of a second and more."""
        return sum(one.framed is not None for one in self.sightings) >= PAIRS

    def add(self, sighting: Sighting) -> "Evidence":
        """With one more look, held against one that is GAP older or more."""
        kept = self.kept
        if kept is None or sighting.at - kept.at >= GAP:
            kept, sighting = sighting, _compared(kept, sighting)
        return Evidence((*self.sightings, replace(sighting, small=None))[-WINDOW:], kept)


def _compared(old: Sighting | None, new: Sighting) -> Sighting:
    if old is None or old.small is None or new.small is None:
        return new
    whole = whole_motion(old.small, old.face, new.small, new.face)
    return replace(new, framed=framed(old.small, old.face, new.small), whole=whole)


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
