"""From an uploaded file to a picture, or to a sentence that says why not."""

import io
import logging
import re
from typing import Final

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps

from face_rec.domain.errors import PictureError
from face_rec.domain.faces import Box, Image
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

log = logging.getLogger(__name__)

MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 2000
"""Longer side of a decoded picture, px; a face needs no more."""
MIN_SIDE = 40
KEPT_SIDE = 640
"""Longer side of a kept enrolment photo, px: its face is then 213 px, twice what a model sees."""
KEPT_QUALITY = 92
"""Of its JPEG."""
_KEPT_TIMES = 3.0
"""Side of a kept photo in faces."""

MOST_SCANS: Final = 100
"""Times that a JPEG goes over its pixels: cameras and programs write up to a dozen, and libtiff
draws its line here, too."""
_MARKER: Final = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
"""Not what stands within the pixels: stuffed bytes, and restarts."""
_ALONE: Final = (0x01, 0xD8)
_END, _SCAN = 0xD9, 0xDA

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
_SCALABLE = ("L", "LA", "RGB", "RGBA", "CMYK", "I", "I;16")
_PHONE_FORMATS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


def decode(data: bytes) -> Image:
    """The picture in ``data`` as (H, W, 3) uint8 BGR, upright, at most MAX_SIDE px.

    EXIF rotation is applied, transparency is laid on white, every colour mode becomes BGR.
    An animation is refused: which of its pictures is the person is not ours to guess.
    Raises PictureError.
    """
    _check_bytes(data)
    picture = _opened(data)
    _check_picture(picture)
    if picture.format in {"JPEG", "MPO"} and too_many_scans(data):
        raise _damaged()
    return _pixels(picture)


def too_many_scans(jpeg: bytes) -> bool:
    """Whether there are more than :data:`MOST_SCANS`. A scan of a dozen bytes has a decoder go
    over the whole picture once more, in a progressive file and in any other: 5 MB can ask for
    minutes. What lies behind the picture's end, a film say, is not read."""
    scans, position = 0, 0
    while (found := _MARKER.search(jpeg, position)) and found[1][0] != _END:
        scans += found[1][0] == _SCAN
        if scans > MOST_SCANS:
            return True
        alone, position = found[1][0] in _ALONE, found.end()
        position += 0 if alone else int.from_bytes(jpeg[position : position + 2])
    return False


def portrait(image: Image, box: Box, side: int = 480, margin: float = 0.6) -> Image:
    """A copy of the face with ``margin`` of its size around it, at most ``side`` px."""
    height, width = image.shape[:2]
    reach = max(box.width, box.height) * (0.5 + margin)
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    left, top = max(0, int(x - reach)), max(0, int(y - reach))
    right, bottom = min(width, int(x + reach) + 1), min(height, int(y + reach) + 1)
    return thumbnail(image[top:bottom, left:right], side)


def surroundings(image: Image, box: Box) -> Image:
    """A copy of the face in its surroundings: a square of three times the face, with the face in
    the middle (black where the picture ends), in the picture's own pixels but at most
    KEPT_SIDE px. Enough for a model that aligns faces otherwise than the one in use."""
    reach = max(box.width, box.height) * _KEPT_TIMES / 2
    x, y = box.centre
    left, top, right, bottom = (round(v) for v in (x - reach, y - reach, x + reach, y + reach))
    height, width = image.shape[:2]
    part = image[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
    beyond = (max(0, -top), max(0, bottom - height), max(0, -left), max(0, right - width))
    framed = cv2.copyMakeBorder(part, *beyond, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    return thumbnail(np.asarray(framed, np.uint8), KEPT_SIDE)


def jpeg_of(image: Image, quality: int) -> bytes:
    """A JPEG of a BGR picture."""
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return encoded.tobytes()


def thumbnail(image: Image, side: int = 160) -> Image:
    """A copy of ``image`` whose longer side is at most ``side`` px."""
    scale = side / max(image.shape[:2])
    if scale >= 1:
        return image.copy()
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _check_bytes(data: bytes) -> None:
    if not data:
        raise PictureError(msgid("The file is empty. Choose the photo again."))
    if len(data) > MAX_BYTES:
        raise PictureError(
            sentence(
                "The file has {size} MB; at most {most} MB are taken. Save the photo smaller.",
                size=round(len(data) / 2**20),
                most=MAX_BYTES // 2**20,
            )
        )
    if data[4:8] == b"ftyp" and data[8:12] in _PHONE_FORMATS:
        raise PictureError(
            msgid(
                "This is a HEIC or AVIF photo, which cannot be read here. Save it "
                "as JPEG, or set the phone's camera to its most compatible format."
            )
        )


def _opened(data: bytes) -> Pillow.Image:
    """Only the header is read here."""
    try:
        return Pillow.open(io.BytesIO(data), formats=FORMATS)
    except Pillow.DecompressionBombError:
        raise _too_large() from None
    except Exception as error:  # decoders raise all sorts of errors for broken files
        log.debug("photo_unreadable error=%s", type(error).__name__)
        raise PictureError(
            msgid("This is not a photo that can be read. Use a JPEG, PNG, WebP, BMP or TIFF file.")
        ) from None


def _check_picture(picture: Pillow.Image) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise _too_large()
    if min(width, height) < MIN_SIDE:
        raise PictureError(
            sentence(
                "The picture is only {width} × {height} px. Use a larger photo.",
                width=width,
                height=height,
            )
        )
    if _moves(picture):
        raise PictureError(msgid("This is an animation or has several pages. Use a single photo."))


def _moves(picture: Pillow.Image) -> bool:
    """Whether there are several pictures; a phone's MPO holds the photo and then previews or
    depth maps of it, which is no animation."""
    try:
        # Not how many: counting the pages of a hostile TIFF takes minutes.
        return picture.format != "MPO" and bool(getattr(picture, "is_animated", False))
    except Exception:  # broken beyond counting; reading it will say so
        return False


def _too_large() -> PictureError:
    return PictureError(
        sentence(
            "The picture has more than {most} megapixels. Save the photo smaller.",
            most=MAX_PIXELS // 1_000_000,
        )
    )


def _damaged() -> PictureError:
    return PictureError(msgid("The photo is damaged or incomplete. Save or send it again."))


def _pixels(picture: Pillow.Image) -> Image:
    try:
        picture.draft("RGB", (MAX_SIDE, MAX_SIDE))  # a JPEG is read at a fraction of its size
        picture.load()
        if picture.mode in _SCALABLE:  # before any copy is made
            gap = None if picture.mode.startswith("I") else 2.0  # those cannot be reduced first
            picture.thumbnail((MAX_SIDE, MAX_SIDE), Pillow.Resampling.BOX, gap)
        upright = _plain(ImageOps.exif_transpose(picture))
    except Exception as error:  # decoders raise all sorts of errors for broken files
        log.debug("photo_damaged error=%s", type(error).__name__)
        raise _damaged() from None
    upright.thumbnail((MAX_SIDE, MAX_SIDE), Pillow.Resampling.BOX)
    return np.ascontiguousarray(np.asarray(upright, dtype=np.uint8)[:, :, ::-1])


def _plain(picture: Pillow.Image) -> Pillow.Image:
    """As 8-bit RGB, whatever it was."""
    if picture.mode.startswith("I"):  # 16 bit grey, which Pillow would clip instead of scale
        deep = np.asarray(picture).astype(np.int64)
        grey = np.clip(deep // 257 if deep.max() > 255 else deep, 0, 255).astype(np.uint8)
        picture = Pillow.fromarray(grey)
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        clear.thumbnail((MAX_SIDE, MAX_SIDE), Pillow.Resampling.BOX)  # of a palette only now
        paper = Pillow.new("RGBA", clear.size, "white")
        picture = Pillow.alpha_composite(paper, clear)
    return picture.convert("RGB")
