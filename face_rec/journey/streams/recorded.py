"""What was recorded: a video file, a folder of pictures."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from face_rec.domain.errors import SourceError
from face_rec.domain.faces import Image
from face_rec.languages.sentence import sentence

log = logging.getLogger(__name__)

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}
_USUAL_RATE = 25.0
"""Frames a second of a file that does not say."""


@dataclass(frozen=True, slots=True)
class VideoFile:
    """Every frame of a file, with its time in it."""

    path: Path

    def frames(self) -> Iterator[tuple[float, Image]]:
        """(seconds into the video, BGR picture); raises SourceError for what is no video."""
        capture = cv2.VideoCapture(str(self.path))
        try:
            if not capture.isOpened():
                raise SourceError(
                    sentence("{path} cannot be read as a video. Is it complete?", path=self.path)
                )
            rate = capture.get(cv2.CAP_PROP_FPS)
            interval = 1 / (rate if 1 <= rate <= 240 else _USUAL_RATE)
            yield from ((number * interval, image) for number, image in enumerate(_reads(capture)))
        finally:
            capture.release()


@dataclass(frozen=True, slots=True)
class PictureFolder:
    """The pictures of a folder (or one picture), by name."""

    path: Path

    def pictures(self) -> Iterator[tuple[Path, Image]]:
        """(file, BGR picture, turned as its EXIF says); unreadable files are logged and
        left out."""
        files = [self.path] if self.path.is_file() else sorted(self.path.rglob("*"))
        for file in files:
            if file.suffix.lower() in PICTURES:
                image = _picture(file)
                if image is not None:
                    yield file, image


def _reads(capture: cv2.VideoCapture) -> Iterator[Image]:
    while True:
        there, image = capture.read()
        if not there or image is None:
            return
        yield image.astype(np.uint8, copy=False)


def _picture(file: Path) -> Image | None:
    try:
        image = cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_COLOR)
    except (OSError, cv2.error) as error:
        log.warning("picture_unreadable file=%s reason=%s", file.name, error)
        return None
    if image is None:
        log.warning("picture_unreadable file=%s reason=no_picture", file.name)
        return None
    return image.astype(np.uint8, copy=False)
