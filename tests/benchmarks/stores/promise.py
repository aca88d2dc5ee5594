"""Whether a stranger is named with a probability of at most 0.005, by the threshold that the
product takes for so many people.

With real people only, as far as they go: galleries of 100 and of 300, searched with photos of
everybody else. For more people the real pairs of two photos say what they can: a gallery of N
compares N times. Galleries filled up with generated people (``realistic``, beside this) were tried
and are no measure of this: 150 of them let no stranger reach a threshold that 1.1 % reach among
150 real ones, for nobody generated looks alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Matrix
from face_rec.domain.people import Contract, GalleryEntry
from face_rec.models.scores.bounds import rate
from face_rec.models.scores.calibration import STRANGER_NAMED
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.photos.photo_check import embedded
from face_rec.protocols.models import Calibration
from tests.benchmarks.journey.material import models_of
from tests.benchmarks.report.row import Row
from tests.data import shared_data
from tests.defects.samples import Studio, photos

Whole = npt.NDArray[np.intp]
SIZES: Final = (100, 400, 900, 1_700)
_DRAWS: Final = 8
_REAL: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Photos:
    """``enrolled``, ``looks`` (N, D): of each photo, as enrolment and as a kiosk embeds it.
    ``whose`` (N,): of whom, from 0."""

    enrolled: Matrix
    looks: Matrix
    whose: Whole

    def of(self, some: npt.NDArray[np.bool_]) -> "Photos":
        return Photos(self.enrolled[some], self.looks[some], self.whose[some])

    def people(self, least: int = 1) -> list[int]:
        """Those with so many photos."""
        return [int(p) for p in np.unique(self.whose) if (self.whose == p).sum() >= least]

    def entries(self, people: Sequence[int], templates: int) -> list[GalleryEntry]:
        return [GalleryEntry(f"p{p}", self.enrolled[self.whose == p][:templates]) for p in people]


def run(quick: bool = False) -> list[Row]:
    models = models_of()
    everything = real_photos()
    draws = 1 if quick else _DRAWS
    return [*measured(everything, models.calibration, models.contract, draws)]


def real_photos() -> Photos:
    models = models_of()
    studio, names, rows = Studio(models), list[str](), list[tuple[Matrix, Matrix]]()
    for name, path in photos(shared_data("faces")):
        image = np.asarray(cv2.imread(str(path)), np.uint8)
        face = studio.face(image)
        if face is not None:
            crop = models.embedder.align(image, face)
            rows.append((embedded(models, image, face), models.embedder.embed([crop])[0]))
            names.append(name)
    enrolled, looks = (np.array(part, np.float32) for part in zip(*rows, strict=True))
    return Photos(enrolled, looks, np.unique(names, return_inverse=True)[1])


def measured(
    everything: Photos, calibration: Calibration, contract: Contract, draws: int
) -> Iterator[Row]:
    chance = np.random.default_rng(4)

    def searched(name: str, galleries: Sequence[tuple[list[GalleryEntry], Photos]]) -> Row:
        return _row(name, galleries, calibration, contract)

    for templates in (1, 3):
        many = everything.people(4)
        drawn = [chance.choice(many, _REAL, replace=False).tolist() for _ in range(draws)]
        yield searched(
            f"{_REAL} real people × {templates}",
            [
                (everything.entries(some, templates), _others(everything, some))
                for some in drawn
            ],
        )  # fmt: skip
    everybody = chance.permutation(everything.people())
    folds = np.array_split(everybody, 16)
    yield searched(
        f"{len(everybody) - len(folds[0])} real people × 1",
        [
            (
                everything.entries(np.setdiff1d(everybody, fold).tolist(), 1),
                everything.of(np.isin(everything.whose, fold)),
            )
            for fold in folds
        ],
    )
    for people in SIZES:
        yield _paired(everything, calibration, people)


def _paired(everything: Photos, calibration: Calibration, people: int) -> Row:
    """What pairs of different people come to: each look makes as many as there are people."""
    scores = everything.looks @ everything.enrolled.T
    strange = everything.whose[:, None] != everything.whose
    threshold = calibration.threshold(people)
    whose = np.broadcast_to(everything.whose[:, None], strange.shape)
    found = rate(scores[strange] >= threshold, whose[strange])
    value, low, high = (1 - (1 - far) ** people for far in (found.value, found.low, found.high))
    note = (
        f"{low:.2%} to {high:.2%} (95 %): {found.errors} of {found.trials:,} pairs at "
        f"{threshold:.3f}"
    )
    return Row(f"strangers named, {people:,} people × 1, by pairs", value * 100, "%", note=note)


def _others(everything: Photos, people: Sequence[int]) -> Photos:
    return everything.of(~np.isin(everything.whose, people))


def _row(
    name: str,
    galleries: Sequence[tuple[list[GalleryEntry], Photos]],
    calibration: Calibration,
    contract: Contract,
) -> Row:
    """The share of looks at strangers that reach the threshold, whatever their lead."""
    reached, lower, named, whose, thresholds = [], [], [], [], set[float]()
    for entries, strangers in galleries:
        gallery = MemoryGallery(contract)
        gallery.load(entries, 1, len(entries))
        threshold = calibration.threshold(gallery.templates)
        tenth = calibration.threshold(max(1, gallery.templates // 10))
        lead = calibration.margin(gallery.templates)
        matches = gallery.own_matches(strangers.looks)
        scores = np.array([match.score for match in matches])
        leads = np.array([match.margin for match in matches])
        reached.append(scores >= threshold)
        lower.append(scores >= tenth)
        named.append((scores >= threshold) & (leads >= lead))
        whose.append(strangers.whose)
        thresholds.add(threshold)
    people = np.unique(np.concatenate(whose), return_inverse=True)[1]
    found = rate(np.concatenate(reached), people)
    note = (
        f"{found.low:.2%} to {found.high:.2%} (95 %), {len(people):,} searches for "
        f"{people.max() + 1} strangers; {np.concatenate(named).mean():.2%} with the lead; "
        f"{np.concatenate(lower).mean():.2%} at the threshold of a tenth "
        f"({min(thresholds):.3f} in force)"
    )
    return Row(f"strangers named, {name}", found.value * 100, "%", STRANGER_NAMED * 100, note)
