"""A camera's JPEG: judged by its header before a pixel is decoded."""

import io

import cv2
import numpy as np
from PIL import Image as Pillow

from face_rec.domain.errors import RequestRefused
from face_rec.domain.faces import Image

MAX_BYTES = 1024 * 1024
MAX_PIXELS = 1920 * 1080
MIN_SIDE = 32
_BEGIN, _END = b"\xff\xd8\xff", b"\xff\xd9"


def decode_frame(data: bytes) -> Image:
    """The picture in ``data`` as (H, W, 3) uint8 BGR, as it was taken: its boxes are drawn on it.

    Some milliseconds; any thread. Raises RequestRefused.
    """
    if not data.startswith(_BEGIN):
        raise RequestRefused(415, "This is no JPEG. Send one JPEG picture as the body.")
    _check_header(data)
    if not data.endswith(_END):
        raise RequestRefused(400, "The JPEG is cut off. Send the whole picture.")
    # Turned by EXIF it would no longer fit the picture that the browser shows.
    image = cv2.imdecode(
        np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    )
    if image is None:
        raise _unreadable()
    return np.asarray(image, dtype=np.uint8)


def _check_header(data: bytes) -> None:
    """Only what stands before the pixels is read."""
    try:
        with Pillow.open(io.BytesIO(data), formats=("JPEG",)) as picture:
            (width, height), slow = picture.size, picture.info.get("progressive")
    except Exception:  # decoders raise all sorts of errors for broken files
        raise _unreadable() from None
    if width * height > MAX_PIXELS:
        raise RequestRefused(
            413, f"The picture has {width} × {height} px; at most {MAX_PIXELS:,} px are taken."
        )
    if min(width, height) < MIN_SIDE:
        raise RequestRefused(400, f"The picture has {width} × {height} px. Send a larger one.")
    if slow:  # each of its many passes may cost as much as a whole picture
        raise RequestRefused(415, "This JPEG is progressive. Send a baseline JPEG.")


def _unreadable() -> RequestRefused:
    return RequestRefused(400, "The JPEG cannot be read. Send the picture again.")
