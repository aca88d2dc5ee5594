"""Photos of drawn people, no two alike: the face is elsewhere, larger or smaller, inclined,
lighter or darker, and has the grain and the JPEG of a photo."""

from pathlib import Path

import cv2
import numpy as np

from face_rec.domain.faces import Image
from tests.synthetic.faces import PEOPLE, Pose, draw

SIDE = 250
"""px; as the photos of Labeled Faces in the Wild, in whose folders these lie."""
_WALL = 120
_GRAIN = 3.0
"""Standard deviation, grey levels."""
ENROLLED, STRANGERS, PHOTOS = 24, 16, 4
"""People with PHOTOS photos each, and others with one."""


def photo(person: int, number: int) -> Image:
    """The photo with this number of a person, (SIDE, SIDE, 3) BGR."""
    random = np.random.default_rng([person, number])
    x, y = SIDE / 2 + random.uniform(-6, 6, 2)
    pose = Pose(x, y, random.uniform(100, 125), random.uniform(-8, 8))
    image = _wall()
    draw(image, person, pose, light=random.uniform(0.75, 1.05))
    grainy = image + random.normal(0, _GRAIN, image.shape)
    return np.clip(grainy, 0, 255).round().astype(np.uint8)


def all_sides(person: int) -> list[Image]:
    """A person from the front, their left, their right, looking up and down, as a guided capture
    asks for them."""
    sides = []
    for turn in ((0, 0), (25, 0), (-25, 0), (0, 18), (0, -25)):
        image = _wall()
        draw(image, person, Pose(SIDE / 2, SIDE / 2, 110), turn=turn)
        sides.append(image)
    return sides


def group_photo() -> Image:
    """Three people side by side, (360, 640, 3) BGR."""
    image = np.full((360, 640, 3), _WALL, np.uint8)
    for person, x in enumerate((110, 320, 530)):
        draw(image, person, Pose(x, 180, 100))
    return image


def _wall() -> Image:
    return np.full((SIDE, SIDE, 3), _WALL, np.uint8)


def write_people(folder: Path) -> Path:
    """A folder a person, with PHOTOS JPEGs in each."""
    for person in range(ENROLLED):
        name = f"Drawn_Person_{person:02}"
        for number in range(PHOTOS):
            _write(folder / name / f"{name}_{number:04}.jpg", photo(person, number))
    return folder


def write_strangers(folder: Path) -> Path:
    """One JPEG each of people of whom there is no other photo."""
    assert ENROLLED + STRANGERS <= PEOPLE
    for person in range(ENROLLED, ENROLLED + STRANGERS):
        _write(folder / f"Drawn_Stranger_{person:02}.jpg", photo(person, 0))
    return folder


def _write(path: Path, image: Image) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    ok, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 90])
    assert ok
    path.write_bytes(jpeg.tobytes())
