"""How a presentation moves while it is asked: as the arrows say, or by itself.

Times are seconds since it was asked first; degrees as in :mod:`tests.turns.presenters`.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from face_rec.domain.liveness import Side
from tests.turns.views import Views

Movement = Callable[[Side | None, float], float]
"""To how many degrees it is turned at a time, while the arrow asks for this side; None: back."""

SPEED: Final = 120.0
"""Degrees a second."""
FARTHEST: Final = 60
"""Degrees to which a rendered head is turned by who obeys."""
REACTION: Final = (0.55, 0.3)
"""Seconds from the arrow to the movement: median, and spread of the logarithm."""


class Obeys:
    """Turns to what the arrow says, after a while: who lives, or a hand that has practised."""

    def __init__(self, far: dict[Side, int], random: np.random.Generator) -> None:
        self._far, self._random = far, random
        self._asked: Side | None = None
        self._goes_at, self._at, self._degrees = 0.0, 0.0, 0.0

    def __call__(self, asked: Side | None, now: float) -> float:
        if asked is not self._asked:
            median, spread = REACTION
            self._asked = asked
            self._goes_at = now + median * float(np.exp(self._random.normal(0, spread)))
        most = SPEED * (now - self._at)
        if now >= self._goes_at:
            target = float(self._far[asked]) if asked else 0.0
            self._degrees += float(np.clip(target - self._degrees, -most, most))
        self._at = now
        return self._degrees


class ByItself:
    """A video of somebody who turns to sides of their own, in a rhythm of people who obey."""

    def __init__(self, far: dict[Side, int], random: np.random.Generator) -> None:
        self._far, self._random = far, random
        self._target, self._until = 0.0, float(random.uniform(0, 1.2))
        self._at, self._degrees = 0.0, 0.0

    def __call__(self, asked: Side | None, now: float) -> float:
        if now >= self._until:
            side = tuple(Side)[int(self._random.integers(2))]
            self._target = 0.0 if self._target else float(self._far[side])
            self._until = now + float(self._random.uniform(0.8, 1.6))
        most = SPEED * (now - self._at)
        self._degrees += float(np.clip(self._target - self._degrees, -most, most))
        self._at = now
        return self._degrees


def practised(views: Views) -> dict[Side, int]:
    """To which degrees whoever knows the rules turns it."""
    return {side: views.best(side) for side in Side}


def willing() -> dict[Side, int]:
    """To which degrees somebody turns their head who sees an arrow."""
    return {Side.LEFT: FARTHEST, Side.RIGHT: -FARTHEST}
