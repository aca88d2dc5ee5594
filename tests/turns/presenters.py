"""What is held or stands before a kiosk's camera, and how it looks turned to a side.

Degrees are those by which a hand turns a paper or a screen, or somebody their head; positive: to
the person's own left.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from face_rec.domain.faces import Box, Image
from tests.presentations.camera import HEIGHT, WIDTH, Hand, Sensor
from tests.presentations.heads import Head, Pose, before, room
from tests.presentations.identities import Photo
from tests.presentations.species import NEAR, SPECIES, Held
from tests.presentations.surfaces import Surface, distance
from tests.presentations.worn import Worn

Shown = Callable[[float], Image]
"""The camera's picture (HEIGHT, WIDTH, 3) uint8 of what is turned by these degrees; each time with
other noise, and a hand or a body elsewhere."""
Present = Callable[[Photo, Head, Head, np.random.Generator], Shown]
"""Of whose photo and head it is, and who else may wear a print of them."""

_LAMP: Final = np.array([0.0, -0.4, -0.92])
"""From where the light comes: above and before."""
_SWAY: Final = 0.03
"""Widths of the face by which somebody who turns the head stands elsewhere."""


def picture_in_hand(species: str) -> Present:
    """A photo on a paper or a screen that a hand turns about the middle of the face."""

    def present(photo: Photo, _: Head, __: Head, random: np.random.Generator) -> Shown:
        shows = _surface(species, photo.face.box, photo.image, random)
        return lambda degrees: shows(photo.image, degrees)

    return present


def video_on_screen(_: Photo, victim: Head, __: Head, random: np.random.Generator) -> Shown:
    """A video of a head that turns, on a screen that is held still."""
    behind, scale = room(random), NEAR / victim.box.height
    half = (victim.box.width * scale / 2, NEAR / 2)
    box = Box(WIDTH / 2 - half[0], HEIGHT / 2 - half[1], WIDTH / 2 + half[0], HEIGHT / 2 + half[1])
    shows = _surface("video_rendered", box, np.zeros((HEIGHT, WIDTH, 3), np.uint8), random)

    def shown(degrees: float) -> Image:
        pose = _pose(degrees, random)
        film = before(behind, victim.turned(pose), victim.box, pose, NEAR)
        return shows(np.asarray(np.clip(film, 0, 255), np.uint8), 0.0)

    return shown


def worn(*, whole: bool) -> Present:
    """Somebody else's head that turns, with a print of the victim on it."""

    def present(photo: Photo, _: Head, wearer: Head, random: np.random.Generator) -> Shown:
        mask = Worn(wearer, photo, whole=whole, edge=False)
        sensor, behind = Sensor(random), room(random)

        def shown(degrees: float) -> Image:
            pose = _pose(degrees, random)
            return sensor(before(behind, mask.on(wearer.turned(pose)), wearer.box, pose, NEAR))

        return shown

    return present


def living(_: Photo, head: Head, __: Head, random: np.random.Generator) -> Shown:
    """No attack: a rendered head."""
    sensor, behind = Sensor(random), room(random)

    def shown(degrees: float) -> Image:
        pose = _pose(degrees, random)
        return sensor(before(behind, head.turned(pose), head.box, pose, NEAR))

    return shown


STILL: Final[dict[str, Present]] = {
    kind: picture_in_hand(kind)
    for kind in ("print_flat", "print_bent", "photo_on_phone", "photo_on_tablet")
}
PRESENTERS: Final[dict[str, Present]] = {
    **STILL,
    "print_cut_out": worn(whole=True),
    "print_partial": worn(whole=False),
    "video_rendered": video_on_screen,
    "live": living,
}


def _surface(
    species: str, face: Box, shown: Image, random: np.random.Generator
) -> Callable[[Image, float], Image]:
    """What the camera sees of a surface of this kind when it is turned."""
    kind = SPECIES[species]
    assert isinstance(kind, Held)
    tall = float(random.uniform(*kind.face))
    surface = Surface(kind.material(random), tall * shown.shape[1] / face.height, True, _LAMP)
    middle = (np.array(face.centre) - np.array(shown.shape[1::-1]) / 2) * (tall / face.height)
    hand, sensor, behind = Hand.drawn(random), Sensor(random), room(random)
    depth = distance(tall, NEAR)

    def shows(image: Image, degrees: float) -> Image:
        shift, turn = hand.at(float(random.uniform(0, 60)))
        angle = np.radians(degrees)
        # The face stays in the middle of the picture, wherever it is on the paper.
        away = [middle[0] * np.cos(angle), middle[1], -middle[0] * np.sin(angle)]
        place = np.array([0, 0, depth]) - away + shift * min(1.0, depth / 0.35)
        turned = turn + np.array([0, angle, 0])
        return sensor(surface.over(behind, image, place, turned, 0.0))

    return shows


def _pose(degrees: float, random: np.random.Generator) -> Pose:
    x, y = random.normal(0, _SWAY, 2).tolist()
    return Pose(yaw=degrees, pitch=float(random.normal(0, 2)), x=x, y=y)
