"""Server-side cameras: a video file, a folder of pictures, a USB camera, an RTSP URL."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Final, Protocol

import cv2
import numpy as np

from face_rec.domain.errors import SourceError
from face_rec.domain.faces import Image
from face_rec.retry import Backoff

log = logging.getLogger(__name__)

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}
PAUSES = Backoff(0.5, 30.0)
"""Seconds before a lost camera is opened again; doubled after each try that fails."""
_TIMEOUT_MS = 8000
"""For opening a network camera and for each of its frames; OpenCV's own is 30 s."""
_USUAL_RATE = 25.0
"""Frames a second of a file that does not say."""

HELP: Final = "or @FILE with the address in it, which keeps its password off the command line"


class Capture(Protocol):
    """What is used of ``cv2.VideoCapture``."""

    def read(self) -> tuple[bool, Any]: ...

    def release(self) -> None: ...


@dataclass(frozen=True, slots=True)
class VideoFile:
    """Every frame of a file, with its time in it."""

    path: Path

    def frames(self) -> Iterator[tuple[float, Image]]:
        """(seconds into the video, BGR picture); raises SourceError for what is no video."""
        capture = cv2.VideoCapture(str(self.path))
        try:
            if not capture.isOpened():
                raise SourceError(f"{self.path} cannot be read as a video. Is it complete?")
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


class LiveCamera:
    """A USB camera (by index) or a network camera (by URL) that is opened again when lost."""

    def __init__(
        self,
        address: int | str,
        stop: Event | None = None,
        connect: Callable[[int | str], Capture | None] | None = None,
    ) -> None:
        self._address = address
        self._stop = stop or Event()
        self._connect = connect or _connect

    def frames(self) -> Iterator[Image]:
        """BGR pictures until stopped. Raises SourceError if a USB camera is not there to
        begin with; a network camera may still be starting and is waited for."""
        failures, seen = 0, isinstance(self._address, str)
        while not self._stop.is_set():
            capture = self._connect(self._address)
            if capture is None and not seen:
                raise SourceError(f"There is no camera {self._address}. Is it plugged in?")
            seen = True
            for image in _reads_and_releases(capture):
                failures = 0
                yield image
            failures += 1
            wait = PAUSES.after(failures)
            log.warning("camera_lost camera=%s again_in=%.1f", shown(self._address), wait)
            self._stop.wait(wait)

    def stop(self) -> None:
        """End :meth:`frames` after its next picture."""
        self._stop.set()


Source = VideoFile | PictureFolder | LiveCamera


def open_source(text: str) -> Source:
    """What ``text`` names: a file, a folder, an index or a URL; raises SourceError."""
    if re.fullmatch(r"\d{1,3}", text):
        return LiveCamera(int(text))
    if "://" in text:
        return LiveCamera(text)
    path = Path(text).expanduser()
    if path.is_dir() or path.suffix.lower() in PICTURES:
        source: Source = PictureFolder(path)
    else:
        source = VideoFile(path)
    if not path.exists():
        raise SourceError(f"There is no {text}. Give a file, a folder, a camera index or a URL.")
    return source


def camera_address(text: str) -> str:
    """A camera's address as a command takes it: ``text``, or what stands in the file that
    ``@FILE`` names: it may hold a password, and command lines are seen by everybody on the
    machine. Raises SourceError."""
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SourceError(
            f"{text[1:]} cannot be read. Name a file that holds the address."
        ) from None


def shown(address: int | str) -> str:
    """``address`` without user name and password."""
    return re.sub(r"//[^/@]*@", "//", str(address))


def _connect(address: int | str) -> Capture | None:
    if isinstance(address, int):
        capture = cv2.VideoCapture(address)
    else:
        limits = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC)
        parameters = [value for limit in limits for value in (limit, _TIMEOUT_MS)]
        capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, parameters)
    if capture.isOpened():
        return capture
    capture.release()
    return None


def _reads_and_releases(capture: Capture | None) -> Iterator[Image]:
    if capture is None:
        return
    with closing(_Releasing(capture)):
        yield from _reads(capture)


@dataclass(frozen=True, slots=True)
class _Releasing:
    """OpenCV says release where ``closing`` says close."""

    capture: Capture

    def close(self) -> None:
        self.capture.release()


def _reads(capture: Capture) -> Iterator[Image]:
    while True:
        there, image = capture.read()
        if not there or image is None:
            return
        yield image


def _picture(file: Path) -> Image | None:
    try:
        image = cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_COLOR)
    except (OSError, cv2.error) as error:
        log.warning("picture_unreadable file=%s reason=%s", file.name, error)
        return None
    if image is None:
        log.warning("picture_unreadable file=%s reason=no picture", file.name)
        return None
    return image.astype(np.uint8, copy=False)
