"""Fits the weights of ``photo_checks`` to photos of half of the people.

Logistic regression with a weight penalty, one for each sign. Each limit is put where a share of
good photos lies below it, of people whom the weights had not seen (four folds); lower still, half
way to the spoilt photos, where these lie far below.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from face_rec.people.photos.photo_features import Features
from tests.defects.samples import GOOD, Sample

Floats = npt.NDArray[np.float64]

FOLDS: Final = 4
APART: Final = (0.002, 0.01)
"""Shares of good and of spoilt photos: where these lie apart, the limit is half way between."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What a sign looks at, on which spoilt photos it is bad, and on which as good as on good
    ones. ``penalty``: of the weights. ``refused``: the share of good photos, softened, small and
    found by another detector among them, that it may cost."""

    looks_at: str
    bad: frozenset[str]
    fine: frozenset[str]
    penalty: float
    refused: float


_SEEN: Final = frozenset({"eyes closed", "shades", "mask"})
_HIDES_MOUTH: Final = frozenset({"mask", "mask and shades", "hand before the mouth"})
_HIDES_EYES: Final = frozenset({"eyes closed", "shades", "mask and shades"})
SIGNS: Final[Mapping[str, Sign]] = {
    "sharp": Sign("detail", frozenset({"blurred, with noise", "motion blur"}), _SEEN, 3, 0.006),
    "natural": Sign("detail", frozenset({"cartoon"}), _SEEN, 30, 0.002),
    "direct": Sign("all", frozenset({"off a screen"}), _SEEN, 10, 0.004),
    "eyes": Sign("eyes", _HIDES_EYES, frozenset({"mask", "hand before the mouth"}), 10, 0.02),
    "mouth": Sign("lower", _HIDES_MOUTH, frozenset({"eyes closed", "shades"}), 30, 0.003),
}
"""Of the photos that ``eyes`` refuses first, most show eyes that are really closed."""


def fitted(samples: Sequence[Sample]) -> dict[str, npt.NDArray[np.float32]]:
    """Weights, and last the bias, of each sign, fitted on the people for tuning among
    ``samples``: 0 is the limit."""
    ours = [one for one in samples if one.tuning and one.found]
    return {name: _fitted(sign, ours) for name, sign in SIGNS.items()}


def rows(sign: Sign, found: Features) -> Floats:
    """(N, D): what ``sign`` looks at in one photo; two rows for the eyes."""
    if sign.looks_at == "eyes":
        return found.eyes.astype(float)
    if sign.looks_at == "all":
        return np.concatenate([found.detail, found.colour])[None].astype(float)
    measured = found.lower if sign.looks_at == "lower" else found.detail
    return measured[None].astype(float)


def _fitted(sign: Sign, samples: Sequence[Sample]) -> npt.NDArray[np.float32]:
    good: list[float] = []
    bad: list[float] = []
    for fold in range(FOLDS):
        weights = _weights(sign, [one for one in samples if one.fold != fold])
        for one in samples:
            if one.fold == fold and one.kind in sign.bad | {GOOD}:
                (bad if one.kind in sign.bad else good).append(_score(sign, one, weights))
    weights = _weights(sign, samples)
    lowest, highest = np.quantile(good, APART[0]), np.quantile(bad, 1 - APART[1])
    limit = np.quantile(good, sign.refused)
    weights[-1] -= min(limit, (lowest + highest) / 2) if highest < lowest else limit
    return weights.astype(np.float32)


def _score(sign: Sign, sample: Sample, weights: Floats) -> float:
    assert sample.found is not None
    return float((rows(sign, sample.found) @ weights[:-1]).mean() + weights[-1])


def _weights(sign: Sign, samples: Sequence[Sample]) -> Floats:
    measured, good = [], []
    for one in samples:
        if one.kind in sign.bad or one.kind in sign.fine | {GOOD}:
            assert one.found is not None
            found = rows(sign, one.found)
            measured.append(found)
            good += [one.kind not in sign.bad] * len(found)
    return _logistic(np.concatenate(measured), np.array(good), sign.penalty)


def _logistic(measured: Floats, good: npt.NDArray[np.bool_], penalty: float) -> Floats:
    """(D + 1,): weights, and last the bias."""
    middle, spread = measured.mean(axis=0), measured.std(axis=0) + 1e-3
    scaled, side = (measured - middle) / spread, np.where(good, 1.0, -1.0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        margins = side * (scaled @ weights[:-1] + weights[-1])
        pull = -side / (1 + np.exp(np.clip(margins, -50, 50)))
        slope = np.append(scaled.T @ pull + penalty * weights[:-1], pull.sum())
        price = penalty / 2 * float(weights[:-1] @ weights[:-1])
        return float(np.logaddexp(0, -margins).sum()) + price, slope

    start = np.zeros(measured.shape[1] + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    weights = found[:-1] / spread
    return np.append(weights, found[-1] - weights @ middle)
