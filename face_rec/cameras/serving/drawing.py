"""A picture for the wall: small, with a box around each face and the names of whom it knows."""

from typing import Final

import cv2
import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from face_rec.cameras.picture import jpeg_of
from face_rec.cameras.serving.looking import Seen
from face_rec.cameras.wall import Shot
from face_rec.domain.faces import Image
from face_rec.domain.kiosks.screens import Label, Mood
from face_rec.domain.recognition import Verdict
from face_rec.lettering.font import FONT

WIDEST: Final = 640
_QUALITY: Final = 70
_COLOURS: Final = {
    Mood.MARKED: (52, 168, 83), Mood.ALREADY: (66, 133, 244), Mood.UNKNOWN: (217, 119, 6),
    Mood.PROBLEM: (217, 48, 37),
}  # fmt: skip
_PLAIN: Final = (160, 160, 160)
_LETTERS: Final = 16


def drawn(seen: Seen) -> Shot:
    """At most 640 px wide."""
    small, scale = _small(seen.image)
    picture = Pictures.fromarray(small[:, :, ::-1])
    pen = ImageDraw.Draw(picture)
    font = ImageFont.truetype(FONT, _LETTERS)
    for label in seen.scene.labels:
        _draw(pen, font, label, scale)
    image: Image = np.ascontiguousarray(np.asarray(picture, np.uint8)[:, :, ::-1])
    names = dict.fromkeys(label.name for label in seen.scene.labels if label.name)
    return Shot(jpeg_of(image, WIDEST, _QUALITY), tuple(names))


def _draw(
    pen: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, label: Label,
    scale: float,
) -> None:  # fmt: skip
    colour = _COLOURS.get(label.mood, _PLAIN)
    box = label.box
    left, top, right, bottom = (
        side * scale for side in (box.left, box.top, box.right, box.bottom)
    )
    pen.rectangle((left, top, right, bottom), outline=colour, width=2)
    words = label.name or ("Unknown" if label.verdict is Verdict.UNKNOWN else "")
    if words:
        at = (left + 3, max(0.0, top - _LETTERS - 6))
        pen.rectangle(pen.textbbox(at, words, font=font), fill=colour, outline=colour, width=3)
        pen.text(at, words, fill=(255, 255, 255), font=font)


def _small(image: Image) -> tuple[Image, float]:
    height, width = image.shape[:2]
    if width <= WIDEST:
        return image, 1.0
    scale = WIDEST / width
    size = (WIDEST, max(1, round(height * scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8), scale
