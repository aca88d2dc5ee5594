"""Logistic regression behind one small layer, fitted as a whole."""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Floats = npt.NDArray[np.float64]

_LAST: Final = 0.2
"""The penalty of the last weights, in that of the layer's."""
_STEPS: Final = 300


def network(
    scaled: Floats, side: Floats, units: int, penalty: float
) -> tuple[Floats, npt.NDArray[np.float32]]:
    """The layer (units, D + 1) and the last weights (units + 1,), each bias last. ``scaled``
    (N, D): about 0, with a spread of 1; ``side`` (N,): 1 for good, -1 for bad."""
    network = _Network(scaled, side, units, penalty)
    start = np.random.default_rng(0).normal(size=network.size) * 0.5  # the same each time
    start[: units * scaled.shape[1]] /= np.sqrt(scaled.shape[1])
    found = minimize(
        network.loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}
    ).x
    layer, biases, last, bias = network.parts(found)
    return np.column_stack([layer.T, biases]), np.append(last, bias).astype(np.float32)


class _Network:
    def __init__(self, scaled: Floats, side: Floats, units: int, penalty: float) -> None:
        self._scaled = scaled
        self._side = side
        self._units = units
        self._penalty = penalty
        self._layer = units * scaled.shape[1]
        self.size = self._layer + 2 * units + 1

    def parts(self, weights: Floats) -> tuple[Floats, Floats, Floats, float]:
        """(D, K), (K,), (K,), and the last bias."""
        layer = weights[: self._layer].reshape(-1, self._units)
        biases, last = np.split(weights[self._layer : -1], 2)
        return layer, biases, last, float(weights[-1])

    def loss(self, weights: Floats) -> tuple[float, Floats]:
        """And its slope."""
        layer, biases, last, bias = self.parts(weights)
        units = np.tanh(self._scaled @ layer + biases)
        margins = self._side * (units @ last + bias)
        pull = -self._side / (1 + np.exp(np.clip(margins, -50, 50)))
        back = np.outer(pull, last) * (1 - units**2)
        dear, cheap = self._penalty, self._penalty * _LAST
        slope = np.concatenate(
            [
                (self._scaled.T @ back + dear * layer).ravel(), back.sum(axis=0),
                units.T @ pull + cheap * last, [pull.sum()],
            ]
        )  # fmt: skip
        price = dear / 2 * float((layer**2).sum()) + cheap / 2 * float(last @ last)
        return float(np.logaddexp(0, -margins).sum()) + price, slope
