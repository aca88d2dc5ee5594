"""How many visits that end without a name come near to the right person, and how many of strangers
come near to somebody: what the band of :mod:`face_rec.people.missed.visits` was chosen by.

Everybody's last photo stands before the camera for some looks, as :mod:`visits` makes them, and
once more in poor light: dim, blurred and grained. Galleries are of good photos, and of one poor
photo each, as from far away. A visit of somebody enrolled that names them is no miss; of the
others and of strangers it is told how many count for whom.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from face_rec.domain.faces import Image, Matrix
from face_rec.domain.people import GalleryEntry
from face_rec.domain.recognition import Look, Unnamed
from face_rec.journey.decide import Policy, TrackLimits, decide, track_limits
from face_rec.journey.fusion import Fusion
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.missed.visits import nearest
from face_rec.protocols.models import FaceModels
from tests.benchmarks.journey import material
from tests.benchmarks.journey.visits import Visit, visit
from tests.benchmarks.report.row import Row
from tests.data import shared_data
from tests.defects.samples import photos

_POLICY: Final = Policy()
_LOOKS: Final = 6
_FEWEST: Final = 3
"""Looks without which nobody can be named."""
_DRAWS: Final = 6
_NOBODY: Final = "nobody"


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """``good`` (up to 3, D) and ``poor`` (1, D): templates; ``visits``: by the light, of another
    photo than those, or of the only one there is (``alone``)."""

    good: Matrix
    poor: Matrix
    visits: Mapping[str, Visit]
    alone: bool


@dataclass(frozen=True, slots=True)
class _Trial:
    """``draws`` galleries of ``size`` of those in ``pool``."""

    pool: Sequence[str]
    size: int
    kind: str
    light: str
    draws: int


def run(quick: bool = False) -> list[Row]:
    models = material.models_of()
    people = dict(_people(models, 30 if quick else None))
    several = [name for name, one in people.items() if len(one.good) > 2]
    sizes = ((len(several) * 5 // 6, several), (len(people) * 15 // 16, list(people)))
    trials = [
        _Trial(pool, size, kind, light, 1 if quick else _DRAWS)
        for size, pool in sizes
        for kind in ("three photos", "one photo", "a poor photo")
        for light in ("usual", "poor")
    ]
    return [_row(one, models, people) for one in trials]


def _people(models: FaceModels, most: int | None) -> Iterator[tuple[str, Person]]:
    chance, by_name = np.random.default_rng(5), dict[str, list[Path]]()
    for name, path in photos(shared_data("faces")):
        by_name.setdefault(name, []).append(path)
    several = [name for name, paths in by_name.items() if len(paths) >= 4]
    others = [name for name in by_name if name not in several]
    for name in [*several[:most], *others[:most]]:
        images = [np.asarray(cv2.imread(str(path)), np.uint8) for path in by_name[name]]
        good = np.concatenate([material.template(models, one) for one in images[:3]])
        try:
            poor = material.template(models, _from_afar(images[0]))
        except ValueError:  # no face is found in it: nobody could be enrolled so
            poor = good[:1]
        lights = {"usual": images[-1], "poor": _dim(images[-1], chance)}
        seen = {light: visit(models, image, chance, _LOOKS) for light, image in lights.items()}
        yield name, Person(good, poor, seen, len(images) == 1)


def _from_afar(image: Image) -> Image:
    height, width = image.shape[:2]
    small = cv2.resize(image, None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA)
    large = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.uint8)


def _dim(image: Image, chance: np.random.Generator) -> Image:
    soft = cv2.GaussianBlur(image.astype(np.float32) * 0.5, (0, 0), 2.0)
    grained = soft + chance.normal(0, 8, soft.shape)
    return np.asarray(np.clip(grained, 0, 255), np.uint8)


def _row(trial: _Trial, models: FaceModels, people: Mapping[str, Person]) -> Row:
    chance, own, strange = np.random.default_rng(4), list[str](), list[str]()
    for _ in range(trial.draws):
        enrolled = set(chance.choice(trial.pool, trial.size, replace=False).tolist())
        gallery = _gallery(models, people, enrolled, trial.kind)
        limits = track_limits(_POLICY, models.calibration, gallery.templates)
        for name, one in people.items():
            views = one.visits[trial.light]
            if len(views) < _FEWEST or (name in enrolled and one.alone):
                continue
            came = _came(gallery, views, limits)
            if name in enrolled:
                own.append({None: "named", name: "right", _NOBODY: "far"}.get(came, "wrong"))
            else:
                strange.append({None: "named", _NOBODY: "far"}.get(came, "wrong"))
    missed = len(own) - own.count("named")
    note = (
        f"{strange.count('wrong')} of {len(strange)}; of {len(own)} visits of {trial.size} "
        f"enrolled people {missed} end without a name, {own.count('right')} of them count for the "
        f"right person and {own.count('wrong')} for another"
    )
    share = 100 * strange.count("wrong") / len(strange)
    name = f"{trial.size} people × {trial.kind}, {trial.light} light"
    return Row(f"visits of strangers that count, {name}", share, "%", note=note)


def _gallery(
    models: FaceModels, people: Mapping[str, Person], enrolled: set[str], kind: str
) -> MemoryGallery:
    rows = {"three photos": 3, "one photo": 1}
    gallery = MemoryGallery(models.contract)
    gallery.load(
        [
            GalleryEntry(n, people[n].good[: rows[kind]] if kind in rows else people[n].poor)
            for n in sorted(enrolled)
        ],
        1,
    )
    return gallery


def _came(gallery: MemoryGallery, views: Visit, limits: TrackLimits) -> str | None:
    """Whom a visit counts for, or _NOBODY; None where it names somebody."""
    fusion, looks = Fusion(), tuple[Look, ...]()
    for view in views:
        fusion = fusion.add(view.vector, view.quality.score)
        alone, fused = gallery.own_matches(np.stack([view.vector, fusion.embedding]))
        looks = (*looks, Look(0.0, alone, view.quality, fused))[-_POLICY.window :]
        if decide(looks, limits, _POLICY).subject is not None:
            return None
    last = Unnamed("door", looks[-1].fused, limits.look.threshold, limits.look.margin)
    return nearest(last) or _NOBODY
