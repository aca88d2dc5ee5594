"""The journey of one camera's pictures: only its region, only large faces, and only what the
office has it do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from face_rec.cameras.camera import Camera
from face_rec.cameras.picture import jpeg_of
from face_rec.cameras.wall import Shot
from face_rec.domain.errors import JournalError
from face_rec.domain.faces import Box, Frame, Image
from face_rec.domain.kiosks.screens import Label, Mood, Scene
from face_rec.domain.marks import Event, Receipt
from face_rec.domain.recognition import Verdict
from face_rec.journey.marking.mark import DryRunMarker
from face_rec.journey.pipeline import Journey
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.journey.streams.stream import NoticeBoard
from face_rec.languages.language import msgid
from face_rec.lettering.font import FONT
from face_rec.protocols.marks import Marker


class FencedMarker:
    """A ``Marker`` that marks only while this worker serves the camera: one that was stopped for a
    while may go on in the middle of a picture that another has long looked at."""

    def __init__(self, marker: Marker, holds: Callable[[], bool]) -> None:
        self._marker = marker
        self._holds = holds

    def mark(self, event: Event) -> Receipt:
        """Raises JournalError where another worker has the camera."""
        if not self._holds():
            raise JournalError(
                msgid("Another worker has this camera now; it marks whoever is there.")
            )
        return self._marker.mark(event)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The newest picture that was looked at, whole, and what was seen in it."""

    image: Image
    scene: Scene


class CameraJourney:
    """A ``FrameProcessor`` for one camera as the office has set it; another setting makes another
    one. The scenes that it returns are of the whole picture."""

    def __init__(
        self,
        camera: Camera,
        deps: PipelineDeps,
        holds: Callable[[], bool],
        *,
        cooldown: float,
        looked: Callable[[Scene], None] = lambda _: None,
    ) -> None:
        """``holds``: whether this worker serves the camera. ``cooldown``: seconds, of a camera
        that only watches. ``looked`` is told each scene, on the thread that made it."""
        marks = camera.purpose.marks
        marker: Marker = FencedMarker(deps.marker, holds) if marks else DryRunMarker(cooldown)
        self.seen: Seen | None = None
        self.board = NoticeBoard()
        self._camera = camera
        self._holds = holds
        self._deps = replace(
            deps, marker=marker, snapshots=deps.snapshots if marks else None,
            missed=deps.missed if marks else None,
        )  # fmt: skip
        self._looked = looked
        self._size: tuple[int, int] | None = None
        self._journey: Journey | None = None

    def process(self, frame: Frame) -> Scene:
        height, width = frame.image.shape[:2]
        if not self._holds():
            return Scene(frame.number, frame.taken_at, width, height)
        left, top, right, bottom = self._camera.region.pixels(width, height)
        part = frame.image[top:bottom, left:right]
        scene = self._of(width, height).process(replace(frame, image=part))
        whole = _moved(scene, left, top, width, height)
        self.seen = Seen(frame.image, whole)
        self._looked(whole)
        return whole

    def _of(self, width: int, height: int) -> Journey:
        """Made anew where the camera's pictures have another size: what was followed is gone."""
        if self._journey is None or self._size != (width, height):
            self._size = (width, height)
            least = self._camera.smallest * min(width, height)
            policy = replace(self._deps.policy, min_face=max(self._deps.policy.min_face, least))
            deps = replace(self._deps, policy=policy)
            self._journey = Journey(self._camera.id, deps, self.board)
        return self._journey


def _moved(scene: Scene, left: int, top: int, width: int, height: int) -> Scene:
    labels = tuple(
        replace(one, box=Box(one.box.left + left, one.box.top + top,
                             one.box.right + left, one.box.bottom + top))
        for one in scene.labels
    )  # fmt: skip
    return replace(scene, width=width, height=height, labels=labels)


# A picture for the wall: small, with a box around each face and the names of whom it knows.

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
