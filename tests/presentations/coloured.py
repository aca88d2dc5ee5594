"""The colours of a kiosk's screen on what stands before it.

    python -m tests.presentations.coloured

Light is added as it adds up: a surface in a room's light (lux, on what stands upright) gets that
of the screen as well, which falls off with the square of the distance. Skin, clothes and paper
give back both alike; a screen that shines by itself gives back little. Each clip holds what the
check looks at: some pictures of each colour, of which no more is known than their order.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import cv2
import numpy as np

from face_rec.domain.faces import Box, Image
from face_rec.domain.liveness import Colour
from face_rec.journey.liveness.colours import (
    COLOURS,
    DWELL,
    LATENCY,
    ColourAsk,
    ColourCheck,
    found,
    seen,
)
from face_rec.journey.liveness.error_rates import rate
from face_rec.journey.liveness.reflection import Reflection, light_of
from tests.presentations.camera import Floats, Hand, Sensor
from tests.presentations.heads import Head, Motion, Pose, before, room
from tests.presentations.identities import Photo
from tests.presentations.studio import Studio
from tests.presentations.surfaces import Paper, Screen, Surface, distance
from tests.presentations.writing import studio

SCREENS: Final = {"tablet, 10 inches": 300 * 0.035, "monitor, 24 inches": 250 * 0.16}
"""Candela of white: brightness (cd/m²) times size (m²), as a small source is seen from before."""
TABLET, MONITOR = SCREENS
PLACES: Final = (
    (TABLET, 20.0), (TABLET, 100.0), (TABLET, 300.0), (MONITOR, 300.0), (MONITOR, 1000.0),
)  # fmt: skip
"""A screen, and the lux there: a dim hall, a corridor, an office, beside a window."""
KINDS: Final = ("live", "print", "phone", "phone before a chest", "phone, filling the picture")
_GLASS: Final = (0.004, 0.02)
"""Share of light that a screen gives back to a camera beside its source, of what paper does."""
_WALL, _ARM = 3.5, 0.35
"""Metres to the room behind, and from what is held up to who holds it."""
_PICTURES: Final = 2
"""Of each colour."""


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """A picture in the room's light (HEIGHT, WIDTH, 3), and what of it is held up, or a person
    (HEIGHT, WIDTH), with the face at ``box``, ``away`` metres. ``chest``: whether whoever holds it
    up stands behind it, an arm's length away."""

    image: Floats
    front: Floats
    box: Box
    away: float
    chest: bool = False


def lit(plain: Plain, colour: Colour, candela: float, lux: float, glass: float | None) -> Floats:
    """``plain`` before a screen of one colour. ``glass``: of what is held up, if it shines by
    itself: what it gives back of other light. It is as bright as such screens make themselves in
    that light (cd/m²), and paper there has a third of the lux."""
    light = _linear(np.array([int(colour[at : at + 2], 16) for at in (5, 3, 1)], np.float32))
    linear, front = _linear(plain.image), plain.front[..., None]
    gain = np.ones_like(front) * (candela / (_WALL * _WALL * lux))
    if plain.chest:
        (x, _), wide = plain.box.centre, 1.6 * plain.box.height
        left, right = round(max(0.0, x - wide)), round(x + wide)
        gain[round(plain.box.top) :, left:right] = candela / ((plain.away + _ARM) ** 2 * lux)
    own = candela / (plain.away * plain.away * lux)
    held = linear * own * light
    if glass is not None:
        held = glass * own * light * np.float32(lux / 3 / (30 + 0.3 * lux))
    mixed = linear + linear * gain * light * (1 - front) + held * front
    return np.asarray(255 * np.maximum(mixed, 0) ** (1 / 2.2), np.float32)


def _linear(levels: Floats) -> Floats:
    return np.asarray((np.clip(levels, 0, None) / 255) ** np.float32(2.2), np.float32)


class Settling:
    """A camera that makes its picture grey and as bright as before, half-heartedly and slowly."""

    def __init__(self) -> None:
        self._gain = np.ones(3, np.float32)
        self._first: Floats | None = None

    def __call__(self, scene: Floats) -> Floats:
        mean = scene.mean(axis=(0, 1))
        self._first = mean if self._first is None else self._first
        self._gain += 0.08 * ((self._first / mean) ** 0.6 - self._gain)
        return np.asarray(scene * self._gain, np.float32)


def clip(kind: str, stage: Studio, number: int) -> Iterator[Plain]:
    """The pictures of one clip, in the room's light only."""
    random = np.random.default_rng([7, number, *kind.encode()])
    photo, head = stage.somebody(random, number)
    tall = 105.0 if number % 2 == 0 else 68.0
    behind = room(random)
    step = (DWELL + 0.15) / _PICTURES
    seconds = [step * one for one in range(COLOURS * _PICTURES)]
    if kind == "live":
        yield from _person(head, behind, tall, Motion.drawn(random), seconds)
    else:
        yield from _held(kind, photo, behind, random, seconds)


def _person(
    head: Head, behind: Floats, tall: float, motion: Motion, seconds: list[float]
) -> Iterator[Plain]:
    white = np.zeros_like(behind)
    for at in seconds:
        moved = motion.at(at)
        pose = Pose(moved.yaw / 3, moved.pitch / 3, moved.x / 3, moved.y / 3, moved.larger)
        turned = head.turned(pose)
        image = before(behind, turned, head.box, pose, tall)
        whole = type(turned)(np.full_like(turned.image, 255), turned.person, turned.landmarks)
        front = before(white, whole, head.box, pose, tall)[..., 0] / np.float32(255)
        middle = (behind.shape[1] / 2 + pose.x * tall, behind.shape[0] / 2 + pose.y * tall)
        yield Plain(image, front, _box(middle, tall, head.box), distance(0.2, tall))


def _held(
    kind: str, photo: Photo, behind: Floats, random: np.random.Generator, seconds: list[float]
) -> Iterator[Plain]:
    fills, face = "filling" in kind, photo.face.box
    size = random.uniform(0.10, 0.22) if kind == "print" else random.uniform(0.045, 0.07)
    tall = 250.0 if fills else float(random.uniform(68, 105))
    wide = size * photo.image.shape[1] / face.height
    material = Paper() if kind == "print" else Screen(0.05, 6e-5, 0.0, 0.3)
    surface = Surface(material, wide, not fills, np.array([0.0, -0.4, -0.9]))
    hand, away = Hand.drawn(random), distance(size, tall)
    off = (np.array(face.centre) - np.array(photo.image.shape[1::-1]) / 2) * (size / face.height)
    white, black = np.full_like(photo.image, 255), np.zeros_like(behind)
    for at in seconds:
        shift, turn = hand.at(at)
        place = np.array([-off[0], -off[1], away]) + shift * min(1.0, away / 0.35)
        image = surface.over(behind, photo.image, place, turn, at)
        shape = Surface(Paper(), wide, edge=False, lamp=surface.lamp)
        shown = shape.over(black, white, place, turn, at)[..., 0]
        front = np.asarray(np.minimum(shown / 150, 1), np.float32)
        middle = (place[:2] + off) / place[2] * (0.95 * behind.shape[1])
        centre = (middle[0] + behind.shape[1] / 2, middle[1] + behind.shape[0] / 2)
        chest = "chest" in kind
        yield Plain(image, front, _box(centre, tall, face), float(place[2]), chest=chest)


def _box(middle: tuple[float, float], tall: float, like: Box) -> Box:
    wide = tall * like.width / like.height
    x, y = middle
    return Box(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2)


def came_of(
    plains: list[Plain], candela: float, lux: float, glass: float | None, seed: int
) -> Reflection:
    """What the check makes of a clip whose kiosk has a screen of ``candela`` in a room of
    ``lux``."""
    random = np.random.default_rng([11, seed])
    order = [Colour.TEAL]
    while len(order) < COLOURS:
        order.append(random.choice([one for one in Colour if one is not order[-1]]))
    asks = iter([ColourAsk(str(at), Colour(one)) for at, one in enumerate(order)])
    sensor, settle = Sensor(random), Settling()
    check, now = ColourCheck(next(asks), 0.0), 0.0
    for number, plain in enumerate(plains):
        at, of = number % _PICTURES, order[number // _PICTURES]
        now = check.since + LATENCY + (DWELL - LATENCY) * at / (_PICTURES - 1) + 1e-6
        image = _sent(sensor(settle(lit(plain, of, candela, lux, glass))))
        check = seen(check, check.since, light_of(image, plain.box), now, lambda _: next(asks))
    return found(check)[0]


def _sent(image: Image) -> Image:
    """As a browser compresses it."""
    packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.presentations.coloured")
    parser.add_argument("--clips", type=int, default=40, help="of each kind (default 40)")
    parser.add_argument("--tune", action="store_true", help="show those on whom limits are chosen")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        stage = studio(tuning=options.tune, seed=0, folder=Path(folder))
        for kind in KINDS:
            _count(kind, stage, options.clips)


def _count(kind: str, stage: Studio, clips: int) -> None:
    came: dict[tuple[str, float], list[Reflection]] = {place: [] for place in PLACES}
    for number in range(clips):
        plains = list(clip(kind, stage, number))
        random = np.random.default_rng([13, number])
        glass = float(random.uniform(*_GLASS)) if kind.startswith("phone") else None
        for (screen, lux), all_ in came.items():
            all_.append(came_of(plains, SCREENS[screen], lux, glass, number))
    for (screen, lux), all_ in came.items():
        counts = {one.name.lower(): sum(each is one for each in all_) for one in Reflection}
        worst = rate(counts["missing"], len(all_), 150)
        text = f"{kind:26} {screen:20} {lux:5.0f} lux, of {len(all_)}: {counts}"
        sys.stdout.write(f"{text}, missing at most {worst.high:.1%}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
