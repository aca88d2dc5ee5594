"""Parts of real videos in which somebody moves: live clips, and what a screen can replay."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from face_rec.domain.faces import Box, Face, Image
from face_rec.protocols.models import Detector
from tests.presentations.camera import HEIGHT, RATE, WIDTH

VIDEOS: Final = (
    "facenet_video.mp4", "short_hamilton.mp4",
    "head-pose-face-detection-female-and-male.gif", "face-demographics-walking-and-pause.gif",
)  # fmt: skip
_FACE: Final = 45.0
"""px; narrowest face that is taken: it becomes twice as large at most."""
_CUT: Final = 25.0
"""Mean difference of two pictures from which on they are of two scenes."""
LEAST: Final = 4.2
"""Heights of a face that its surroundings must have: less can no liveness model judge, and people
can be asked to step back."""


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """``frames``: (HEIGHT, WIDTH, 3) each, RATE a second; ``face`` is where it is in the first."""

    name: str
    frames: tuple[Image, ...]
    face: Box


def footage(videos: Path, detector: Detector, frames: int, context: float) -> Iterator[Footage]:
    """Every part of ``frames`` pictures around one face in the videos, ``context`` heights of it
    high where there is so much, and LEAST always."""
    for name in VIDEOS:
        pictures = _read(videos / name)
        for start in range(0, len(pictures) - frames, frames):
            part = pictures[start : start + frames]
            if _cuts(part):
                continue
            for number, face in enumerate(_faces(part[0], detector)):
                clip, box = _around(part, face.box, context)
                if box.height * LEAST > HEIGHT:
                    continue
                yield Footage(f"{Path(name).stem[:12]}-{start:03}-{number}", clip, box)


def _cuts(pictures: list[Image]) -> bool:
    """Whether another scene begins in them."""
    small = [cv2.resize(one, (64, 36), interpolation=cv2.INTER_AREA) for one in pictures]
    return any(cv2.absdiff(a, b).mean() > _CUT for a, b in itertools.pairwise(small))


def _faces(image: Image, detector: Detector) -> list[Face]:
    found = [one for one in detector.detect(image, 640) if one.box.narrow_side >= _FACE]
    return sorted(found, key=lambda one: one.box.left)


def _around(pictures: list[Image], box: Box, context: float) -> tuple[tuple[Image, ...], Box]:
    """The part of ``pictures`` around ``box``, made WIDTH × HEIGHT, and where ``box`` is then."""
    image = pictures[0]
    height = min(image.shape[0], box.height * context, image.shape[1] * HEIGHT / WIDTH)
    width = height * WIDTH / HEIGHT
    x, y = box.centre
    left = int(min(max(0, x - width / 2), image.shape[1] - width))
    top = int(min(max(0, y - height / 2), image.shape[0] - height))
    scale = HEIGHT / height
    cut = (slice(top, top + int(height)), slice(left, left + int(width)))
    clip = tuple(np.asarray(cv2.resize(one[cut], (WIDTH, HEIGHT)), np.uint8) for one in pictures)
    moved = Box(
        (box.left - left) * scale, (box.top - top) * scale,
        (box.right - left) * scale, (box.bottom - top) * scale,
    )  # fmt: skip
    return clip, moved


def _read(path: Path) -> list[Image]:
    """At about RATE pictures a second."""
    capture = cv2.VideoCapture(str(path))
    step = max(1, round(capture.get(cv2.CAP_PROP_FPS) / RATE))
    pictures: list[Image] = []
    number = 0
    while True:
        good, image = capture.read()
        if not good:
            return pictures
        if number % step == 0:
            pictures.append(np.asarray(image, np.uint8))
        number += 1
