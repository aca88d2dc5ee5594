"""A head that moves, made of one photo: cut out, given the depth of an ellipsoid, and turned.

It is no more than that: the eyes do not blink, the mouth does not move, the light stays on the
skin while it turns, and what the photo does not show is stretched. Beyond some 20° it tears.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Box, Image, Landmarks
from tests.presentations.camera import HEIGHT, WIDTH, Floats
from tests.presentations.identities import Photo

_DOWN: Final = 2.0
"""How much of the chest is added below a photo, in its heights."""
_AXIS: Final = 0.35
"""How far behind the middle of a face a head turns, in widths of the face."""


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Of a head: turned (degrees; yaw to the picture's right, pitch down), shifted (widths of the
    face) and how much larger."""

    yaw: float = 0.0
    pitch: float = 0.0
    x: float = 0.0
    y: float = 0.0
    larger: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """How somebody before a kiosk moves: looks about, sways, comes nearer."""

    size: npt.NDArray[np.float64]
    speed: npt.NDArray[np.float64]
    phase: npt.NDArray[np.float64]

    @classmethod
    def drawn(cls, random: np.random.Generator) -> "Motion":
        size = np.array([14, 5, 0.22, 0.07, 0.05]) * random.uniform(0.3, 1.2, 5)
        speed = 2 * np.pi * random.uniform(0.25, 0.7, 5)
        return cls(size, speed, random.uniform(0, 2 * np.pi, 5))

    def at(self, seconds: float) -> Pose:
        yaw, pitch, x, y, larger = self.size * np.sin(self.phase + self.speed * seconds)
        return Pose(yaw, pitch, x, y, 1 + larger)


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """A head as it is turned now: picture (H, W, 3) and what of it is the person (H, W), in the
    photo's pixels."""

    image: Floats
    person: Floats
    landmarks: Landmarks


class Head:
    """Somebody cut out of a photo; ``clean``: whether that went well, as far as can be told."""

    def __init__(self, photo: Photo) -> None:
        self.who = photo.who
        person = person_in(photo.image, photo.face.box)
        self._image, self._person = _with_body(photo.image, person, photo.face.box)
        side = photo.image.shape[1] // 2
        box = photo.face.box
        self.box = Box(box.left + side, box.top, box.right + side, box.bottom)
        self.clean = _clean(person, photo.face.box)
        self._depth = _depth(self._image.shape, self.box)
        self.landmarks = (photo.face.landmarks + np.array([side, 0])).astype(np.float32)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its pictures, px."""
        height, width = self._depth.shape
        return width, height

    def turned(self, pose: Pose) -> Turned:
        width, height = self.size
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        away = self._moved(pose)
        # Where a pixel came from: the depth there is found in two rounds, for it changes slowly.
        dx, dy = self._depth * away[0], self._depth * away[1]
        for _ in range(2):
            depth = cv2.remap(self._depth, x - dx, y - dy, cv2.INTER_LINEAR)
            dx, dy = depth * away[0], depth * away[1]
        maps = (x - dx, y - dy, cv2.INTER_LINEAR)
        person = cv2.remap(self._person, *maps, borderMode=cv2.BORDER_CONSTANT)
        image = cv2.remap(self._image, *maps, borderMode=cv2.BORDER_REPLICATE)
        landmarks = self._landmarks_at(away)
        return Turned(np.asarray(image, np.float32), np.asarray(person, np.float32), landmarks)

    def _moved(self, pose: Pose) -> Floats:
        """How far a pixel of depth 1 goes, px."""
        turned = np.sin(np.radians([pose.yaw, pose.pitch]))
        return (turned * self.box.width).astype(np.float32)

    def _landmarks_at(self, away: Floats) -> Landmarks:
        places = self.landmarks.astype(int)
        depth = self._depth[places[:, 1], places[:, 0]]
        return np.asarray(self.landmarks + depth[:, None] * away, np.float32)


def before(room: Floats, head: Turned, box: Box, pose: Pose, tall: float) -> Floats:
    """``room`` (H, W, 3) with ``head`` in its middle, its face (``box`` when it looks straight)
    ``tall`` px high."""
    scale, middle = tall / box.height * pose.larger, (room.shape[1] / 2, room.shape[0] / 2)
    x = middle[0] + (pose.x * box.width - box.centre[0]) * scale
    y = middle[1] + (pose.y * box.width - box.centre[1]) * scale
    matrix = np.array([[scale, 0, x], [0, scale, y]])
    size = (room.shape[1], room.shape[0])
    flags = cv2.INTER_LINEAR if scale > 0.6 else cv2.INTER_AREA
    image = cv2.warpAffine(head.image, matrix, size, flags=flags)
    person = cv2.warpAffine(head.person, matrix, size, flags=flags)[..., None]
    return np.asarray(room * (1 - person) + image * person, np.float32)


def person_in(image: Image, box: Box) -> Floats:
    """(H, W), 0 to 1: the person around the face ``box``, without what is behind them."""
    half = (image.shape[1] // 2, image.shape[0] // 2)
    small = cv2.resize(image, half, interpolation=cv2.INTER_AREA)
    (x, y), wide, high = box.centre, box.width / 2, box.height / 2
    x, y, bottom = x / 2, y / 2, small.shape[0]
    mask = np.full(small.shape[:2], cv2.GC_PR_BGD, np.uint8)
    _ellipse(mask, (x, y - 0.1 * high), (0.85 * wide, 0.85 * high), cv2.GC_PR_FGD)
    shoulders = np.array([[x - 0.5 * wide, y + 0.5 * high], [x + 0.5 * wide, y + 0.5 * high],
                          [x + 1.3 * wide, bottom], [x - 1.3 * wide, bottom]])  # fmt: skip
    cv2.fillConvexPoly(mask, shoulders.astype(np.int32), cv2.GC_PR_FGD)
    _ellipse(mask, (x, y), (0.48 * wide, 0.55 * high), cv2.GC_FGD)
    mask[: max(1, round(y - 1.0 * high))] = cv2.GC_BGD
    mask[small.max(axis=2) == 0] = cv2.GC_BGD  # beyond the picture that was turned upright
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, mask, (0, 0, 1, 1), *models, 3, cv2.GC_INIT_WITH_MASK)
    person = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    person = _largest(np.asarray(cv2.medianBlur(person, 5), np.uint8)).astype(np.float32)
    whole = cv2.resize(person, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(cv2.GaussianBlur(whole, (0, 0), 1.5) * 1.6 - 0.45, 0, 1), np.float32)


def _clean(person: Floats, box: Box) -> bool:
    """Not with a piece of the wall, or with a neighbour, and with all of the face."""
    chin, wide = round(box.bottom), person.shape[1]
    head = person[: min(chin, person.shape[0])]
    (x, y), half = box.centre, box.width
    inside = head[:, max(0, round(x - half)) : min(wide, round(x + half))].sum()
    sides = max(head[:, 2].mean(), head[:, -3].mean(), head[2].mean())
    face = person[
        round(y - 0.3 * box.height) : chin, round(x - 0.3 * half) : round(x + 0.3 * half)
    ]
    size = head.sum() / (box.width * box.height)
    return bool(sides < 0.02 and inside > 0.93 * head.sum() and face.mean() > 0.97 and size < 1.9)


def _largest(mask: Image) -> Image:
    """The largest part that hangs together, without holes."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    whole = np.zeros_like(mask)
    cv2.drawContours(whole, [max(outlines, key=cv2.contourArea)], -1, 1, -1)
    return whole


def _ellipse(
    mask: Image, middle: tuple[float, float], half: tuple[float, float], value: int
) -> None:
    centre = (round(middle[0]), round(middle[1]))
    cv2.ellipse(mask, centre, (round(half[0]), round(half[1])), 0, 0, 360, value, -1)


def _with_body(image: Image, person: Floats, box: Box) -> tuple[Floats, Floats]:
    """Longer downwards and to the sides: what is cut out wears something of the colours that the
    photo shows below the chin."""
    side, below = image.shape[1] // 2, round(_DOWN * image.shape[0])
    wide = cv2.copyMakeBorder(image, 0, below, side, side, cv2.BORDER_REPLICATE)
    alpha = cv2.copyMakeBorder(person, 0, below, side, side, cv2.BORDER_CONSTANT, value=0)
    (x, y), high = box.centre, box.height
    body = np.zeros(alpha.shape, np.uint8)
    neck, shoulder, bottom = y + 0.62 * high, y + 1.05 * high, alpha.shape[0]
    arm = shoulder + 0.5 * high
    outline = np.array([[-0.28, neck], [0.28, neck], [0.85, shoulder], [1.15, arm],
                        [1.25, bottom], [-1.25, bottom], [-1.15, arm],
                        [-0.85, shoulder]])  # fmt: skip
    outline[:, 0] = outline[:, 0] * high * 0.8 + x + side
    cv2.fillPoly(body, [outline.astype(np.int32)], 255)
    clothes = cv2.GaussianBlur(body.astype(np.float32) / 255, (0, 0), 2.5)
    cloth = _cloth(image, person, box, alpha.shape) * np.float32(1)
    blended = cloth * (1 - alpha[..., None]) + wide * alpha[..., None]
    return np.asarray(blended, np.float32), np.asarray(np.maximum(alpha, clothes), np.float32)


def _cloth(image: Image, person: Floats, box: Box, shape: tuple[int, ...]) -> Floats:
    """(H, W, 3): the usual colour of the person below the chin, in folds."""
    low = round(min(box.bottom + 0.15 * box.height, image.shape[0] * 0.85))
    there = (person[low:] > 0.9) & (image[low:].max(axis=2) > 0)
    colour = np.median(image[low:][there], axis=0) if there.sum() > 50 else np.array([90, 80, 70])
    random = np.random.default_rng(round(float(colour.sum())))
    coarse = random.normal(0, 1, (shape[0] // 24 + 1, shape[1] // 12 + 1)).astype(np.float32)
    folds = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    weave = random.normal(0, 2.5, shape).astype(np.float32)
    return np.asarray(colour * (1 + 0.04 * folds[..., None]) + weave[..., None], np.float32)


def _depth(shape: tuple[int, ...], box: Box) -> Floats:
    """(H, W): how far before the axis that the head turns about each pixel lies, in widths of the
    face: an ellipsoid that ends softly in neck and hair, and a nose."""
    x, y = np.meshgrid(np.arange(shape[1]), np.arange(shape[0]))
    (left, top), wide, high = box.centre, box.width, box.height
    round_ = 1 - ((x - left) / (0.75 * wide)) ** 2 - ((y - top) / (0.85 * high)) ** 2
    skull = _AXIS * np.clip(round_ * 4, 0, 1) + 0.4 * np.sqrt(np.clip(round_, 0, 1))
    nose = ((x - left) / (0.12 * wide)) ** 2 + ((y - top - 0.08 * high) / (0.16 * high)) ** 2
    whole = skull + 0.12 * np.exp(-nose)
    return np.asarray(cv2.GaussianBlur(whole.astype(np.float32), (0, 0), 0.04 * wide), np.float32)


def room(random: np.random.Generator, width: int = WIDTH, height: int = HEIGHT) -> Floats:
    """A room (H, W, 3) somewhat out of focus: a wall, and things on it and before it."""
    wall = random.uniform(60, 200) * random.uniform(0.93, 1.07, 3)
    left, right = random.uniform(0.8, 1.15, 2).tolist()
    slope = np.linspace(left, right, width)[None, :, None]
    image = (np.full((height, width, 3), wall) * slope).astype(np.float32)
    for _ in range(int(random.integers(12, 30))):
        middle = (random.uniform(0, width), random.uniform(0, height))
        size = random.uniform(0.03, 0.22, 2) * width
        colour = np.clip(wall * random.uniform(0.3, 1.5) * random.uniform(0.8, 1.2, 3), 5, 250)
        corners = cv2.boxPoints((middle, (size[0], size[1]), float(random.normal(0, 2))))
        cv2.fillConvexPoly(image, corners.astype(np.int32), tuple(map(float, colour)))
    image += cv2.resize(
        random.normal(0, 4, (height // 8, width // 8, 1)).astype(np.float32), (width, height)
    )[..., None]
    return np.asarray(cv2.GaussianBlur(image, (0, 0), random.uniform(1.0, 3.0)), np.float32)
