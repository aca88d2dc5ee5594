"""A picture becomes an enrolment photo, or is refused with a reason.

find the one face → measure it → hold it against the limits → embed it → compare it with the
photos before it. The guided capture takes the same steps one by one.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from face_rec.domain.errors import PackMissing
from face_rec.domain.faces import Face, Image, Quality, Vector, View
from face_rec.domain.people import Contract, PhotoLife
from face_rec.languages.language import msgid
from face_rec.people.gallery.gallery import centroid
from face_rec.people.photos import capture_hints
from face_rec.people.photos.photos import (
    KEPT_QUALITY,
    jpeg_of,
    portrait,
    surroundings,
    thumbnail,
)
from face_rec.people.photos.quality import ENROLMENT, Limits, aligned, shortcoming, weakness
from face_rec.protocols.models import Assessor, Detector, FaceModels, ModelSource

_DETECT_AT = 640
_DETECT_AGAIN_AT = (320, 160)  # a face that fills the picture is found only when small

COMPARABLE = 0.25
"""From this part of the area of the largest face on, another face makes a photo ambiguous:
half as wide and half as high is somebody who stands with the person, less is the background."""

POOR = 0.5
"""Score of a quality model below which a photo is weak. By the figure of eDifFIQA's publisher the
photos of LFW lie above it; its weights were not at hand, so it is not measured here."""

AGREEMENT_PEOPLE = 10
"""Photos of one person must agree as if the person were picked out among this many."""


@dataclass(frozen=True, slots=True, eq=False)
class EnrolPhoto:
    """One accepted photo. ``portrait``: the face with some surroundings, BGR, at most 480 px;
    ``thumbnail``: the same, at most 160 px. ``vector``: mean of the embeddings of the face and
    of its mirror image, made under ``contract``. ``picture``: the face in its surroundings, as a
    JPEG to be kept; ``name``: made of that. ``weak``: the code of what it lacks to be a good
    one, or "". ``life``: a value of PhotoLife, "" where nothing was asked; ``doubts``: what speaks
    against it, in words."""

    portrait: Image
    thumbnail: Image
    quality: Quality
    vector: Vector
    contract: Contract
    picture: bytes = b""
    weak: str = ""
    life: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def view(self) -> View:
        return self.quality.view

    @property
    def name(self) -> str:
        return name_of(self.picture)


PhotoCheck = Callable[[Image, Face, Detector], str | None]
"""The code of what speaks against a face, or None."""


class Examiner:
    """Safe to call from several threads.

    With ``alone`` False a photo may show others too, and the most prominent face (large and
    near the middle) is taken: for collections whose photos are labelled in that way. ``check``:
    what else a photo must show."""

    def __init__(
        self,
        models: ModelSource,
        assess: Assessor,
        limits: Limits = ENROLMENT,
        alone: bool = True,
        check: PhotoCheck | None = None,
    ) -> None:
        self._models = models
        self._assess = assess
        self._limits = limits
        self._alone = alone
        self._check = check

    def examine(self, image: Image, so_far: Sequence[EnrolPhoto] = ()) -> EnrolPhoto:
        """Raises PictureRefused, and PackMissing while there is no model. One picture has no time
        in it, so nothing is known of whether somebody stood there."""
        face = self.find(image)
        quality = self.measure(image, face)
        self.inspect(image, face)
        return replace(self.photo(image, face, quality, so_far), life=PhotoLife.FILE)

    def models(self) -> FaceModels:
        models = self._models.current()
        if models is None:
            raise PackMissing(
                msgid(
                    "There is no face model yet. Install one on the Models page, "
                    "or wait until it is loaded."
                )
            )
        return models

    def find(self, image: Image, size: int | None = None) -> Face:
        """The one face in ``image``, detected with the longer side at ``size`` px (None: as
        fits the picture); raises PictureRefused."""
        faces = self._detect(image, size)
        if not faces:
            raise capture_hints.refusal("no_face")
        if self._alone:
            return _only(faces)
        return most_prominent(faces, image)

    def measure(self, image: Image, face: Face) -> Quality:
        """The face's quality, if it is good enough; else raises PictureRefused."""
        quality = self._assess(image, face)
        code = shortcoming(quality, self._limits)
        if code:
            raise capture_hints.refusal(code)
        return quality

    def inspect(self, image: Image, face: Face) -> None:
        """Raises PictureRefused if the face is covered, drawn, lit badly …; costs a detection."""
        code = self._check(image, face, self.models().detector) if self._check else None
        if code:
            raise capture_hints.refusal(code)

    def photo(
        self, image: Image, face: Face, quality: Quality, so_far: Sequence[EnrolPhoto]
    ) -> EnrolPhoto:
        """Embeds the face; raises PictureRefused if it is not the one in ``so_far``."""
        models = self.models()
        vector = embedded(models, image, face)
        earlier = [photo.vector for photo in so_far if photo.contract == models.contract]
        if earlier:
            self.agree(vector, centroid(np.stack(earlier)))
        picture = portrait(image, face.box)
        kept = jpeg_of(surroundings(image, face.box), KEPT_QUALITY)
        weak = weakness(quality, self._limits)
        if models.quality:
            score = models.quality.score(aligned(image, face))
            quality = replace(quality, score=min(1.0, max(0.0, score)))
            weak = weak or ("poor" if score < POOR else "")
        return EnrolPhoto(
            picture, thumbnail(picture), quality, vector, models.contract, kept, weak
        )

    def agree(self, vector: Vector, others: Vector) -> None:
        """Raises PictureRefused if ``vector`` and ``others`` are two people."""
        if float(vector @ others) < self.agreement:
            raise capture_hints.refusal("other_person")

    @property
    def agreement(self) -> float:
        """Lowest cosine of two looks at one person."""
        return agreement(self.models())

    def _detect(self, image: Image, size: int | None) -> list[Face]:
        detector = self.models().detector
        fitting = min(_DETECT_AT, max(image.shape[:2]))
        for at in [size] if size else [fitting, *(s for s in _DETECT_AGAIN_AT if s < fitting)]:
            faces = detector.detect(image, at)
            if faces:
                return faces
        return []


def agreement(models: FaceModels) -> float:
    """Lowest cosine of two looks at one person, whatever was measured on one's own people."""
    return models.calibration.alike(AGREEMENT_PEOPLE)


def most_prominent(faces: Sequence[Face], image: Image) -> Face:
    """The face that a photo is about: large, and near the middle."""
    height, width = image.shape[:2]
    half_diagonal = math.hypot(width, height) / 2

    def prominence(face: Face) -> float:
        x = (face.box.left + face.box.right - width) / 2
        y = (face.box.top + face.box.bottom - height) / 2
        return face.box.area * max(0.0, 1 - math.hypot(x, y) / half_diagonal) ** 2

    return max(faces, key=prominence)


def _only(faces: Sequence[Face]) -> Face:
    first, *others = sorted(faces, key=lambda face: face.box.area, reverse=True)
    if others and others[0].box.area >= COMPARABLE * first.box.area:
        raise capture_hints.refusal("several_faces")
    return first


def name_of(picture: bytes) -> str:
    """The name of a kept photo: whatever else lies in its place has another. "" for none."""
    return hashlib.sha256(picture).hexdigest()[:32] if picture else ""


def embedded(models: FaceModels, image: Image, face: Face) -> Vector:
    """Face and mirror image together say a little more than the face alone, and enrolment
    has the time."""
    crop = models.embedder.align(image, face)
    mirrored = np.ascontiguousarray(crop[:, ::-1])
    return centroid(models.embedder.embed([crop, mirrored]))
