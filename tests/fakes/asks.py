"""Sides to turn to that are known beforehand."""

from itertools import count

from face_rec.domain.liveness import Side
from face_rec.journey.liveness.challenge import Ask


class Asks:
    """Turns to these sides, then to the left."""

    def __init__(self, *sides: Side) -> None:
        self._sides = [*sides]
        self._number = count(1)

    def __call__(self) -> Ask:
        return Ask(f"n{next(self._number)}", self._sides.pop(0) if self._sides else Side.LEFT)
