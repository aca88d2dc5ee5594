"""Videos for Chromium's fake camera, made from photos when a test needs them.

Chromium plays an ``.mjpeg`` (JPEGs one after another) at 30 frames a second in a loop and takes
its name from a command-line flag, so each camera is one file and one browser process.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from face_rec.domain.faces import Image

RATE = 30
WIDTH, HEIGHT = 640, 480
_GREY = 96
NIGHT: Image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
"""What a camera sees that is covered, or before which no light is on."""


@dataclass(frozen=True, slots=True)
class Shot:
    """What stands before the camera for some seconds; an empty room without ``photos``.

    Several photos share the seconds, one after the other, as one person's changing looks.
    """

    photos: Sequence[Path | Image]
    seconds: float


def make_camera(path: Path, shots: Iterable[Shot]) -> Path:
    """Write the shots as one ``.mjpeg`` to ``path`` and return it."""
    with path.open("wb") as file:
        for number, picture in enumerate(_pictures(shots)):
            ok, jpeg = cv2.imencode(".jpg", _sway(picture, number), [cv2.IMWRITE_JPEG_QUALITY, 85])
            assert ok
            file.write(jpeg.tobytes())
    return path


def _pictures(shots: Iterable[Shot]) -> Iterator[Image]:
    """One scene a frame."""
    for shot in shots:
        scenes = [_on_wall(_read(photo)) for photo in shot.photos] or [_wall()]
        for scene in scenes:
            for _ in range(round(shot.seconds * RATE / len(scenes))):
                yield scene


def _read(photo: Path | Image) -> Image:
    image = cv2.imread(str(photo)) if isinstance(photo, Path) else photo
    assert image is not None, f"{photo} is not a picture"
    return np.asarray(image, dtype=np.uint8)


def _wall() -> Image:
    return np.full((HEIGHT, WIDTH, 3), _GREY, np.uint8)


def _on_wall(photo: Image) -> Image:
    """The photo as high as the frame, in the middle, its edges faded into the wall."""
    side = HEIGHT / photo.shape[0]
    large = cv2.resize(photo, None, fx=side, fy=side, interpolation=cv2.INTER_CUBIC)
    scene = _wall()
    left = (WIDTH - large.shape[1]) // 2
    if left < 0:
        return np.ascontiguousarray(large[:, -left : WIDTH - left], dtype=np.uint8)
    scene[:, left : left + large.shape[1]] = large
    return scene


def swaying(photo: Path | Image | None, frames: int, rate: int) -> Iterator[Image]:
    """So many frames of whoever stands there and sways, or of the empty room."""
    scene = _wall() if photo is None else _on_wall(_read(photo))
    for number in range(frames):
        yield _sway(scene, number * RATE // rate)


def _sway(scene: Image, number: int) -> Image:
    """The movement of somebody who stands: to the side, nearer, the head inclined.

    Shifting alone proves too little: views a few pixels apart count as one and the same, and
    with a large face there may be no third one (:mod:`face_rec.journey.same_view`).
    """
    phase = 2 * np.pi * number / (2 * RATE)
    tilt, nearer = 2 * np.sin(phase + 1), 1 + 0.02 * np.sin(2 * phase + 2)
    move = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), tilt, nearer)
    move[:, 2] += 4 * np.sin(phase), 2 * np.sin(2 * phase)
    moved = cv2.warpAffine(scene, move, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)


def turned(photo: Path | Image, yaw: float = 0.0, pitch: float = 0.0) -> Image:
    """The photo with its middle pushed sideways or up, which is what a turned head does to
    the landmarks; ``yaw`` and ``pitch`` are the push as parts of the picture's side.

    Positive ``yaw`` pushes right in the picture (the person turns to their own left), positive
    ``pitch`` pushes up.
    """
    image = _read(photo)
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    distance = ((x - width / 2) / (0.22 * width)) ** 2 + (
        (y - height * 0.53) / (0.22 * height)
    ) ** 2
    push = np.exp(-distance).astype(np.float32)
    pushed = cv2.remap(
        image, x - push * yaw * width, y + push * pitch * height, cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(pushed, dtype=np.uint8)


def all_sides(photo: Path) -> list[Image]:
    """One face from the front, its left, its right, above and below, as a guided capture
    asks for them. The right is the left in a mirror: a stronger push would tear the face."""
    left = turned(photo, yaw=0.13)
    right = np.ascontiguousarray(left[:, ::-1])
    return [_read(photo), left, right, turned(photo, pitch=0.13), turned(photo, pitch=-0.09)]
