"""Small square portraits as they can stand in a page."""

import base64
import logging
import threading
from collections.abc import Callable
from typing import Final

import cv2
from cachetools import TTLCache

from face_rec.clock import Clock
from face_rec.domain.errors import FaceRecError
from face_rec.domain.faces import Image
from face_rec.people.photos.photos import decode, thumbnail

log = logging.getLogger(__name__)

AVATAR: Final = 96
"""Side, px."""
_KEPT: Final = 400
_FOR: Final = 600.0
"""Seconds: also of somebody who is erased meanwhile, though nothing asks for theirs any more."""


class Portraits:
    """By their key in the store. Safe from any thread."""

    def __init__(self, get: Callable[[str], bytes], clock: Clock) -> None:
        self._get = get
        self._lock = threading.Lock()
        self._kept: TTLCache[str, str | None] = TTLCache(_KEPT, _FOR, clock.monotonic)

    def __call__(self, key: str | None) -> str | None:
        """A data URI; None without a picture, or while its store does not answer."""
        if key is None:
            return None
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        made = self._made(key)
        with self._lock:
            self._kept[key] = made
        return made

    def _made(self, key: str) -> str | None:
        try:
            return data_uri(thumbnail(middle(decode(self._get(key))), AVATAR))
        except FaceRecError as error:
            log.info("portrait_missing key=%s error=%s", key, error)
            return None


def data_uri(image: Image) -> str:
    """``image`` (BGR) as a JPEG that can stand in a page or a table cell."""
    jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    return "data:image/jpeg;base64," + base64.b64encode(jpeg.tobytes()).decode()


def middle(image: Image) -> Image:
    """The largest square around the centre."""
    height, width = image.shape[:2]
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    return image[top : top + edge, left : left + edge]
