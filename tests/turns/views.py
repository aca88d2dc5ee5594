"""What the real detector and the real recogniser read of a presentation from all sides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from face_rec.domain.faces import Face, Image, Matrix
from face_rec.domain.liveness import Side
from face_rec.journey.liveness.challenge import TURNED
from face_rec.journey.liveness.heading import Heading, heading_of
from face_rec.journey.step_up import OWN_SCORE, STRAIGHT
from face_rec.people.photos.quality import pose
from face_rec.protocols.models import FaceModels
from tests.turns.presenters import Shown

DEGREES: Final = (-70, -60, -45, -30, 0, 30, 45, 60, 70)
EACH: Final = 2
"""Pictures of each side: what one reading differs from another by is the noise of an attempt."""
_DETECT_AT: Final = 320


@dataclass(frozen=True, slots=True)
class Reading:
    """``likeness``: the score against the person's own photos, in thresholds of a name."""

    heading: Heading
    likeness: float

    @property
    def own(self) -> bool:
        """Whether a turned head is taken for the person's own."""
        return self.likeness >= OWN_SCORE


@dataclass(frozen=True, slots=True)
class Views:
    """The readings of one presentation by degrees; a picture in which no face is found has
    none."""

    who: str
    by_degrees: Mapping[int, Sequence[Reading | None]]

    @classmethod
    def perfect(cls) -> Self:
        """A head that is read as it is turned."""
        wide = np.cos(np.radians(DEGREES))
        seen = zip(DEGREES, wide, strict=True)
        return cls("", {one: [Reading(Heading(one, float(w)), 1.0)] * EACH for one, w in seen})

    @property
    def front(self) -> Reading | None:
        """As it faces the camera; None: it is not named there, or looks to the side."""
        seen = (one for one in self.by_degrees[0] if one is not None and one.likeness >= 1)
        return next((one for one in seen if abs(one.heading.yaw) <= STRAIGHT), None)

    def at(self, degrees: float, random: np.random.Generator) -> Reading | None:
        nearest = min(self.by_degrees, key=lambda one: abs(one - degrees))
        readings = self.by_degrees[nearest]
        return readings[int(random.integers(len(readings)))]

    def best(self, side: Side) -> int:
        """By how much whoever has practised turns it, to seem turned to ``side`` the most."""
        return max(self.by_degrees, key=lambda one: self._seems(one, side))

    def _seems(self, degrees: int, side: Side) -> tuple[float, float]:
        """How often it counts as a turn to ``side``, and how far it seems turned in the mean."""
        front, sign = self.front, 1 if side is Side.LEFT else -1
        assert front is not None
        seen = [one for one in self.by_degrees[degrees] if one is not None and one.own]
        yaws = [sign * (one.heading.yaw - front.heading.yaw) for one in seen]
        counts = [
            yaw >= TURNED and one.heading.deep(front.heading)
            for yaw, one in zip(yaws, seen, strict=True)
        ]
        return sum(counts) / EACH, sum(yaws) / EACH


def views_of(who: str, shown: Shown, models: FaceModels, own: Matrix, threshold: float) -> Views:
    """``own``: vectors of the person's photos; ``threshold``: of a name."""

    def read(image: Image) -> Reading | None:
        faces = models.detector.detect(image, _DETECT_AT)
        if not faces:
            return None
        face = min(faces, key=lambda one: _away(one, image))
        vector = models.embedder.embed([models.embedder.align(image, face)])[0]
        score = float((own @ vector).max())
        return Reading(heading_of(face, pose(face.landmarks)[0]), score / threshold)

    return Views(who, {one: [read(shown(one)) for _ in range(EACH)] for one in DEGREES})


def _away(face: Face, image: Image) -> float:
    return float(np.hypot(*(np.array(face.box.centre) - np.array(image.shape[1::-1]) / 2)))
