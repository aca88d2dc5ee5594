"""Trend: whether a row of samples grows, and by how much at least."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import theilslopes

CONFIDENCE = 0.95
WARM_UP = 420.0
"""The first seconds, in which caches and pools fill; a closed page is kept for five minutes, so
that more and more are kept in these."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Growth over the whole run: estimated, and its bounds at CONFIDENCE. By Theil and Sen (the
    median of the slopes of all pairs), so that a few peaks say nothing."""

    grown: float
    least: float
    most: float

    def exceeds(self, allowed: float) -> bool:
        """Whether it has surely grown by more than ``allowed``."""
        return self.least > allowed


def trend(seconds: Sequence[float], values: Sequence[float]) -> Trend:
    """Of ``values`` sampled at ``seconds``, after warm-up, taken to the length of the whole run.
    Raises ValueError with fewer than eight samples after it: they show nothing."""
    begin = seconds[0] + WARM_UP
    kept = [(at, value) for at, value in zip(seconds, values, strict=True) if at >= begin]
    if len(kept) < 8:
        raise ValueError("Too few samples. Let it run for longer.")
    times, numbers = zip(*kept, strict=True)
    slope, _, low, high = theilslopes(numbers, times, CONFIDENCE)
    length = seconds[-1] - seconds[0]
    return Trend(float(slope) * length, float(low) * length, float(high) * length)
