"""One head from many sides, cut out, so that a page's camera can turn it as its arrows ask.

Of a photo it is the head of :mod:`tests.presentations.heads`: a rendered one, no living person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from face_rec.domain.faces import Image
from face_rec.models.model_service import ModelService
from tests.browser.support.fake_camera import HEIGHT, WIDTH
from tests.data import Material
from tests.presentations.heads import Head, before
from tests.presentations.heads import Pose as HeadPose
from tests.presentations.identities import photo_of
from tests.synthetic.faces import Pose, draw

TALL: Final = 105.0
"""px; height of the face: what surrounds it four times as high must be in the picture."""
STEP: Final = 5
FARTHEST: Final = (50, 35)
"""Degrees by which the renderer turns a head to a side, and up or down; the landmarks of those
in ``../shared`` that are shown then say 23 to 38, and 12 to 20."""
DRAWN: Final = (25, 20)
"""The same of a drawn face, whose landmarks say what it was turned by."""


@dataclass(frozen=True, slots=True)
class View:
    """A head turned by ``yaw`` (to its own left) and ``pitch`` (up), parts of the farthest, −1 to
    1; ``webp``: WIDTH × HEIGHT with what is not the head left out."""

    yaw: float
    pitch: float
    webp: bytes


def head_views(material: Material, photo: Path, number: int, folder: Path) -> list[View]:
    """Of the person of this number, as ``photo`` shows them; ``folder``: for the detector."""
    if material.real:
        detector = ModelService(folder, str(material.pack)).load().detector
        found = photo_of(photo, photo.parent.name, detector)
        assert found is not None, f"no face was found in {photo}"
        show: Callable[[float, float, int], Image] = partial(_rendered, Head(found))
    else:
        show = partial(_painted, number)
    yaw, pitch = (side // STEP for side in FARTHEST)
    sides = [(step / yaw, 0.0) for step in range(-yaw, yaw + 1)]
    sides += [(0.0, step / pitch) for step in range(-pitch, pitch + 1) if step]
    return [View(*side, _cut_out(partial(show, *side))) for side in sides]


def _rendered(head: Head, yaw: float, pitch: float, wall: int) -> Image:
    pose = HeadPose(yaw=FARTHEST[0] * yaw, pitch=-FARTHEST[1] * pitch)
    room = np.full((HEIGHT, WIDTH, 3), wall, np.float32)
    picture = before(room, head.turned(pose), head.box, pose, TALL)
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def _painted(person: int, yaw: float, pitch: float, wall: int) -> Image:
    picture = np.full((HEIGHT, WIDTH, 3), wall, np.uint8)
    pose = Pose(WIDTH / 2, HEIGHT / 2, TALL * 0.8)
    draw(picture, person, pose, turn=(DRAWN[0] * yaw, DRAWN[1] * pitch))
    return picture


def _cut_out(before_wall: Callable[[int], Image]) -> bytes:
    """What is the same before a black and a white wall is the head."""
    black, white = before_wall(0), before_wall(255)
    alpha = 255 - cv2.absdiff(white, black).max(axis=2)
    share = np.maximum(alpha, 1)[..., None] / 255
    colours = np.clip(black / share, 0, 255).astype(np.uint8)
    ok, webp = cv2.imencode(".webp", np.dstack([colours, alpha]), [cv2.IMWRITE_WEBP_QUALITY, 95])
    assert ok
    return webp.tobytes()
