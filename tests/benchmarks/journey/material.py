"""What the benchmarks look at: real faces in front of made-up cameras."""

import functools
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from face_rec.domain.faces import Image, Matrix
from face_rec.journey.streams.recorded import PictureFolder, VideoFile
from face_rec.models.model_service import ModelService
from face_rec.protocols.models import FaceModels
from tests.data import shared_data

WIDTH, HEIGHT, RATE = 640, 480, 15
"""Of a kiosk's camera."""
PROVIDER = os.environ.get("MODEL_PROVIDER", "cpu")
"""Where models run: MODEL_PROVIDER=cuda measures a graphics card."""
_NOISES = 16
_NOISE = 3.0
"""Standard deviation of a sensor's noise, in grey levels."""


@functools.cache
def service(pack: str = "buffalo_sc", liveness: str = "liveness") -> ModelService:
    """A loaded pack of the test data, one thread an inference, as the app has it; ``liveness``:
    a folder of liveness models."""
    root = Path(tempfile.mkdtemp())
    models = ModelService(root, str(pack_folder(pack)), PROVIDER, 1, liveness=liveness)
    models.load()
    return models


def models_of(pack: str = "buffalo_sc") -> FaceModels:
    models = service(pack).current()
    assert models is not None
    return models


def pack_folder(pack: str) -> Path:
    return shared_data(f"models/{pack}").resolve()


# --- people --------------------------------------------------------------------


@functools.cache
def photos(people: int) -> Mapping[str, tuple[Image, ...]]:
    """Four photos (250×250) each of the first ``people`` of the test data."""
    folders = sorted(p for p in shared_data("faces/people").iterdir() if p.is_dir())
    return {
        folder.name: tuple(image for _, image in PictureFolder(folder).pictures())[:4]
        for folder in folders[:people]
    }


@functools.cache
def templates(people: int, pack: str = "buffalo_sc") -> Mapping[str, Matrix]:
    """(3, D) of everybody's first three photos; the fourth is for the camera."""
    models = models_of(pack)
    return {
        name: np.concatenate([template(models, photo) for photo in pictures[:3]])
        for name, pictures in photos(people).items()
    }


def template(models: FaceModels, photo: Image) -> Matrix:
    """(1, D) of the largest face."""
    face = max(models.detector.detect(photo, 320), key=lambda found: found.box.area)
    return models.embedder.embed([models.embedder.align(photo, face)])


# --- cameras -------------------------------------------------------------------


class Room:
    """What a fixed camera sees: a plain room, its sensor's noise, and people who sway."""

    def __init__(self, seed: int = 1) -> None:
        chance = np.random.default_rng(seed)
        coarse = chance.integers(70, 170, (6, 8, 3), dtype=np.uint8)
        self._room = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        noise = chance.normal(0, _NOISE, (_NOISES, HEIGHT, WIDTH, 3))
        self._more = np.clip(noise, 0, 255).astype(np.uint8)
        self._less = np.clip(-noise, 0, 255).astype(np.uint8)

    def picture(self, number: int, people: Sequence[Image] = ()) -> Image:
        """Frame ``number`` with ``people`` (square photos) beside and above each other."""
        image = self._room.copy()
        for place, photo in zip(_places(people), people, strict=True):
            left, top, side = place
            left += round(8 * np.sin(number / 4 + left))
            top += round(4 * np.cos(number / 5 + top))
            resized = cv2.resize(photo, (side, side))
            image[top : top + side, left : left + side] = resized
        noise = number * 7 % _NOISES
        noisy = cv2.subtract(cv2.add(image, self._more[noise]), self._less[noise])
        return np.asarray(noisy, np.uint8)


def _places(people: Sequence[Image]) -> list[tuple[int, int, int]]:
    """Left, top and side (px) for one person, or for up to six in two rows."""
    if len(people) == 1:
        return [(195, 110, 250)]
    return [(12 + 210 * (n % 3), 10 + 232 * (n // 3), 195) for n in range(len(people))]


def kiosk_clip(person: Image, there: float = 10, away: float = 20) -> Iterator[Image]:
    """One person for ``there`` seconds, then nobody for ``away`` seconds."""
    room = Room()
    for number in range(round((there + away) * RATE)):
        yield room.picture(number, [person] if number < there * RATE else [])


def group_clip(people: Sequence[Image], seconds: float = 10) -> Iterator[Image]:
    """All of ``people`` at once."""
    room = Room()
    for number in range(round(seconds * RATE)):
        yield room.picture(number, people)


@functools.cache
def crowd_video() -> tuple[Image, ...]:
    """1920×1080, 25 frames a second: a crowd walks towards the camera."""
    video = VideoFile(shared_data("videos/facenet_video.mp4"))
    return tuple(image for _, image in video.frames())
