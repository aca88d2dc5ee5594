"""The evidence that a track carries about whether its face lives: what each look saw of it.

Only looks that are embedded anyway add to it, so a face that waits for nothing costs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
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
    """What one look saw.

    ``texture``: how live the models take it for, 0 to 1; None: the face was too near or too close
    to the picture's edge. ``heard``: where one model looked alone, its number and what it said;
    None: all of them looked. ``framed``: whether a straight frame around the face has moved since
    an earlier look; None: there was none to compare it with. ``whole``: how much of the face's
    motion since then the room has made, too. ``small``: the picture.
    """

    at: float
    face: Face
    texture: float | None
    framed: bool | None = None
    whole: float | None = None
    small: Small | None = None
    heard: tuple[int, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """All that is known, the oldest first. ``kept``: the look that the next is held against;
    ``looks``: how many there were."""

    sightings: tuple[Sighting, ...] = ()
    kept: Sighting | None = None
    looks: int = 0

    @property
    def watched(self) -> bool:
        """Whether it was watched for long enough that a frame that moves around it would have
        been seen: a quarter of a second and more."""
        return sum(one.framed is not None for one in self.sightings) >= PAIRS

    def add(self, sighting: Sighting) -> "Evidence":
        """With one more look, held against one that is GAP older or more."""
        kept, sighting = self.kept, self._joined(sighting)
        if kept is None or sighting.at - kept.at >= GAP:
            kept, sighting = sighting, _compared(kept, sighting)
        sightings = (*self.sightings, replace(sighting, small=None))[-WINDOW:]
        return Evidence(sightings, kept, self.looks + 1)

    def _joined(self, sighting: Sighting) -> Sighting:
        """With the newest that each other model has said of this face, where one looked alone."""
        if sighting.heard is None:
            return sighting
        said = dict(one.heard for one in self.sightings if one.heard is not None)
        said |= dict([sighting.heard])
        return replace(sighting, texture=fmean(said.values()))


def _compared(old: Sighting | None, new: Sighting) -> Sighting:
    if old is None or old.small is None or new.small is None:
        return new
    whole = whole_motion(old.small, old.face, new.small, new.face)
    return replace(new, framed=framed(old.small, old.face, new.small), whole=whole)


def sight(
    life: LifeModels,
    image: Image,
    faces: Sequence[Face],
    at: float,
    looks: Sequence[int] | None = None,
) -> tuple[Sighting, ...]:
    """What one picture tells of each of ``faces``, all in one batch. ``looks``: how many there
    were of each before: then the models take turns, which costs one of them a look; else all look
    at each face."""
    if not faces:
        return ()
    textures, small = life.scores(image, faces, looks), small_of(image)
    return tuple(
        Sighting(at, face, texture, small=small, heard=_heard(life, texture, looks, number))
        for number, (face, texture) in enumerate(zip(faces, textures, strict=True))
    )


def _heard(
    life: LifeModels, texture: float | None, looks: Sequence[int] | None, number: int
) -> tuple[int, float] | None:
    return None if looks is None or texture is None else (looks[number] % life.count, texture)
