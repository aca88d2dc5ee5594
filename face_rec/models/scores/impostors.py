"""Measures a recognition model's impostor scores on pictures of known people.

For a model without built-in calibration, or to fit the threshold to the people and cameras
of one's own site. The pictures need not be of the people in the gallery.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from face_rec.domain.errors import ModelError, PictureError
from face_rec.domain.faces import Face, Image, Matrix
from face_rec.languages.sentence import sentence
from face_rec.models.scores.calibration import Point
from face_rec.people.photos.photos import SUFFIXES, decode
from face_rec.protocols.models import FaceModels, Progress

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
            sentence(
                "Only {pairs} pairs of different people can be made of these "
                "pictures; {needed} are needed: about 260 pictures of as many "
                "people.",
                pairs=pairs,
                needed=round(FEWEST_PAIRS / _RATES[1]),
            )
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
        raise ModelError(
            sentence(
                "{folder} holds no pictures with one face as FOLDER/<person>/*.jpg.", folder=folder
            )
        )
    return np.concatenate(rows), tuple(people)


def _pictures(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*/*")) if path.suffix.lower() in SUFFIXES]


def _row(models: FaceModels, path: Path) -> Matrix | None:
    try:
        return embedded(models, decode(path.read_bytes()))
    except (PictureError, OSError) as error:
        log.warning("picture_left_out file=%s reason=%s", path.name, error)
        return None


def embedded(models: FaceModels, image: Image) -> Matrix | None:
    """(1, D) of the only clear face of ``image``; None where there is no such one."""
    face = _main_face(models.detector.detect(image, _DETECT_AT))
    return models.embedder.embed([models.embedder.align(image, face)]) if face else None


def _main_face(faces: list[Face]) -> Face | None:
    """The only face, or one that is far larger than those in the background."""
    by_size = sorted(faces, key=lambda face: face.box.area, reverse=True)
    if not by_size or (len(by_size) > 1 and by_size[1].box.area * 4 > by_size[0].box.area):
        return None
    return by_size[0]
