"""What searches of a gallery say of a threshold: who is missed, who is named wrongly.

FPIR is the share of non-mated searches with a score that reaches the threshold, FNIR that of mated
searches that do not name the right one (NISTIR 8271). The lead over the second-best person counts
for FNIR, because whoever lacks it is missed. For FPIR it does not: in a large gallery it refuses
most strangers, in a smaller one fewer, so that a threshold chosen behind it would not hold there.

A threshold keeps an FPIR if the upper bound (95 %, one-sided) of what was measured does; where too
few searches were made for that, it is the upper bound of what extreme-value theory gives.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from face_rec.models.scores import tail as extremes
from face_rec.models.scores.bounds import NOTHING, Rate, at_most, design_effect, rate
from face_rec.models.scores.calibration import STRANGER_NAMED
from face_rec.models.scores.searches import Searches
from face_rec.models.scores.tail import Scores, Tail

ENOUGH: Final = 3_000
"""Non-mated searches: by the rule of three the fewest that can show an FPIR of 0.001 at all."""
TARGETS: Final = (0.001, STRANGER_NAMED)
TIMES: Final = 10
"""How far ahead the threshold is told: for so many times as many people."""
AHEAD: Final = 1 - (1 - STRANGER_NAMED) ** (1 / TIMES)
"""The FPIR among today's people that becomes STRANGER_NAMED among TIMES as many."""
_CURVE: Final = 80
_BINS: Final = 50


class Basis(StrEnum):
    """What a threshold rests on."""

    MEASURED = "measured"
    TAIL = "from the tail"
    NONE = "insufficient data"


@dataclass(frozen=True, slots=True)
class Operating:
    """One threshold: what it was chosen to keep (``target``, an FPIR), and what was counted at
    it. ``threshold`` is None where nothing can be said."""

    target: float
    threshold: float | None
    basis: Basis
    reached: Rate = NOTHING
    """Non-mated searches with such a score: FPIR."""
    named: Rate = NOTHING
    """Those of them that have the lead as well, so that a look of the kiosk names somebody."""
    missed: Rate = NOTHING
    """Mated searches that did not name the right one: FNIR."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    threshold: float
    fpir: float
    fnir: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """Shares of all searches by score: ``edges`` (K + 1), ``mated`` and ``non_mated`` (K)."""

    edges: tuple[float, ...]
    mated: tuple[float, ...]
    non_mated: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """What one kind of pictures says; counts only, of nobody in particular. ``now``: the threshold
    in use; ``limits``: for each of TARGETS; ``ahead``: for TIMES as many people. ``kept``:
    thresholds for further FPIRs, by which a calibration is drawn."""

    name: str
    people: int
    non_mated: int
    mated: int
    now: Operating
    limits: tuple[Operating, ...]
    ahead: Operating
    curve: tuple[CurvePoint, ...]
    histogram: Histogram

    @property
    def enough(self) -> bool:
        return self.non_mated >= ENOUGH

    @property
    def advised(self) -> Operating:
        """For as many people as there are."""
        return self.limits[-1]


class Scored:
    """The scores of ``searches`` under a ``margin``, for any number of questions."""

    def __init__(self, searches: Searches, margin: float) -> None:
        self.searches = searches
        self.strangers = searches.other
        self._led = searches.leads >= margin
        self.owners = searches.owners(margin)
        self.tail: Tail | None = extremes.fit(self.strangers, searches.people)
        self._mated = searches.people[searches.mated]
        self._sorted = np.sort(self.strangers)[::-1]
        self._effect = self._effect_at(extremes.SHARE)

    def at(
        self,
        threshold: float,
        target: float = STRANGER_NAMED,
        basis: Basis = Basis.MEASURED,
    ) -> Operating:
        """What was counted at ``threshold``."""
        above, people = self.strangers >= threshold, self.searches.people
        return Operating(
            target, threshold, basis,
            reached=rate(above, people, self._effect), named=rate(above & self._led, people),
            missed=rate(self.owners < threshold, self._mated),
        )  # fmt: skip

    def keeping(self, target: float) -> Operating:
        """The lowest threshold whose FPIR is at most ``target``, as far as can be said."""
        threshold = self._measured(target)
        if threshold is not None:
            return self.at(threshold, target)
        if self.tail is None or target > self.tail.share or len(self.searches) < ENOUGH:
            return Operating(target, None, Basis.NONE)
        return self.at(self.tail.bounds(target)[1], target, Basis.TAIL)

    def _measured(self, target: float) -> float | None:
        """Between the searches that may be named and the best one that may not."""
        looks = len(self.searches)
        for errors in range(int(target * looks), -1, -1):
            if errors >= looks:
                continue
            threshold = float(np.nextafter(self._sorted[errors], 2.0))
            if at_most(errors / self._effect, looks / self._effect) > target:
                continue
            above = self.strangers >= threshold
            effect = max(self._effect, design_effect(above, self.searches.people))
            if at_most(float(above.sum()) / effect, looks / effect) <= target:
                return threshold
        return None

    def _effect_at(self, share: float) -> float:
        if not len(self._sorted):
            return 1.0
        level = self._sorted[min(int(share * len(self._sorted)), len(self._sorted) - 1)]
        return design_effect(self.strangers > level, self.searches.people)

    def curve(self) -> tuple[CurvePoint, ...]:
        """FPIR and FNIR from the lowest threshold of interest to the highest."""
        if not len(self.strangers) or not len(self.owners):
            return ()
        low = float(np.quantile(self.strangers, 0.5))
        steps = np.linspace(max(low, 0.0), max(float(self._sorted[0]), low) + 0.02, _CURVE)
        return tuple(
            CurvePoint(float(t), _share(self.strangers >= t), _share(self.owners < t))
            for t in steps
        )

    def histogram(self) -> Histogram:
        """Scores for oneself and for the nearest other."""
        own, other = self.searches.own[self.searches.mated], self.searches.other
        everything = np.concatenate([own, other[other > -1.0], [0.0, 1.0]])
        edges = np.linspace(float(everything.min()), float(everything.max()), _BINS + 1)
        return Histogram(tuple(edges.tolist()), _shares(own, edges), _shares(other, edges))


def condition(name: str, scored: Scored, threshold: float) -> Condition:
    """All there is to say of searches, with ``threshold`` in use."""
    searches = scored.searches
    return Condition(
        name,
        len(np.unique(searches.people)),
        len(searches),
        int(searches.mated.sum()),
        scored.at(threshold),
        tuple(scored.keeping(target) for target in TARGETS),
        scored.keeping(AHEAD),
        scored.curve(),
        scored.histogram(),
    )


def _share(flags: "np.typing.NDArray[np.bool_]") -> float:
    return float(flags.mean())


def _shares(scores: Scores, edges: Scores) -> tuple[float, ...]:
    counts = np.histogram(scores, edges)[0]
    return tuple((counts / max(1, len(scores))).tolist())
