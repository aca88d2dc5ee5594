"""Draws what is known of the faces into the returned video. No streamlit, no waiting.

Runs in the video callback's thread at the camera's rate: about a millisecond a frame, because
lettering is drawn once a name and only blended here.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from face_rec.domain.faces import Box, Image
from face_rec.domain.recognition import Verdict
from face_rec.domain.screens import Label, Mood, Scene
from pages.ui.shared import text_raster

Colour = tuple[int, int, int]

GREEN: Colour = (94, 163, 22)
AMBER: Colour = (6, 119, 217)
GREY: Colour = (148, 140, 132)
WHITE: Colour = (255, 255, 255)
_COLOURS = {Mood.MARKED: GREEN, Mood.ALREADY: AMBER}  # grey: not named (yet)
_TEXTS = {Mood.UNKNOWN: "Unknown", Mood.POOR: "Come closer, face the camera"}


@dataclass(frozen=True, slots=True)
class Caption:
    """How one face is shown: a colour (BGR) and what is written at its box."""

    colour: Colour
    text: str


def caption(label: Label) -> Caption:
    """Who is named by name, the others by what they can do about it.

    A name for which this machine has no letters becomes ``#track``; the page beside the video
    shows that number with the name in the browser's letters.
    """
    if label.verdict is Verdict.NAMED:
        text = label.name if text_raster.can_draw(label.name) else f"#{label.track}"
    else:
        text = _TEXTS.get(label.mood, "")
    return Caption(_COLOURS.get(label.mood, GREY), text)


def draw(image: Image, scene: Scene | None, mirror: bool = True) -> Image:
    """A picture to show, a new array: mirrored, as people know themselves, with boxes.

    ``scene`` may come from an older frame of another size: its boxes are scaled.
    """
    shown = cv2.flip(image, 1) if mirror else image.copy()
    for label in scene.labels if scene else ():
        _face(shown, _place(label.box, scene, shown, mirror), caption(label))
    return np.asarray(shown, dtype=np.uint8)


def _place(box: Box, scene: Scene | None, shown: cv2.typing.MatLike, mirror: bool) -> Box:
    """The box in pixels of the picture that is shown."""
    height, width = shown.shape[:2]
    across = width / scene.width if scene and scene.width else 1.0
    down = height / scene.height if scene and scene.height else 1.0
    left, right = box.left * across, box.right * across
    if mirror:
        left, right = width - right, width - left
    return Box(left, box.top * down, right, box.bottom * down)


def _face(shown: cv2.typing.MatLike, box: Box, words: Caption) -> None:
    thick = max(2, round(shown.shape[0] / 220))
    corners = (round(box.left), round(box.top)), (round(box.right), round(box.bottom))
    cv2.rectangle(shown, *corners, words.colour, thick, cv2.LINE_AA)
    if words.text:
        size = max(14, round(shown.shape[0] / 24))
        _tag(shown, corners[0][0], corners[0][1] - thick, words, size)


def _tag(shown: cv2.typing.MatLike, left: int, bottom: int, words: Caption, size: int) -> None:
    """A plate with the caption above the point, kept inside the picture."""
    letters = text_raster.picture(_short(words.text), size, WHITE)
    height, width = letters.shape[:2]
    pad = size // 3
    left = max(0, min(left, shown.shape[1] - width - 2 * pad))
    top = max(0, min(bottom - height, shown.shape[0] - height))
    cv2.rectangle(
        shown, (left, top), (left + width + 2 * pad, top + height), words.colour, cv2.FILLED
    )
    _blend(shown[top : top + height, left + pad : left + pad + width], letters)


def _short(name: str, most: int = 28) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def _blend(part: cv2.typing.MatLike, letters: Image) -> None:
    """Lay ``letters`` (BGRA) over ``part`` (BGR), in place; cut where it is smaller."""
    letters = letters[: part.shape[0], : part.shape[1]]
    alpha = letters[:, :, 3:].astype(np.uint16)
    mixed = letters[:, :, :3] * alpha + part * (255 - alpha)
    part[:] = (mixed // 255).astype(np.uint8)
