"""Visits: how often somebody who lingers is given a name that is not theirs.

A look is one chance for a mistake, a visit has many. Strangers, and every enrolled person with
the own entry left out of the gallery, stand before the camera: a photo, each time turned, shifted,
lit, blurred, grained and coded a little otherwise. Few of them reach the limits of a gallery of
this size, so the limits are also lowered until enough do for the two rules to be compared.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from face_rec.domain.faces import Face, Image, Quality, Vector
from face_rec.domain.people import GalleryEntry
from face_rec.domain.recognition import Look
from face_rec.journey.decide import Limits, Policy, TrackLimits, agreed, decide
from face_rec.journey.embed import Gate
from face_rec.journey.fusion import Fusion
from face_rec.journey.streams.recorded import PictureFolder
from face_rec.models.scores.calibration import MARGIN_DECADES, STRANGER_NAMED
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.people.photos.quality import assess
from face_rec.protocols.models import Calibration, FaceModels
from tests.benchmarks.journey import material
from tests.benchmarks.report.row import Row
from tests.data import shared_data

PEOPLE, STRANGERS, LOOKS = 120, 200, 12
LOOSE = 10
"""So many times as many strangers may be named where two rules are compared."""
_POLICY = Policy()


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What one look sees."""

    vector: Vector
    quality: Quality


Visit = Sequence[View]
Rule = Callable[[Sequence[Look], TrackLimits], str | None]


def looks_alone(looks: Sequence[Look], limits: TrackLimits) -> str | None:
    return agreed(looks, limits.look, _POLICY)


def with_mean(looks: Sequence[Look], limits: TrackLimits) -> str | None:
    return decide(looks, limits, _POLICY).subject


def run(quick: bool = False) -> list[Row]:
    """Of people who are not in the gallery, and, in the notes, of people who are."""
    models = material.models_of()
    people = material.templates(PEOPLE // 4 if quick else PEOPLE)
    gallery = MemoryGallery(models.contract)
    gallery.load([GalleryEntry(name, rows) for name, rows in people.items()], 1)
    chance = np.random.default_rng(5)
    photos = material.photos(len(people))
    known = {name: visit(models, photos[name][-1], chance) for name in people}
    pictures = PictureFolder(shared_data("faces/strangers")).pictures()
    strange = [visit(models, image, chance) for _, image in pictures][: 50 if quick else STRANGERS]

    def row(name: str, rule: Rule, limits: TrackLimits, target: float | None) -> Row:
        wrong = sum(named_after(gallery, one, rule, limits) is not None for one in strange)
        right = [named_after(gallery, one, rule, limits, who) for who, one in known.items()]
        for who, one in known.items():
            gallery.remove(who, gallery.revision + 1)
            wrong += named_after(gallery, one, rule, limits) is not None
            gallery.put(GalleryEntry(who, people[who]), gallery.revision + 1)
        found = [at for at in right if at is not None]
        visits = len(strange) + len(known)
        note = (
            f"{wrong} of {visits}; {len(found)} of {len(right)} visits of people enrolled with "
            f"three photos name them, after {np.mean(found):.2f} looks"
        )
        return Row(name, 100 * wrong / visits, "%", target, note)

    return [
        row(f"strangers named in a visit, {text}, limits of {loose} ×", rule, limits, target)
        for loose in (1, LOOSE)
        for limits in [limits_of(models.calibration, gallery.templates, loose)]
        for text, rule, target in (
            ("looks alone", looks_alone, None),
            ("with their mean", with_mean, 100 * STRANGER_NAMED if loose == 1 else None),
        )
    ]


def visit(
    models: FaceModels, photo: Image, chance: np.random.Generator, looks: int = LOOKS
) -> Visit:
    """What so many looks at whoever ``photo`` shows see."""
    views = (_view(models, _seen(photo, chance)) for _ in range(looks))
    return [view for view in views if view is not None]


def _seen(photo: Image, chance: np.random.Generator) -> Image:
    """``photo`` as a camera has it at some moment."""
    height, width = photo.shape[:2]
    turn = cv2.getRotationMatrix2D(
        (width / 2, height / 2), chance.uniform(-8, 8), chance.uniform(0.75, 1.1)
    )
    turn = turn + np.array([[0, 0, chance.uniform(-8, 8)], [0, 0, chance.uniform(-8, 8)]])
    moved = cv2.warpAffine(photo, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    shifted = corners + chance.uniform(-0.06, 0.06, (4, 2)).astype(np.float32) * width
    aside = cv2.getPerspectiveTransform(corners, shifted)
    moved = cv2.warpPerspective(moved, aside, (width, height), borderMode=cv2.BORDER_REFLECT)
    lit = moved.astype(np.float32) * chance.uniform(0.75, 1.2) + chance.uniform(-12, 12)
    soft = cv2.GaussianBlur(lit, (0, 0), chance.uniform(0.3, 1.3))
    grained = soft + chance.normal(0, chance.uniform(2, 7), soft.shape)
    whole = np.clip(grained, 0, 255).astype(np.uint8)
    _, coded = cv2.imencode(
        ".jpg", whole, [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(45, 90))]
    )
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def _view(models: FaceModels, image: Image) -> View | None:
    """The largest face, where a look would be taken of it."""
    faces = models.detector.detect(image, 320)
    if not faces:
        return None
    return view_of(models, image, max(faces, key=lambda found: found.box.area))


def view_of(models: FaceModels, image: Image, face: Face) -> View | None:
    """Where a look would be taken of ``face``."""
    quality = assess(image, face)
    if Gate().flaws(quality):
        return None
    return View(models.embedder.embed([models.embedder.align(image, face)])[0], quality)


def named_after(
    gallery: MemoryGallery,
    views: Visit,
    rule: Rule,
    limits: TrackLimits,
    only: str | None = None,
) -> int | None:
    """After how many looks somebody is named, or ``only``; None: not in this visit."""
    fusion, looks = Fusion(), tuple[Look, ...]()
    for number, view in enumerate(views, start=1):
        fusion = fusion.add(view.vector, view.quality.score)
        alone, fused = gallery.own_matches(np.stack([view.vector, fusion.embedding]))
        looks = (*looks, Look(0.0, alone, view.quality, fused))[-_POLICY.window :]
        subject = rule(looks, limits)
        if subject is not None and only in {None, subject}:
            return number
    return None


def limits_of(calibration: Calibration, templates: int, loose: int) -> TrackLimits:
    """As the app has them for ``loose`` times fewer templates."""
    margin = calibration.margin(templates)
    decade = margin / MARGIN_DECADES
    least = calibration.threshold(templates) - decade * float(np.log10(loose))
    still = calibration.threshold(templates * _POLICY.still_people) - calibration.threshold(
        templates
    )
    return TrackLimits(Limits(least, margin), Limits(least + still, margin * _POLICY.still_margin))
