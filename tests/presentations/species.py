"""The kinds of attack, and a clip of each: what is shown on what, held before which camera."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from face_rec.domain.faces import Box, Image
from tests.presentations.camera import FOCAL, HEIGHT, RATE, WIDTH, Hand, Sensor, Vector3
from tests.presentations.footage import Footage
from tests.presentations.heads import Head, Motion, Pose, before, room
from tests.presentations.identities import Photo
from tests.presentations.surfaces import Material, Paper, Screen, Surface, distance
from tests.presentations.worn import Worn

NEAR, FAR = 105.0, 68.0
"""px; height of the face in the picture: at four times as much the models must still see all."""
_SHEET: Final = 1.35
"""How much larger than the picture what fills it is, so that it does so in a hand that moves."""
_FILLING: Final = 1.22
"""… and a video, whose face is often not in its middle."""

Show = Callable[[int], Image]
"""What a surface shows at a frame."""


@dataclass(frozen=True, slots=True)
class Variant:
    """``edge``: whether the rim of paper or screen is in the picture; ``near``: how large the
    face is."""

    edge: bool
    near: bool

    @property
    def tall(self) -> float:
        return NEAR if self.near else FAR

    @property
    def words(self) -> str:
        return f"{'edge' if self.edge else 'noedge'}-{'near' if self.near else 'far'}"


VARIANTS: Final = tuple(Variant(edge, near) for edge in (True, False) for near in (True, False))


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """Who plays in a clip: ``photo`` and ``victim``, made of a photo, are of the same person;
    ``attacker`` wears a print; ``film`` is a part of a real video."""

    photo: Photo
    victim: Head
    attacker: Head
    film: Footage


@dataclass(frozen=True, slots=True)
class Held:
    """A surface in a hand; ``material`` draws one, ``face``: height of the face on it (metres)
    where its edge is seen; ``moving``: a video of a moving head; ``filmed``: of a real one."""

    material: Callable[[np.random.Generator], Material]
    face: tuple[float, float]
    moving: bool = False
    filmed: bool = False

    def __call__(
        self, cast: Cast, variant: Variant, random: np.random.Generator, frames: int
    ) -> Iterator[Image]:
        material = self.material(random)
        if isinstance(material, Paper) and not variant.edge:
            material = replace(material, bend=2 * material.bend)  # it must fill the picture
        show, face = self._content(cast, variant, random)
        tall = float(random.uniform(*self.face)) * (1.0 if variant.edge else 0.3)
        first = show(0)
        wide = tall * first.shape[1] / face.height
        surface = Surface(material, wide, variant.edge, _lamp(random))
        off = (np.array(face.centre) - np.array(first.shape[1::-1]) / 2) * (tall / face.height)
        depth = distance(tall, variant.tall)
        if self.filmed and not variant.edge:  # whose size was chosen with its surroundings
            off, depth = np.zeros(2), distance(wide, _FILLING * WIDTH)
        aim = random.normal(0, 6, 2) * depth / FOCAL
        place = np.array([aim[0] - off[0], aim[1] - off[1], depth])
        return self._filmed(surface, show, place, random, frames)

    def _filmed(
        self,
        surface: Surface,
        show: Show,
        place: Vector3,
        random: np.random.Generator,
        frames: int,
    ) -> Iterator[Image]:
        hand, sensor = Hand.drawn(random), Sensor(random)
        behind, held = room(random), random.normal(0, 0.08, 3)
        braced = min(1.0, place[2] / 0.35)  # what is held so near a camera is held still
        for number in range(frames):
            shift, turn = hand.at(number / RATE)
            spot, turned = place + shift * braced, held + turn * braced
            yield sensor(surface.over(behind, show(number), spot, turned, number / RATE))

    def _content(
        self, cast: Cast, variant: Variant, random: np.random.Generator
    ) -> tuple[Show, Box]:
        """What is shown, and where the face is on it at first."""
        if self.filmed:
            return _film(cast.film, variant)
        if self.moving or not variant.edge:
            motion = Motion.drawn(random) if self.moving else None
            return _portrait(cast.victim, variant, motion, random)
        image, box = _cropped(cast.photo.image, cast.photo.face.box, 1.05, 0.95)
        return (lambda _: image), box


def worn(
    cast: Cast, variant: Variant, random: np.random.Generator, frames: int, *, whole: bool
) -> Iterator[Image]:
    """Somebody who wears a print of the victim."""
    mask = Worn(cast.attacker, cast.photo, whole=whole, edge=variant.edge)
    motion, sensor, behind = Motion.drawn(random), Sensor(random), room(random)
    for number in range(frames):
        pose = motion.at(number / RATE)
        head = mask.on(cast.attacker.turned(pose))
        yield sensor(before(behind, head, cast.attacker.box, pose, variant.tall))


def living(head: Head, tall: float, random: np.random.Generator, frames: int) -> Iterator[Image]:
    """No attack: a rendered head before a rendered room, filmed once."""
    motion, sensor, behind = Motion.drawn(random), Sensor(random), room(random)
    for number in range(frames):
        pose = motion.at(number / RATE)
        yield sensor(before(behind, head.turned(pose), head.box, pose, tall))


def _flat(random: np.random.Generator) -> Paper:
    return Paper(gloss=float(random.choice([0.0, 0.0, 1.0])))


def _bent(random: np.random.Generator) -> Paper:
    return Paper(bend=float(random.uniform(0.35, 0.9)), gloss=float(random.choice([0.0, 1.0])))


def _phone(random: np.random.Generator) -> Screen:
    return Screen(
        random.uniform(0.03, 0.09), 6e-5, random.uniform(0.005, 0.04), random.uniform(0, 1)
    )


def _tablet(random: np.random.Generator) -> Screen:
    return Screen(
        random.uniform(0.05, 0.1), 1e-4, random.uniform(0.005, 0.05), random.uniform(0, 1)
    )


def _either(random: np.random.Generator) -> Screen:
    return _phone(random) if random.random() < 0.5 else _tablet(random)


Attack = Callable[[Cast, Variant, np.random.Generator, int], Iterator[Image]]

SPECIES: Final[dict[str, Attack]] = {
    "print_flat": Held(_flat, (0.10, 0.22)),
    "print_bent": Held(_bent, (0.10, 0.22)),
    "print_cut_out": partial(worn, whole=True),
    "print_partial": partial(worn, whole=False),
    "photo_on_phone": Held(_phone, (0.045, 0.07)),
    "photo_on_tablet": Held(_tablet, (0.09, 0.14)),
    "video_rendered": Held(_either, (0.05, 0.12), moving=True),
    "video_filmed": Held(_either, (0.05, 0.12), moving=True, filmed=True),
}
"""``video_rendered``: of a head made of a photo; ``video_filmed``: of a real, and unknown, one."""


def _portrait(
    head: Head, variant: Variant, motion: Motion | None, random: np.random.Generator
) -> tuple[Show, Box]:
    """Somebody in a room, as large as what fills the picture, or cropped where an edge is seen."""
    width, height = round(WIDTH * _SHEET), round(HEIGHT * _SHEET)
    behind, still = room(random, width, height), Pose(yaw=float(random.uniform(-8, 8)))
    middle, tall = (width / 2, height / 2), variant.tall
    scale = tall / head.box.height
    half = (head.box.width * scale / 2, tall / 2)
    box = Box(middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1])

    def posed(pose: Pose) -> Image:
        picture = before(behind, head.turned(pose), head.box, pose, tall)
        image = np.clip(picture, 0, 255).astype(np.uint8)
        return _cropped(image, box, 1.5, 1.2)[0] if variant.edge else image

    photo = posed(still)
    canvas = np.zeros((height, width, 3), np.uint8)
    face = _cropped(canvas, box, 1.5, 1.2)[1] if variant.edge else box
    return (lambda number: posed(motion.at(number / RATE)) if motion else photo), face


def _film(film: Footage, variant: Variant) -> tuple[Show, Box]:
    if not variant.edge:
        return (lambda number: film.frames[number % len(film.frames)]), film.face

    def show(number: int) -> Image:
        return _cropped(film.frames[number % len(film.frames)], film.face, 1.6, 1.3)[0]

    return show, _cropped(film.frames[0], film.face, 1.6, 1.3)[1]


def _cropped(image: Image, box: Box, across: float, down: float) -> tuple[Image, Box]:
    """The part that reaches so many sides of ``box`` to either side of its middle."""
    (x, y), height, width = box.centre, image.shape[0], image.shape[1]
    left, right = max(0, round(x - across * box.width)), min(width, round(x + across * box.width))
    top, bottom = max(0, round(y - down * box.height)), min(height, round(y + down * box.height))
    moved = Box(box.left - left, box.top - top, box.right - left, box.bottom - top)
    return image[top:bottom, left:right], moved


def _lamp(random: np.random.Generator) -> Vector3:
    """From where the light comes: from above and before, more or less."""
    way = np.array([random.normal(0, 0.5), -random.uniform(0.1, 0.9), -1.0])
    return np.asarray(way / np.linalg.norm(way), np.float64)
