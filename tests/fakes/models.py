"""Models that need no weights: a face is a coloured square with a magenta frame.

:func:`draw_face` paints one, :class:`FakeDetector` finds it again (JPEG and video
compression included), and :class:`FakeEmbedder` maps its colour to a unit vector:
the same colour gives a cosine near 1, two of :func:`colour_of` one near 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Box, Face, Image, Landmarks, Matrix
from face_rec.domain.people import Contract
from face_rec.protocols.models import FaceModels

Colour = tuple[int, int, int]
"""Blue, green, red, 0 to 255."""

FRAME: Colour = (255, 0, 255)
"""Of the frame; no face may have a colour like it."""
_NOSE: Colour = (255, 255, 255)
_INK: Colour = (0, 0, 0)
_POINTS = np.array([[0.3, 0.38], [0.7, 0.38], [0.5, 0.58], [0.34, 0.78], [0.66, 0.78]], np.float32)
"""Landmarks of a face seen from the front, as fractions of its box."""
_CROP = 112


def colour_of(number: int) -> Colour:
    """One of 48 colours that are far apart (``number`` 0 to 47)."""
    levels = (20, 90, 160, 220)
    grid = [(b, g, r) for g in levels for r in levels for b in levels]
    return [c for c in grid if not (c[0] > 100 and c[2] > 100)][number]


def draw_face(
    image: Image, box: Box, colour: Colour, nose: tuple[float, float] = (0.0, 0.0)
) -> None:
    """Paint a face into ``image`` (BGR, in place).

    ``nose`` moves the nose by these fractions of the box, so that the pose estimated from
    the landmarks turns (x) or nods (y). Faces must not touch each other.
    """
    left, top, right, bottom = (round(v) for v in (box.left, box.top, box.right, box.bottom))
    inset = _border(box.width)
    image[top:bottom, left:right] = FRAME
    image[top + inset : bottom - inset, left + inset : right - inset] = colour
    for index, point in enumerate(_points(box, nose).round().astype(int)):
        ink = _NOSE if index == 2 else _INK
        radius = max(1, round(box.width / 20))
        cv2.circle(image, (int(point[0]), int(point[1])), radius, ink, thickness=-1)


def blank_frame(width: int = 640, height: int = 480, grey: int = 120) -> Image:
    """A grey picture without faces."""
    return np.full((height, width, 3), grey, np.uint8)


def _border(width: float) -> int:
    return max(2, round(width / 20))


def _points(box: Box, nose: tuple[float, float]) -> Landmarks:
    points = _POINTS.copy()
    points[2] += nose
    size = np.array([box.width, box.height], np.float32)
    return (points * size + np.array([box.left, box.top], np.float32)).astype(np.float32)


def _is_frame(image: Image) -> npt.NDArray[np.uint8]:
    return cv2.inRange(image, (170, 0, 170), (255, 110, 255)).astype(np.uint8)


@dataclass
class FakeDetector:
    """Finds what :func:`draw_face` painted; a face under ``smallest`` px at the size asked
    for is missed, as with a real detector. ``calls`` holds (size, region) of each call."""

    smallest: float = 12.0
    score: float = 0.9
    calls: list[tuple[int, Box | None]] = field(default_factory=list)

    def detect(self, image: Image, size: int, region: Box | None = None) -> list[Face]:
        self.calls.append((size, region))
        area = region or Box(0, 0, image.shape[1], image.shape[0])
        scale = size / max(area.width, area.height, 1.0)
        boxes = [box for box in self._boxes(image) if box.width * scale >= self.smallest]
        return [self._face(image, box) for box in boxes if _inside(box, area)]

    def _boxes(self, image: Image) -> list[Box]:
        shapes, _ = cv2.findContours(_is_frame(image), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        rectangles = sorted(tuple(cv2.boundingRect(shape)) for shape in shapes)
        return [Box(x, y, x + w, y + h) for x, y, w, h in rectangles if min(w, h) >= 8]

    def _face(self, image: Image, box: Box) -> Face:
        return Face(box, self.score, _points(box, self._nose(image, box)))

    def _nose(self, image: Image, box: Box) -> tuple[float, float]:
        """How far the white dot lies from where it is in a face seen from the front."""
        part = image[round(box.top) : round(box.bottom), round(box.left) : round(box.right)]
        rows, columns = np.nonzero(part.min(axis=2) > 235)
        if not len(rows):
            return (0.0, 0.0)
        x = (columns.mean() + 0.5) / box.width - float(_POINTS[2, 0])
        y = (rows.mean() + 0.5) / box.height - float(_POINTS[2, 1])
        return (float(x), float(y))


def _inside(box: Box, area: Box) -> bool:
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return area.left <= x < area.right and area.top <= y < area.bottom


@dataclass
class FakeEmbedder:
    """Maps a face's colour to a unit vector; ``sizes`` holds the length of each batch."""

    dimension: int = 256
    digest: str = "fake"
    batches: bool = True
    sizes: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        generator = np.random.default_rng(20260101)
        self._waves = generator.normal(0.0, 0.04, (3, self.dimension // 2))

    @property
    def contract(self) -> Contract:
        return Contract(self.digest, self.dimension)

    def align(self, image: Image, face: Face) -> Image:
        box, inset = face.box, _border(face.box.width) * 2
        top, bottom = max(0, round(box.top) + inset), round(box.bottom) - inset
        left, right = max(0, round(box.left) + inset), round(box.right) - inset
        part = image[top : max(bottom, top + 1), left : max(right, left + 1)]
        return cv2.resize(part, (_CROP, _CROP), interpolation=cv2.INTER_AREA).astype(np.uint8)

    def embed(self, crops: Sequence[Image]) -> Matrix:
        self.sizes.append(len(crops))
        if not crops:
            return np.zeros((0, self.dimension), np.float32)
        return np.stack([self.vector_of(_colour(crop)) for crop in crops])

    def vector_of(self, colour: Sequence[float]) -> npt.NDArray[np.float32]:
        """What :meth:`embed` gives for a face of ``colour`` (random Fourier features:
        the cosine falls smoothly with the distance of two colours)."""
        phases = np.asarray(colour, np.float64) @ self._waves
        vector = np.concatenate([np.cos(phases), np.sin(phases)])
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


def _colour(crop: Image) -> tuple[float, float, float]:
    blue, green, red = np.median(crop.reshape(-1, 3), axis=0)
    return float(blue), float(green), float(red)


@dataclass(frozen=True)
class FakeCalibration:
    """The same threshold and margin whatever the gallery's size."""

    score: float = 0.6
    lead: float = 0.1
    largest_gallery: int = 10_000

    def threshold(self, people: int) -> float:
        return self.score

    def margin(self, people: int) -> float:
        return self.lead

    def alike(self, people: int) -> float:
        return self.score


def fake_models(digest: str = "fake", dimension: int = 256) -> FaceModels:
    """A pack as the rest of the app gets it; another ``digest`` is another contract."""
    return FaceModels(
        pack="fake",
        provider="CPUExecutionProvider",
        detector=FakeDetector(),
        embedder=FakeEmbedder(dimension, digest),
        calibration=FakeCalibration(),
        custom=True,
    )


@dataclass
class FakeLife:
    """Takes every face for as live as ``score`` says; None: it is too near. ``faces`` holds how
    many were asked about at once."""

    score: float | None = 0.9
    licence: str = "For tests only."
    faces: list[int] = field(default_factory=list)
    count: int = 1

    def scores(
        self, image: Image, faces: Sequence[Face], turns: Sequence[int] | None = None
    ) -> list[float | None]:
        self.faces.append(len(faces))
        return [self.score] * len(faces)


@dataclass
class FakeModelSource:
    """A pack that tests can take away or exchange."""

    models: FaceModels | None = field(default_factory=fake_models)

    def current(self) -> FaceModels | None:
        return self.models
