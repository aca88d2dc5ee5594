"""Good photos of people, spoilt ones, and what is measured of each, by sides that never mix."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from face_rec.domain.faces import Face, Image, Matrix, Vector
from face_rec.people.photos.photo_check import most_prominent
from face_rec.people.photos.photo_checks import Features, check_photo, features
from face_rec.people.photos.quality import ENROLMENT, assess, shortcoming
from face_rec.protocols.models import Detector, FaceModels
from tests.defects.painter import DEFECTS, jpeg, picture

GOOD: Final = "good"
_SMALL: Final = (40.0, 70.0)
"""px; faces in photos that were made small."""
_COVERING: Final = frozenset(
    {"mask", "mask and shades", "shades", "hand before the mouth", "eyes closed", "cartoon"}
)
"""Also made small, and found by other detectors."""
_SUBTLE: Final = "eyes closed"
"""Made of every photo, and for tuning several times."""
_AGAIN: Final = 3
SHIFTED: Final = "shifted"
"""The variant whose landmarks were moved by a little at random, for tuning only."""
_SHIFTED: Final = 0.036
"""By how much: of the distance between the eyes."""
_FOUND_AT: Final = (640, 320, 160)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One photo: whose, made of which file, of which kind (``GOOD`` or a defect), in which
    variant, and what the old limits and the new measures say. ``code``: why the limits refuse it,
    or "". ``upright``: how much more surely the detector finds the face as it stands than turned
    round. ``score``: the old quality's. ``cosine``: to the person's other photos, on the average;
    None where there are none, and of people for tuning."""

    who: str
    photo: str
    kind: str
    variant: str
    code: str
    yaw: float
    upright: float
    found: Features | None
    score: float = 0.0
    cosine: float | None = None

    @property
    def tuning(self) -> bool:
        """Whether weights and limits may be chosen on this person, by their name alone."""
        return is_for_tuning(self.who)

    @property
    def fold(self) -> int:
        """0 to 3: for judging what was fitted on the other folds."""
        return _byte(self.who, 1) % 4


def is_for_tuning(who: str) -> bool:
    return _byte(who, 0) % 2 == 0


def photos(faces: Path) -> list[tuple[str, Path]]:
    """Everybody's photos under ``faces`` (people/<name>/ and strangers/), with whose they are."""
    found = sorted(faces.rglob("*.jpg"))
    return [(p.stem if p.parent.name == "strangers" else p.parent.name, p) for p in found]


class Studio:
    """Makes the samples of photos. ``detectors``: the pack's own, and others that good photos are
    to be found with, too."""

    def __init__(self, models: FaceModels, others: Sequence[Detector] = ()) -> None:
        self._detector, self._embedder = models.detector, models.embedder
        self._others = tuple(others)
        self._known: dict[str, dict[Path, Vector]] = {}

    def samples(
        self,
        everybody: Sequence[tuple[str, Path]],
        number: int,
        kinds: Collection[str] = DEFECTS,
    ) -> Iterator[Sample]:
        """Photo ``number`` as it is (found by each detector), softer and smaller; and half of all
        defects of it among ``kinds``, the other half of the next one's."""
        who, path = everybody[number]
        image = self.read(path)
        face = self.face(image)
        if face is None:
            return
        whose = _Person(who, path.name, self._others_of(who, path, everybody))
        yield self._sample(whose, GOOD, "as it is", image, turned=True)
        for other in self._others:
            yield self._sample(whose, GOOD, "other detector", image, other, turned=True)
        random = np.random.default_rng([number, 0])
        scale = float(random.uniform(*_SMALL)) / face.box.narrow_side  # as _scale says
        small = jpeg(_smaller(image, scale), random)
        yield self._sample(whose, GOOD, "small", small, turned=True)
        yield self._sample(whose, GOOD, "soft", _softer(image, random))
        if is_for_tuning(who):
            yield from self._for_tuning(whose, image, face, number)
        yield from self._spoilt(whose, image, face, number, kinds)

    def _spoilt(
        self,
        whose: "_Person",
        image: Image,
        face: Face,
        number: int,
        kinds: Collection[str],
    ) -> Iterator[Sample]:
        scale = _scale(number, face)
        for place, (kind, spoil) in enumerate(DEFECTS.items()):
            if kind not in kinds or ((number + place) % 2 and kind != _SUBTLE):
                continue
            spoilt = spoil(image, face, np.random.default_rng([number, 1, place]))
            turned = kind in {"upside down", "on its side"}
            yield self._sample(whose, kind, "as it is", spoilt, turned=turned)
            if kind not in _COVERING:
                continue
            if number % 4 < 2:
                yield self._sample(whose, kind, "small", _smaller(spoilt, scale))
            for other in self._others if number % 4 >= 2 else ():
                yield self._sample(whose, kind, "other detector", spoilt, other)

    def _for_tuning(
        self, whose: "_Person", image: Image, face: Face, number: int
    ) -> Iterator[Sample]:
        """What is subtle several times more, by each detector in turn; and landmarks moved."""
        random = np.random.default_rng([number, 3])
        yield _shifted(whose, GOOD, image, face, random)
        for turn in range(_AGAIN):
            spoilt = DEFECTS[_SUBTLE](image, face, np.random.default_rng([number, 7, turn]))
            detector = (self._detector, *self._others)[turn % (1 + len(self._others))]
            found = _face(spoilt, detector)
            yield self._sample(whose, _SUBTLE, "again", spoilt, detector)
            if found is not None:
                yield _shifted(whose, _SUBTLE, spoilt, found, random)

    def _sample(
        self,
        whose: "_Person",
        kind: str,
        variant: str,
        image: Image,
        detector: Detector | None = None,
        *,
        turned: bool = False,
    ) -> Sample:
        detector = detector or self._detector
        face = _face(image, detector)
        if face is None:
            return Sample(whose.name, whose.photo, kind, variant, "no_face", 0.0, 0.0, None)
        quality = assess(image, face)
        other = _face(np.ascontiguousarray(image[::-1, ::-1]), detector) if turned else None
        cosine = None
        if whose.others is not None and variant == "as it is":
            cosine = float((whose.others @ self._embedded(image, face)).mean())
        return Sample(
            whose.name, whose.photo, kind, variant, shortcoming(quality, ENROLMENT) or "",
            quality.yaw, face.score - (other.score if other else 0.0), features(image, face),
            quality.score, cosine,
        )  # fmt: skip

    def _others_of(
        self, who: str, path: Path, everybody: Sequence[tuple[str, Path]]
    ) -> Matrix | None:
        """Embeddings of the person's other photos; None for people for tuning."""
        if is_for_tuning(who):
            return None
        if who not in self._known:
            found = {p: self._embedded_photo(p) for name, p in everybody if name == who}
            self._known = {who: {p: v for p, v in found.items() if v is not None}}
        rows = [vector for p, vector in self._known[who].items() if p != path]
        return np.stack(rows) if rows else None

    def _embedded_photo(self, path: Path) -> Vector | None:
        image = self.read(path)
        face = self.face(image)
        return self._embedded(image, face) if face else None

    def _embedded(self, image: Image, face: Face) -> Vector:
        rows = self._embedder.embed([self._embedder.align(image, face)])
        return np.asarray(rows[0], np.float32)

    def read(self, path: Path) -> Image:
        return np.asarray(cv2.imread(str(path)), np.uint8)

    def face(self, image: Image) -> Face | None:
        return _face(image, self._detector)

    def comes_in(self, image: Image) -> bool:
        """Whether enrolment would take the photo."""
        face = self.face(image)
        if face is None or shortcoming(assess(image, face), ENROLMENT):
            return False
        return check_photo(image, face, self._detector) is None


@dataclass(frozen=True, slots=True, eq=False)
class _Person:
    name: str
    photo: str
    others: Matrix | None


def _scale(number: int, face: Face) -> float:
    """How much smaller photo ``number`` is made."""
    return float(np.random.default_rng([number, 0]).uniform(*_SMALL)) / face.box.narrow_side


def _shifted(
    whose: _Person, kind: str, image: Image, face: Face, random: np.random.Generator
) -> Sample:
    away = float(np.linalg.norm(face.landmarks[1] - face.landmarks[0])) * _SHIFTED
    landmarks = face.landmarks.copy()
    landmarks[:2] += random.normal(0, away, (2, 2))
    moved = features(image, replace(face, landmarks=landmarks))
    return Sample(whose.name, whose.photo, kind, SHIFTED, "", 0.0, 0.0, moved)


def _face(image: Image, detector: Detector) -> Face | None:
    """As enrolment looks for it."""
    fitting = min(_FOUND_AT[0], max(image.shape[:2]))
    for size in (fitting, *(size for size in _FOUND_AT[1:] if size < fitting)):
        faces = detector.detect(image, size)
        if faces:
            return most_prominent(faces, image)
    return None


def _smaller(image: Image, scale: float) -> Image:
    return np.asarray(
        cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )


def _softer(image: Image, random: np.random.Generator) -> Image:
    """A little blurred, lighter or darker, with grain, as a JPEG: still good."""
    soft = cv2.GaussianBlur(image, (0, 0), random.uniform(0.6, 1.4))
    lit = 255 * (soft / 255.0) ** random.uniform(0.7, 1.4)
    return jpeg(picture(lit + random.normal(0, random.uniform(0, 5), image.shape)), random)


def _byte(who: str, place: int) -> int:
    return hashlib.sha256(f"quality:{who}".encode()).digest()[place]
