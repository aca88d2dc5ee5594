"""How often a visit ends with somebody named who is not enrolled: FPIR counted by visits.

The promise holds for a look, and who lingers is many looks at one face, about one a second. All
320 real people of the test data stand before galleries of others, at the limits in force, for
twelve looks (:mod:`visits` says how these are made of a photo), and those who come nearest for a
minute. Real films are few, but their looks are as a camera has them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from face_rec.domain.faces import Face, Image, Matrix
from face_rec.domain.people import Contract, GalleryEntry
from face_rec.journey.decide import Policy, TrackLimits, track_limits
from face_rec.journey.streams.recorded import VideoFile
from face_rec.journey.track import assign
from face_rec.models.scores.bounds import rate
from face_rec.models.scores.calibration import STRANGER_NAMED
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.protocols.models import Calibration, FaceModels
from tests.benchmarks.journey import material
from tests.benchmarks.journey.visits import (
    LOOSE,
    Visit,
    limits_of,
    looks_alone,
    named_after,
    view_of,
    visit,
    with_mean,
)
from tests.benchmarks.report.row import Row
from tests.data import shared_data
from tests.defects.samples import photos

_POLICY: Final = Policy()
_DRAWS: Final = 8
_REAL: Final = 100
_FOLDS: Final = 16
_LIKELIEST, _MINUTE = 20, 60
_FILMS: Final = (
    "facenet_video.mp4", "short_hamilton.mp4", "head-pose-face-detection-female-and-male.gif",
    "face-demographics-walking-and-pause.gif",
)  # fmt: skip
_EVERY: Final = 5
"""A look at one of so many frames of a film: five or six a second."""
_FEWEST: Final = 3
"""Looks without which nobody can be named."""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """``templates`` (N, D): of up to three photos. ``visit``: what looks at ``photo`` see, the
    last one there is."""

    templates: Matrix
    photo: Image
    visit: Visit


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A gallery of some, and visits of others."""

    enrolled: Sequence[str]
    photos: int
    strangers: Sequence[str]


def run(quick: bool = False) -> list[Row]:
    models = material.models_of()
    people = dict(_people(models, 40 if quick else None))
    draws = 1 if quick else _DRAWS
    kinds = list(_trials(people, draws))
    return [
        *(_row(name, trials, people, models) for name, trials in kinds),
        _likeliest(kinds[0][1][0], people, models),
        *_films(kinds, people, models),
    ]


def _people(models: FaceModels, most: int | None) -> Iterator[tuple[str, Person]]:
    """Everybody; ``most``: who has four photos or more, and as many others."""
    chance = np.random.default_rng(5)
    by_name: dict[str, list[Path]] = {}
    for name, path in photos(shared_data("faces")):
        by_name.setdefault(name, []).append(path)
    several = [n for n, paths in by_name.items() if len(paths) >= 4]
    alone = [n for n in by_name if n not in several]
    for name in [*several[:most], *alone[:most]]:
        images = [np.asarray(cv2.imread(str(path)), np.uint8) for path in by_name[name]]
        rows = np.concatenate([material.template(models, one) for one in images[:3]])
        yield name, Person(rows, images[-1], visit(models, images[-1], chance))


def _trials(people: Mapping[str, Person], draws: int) -> Iterator[tuple[str, list[Trial]]]:
    chance = np.random.default_rng(4)
    several = [name for name, one in people.items() if len(one.templates) > 2]
    size = min(_REAL, len(several) * 5 // 6)
    drawn = [chance.choice(several, size, replace=False).tolist() for _ in range(draws)]
    for number in (3, 1):
        yield (
            f"{size} people × {number}",
            [Trial(some, number, [name for name in people if name not in some]) for some in drawn],
        )
    folds = np.array_split(chance.permutation(list(people)), _FOLDS)
    yield (
        f"{len(people) - len(folds[0])} people × 1",
        [
            Trial([n for n in people if n not in fold], 1, fold.tolist())
            for fold in folds[: None if draws > 1 else 2]
        ],
    )


def _gallery(trial: Trial, people: Mapping[str, Person], contract: Contract) -> MemoryGallery:
    gallery = MemoryGallery(contract)
    rows = [GalleryEntry(n, people[n].templates[: trial.photos]) for n in trial.enrolled]
    gallery.load(rows, 1)
    return gallery


def _row(
    name: str, trials: Sequence[Trial], people: Mapping[str, Person], models: FaceModels
) -> Row:
    order = {one: number for number, one in enumerate(people)}
    named: list[list[bool]] = [[] for _ in range(4)]
    whose = []
    for trial in trials:
        gallery = _gallery(trial, people, models.contract)
        rules = [
            (rule, limits_of(models.calibration, gallery.templates, loose))
            for loose in (1, LOOSE)
            for rule in (with_mean, looks_alone)
        ]
        for one in trial.strangers:
            whose.append(order[one])
            for column, (rule, limits) in zip(named, rules, strict=True):
                after = named_after(gallery, people[one].visit, rule, limits)
                column.append(after is not None)
    numbers = np.unique(whose, return_inverse=True)[1]
    often = len(numbers) / (numbers.max() + 1)  # a stranger before many galleries is still one
    rates = [rate(np.array(column), numbers, often) for column in named]
    found, without, loosely, loosely_without = rates
    note = (
        f"{found.low:.2%} to {found.high:.2%} (95 %): {found.errors} of {found.trials:,} visits "
        f"of {numbers.max() + 1} strangers, {without.errors} by looks alone; at limits of a tenth "
        f"of the people {loosely.errors} ({loosely.low:.2%} to {loosely.high:.2%}), "
        f"{loosely_without.errors} by looks alone"
    )
    return Row(f"visits named, {name}", found.value * 100, "%", STRANGER_NAMED * 100, note)


def _likeliest(trial: Trial, people: Mapping[str, Person], models: FaceModels) -> Row:
    """For a minute, those whose looks come nearest to somebody."""
    gallery = _gallery(trial, people, models.contract)
    limits, chance = _limits(models.calibration, gallery), np.random.default_rng(6)

    def nearest(name: str) -> float:
        rows = np.stack([view.vector for view in people[name].visit])
        return max(match.score for match in gallery.own_matches(rows))

    likely = sorted(trial.strangers, key=nearest)[-_LIKELIEST:]
    seen = [visit(models, people[name].photo, chance, _MINUTE) for name in likely]
    counts = [
        sum(named_after(gallery, one, rule, limits) is not None for one in seen)
        for rule in (with_mean, looks_alone)
    ]
    found = rate(np.arange(len(seen)) < counts[0], np.arange(len(seen)))
    return Row(
        f"the {_LIKELIEST} likeliest of {len(trial.strangers)}, {_MINUTE} looks each, "
        f"{len(trial.enrolled)} people × {trial.photos}",
        found.value * 100, "%",
        note=f"{counts[0]} of {len(seen)}, at most {found.high:.0%}; by looks alone {counts[1]}",
    )  # fmt: skip


def _films(
    kinds: Sequence[tuple[str, Sequence[Trial]]],
    people: Mapping[str, Person],
    models: FaceModels,
) -> Iterator[Row]:
    visits = [one for film in _FILMS for one in film_visits(models, film)]
    looks = sum(map(len, visits))
    for name, trials in kinds:
        named = 0
        for trial in trials:
            gallery = _gallery(trial, people, models.contract)
            limits = _limits(models.calibration, gallery)
            named += sum(
                named_after(gallery, one, with_mean, limits) is not None for one in visits
            )
        tried = len(visits) * len(trials)
        note = (
            f"{named} of {tried:,}: {len(visits)} tracks ({looks} looks), {len(trials)} galleries"
        )
        yield Row(f"tracks of real films named, {name}", 100 * named / tried, "%", note=note)


def film_visits(models: FaceModels, film: str) -> list[Visit]:
    """A visit for each face followed in a film. Where the scene is cut, a new one begins."""
    followed: list[tuple[int, Face, list[tuple[Image, Face]]]] = []
    for number, (_, image) in enumerate(VideoFile(shared_data(f"videos/{film}")).frames()):
        if number % _EVERY:
            continue
        faces = [
            face for face in models.detector.detect(image, 640)
            if face.box.narrow_side >= _POLICY.min_face
        ]  # fmt: skip
        going = [n for n, one in enumerate(followed) if one[0] == number - _EVERY]
        pairs = assign([followed[n][1] for n in going], faces)
        for index, which in pairs.items():
            _, _, seen = followed[going[index]]
            followed[going[index]] = (number, faces[which], [*seen, (image, faces[which])])
        taken = set(pairs.values())
        followed += [
            (number, face, [(image, face)]) for n, face in enumerate(faces) if n not in taken
        ]
    return [looks for one in followed if len(looks := _looks(models, one[2])) >= _FEWEST]


def _looks(models: FaceModels, seen: Sequence[tuple[Image, Face]]) -> Visit:
    views = (view_of(models, image, face) for image, face in seen)
    return [view for view in views if view is not None]


def _limits(calibration: Calibration, gallery: MemoryGallery) -> TrackLimits:
    return track_limits(_POLICY, calibration, gallery.templates)
