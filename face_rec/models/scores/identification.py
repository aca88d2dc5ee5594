"""What searches of a gallery say of a threshold: who is missed, who is named wrongly.

FPIR is the share of non-mated searches with a score that reaches the threshold, FNIR that of mated
searches that do not name the right one (NISTIR 8271). The lead over the second-best person counts
for FNIR, because whoever lacks it is missed. For FPIR it does not: in a large gallery it refuses
most strangers, in a smaller one fewer, so that a threshold chosen behind it would not hold there.

A threshold keeps an FPIR if the upper bound (95 %, one-sided) of what was measured does; where too
few searches were made for that, it is the upper bound of what extreme-value theory gives.
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final

import numpy as np

from face_rec.domain.site.own_calibration import OwnCalibration
from face_rec.models.scores import tail as extremes
from face_rec.models.scores.bounds import at_most, design_effect, rate
from face_rec.models.scores.calibration import STRANGER_NAMED, Point, ScoreCalibration
from face_rec.models.scores.own_report import (
    AHEAD,
    ENOUGH,
    TARGETS,
    Basis,
    Check,
    Condition,
    CurvePoint,
    Histogram,
    Operating,
)
from face_rec.models.scores.searches import Searches
from face_rec.models.scores.tail import Scores, Tail
from face_rec.models.terms.model_facts import Origin

_LEVELS: Final = (0.05, 0.02, 0.01, STRANGER_NAMED, AHEAD)
"""FPIRs among today's people; a tenth of them and ten times as many lie between."""
_APART: Final = 1e-4


_CURVE: Final = 80
_BINS: Final = 50


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


def condition(name: str, scored: Scored, threshold: float, then: float | None = None) -> Condition:
    """All there is to say of searches, with ``threshold`` in use, and ``then`` where the advice
    would put that in force."""
    searches, (low, high) = scored.searches, TARGETS
    asked = scored.keeping(high)
    strict = _at_least(scored, scored.keeping(low), asked)
    return Condition(
        name,
        len(np.unique(searches.people)),
        len(searches),
        int(searches.mated.sum()),
        scored.at(threshold),
        (strict, asked),
        _at_least(scored, scored.keeping(AHEAD), asked),
        scored.curve(),
        scored.histogram(),
        scored.at(threshold if then is None else then),
    )


def advised(
    scored: Sequence[Scored],
    *,
    contract: str,
    people: int,
    templates: int,
    margin: float,
    check: Check | None,
    today: date,
) -> OwnCalibration | None:
    """For each level the highest threshold that any kind of pictures asks for; None where the
    promise itself cannot be told. What a tail foretells counts unless it was found wrong."""
    enough = [one for one in scored if len(one.searches) >= ENOUGH]
    trusted = check is None or check.holds
    points: list[tuple[float, float]] = []
    for level in _LEVELS:
        found = [one.keeping(level) for one in enough]
        asked = [
            one.threshold
            for one in found
            if one.threshold is not None and (trusted or one.basis is not Basis.TAIL)
        ]
        if asked:
            least = points[-1][1] + _APART if points else -1.0
            far = 1 - (1 - level) ** (1 / templates)
            points.append((far, round(min(max(*asked, least), 0.999), 4)))
        elif level == STRANGER_NAMED:
            return None
    if len(points) < 2 or any(b[1] <= a[1] for a, b in pairwise(points)):
        return None  # scores at the very end of the scale: the register, not the model
    looks = sum(len(one.searches) for one in enough)
    return OwnCalibration(contract, people, templates, looks, today, tuple(points), margin)


def promised(advice: OwnCalibration) -> float:
    """The threshold that ``advice`` puts in force for the gallery that it was measured in."""
    points = tuple(Point(*point) for point in advice.points)
    return ScoreCalibration(points, Origin.OWN).threshold(advice.templates)


def _at_least(scored: Scored, one: Operating, other: Operating) -> Operating:
    """``one``, at no lower threshold than ``other``: what is measured and what a tail foretells
    need not agree."""
    if one.threshold is None or other.threshold is None or one.threshold >= other.threshold:
        return one
    return scored.at(other.threshold, one.target, one.basis)


def _share(flags: "np.typing.NDArray[np.bool_]") -> float:
    return float(flags.mean())


def _shares(scores: Scores, edges: Scores) -> tuple[float, ...]:
    counts = np.histogram(scores, edges)[0]
    return tuple((counts / max(1, len(scores))).tolist())
