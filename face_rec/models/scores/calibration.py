"""What the scores of a recognition model mean: from a false accept rate to a cosine.

The promise: a stranger is named with a probability of at most 0.005 per look. In a gallery
of N people FPIR ≈ 1 − (1 − FAR)^N, so each comparison may have FAR ≤ 0.005 / N. The cosine
for that FAR is interpolated in log10(FAR) between measured points of the model. Beyond the
last point the line is continued: tails of impostor scores fall faster than that, so the
threshold comes out too high rather than too low, but it is no longer a measurement, and
``largest_gallery`` says where that begins.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt

from face_rec.domain.errors import ModelError, PackBroken, PictureError
from face_rec.domain.faces import Face, Matrix
from face_rec.people.photos.photos import SUFFIXES, decode
from face_rec.protocols.models import FaceModels, Progress

STRANGER_NAMED = 0.005
"""FPIR: the share of looks at a stranger that may end in somebody's name."""

FEWEST = 50
"""A smaller gallery gets the threshold of this many people: at FAR above 1e-4 nothing is
won (TPIR 0.988 against 0.990), while a door sees the same few strangers every day."""

MARGIN_DECADES = 1.5
"""The lead over the second-best person, as the score that is worth this many powers of ten
of FAR: so it fits every model's scale (0.08 for w600k_mbf, 0.10 for MobileFaceNet-128). It
guards against confusing two enrolled people who look alike; strangers are the threshold's."""


class Origin(StrEnum):
    """Where the points come from."""

    MEASURED = "measured"
    ESTIMATED = "estimated"  # nobody measured this model; chosen on the safe side
    UNKNOWN = "unknown"  # a model never seen before


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
            raise PackBroken("A calibration needs two points or more, cosine rising as FAR falls.")

    def threshold(self, people: int) -> float:
        """Lowest cosine that may name somebody among ``people``."""
        return min(self.cosine_at(STRANGER_NAMED / max(people, FEWEST)), 0.99)

    def margin(self, people: int) -> float:  # noqa: ARG002 - of the protocol
        """Least lead over the second-best person; the same for every gallery."""
        return MARGIN_DECADES * self._slope(self.points[-2], self.points[-1])

    @property
    def largest_gallery(self) -> int:
        """Up to here the threshold is measured; 0 for a model nothing is known of."""
        if self.origin is Origin.UNKNOWN:
            return 0
        return math.floor(STRANGER_NAMED / self.points[-1].far * (1 + 1e-9))

    def cosine_at(self, far: float) -> float:
        """The cosine for a false accept rate, linear in log10(FAR)."""
        after = next((i for i, p in enumerate(self.points) if p.far <= far), len(self.points) - 1)
        left, right = self.points[max(after, 1) - 1], self.points[max(after, 1)]
        return left.cosine + self._slope(left, right) * math.log10(left.far / far)

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


# Measures a recognition model's impostor scores on pictures of known people.
#
# For a model without built-in calibration, or to fit the threshold to the people and cameras
# of one's own site. The pictures need not be of the people in the gallery.

log = logging.getLogger(__name__)

FEWEST_PAIRS = 10
"""Impostor pairs above a point's cosine: fewer say little (10 know FAR to ±60 %, which is
±0.02 in cosine)."""
_RATES = tuple(rate * 10.0**-power for power in range(3, 8) for rate in (1.0, 0.3))
_BINS = 20_000
_ROWS = 512
_DETECT_AT = 320
"""px of the longer side; calibration pictures are mostly one face."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Measurement:
    """``pairs``: of different people. ``closest``: the highest of their scores, with the two
    people it belongs to (above about 0.6 they are probably one person with two IDs)."""

    points: tuple[Point, ...]
    people: int
    pairs: int
    closest: tuple[float, str, str]


def measure(rows: Matrix, people: Sequence[str]) -> Measurement:
    """Points of FAR and cosine from all pairs of different people.

    ``rows``: (N, D) float32, L2-normalised; ``people``: whose face each row is. Raises
    ModelError when there are too few pairs for two points.
    """
    counts, closest = _impostors(rows, np.asarray(people))
    pairs = int(counts.sum())
    rates = [rate for rate in _RATES if rate * pairs >= FEWEST_PAIRS]
    if len(rates) < 2:
        raise ModelError(
            f"Only {pairs} pairs of different people can be made of these pictures; "
            f"{round(FEWEST_PAIRS / _RATES[1])} are needed: about 260 pictures of as many people."
        )
    points = tuple(Point(rate, _cosine(counts, round(rate * pairs))) for rate in rates)
    return Measurement(points, len(set(people)), pairs, closest)


def _impostors(
    rows: Matrix, people: npt.NDArray[np.str_]
) -> tuple[Counts, tuple[float, str, str]]:
    """Histogram over cosine −1 to 1 of every pair of different people, and the closest pair."""
    counts = np.zeros(_BINS, np.int64)
    closest = (-1.0, "", "")
    for start in range(0, len(rows), _ROWS):
        scores = rows[start : start + _ROWS] @ rows[start:].T
        block = people[start : start + _ROWS]
        own = np.tri(*scores.shape, dtype=np.bool_) | (block[:, None] == people[None, start:])
        scores[own] = -2.0
        counts += np.histogram(scores, _BINS, (-1.0, 1.0))[0]
        i, j = np.unravel_index(int(scores.argmax()), scores.shape)
        closest = max(closest, (float(scores[i, j]), str(block[i]), str(people[start + j])))
    return counts, closest


def _cosine(counts: Counts, accepted: int) -> float:
    """The cosine that ``accepted`` pairs reach."""
    reached = np.cumsum(counts[::-1])
    bins = int(np.searchsorted(reached, accepted)) + 1
    return round(1.0 - 2.0 * bins / _BINS, 4)


def embed_people(
    models: FaceModels, folder: Path, progress: Progress
) -> tuple[Matrix, tuple[str, ...]]:
    """One row for each picture ``folder/<person>/*`` with one clear face, and whose it is.

    Other pictures are left out. Raises ModelError when none is left.
    """
    pictures = [(path, path.parent.name) for path in _pictures(folder)]
    rows, people = [], []
    for done, (path, person) in enumerate(pictures, start=1):
        row = _row(models, path)
        progress(done, len(pictures))
        if row is not None:
            rows.append(row)
            people.append(person)
    if not rows:
        raise ModelError(f"{folder} holds no pictures with one face as FOLDER/<person>/*.jpg.")
    return np.concatenate(rows), tuple(people)


def _pictures(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*/*")) if path.suffix.lower() in SUFFIXES]


def _row(models: FaceModels, path: Path) -> Matrix | None:
    try:
        image = decode(path.read_bytes())
    except (PictureError, OSError) as error:
        log.warning("picture left out file=%s reason=%s", path.name, error)
        return None
    face = _main_face(models.detector.detect(image, _DETECT_AT))
    return models.embedder.embed([models.embedder.align(image, face)]) if face else None


def _main_face(faces: list[Face]) -> Face | None:
    """The only face, or one that is far larger than those in the background."""
    by_size = sorted(faces, key=lambda face: face.box.area, reverse=True)
    if not by_size or (len(by_size) > 1 and by_size[1].box.area * 4 > by_size[0].box.area):
        return None
    return by_size[0]
