"""One picture of an address, before a camera is saved with it."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame

from face_rec.cameras.address import Address
from face_rec.cameras.opening import Opened, open_address
from face_rec.domain.errors import CameraRefused, SourceError
from face_rec.domain.faces import Image
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

SECONDS: Final = 10.0
"""In all, from the first byte to the picture."""
_WIDEST: Final = 1280
_QUALITY: Final = 85
_AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True)
class FirstPicture:
    """``jpeg``: at most 1280 px wide. ``width``, ``height``: as the camera sends it; ``seconds``:
    until it came; ``codec``: such as h264; ``rate``: pictures a second that it says it sends,
    0: it does not say."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    seconds: float
    codec: str
    rate: float


class Trial:
    """Takes one picture of an address in the caller's thread, for ten seconds at most, and two at
    once at most: what answers there is not known yet. Safe to call from any thread."""

    def __init__(self, folder: Path, seconds: float = SECONDS) -> None:
        """``folder``: of the files that may be cameras."""
        self._folder = folder
        self._seconds = seconds
        self._places = BoundedSemaphore(_AT_ONCE)

    def __call__(self, address: Address) -> FirstPicture:
        """Raises SourceError, which says what to do, and CameraRefused."""
        if not self._places.acquire(blocking=False):
            raise CameraRefused(msgid("Other cameras are being tried. Try again in some seconds."))
        try:
            return self._picture(address)
        finally:
            self._places.release()

    def _picture(self, address: Address) -> FirstPicture:
        begun = time.monotonic()
        with closing(open_address(address, self._folder, self._seconds / 2)) as opened:
            image = self._first(opened, address, begun + self._seconds)
            rate = opened.video.average_rate or 0
            codec = opened.video.codec_context.name
        height, width = image.shape[:2]
        took = time.monotonic() - begun
        return FirstPicture(jpeg_of(image), width, height, took, codec, float(rate))

    def _first(self, opened: Opened, address: Address, until: float) -> Image:
        try:
            for frame in _frames(opened, until):
                return bgr(frame)
        except (av.FFmpegError, OSError):
            pass
        raise SourceError(
            sentence(
                "{address} answers, but no picture came. Is it its video stream?",
                address=address.shown,
            )
        )


def _frames(opened: Opened, until: float) -> Iterator[VideoFrame]:
    """Until a monotonic time: packets may come for ever without a picture among them."""
    for packet in opened.container.demux(opened.video):
        yield from packet.decode()
        if time.monotonic() > until:
            return


def bgr(frame: VideoFrame) -> Image:
    """(H, W, 3) uint8, BGR. A graphics card hands its pictures out as NV12, for which FFmpeg has
    no quick way to BGR: by way of planes it takes a third of the time, to the picture that the
    processor would have made."""
    if frame.format.name == "nv12":
        frame = frame.reformat(format="yuv420p", threads=1)
    image: Image = frame.to_ndarray(format="bgr24", threads=1).astype(np.uint8, copy=False)
    return image


def jpeg_of(image: Image, widest: int = _WIDEST, quality: int = _QUALITY) -> bytes:
    """``image`` as a JPEG of at most ``widest`` px."""
    height, width = image.shape[:2]
    if width > widest:
        size = (widest, max(1, round(height * widest / width)))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    done, buffer = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise SourceError(
            msgid("This picture cannot be written as a JPEG. Choose another stream.")
        )
    return buffer.tobytes()
