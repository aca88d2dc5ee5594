"""How high scores go that were not seen: extreme-value theory.

What lies above a high level follows a generalised Pareto distribution, whatever the scores
follow below it (Pickands 1975; Coles, "An Introduction to Statistical Modeling of Extreme
Values", 2001, chapter 4). Its shape and scale are estimated by maximum likelihood, the score
that is reached with a small probability is read from it, and the bounds of that score come from
its profile likelihood, which is as lopsided as it must be.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

from face_rec.models.scores.bounds import CONFIDENCE, People, design_effect

Scores = npt.NDArray[np.float64]

SHARE: Final = 0.05
"""Of all scores, the highest: these are the tail."""
FEWEST: Final = 100
"""Scores in the tail; of fewer the shape is a guess."""
_SHAPES: Final = (-0.95, 0.95)
_NO_SHAPE: Final = 1e-6
"""Below this the distribution is the exponential one."""


@dataclass(frozen=True, slots=True, eq=False)
class Tail:
    """``level``: where it begins; ``share`` of all scores lies above. ``beyond``: by how much.
    ``weight``: of one score, 1 where all are independent."""

    level: float
    share: float
    shape: float
    scale: float
    beyond: Scores
    weight: float

    def reached(self, probability: float) -> float:
        """The score that is reached with ``probability`` (0 to ``share``)."""
        return self.level + self.scale * _stretch(self.shape, self.share / probability)

    def probability(self, score: float) -> float:
        """How likely a score of at least this (``level`` or more) is."""
        above = scipy.stats.genpareto.sf(score - self.level, self.shape, 0.0, self.scale)
        return self.share * float(above)

    def bounds(self, probability: float) -> tuple[float, float]:
        """Between which scores :meth:`reached` lies: each is passed with a probability of
        1 - CONFIDENCE."""
        best = self.reached(probability)
        width = scipy.stats.chi2.ppf(2 * CONFIDENCE - 1, 1) / 2
        floor = self._likelihood(self.shape, self.scale) - width

        def above(score: float) -> float:
            return self._profile(score, probability) - floor

        step = max(self.scale, 1e-6)
        high = best + step
        while above(high) > 0 and high < best + 64 * step:
            high += step
        lowest = self.level + 1e-9
        crossing = scipy.optimize.brentq
        low = crossing(above, lowest, best) if above(lowest) < 0 else lowest
        return float(low), float(crossing(above, best, high)) if above(high) < 0 else high

    def _profile(self, score: float, probability: float) -> float:
        """The largest likelihood of all tails that reach ``score`` with ``probability``."""

        def worse(shape: float) -> float:
            stretch = _stretch(shape, self.share / probability)
            return -self._likelihood(shape, (score - self.level) / stretch)

        return -float(scipy.optimize.minimize_scalar(worse, bounds=_SHAPES, method="bounded").fun)

    def _likelihood(self, shape: float, scale: float) -> float:
        """The logarithm of it; very small where a score lies beyond what is possible."""
        if scale <= 0:
            return -1e12
        if abs(shape) < _NO_SHAPE:
            return self.weight * (-float(self.beyond.sum()) / scale - self._log(scale))
        inner = 1 + shape * self.beyond / scale
        if inner.min() <= 0:
            return -1e12
        return self.weight * float(-(1 + 1 / shape) * np.log(inner).sum() - self._log(scale))

    def _log(self, scale: float) -> float:
        return len(self.beyond) * math.log(scale)


def fit(scores: Scores, people: People) -> Tail | None:
    """The tail of ``scores`` (N,), each of one look at one of ``people`` (N,); None where there
    are too few."""
    count = round(len(scores) * SHARE)
    if count < FEWEST:
        return None
    level = float(np.partition(scores, -count - 1)[-count - 1])
    above = scores > level
    beyond = scores[above] - level
    if len(beyond) < FEWEST:
        return None
    shape, _, scale = scipy.stats.genpareto.fit(beyond, floc=0.0)
    shape = float(np.clip(shape, *_SHAPES))
    effect = design_effect(above, people)
    return Tail(level, len(beyond) / len(scores), shape, float(scale), beyond, 1 / effect)


def _stretch(shape: float, times: float) -> float:
    """How many scales beyond the level a score lies that is ``times`` as rare."""
    if abs(shape) < _NO_SHAPE:
        return math.log(times)
    return float(times**shape - 1) / shape
