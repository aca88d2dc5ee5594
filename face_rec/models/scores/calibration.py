"""What the scores of a recognition model mean: from a false accept rate to a cosine.

The promise: a stranger is named with a probability of at most 0.005 per look. In a gallery
of N templates FPIR ≈ 1 − (1 − FAR)^N, so each comparison may have FAR ≤ 0.005 / N. Templates
count, not people: each is another chance of being mistaken. Points are measured photo against
photo, and the score that is used (half best template, half centroid) passes the same cosine 1.4 to
1.7 times as often with two templates, 1.7 to 2.5 times with three and 1.9 to 3.6 times with four
(320 people of LFW, w600k_mbf, FAR 1e-2 to 1e-4).

The cosine for a FAR is interpolated in log10(FAR) between measured points of the model. Beyond
the last one the line goes on STEEPER: continued as it was, it let FPIR rise from 0.27 % at 400
people over 0.47 % at 1,675 to 0.54 % at 2,090. There it is no longer a measurement, and
``largest_gallery`` says where that begins; what a site's own people say goes before it
(:mod:`face_rec.models.scores.own_people`).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from face_rec.domain.errors import PackBroken
from face_rec.domain.site.own_calibration import OwnCalibration, in_force
from face_rec.languages.language import msgid
from face_rec.models.terms.model_facts import Origin

STRANGER_NAMED = 0.005
"""FPIR: the share of looks at a stranger that may end in somebody's name."""

FEWEST = 50
"""A smaller gallery gets the threshold of this many people: at FAR above 1e-4 nothing is
won (TPIR 0.988 against 0.990), while a door sees the same few strangers every day."""

MARGIN_DECADES = 1.5
"""The lead over the second-best person, as the score that is worth this many powers of ten
of FAR: so it fits every model's scale (0.08 for w600k_mbf, 0.10 for MobileFaceNet-128). It
guards against confusing two enrolled people who look alike; strangers are the threshold's."""


STEEPER: Final = 1.25
"""Beyond the last measured point, times the slope between the last two. At 2,090 people that is
0.008 more: by the slope itself, 0.39 % instead of 0.54 %."""


@dataclass(frozen=True, slots=True)
class Point:
    """At this cosine one impostor pair in 1/``far`` is accepted."""

    far: float
    cosine: float


@dataclass(frozen=True, slots=True)
class ScoreCalibration:
    """Points by falling FAR, at least two. Implements ``protocols.Calibration``."""

    points: tuple[Point, ...]
    origin: Origin

    def __post_init__(self) -> None:
        pairs = zip(self.points, self.points[1:], strict=False)
        falling = all(a.far > b.far > 0 and -1 < a.cosine < b.cosine < 1 for a, b in pairs)
        if len(self.points) < 2 or not falling:
            raise PackBroken(
                msgid("A calibration needs two points or more, cosine rising as FAR falls.")
            )

    def threshold(self, people: int) -> float:
        """Lowest cosine that may name somebody among so many ``people``, or templates."""
        return min(self.cosine_at(STRANGER_NAMED / max(people, FEWEST)), 0.99)

    def margin(self, people: int) -> float:  # noqa: ARG002 - of the protocol
        """Least lead over the second-best person; the same for every gallery."""
        return MARGIN_DECADES * self._slope(self.points[-2], self.points[-1])

    def alike(self, people: int) -> float:
        """Lowest cosine of two photos that may show one person, among so many people: what the
        points were measured on."""
        return self.threshold(people)

    @property
    def largest_gallery(self) -> int:
        """Up to so many templates the threshold is measured; 0 for a model nothing is known of."""
        if self.origin is Origin.UNKNOWN:
            return 0
        return math.floor(STRANGER_NAMED / self.points[-1].far * (1 + 1e-9))

    def cosine_at(self, far: float) -> float:
        """The cosine for a false accept rate, linear in log10(FAR)."""
        after = next((i for i, p in enumerate(self.points) if p.far <= far), len(self.points) - 1)
        left, right = self.points[max(after, 1) - 1], self.points[max(after, 1)]
        if far >= right.far:
            return left.cosine + self._slope(left, right) * math.log10(left.far / far)
        return right.cosine + STEEPER * self._slope(left, right) * math.log10(right.far / far)

    @staticmethod
    def _slope(left: Point, right: Point) -> float:
        """Cosine for one power of ten of FAR."""
        return (right.cosine - left.cosine) / math.log10(left.far / right.far)


def _points(*pairs: tuple[float, float]) -> tuple[Point, ...]:
    return tuple(Point(far, cosine) for far, cosine in pairs)


_W600K_MBF = ScoreCalibration(
    # All pairs of LFW, official weights and their re-quantised form alike.
    _points((1e-3, 0.241), (1e-4, 0.296), (1e-5, 0.347)),
    Origin.MEASURED,
)
_MOBILEFACENET_128 = ScoreCalibration(
    # 1e-3: all pairs of LFW. The others: 329,000 impostor pairs of 320 people of LFW, of
    # which 33 and 10 lie above these cosines; fewer are too few to rely on.
    _points((1e-3, 0.344), (1e-4, 0.417), (3e-5, 0.453)),
    Origin.MEASURED,
)
_W600K_R50 = ScoreCalibration(
    # Not measured by us. Trained as w600k_mbf was, on the same people with the same loss, but
    # larger (IJB-C 97.25 against 95.02), which narrows the impostors' scores; w600k_mbf's
    # points plus 0.02 should thus err on the safe side. `models calibrate` replaces them.
    _points((1e-3, 0.261), (1e-4, 0.316), (1e-5, 0.367)),
    Origin.ESTIMATED,
)
_UNKNOWN = ScoreCalibration(
    # The most demanding model we know (MobileFaceNet-128) plus 0.05.
    _points((1e-3, 0.394), (1e-4, 0.467), (3e-5, 0.503)),
    Origin.UNKNOWN,
)
_BY_SHA256 = {
    "9cc6e4a75f0e2bf0b1aed94578f144d15175f357bdc05e815e5c4a02b319eb4f": _W600K_MBF,
    "ee9fff3dc481094eea943df118088250738a6bc1d13a24f9c56e66f1e08e91c8": _W600K_MBF,
    "e72a5710cce378dc46472b6b845cb90647634f2738d8c3e581735cf195b9866f": _MOBILEFACENET_128,
    "4c06341c33c2ca1f86781dab0e829f88ad5b64be9fba56e56bc9ebdefc619e43": _W600K_R50,
}


def calibration_of(sha256: str, measured: Sequence[Point] = ()) -> ScoreCalibration:
    """The calibration of a recognition file.

    ``measured`` (from ``models calibrate``, on the customer's own pictures) goes before what
    is built in; a file that nobody measured gets cautious points and says so.
    """
    if measured:
        return ScoreCalibration(tuple(measured), Origin.MEASURED)
    return _BY_SHA256.get(sha256, _UNKNOWN)


class SiteScores:
    """What the site's own people say of a model, where an admin took that over, else what is known
    of the model itself. Implements ``protocols.Calibration``; may be asked from any thread."""

    def __init__(
        self,
        model: ScoreCalibration,
        contract: str,
        taken: Callable[[], Sequence[OwnCalibration]],
    ) -> None:
        """``taken``: the calibrations that were taken over; asked at every look, so it must not
        wait for anything."""
        self.model = model
        self._contract = contract
        self._taken = taken
        self._made: tuple[OwnCalibration, ScoreCalibration] | None = None

    @property
    def own(self) -> OwnCalibration | None:
        """The one in force, or None."""
        return in_force(self._taken(), self._contract)

    def threshold(self, people: int) -> float:
        """Lowest score that may name somebody among so many ``people``, or templates. Where the
        measurement does not reach, for far smaller galleries, never less than the model's own."""
        current = self._current()
        if STRANGER_NAMED / max(people, FEWEST) > current.points[0].far:
            return max(current.threshold(people), self.model.threshold(people))
        return current.threshold(people)

    def margin(self, people: int) -> float:
        """The lead that the threshold was measured with."""
        own = self.own
        return own.margin if own else self.model.margin(people)

    def alike(self, people: int) -> float:
        """As the model itself has it: own people were searched for in a gallery, whose scores
        are others than those of two photos."""
        return self.model.alike(people)

    @property
    def largest_gallery(self) -> int:
        """In templates."""
        return self._current().largest_gallery

    def _current(self) -> ScoreCalibration:
        own, made = self.own, self._made
        if own is None:
            return self.model
        if made is None or made[0] is not own:
            points = tuple(Point(*point) for point in own.points)
            made = self._made = own, ScoreCalibration(points, Origin.OWN)
        return made[1]
