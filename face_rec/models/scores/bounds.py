"""Shares with bounds, where the same person is searched for several times.

Looks at one person resemble each other, so that a hundred looks at ten people tell less than a
hundred looks at a hundred. The design effect says how much less: the variance of a share over
people (as of a ratio estimate, people being the clusters) divided by that of independent looks.
Clopper-Pearson's interval is then taken for the effective number of looks: Korn and Graubard,
"Confidence Intervals for Proportions With Small Expected Number of Positive Counts Estimated
From Survey Data", Survey Methodology 24 (1998).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

Flags = npt.NDArray[np.bool_]
People = npt.NDArray[np.intp]
"""(N,) whose look each is, as numbers from 0."""

CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """``errors`` of ``trials``, and between which shares the true one lies with CONFIDENCE."""

    errors: int
    trials: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.errors / self.trials if self.trials else 0.0


NOTHING: Final = Rate(0, 0, 0.0, 1.0)


def rate(errors: Flags, people: People, least_effect: float = 1.0) -> Rate:
    """The share of ``errors`` (N,) with two-sided bounds. ``least_effect``: a design effect
    that is known from elsewhere; few errors show none."""
    trials, count = len(errors), int(errors.sum())
    if not trials:
        return NOTHING
    effect = max(design_effect(errors, people), least_effect)
    low, high = clopper_pearson(count / effect, trials / effect)
    return Rate(count, trials, low, high)


def design_effect(errors: Flags, people: People) -> float:
    """How many looks tell as much as one independent look; 1 or more."""
    trials, share = len(errors), float(errors.mean()) if len(errors) else 0.0
    looks = np.bincount(people)
    clusters = int(np.count_nonzero(looks))
    if share in (0.0, 1.0) or clusters < 2:
        return 1.0
    residuals = np.bincount(people, weights=errors) - share * looks
    variance = clusters / (clusters - 1) * float(residuals @ residuals) / trials**2
    return max(1.0, variance / (share * (1 - share) / trials))


def clopper_pearson(errors: float, trials: float) -> tuple[float, float]:
    """Two-sided bounds of a share; both may be fractions of looks."""
    tail = (1 - CONFIDENCE) / 2
    beta = scipy.stats.beta
    low = float(beta.ppf(tail, errors, trials - errors + 1)) if errors > 0 else 0.0
    high = float(beta.ppf(1 - tail, errors + 1, trials - errors)) if errors < trials else 1.0
    return low, high


def at_most(errors: float, trials: float) -> float:
    """The share that the true one exceeds with a probability of 1 - CONFIDENCE (one-sided)."""
    beta = scipy.stats.beta
    return float(beta.ppf(CONFIDENCE, errors + 1, trials - errors)) if errors < trials else 1.0
