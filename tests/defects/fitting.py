"""Fits the weights of ``photo_checks`` to photos of half of the people.

Logistic regression with a weight penalty, one for each sign; before that of ``eyes`` stands a
layer of a few units, fitted with it. Each limit is put where a share of good photos lies below it,
of people whom the weights had not seen (four folds); lower still, half way to the spoilt photos,
where these lie far below.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from face_rec.people.photos.photo_checks import Features, Weights, layer_of
from tests.defects.network import network
from tests.defects.samples import GOOD, SHIFTED, Sample

Floats = npt.NDArray[np.float64]

FOLDS: Final = 4
APART: Final = (0.002, 0.01)
"""Shares of good and of spoilt photos: where these lie apart, the limit is half way between."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What a sign looks at, on which spoilt photos it is bad, and on which as good as on good
    ones. ``penalty``: of the weights. ``refused``: the share of good photos, softened, small and
    found by another detector among them, that it may cost. ``units``: of the layer before the
    last weights; 0: none."""

    looks_at: str
    bad: frozenset[str]
    fine: frozenset[str]
    penalty: float
    refused: float
    units: int = 0

    @property
    def kinds(self) -> frozenset[str]:
        """What it is fitted on."""
        return self.bad | self.fine | {GOOD}


_SEEN: Final = frozenset({"eyes closed", "shades", "mask"})
_HIDES_MOUTH: Final = frozenset({"mask", "mask and shades", "hand before the mouth"})
_HIDES_EYES: Final = frozenset({"eyes closed", "shades", "mask and shades"})
SIGNS: Final[Mapping[str, Sign]] = {
    "sharp": Sign("detail", frozenset({"blurred, with noise", "motion blur"}), _SEEN, 3, 0.006),
    "natural": Sign("detail", frozenset({"cartoon"}), _SEEN, 30, 0.002),
    "direct": Sign("all", frozenset({"off a screen"}), _SEEN, 10, 0.004),
    "eyes": Sign("eyes", _HIDES_EYES, frozenset({"mask", "hand before the mouth"}), 3, 0.02, 8),
    "mouth": Sign("lower", _HIDES_MOUTH, frozenset({"eyes closed", "shades"}), 30, 0.003),
}
"""Of the photos that ``eyes`` refuses first, most show eyes that are really closed."""


def fitted(samples: Sequence[Sample], sign: str) -> dict[str, npt.NDArray[np.float32]]:
    """What is stored of ``sign``, fitted on the people for tuning among ``samples``: 0 is the
    limit."""
    ours = [one for one in samples if one.tuning and one.found and one.kind in SIGNS[sign].kinds]
    found = _fitted(SIGNS[sign], ours)
    layer = {} if found.layer is None else {layer_of(sign): found.layer}
    return {sign: found.last, **layer}


def rows(sign: Sign, found: Features) -> Floats:
    """(N, D): what ``sign`` looks at in one photo; two rows for the eyes."""
    if sign.looks_at == "eyes":
        return found.eyes.astype(float)
    if sign.looks_at == "all":
        return np.concatenate([found.detail, found.colour])[None].astype(float)
    measured = found.lower if sign.looks_at == "lower" else found.detail
    return measured[None].astype(float)


def _fitted(sign: Sign, samples: Sequence[Sample]) -> Weights:
    good: list[float] = []
    bad: list[float] = []
    for fold in range(FOLDS):
        weights = _weights(sign, [one for one in samples if one.fold != fold])
        for one in samples:
            if one.fold == fold and one.variant != SHIFTED and one.kind not in sign.fine:
                (bad if one.kind in sign.bad else good).append(_score(sign, one, weights))
    weights = _weights(sign, samples)
    lowest, highest = np.quantile(good, APART[0]), np.quantile(bad, 1 - APART[1])
    limit = np.quantile(good, sign.refused)
    weights.last[-1] -= min(limit, (lowest + highest) / 2) if highest < lowest else limit
    return weights


def _score(sign: Sign, sample: Sample, weights: Weights) -> float:
    assert sample.found is not None
    return float(np.mean([weights.judge(row) for row in rows(sign, sample.found)]))


def _weights(sign: Sign, samples: Sequence[Sample]) -> Weights:
    measured, good = [], []
    for one in samples:
        if one.variant == SHIFTED and not sign.units:
            continue
        assert one.found is not None
        found = rows(sign, one.found)
        measured.append(found)
        good += [one.kind not in sign.bad] * len(found)
    everything, side = np.concatenate(measured), np.where(good, 1.0, -1.0)
    middle, spread = everything.mean(axis=0), everything.std(axis=0) + 1e-3
    scaled = (everything - middle) / spread
    if not sign.units:
        return Weights(_plain(_logistic(scaled, side, sign.penalty), middle, spread))
    layer, last = network(scaled, side, sign.units, sign.penalty)
    return Weights(last, np.stack([_plain(unit, middle, spread) for unit in layer]))


def _plain(weights: Floats, middle: Floats, spread: Floats) -> npt.NDArray[np.float32]:
    """Of what is measured, where ``weights`` are of what was scaled."""
    plain = weights[:-1] / spread
    return np.append(plain, weights[-1] - plain @ middle).astype(np.float32)


def _logistic(scaled: Floats, side: Floats, penalty: float) -> Floats:
    """(D + 1,): weights, and last the bias. ``side``: 1 for good, -1 for bad."""

    def loss(weights: Floats) -> tuple[float, Floats]:
        margins = side * (scaled @ weights[:-1] + weights[-1])
        pull = -side / (1 + np.exp(np.clip(margins, -50, 50)))
        slope = np.append(scaled.T @ pull + penalty * weights[:-1], pull.sum())
        price = penalty / 2 * float(weights[:-1] @ weights[:-1])
        return float(np.logaddexp(0, -margins).sum()) + price, slope

    start = np.zeros(scaled.shape[1] + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return np.asarray(found.x, np.float64)
