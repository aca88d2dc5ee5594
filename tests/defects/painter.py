"""What spoils a photo of a face: painted, blurred, filmed off a screen.

Lengths are in distances between the eyes, from their middle: x along the eyes, y to the mouth.
Everything is drawn anew each time (colours, shapes, strengths) from ``random``.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Face, Image

Random = np.random.Generator
Defect = Callable[[Image, Face, Random], Image]
Floats = npt.NDArray[np.float32]
Points = Sequence[tuple[float, float]]

_CLOTHS: Final = (
    (205, 180, 130), (240, 240, 238), (30, 28, 28), (120, 120, 122), (60, 50, 170), (90, 140, 70),
    (150, 175, 205), (140, 70, 60), (190, 160, 220),
)  # fmt: skip
"""BGR: surgical blue, white, black, grey, red, green, beige, navy, pink."""


class Frame:
    """The face's own axes in a picture."""

    def __init__(self, face: Face) -> None:
        left, right = (np.asarray(p, float) for p in face.landmarks[:2])
        self.middle = (left + right) / 2
        self.unit = max(float(np.linalg.norm(right - left)), 1.0)
        self._x = (right - left) / self.unit
        self._y = np.array([-self._x[1], self._x[0]])
        self.marks = [self.of(p) for p in face.landmarks]

    def of(self, point: npt.NDArray[np.float32]) -> tuple[float, float]:
        away = np.asarray(point, float) - self.middle
        return float(away @ self._x) / self.unit, float(away @ self._y) / self.unit

    def at(self, points: Points) -> npt.NDArray[np.int32]:
        """In pixels."""
        x, y = np.asarray(points, float).T
        spots = self.middle + self.unit * (x[:, None] * self._x + y[:, None] * self._y)
        return np.asarray(np.round(spots), np.int32)

    def area(self, image: Image, points: Points, soft: float = 0.03) -> Floats:
        """(H, W, 1), 0 to 1: what lies within ``points``."""
        there = np.zeros(image.shape[:2], np.float32)
        cv2.fillPoly(there, [self.at(points)], 1.0)
        return np.asarray(cv2.GaussianBlur(there, (0, 0), max(0.5, soft * self.unit))[..., None])

    def oval(self, centre: tuple[float, float], wide: float, high: float) -> Points:
        turn = np.linspace(0, 2 * np.pi, 40)
        return [(centre[0] + wide * np.cos(t), centre[1] + high * np.sin(t)) for t in turn]


def mask(image: Image, face: Face, random: Random) -> Image:
    """A mask over nose, mouth and chin, with folds, a print, or nothing on it."""
    frame = Frame(face)
    nose, mouth = frame.marks[2], np.mean(frame.marks[3:], axis=0)
    top, side = random.uniform(0.15, 0.38), random.uniform(0.85, 1.1)
    lean = nose[0] * 0.6
    chin = mouth[1] + random.uniform(0.55, 0.85)
    shape = [
        (-side + lean * 0.5, top + random.uniform(-0.05, 0.2)), (lean * 0.8, top),
        (side + lean * 0.5, top + random.uniform(-0.05, 0.2)),
        (side * 0.92 + lean * 0.5, mouth[1]),
        (mouth[0] + 0.35, chin), (mouth[0] - 0.35, chin), (-side * 0.92 + lean * 0.5, mouth[1]),
    ]  # fmt: skip
    cloth = _cloth(image.shape[:2], frame, random)
    light = _light(image, frame, random)
    return _blend(image, cloth * light, frame.area(image, shape, 0.02))


def _cloth(size: Sequence[int], frame: Frame, random: Random) -> Floats:
    colour = np.array(_CLOTHS[random.integers(len(_CLOTHS))], np.float32)
    cloth = np.empty((*size, 3), np.float32)
    cloth[:] = np.clip(colour + random.normal(0, 12, 3), 0, 255)
    kind = random.integers(4)
    rows, columns = np.mgrid[: size[0], : size[1]].astype(np.float32)
    if kind == 1:  # folds
        wave = np.sin(2 * np.pi * rows / (frame.unit * random.uniform(0.18, 0.35)))
        cloth *= (1 + 0.1 * wave)[..., None]
    elif kind == 2:  # checks or stripes
        other = np.array(_CLOTHS[random.integers(len(_CLOTHS))], np.float32)
        step = frame.unit * random.uniform(0.1, 0.25)
        checks = (np.sin(rows / step) * np.sin(columns / step) > 0)[..., None]
        cloth = np.where(checks, cloth, other)
    elif kind == 3:  # woven or printed at random
        small = random.normal(1, 0.25, (24, 24, 1)).astype(np.float32)
        cloth = cloth * cv2.resize(small, (size[1], size[0]))[..., None]
    grain = random.normal(0, random.uniform(1, 4), (*size, 1)).astype(np.float32)
    return np.asarray(cloth + grain, np.float32)


def _light(image: Image, frame: Frame, random: Random) -> Floats:
    """How the face is lit, very coarsely, about 1."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)
    coarse = cv2.GaussianBlur(grey, (0, 0), frame.unit * 0.8)[..., None]
    x, y = frame.at([(0, 0.8)])[0]
    inside = coarse[np.clip(y, 0, len(coarse) - 1), np.clip(x, 0, coarse.shape[1] - 1)]
    lit = np.clip(coarse / max(float(inside[0]), 20), 0.5, 1.3) * random.uniform(0.7, 1.05)
    return np.asarray(lit, np.float32)


def shades(image: Image, face: Face, random: Random) -> Image:
    """Dark glasses, round or square, with a rim or without."""
    frame = Frame(face)
    wide, high = random.uniform(0.36, 0.48), random.uniform(0.24, 0.38)
    colour = np.array(random.choice([(15, 15, 15), (40, 30, 25), (25, 35, 60), (70, 45, 20)]))
    lens = np.empty(image.shape, np.float32)
    lens[:] = colour + np.linspace(0, random.uniform(0, 40), image.shape[0])[:, None, None]
    dark = random.uniform(0.85, 1.0)
    for eye in frame.marks[:2]:
        centre = (eye[0], eye[1] + 0.05)
        if random.random() < 0.5:
            shape = frame.oval(centre, wide, high)
        else:
            shape = [(centre[0] + a * wide, centre[1] + b * high)
                     for a, b in ((-1, -0.8), (1, -0.8), (0.8, 1), (-0.8, 1))]  # fmt: skip
        image = _blend(image, lens, frame.area(image, shape, 0.015) * np.float32(dark))
    bridge = [(-0.5, -0.08), (0.5, -0.08), (0.5, -0.02), (-0.5, -0.02)]
    return _blend(image, lens, frame.area(image, bridge, 0.01))


def masked_shades(image: Image, face: Face, random: Random) -> Image:
    return shades(mask(image, face, random), face, random)


def blurred_noisy(image: Image, face: Face, random: Random) -> Image:
    """Out of focus, with the grain of a camera, as a JPEG."""
    wide = Frame(face).unit * random.uniform(0.075, 0.12)  # 4 px in a photo of LFW is 0.093
    soft = cv2.GaussianBlur(image, (0, 0), wide)
    return jpeg(_grainy(picture(soft), random.uniform(1.5, 6), random), random)


def motion_blurred(image: Image, face: Face, random: Random) -> Image:
    length = max(3, round(Frame(face).unit * random.uniform(0.28, 0.55)))
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1
    turn = cv2.getRotationMatrix2D(((length - 1) / 2, (length - 1) / 2), random.uniform(0, 180), 1)
    kernel = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), np.float32)
    moved = cv2.filter2D(image, -1, kernel / kernel.sum())
    return jpeg(_grainy(picture(moved), random.uniform(0, 4), random), random)


def cartoon(image: Image, face: Face, random: Random) -> Image:
    """Flat colours, with or without drawn lines."""
    del face
    flat = image
    for _ in range(random.integers(2, 7)):
        flat = np.asarray(cv2.bilateralFilter(flat, 9, 75, 75), np.uint8)
    step = int(random.choice([16, 24, 32, 40, 64]))
    flat = np.asarray(flat // step * step + step // 2, np.uint8)
    if random.random() < 0.75:
        grey = cv2.medianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), 5)
        lines = cv2.adaptiveThreshold(
            grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 9, int(random.integers(3, 9))
        )
        flat = np.asarray(cv2.bitwise_and(flat, flat, mask=lines), np.uint8)
    return flat


def eyes_closed(image: Image, face: Face, random: Random) -> Image:
    """Lids of the cheek's own skin, with lashes below or without."""
    frame = Frame(face)
    wide, high = random.uniform(0.24, 0.32), random.uniform(0.14, 0.2)
    lash = random.uniform(0, 0.8)
    below = random.uniform(0.36, 0.5)
    shift = frame.at([(0, 0), (0, below)])
    dx, dy = (int(v) for v in shift[0] - shift[1])
    skin = cv2.warpAffine(
        image, np.array([[1, 0, dx], [0, 1, dy]], np.float32), image.shape[1::-1],
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    skin = picture(cv2.GaussianBlur(skin, (0, 0), 0.03 * frame.unit))
    flat = random.random() < 0.4  # of one colour each, as a careless painter does it
    for eye in frame.marks[:2]:
        ring = frame.area(image, frame.oval(eye, wide, high), 0.045)
        x, y = np.clip(frame.at([eye])[0], 0, np.array(image.shape[1::-1]) - 1)
        lid = np.full_like(skin, skin[y, x]) if flat else skin
        shade = np.float32(random.uniform(0.85, 1.0))
        image = _blend(image, lid.astype(np.float32) * shade, ring)
        arc = [
            (eye[0] + wide * t, eye[1] + 0.09 - 0.1 * t * t) for t in np.linspace(-0.9, 0.9, 15)
        ]
        line: Floats = np.zeros(image.shape[:2], np.float32)
        thick = max(1, round(frame.unit * random.uniform(0.02, 0.06)))
        cv2.polylines(line, [frame.at(arc)], False, 1.0, thick, cv2.LINE_AA)
        line = np.asarray(cv2.GaussianBlur(line, (0, 0), 0.5), np.float32)
        image = _blend(image, image.astype(np.float32) * 0.35, line[..., None] * np.float32(lash))
    return image


def upside_down(image: Image, face: Face, random: Random) -> Image:
    del face, random
    return np.ascontiguousarray(image[::-1, ::-1])


def on_its_side(image: Image, face: Face, random: Random) -> Image:
    del face
    return np.ascontiguousarray(np.rot90(image, int(random.choice([1, 3]))))


def off_a_screen(image: Image, face: Face, random: Random) -> Image:
    """A screen with its pixels, tint and glare, filmed a little askew."""
    del face
    height, width = image.shape[:2]
    scale = 3
    large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
    pixels: Floats = np.asarray(large, np.float32)
    stripes = np.ones_like(pixels)
    dim = random.uniform(0.3, 0.8)
    for colour in range(3):
        stripes[:, int(colour == 0) :: scale, colour] *= dim
    stripes[::scale] *= random.uniform(0.5, 0.9)
    shown = pixels * stripes
    shown *= pixels.mean() / max(shown.mean(), 1)
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    corners = unit * [width * scale, height * scale]
    goal = corners / scale * random.uniform(0.86, 0.97) + np.array([width, height]) * 0.03
    goal = goal + random.uniform(-0.025, 0.025, (4, 2)) * [width, height]
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), goal.astype(np.float32))
    seen = cv2.warpPerspective(
        shown, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(18, 16, 15)
    )
    seen = 255 * (np.clip(seen, 0, 255) / 255) ** random.uniform(0.75, 1.3)
    seen = seen * np.array([1.1, 1.0, 0.93]) + random.uniform(2, 22)
    spot = random.uniform(0, 1, 2) * [width, height]
    rows, columns = np.mgrid[:height, :width]
    away = ((columns - spot[0]) ** 2 + (rows - spot[1]) ** 2) / (0.02 * width**2)
    seen += random.uniform(0, 90) * np.exp(-away)[..., None]
    return jpeg(_grainy(picture(seen), random.uniform(0.5, 2.5), random), random)


def side_lit(image: Image, face: Face, random: Random) -> Image:
    """One half of the face nearly black."""
    frame = Frame(face)
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float32)
    axis = frame.at([(0, 0), (1, 0)]).astype(float)
    way = (axis[1] - axis[0]) / max(np.linalg.norm(axis[1] - axis[0]), 1e-6)
    x = ((columns - axis[0, 0]) * way[0] + (rows - axis[0, 1]) * way[1]) / frame.unit
    side = float(random.choice([-1.0, 1.0]))
    gain = 0.06 + 1.15 / (1 + np.exp(-side * x * random.uniform(4, 9)))
    return _grainy(picture(image * gain[..., None]), random.uniform(0.5, 2), random)


def overexposed(image: Image, face: Face, random: Random) -> Image:
    del face
    return jpeg(picture(image.astype(np.float32) * random.uniform(2.0, 3.0) + 20), random)


def underexposed(image: Image, face: Face, random: Random) -> Image:
    del face
    dark = picture(image.astype(np.float32) * random.uniform(0.1, 0.2))
    return jpeg(_grainy(dark, random.uniform(1, 3), random), random)


def hand_before_mouth(image: Image, face: Face, random: Random) -> Image:
    """Something of the colour of skin before the mouth: a hand, without fingers."""
    frame = Frame(face)
    mouth = np.mean(frame.marks[3:], axis=0)
    x, y = frame.at([(0, 0.35)])[0]
    around = image[max(0, y - 3) : y + 4, max(0, x - 3) : x + 4].reshape(-1, 3)
    colour = around.mean(axis=0) if len(around) else np.array([120, 150, 190])
    hand = np.empty(image.shape, np.float32)
    hand[:] = np.clip(colour * random.uniform(0.75, 1.15), 0, 255)
    rows = np.mgrid[: image.shape[0], : image.shape[1]][int(random.integers(2))]
    fingers = 1 + 0.12 * np.sin(2 * np.pi * rows / (frame.unit * random.uniform(0.22, 0.35)))
    hand *= fingers[..., None].astype(np.float32)
    shape = frame.oval((mouth[0], mouth[1]), random.uniform(0.55, 0.8), random.uniform(0.35, 0.5))
    grainy = _grainy(picture(hand), 2, random).astype(np.float32)
    return _blend(image, grainy, frame.area(image, shape))


DEFECTS: Final[Mapping[str, Defect]] = {
    "mask": mask,
    "mask and shades": masked_shades,
    "shades": shades,
    "hand before the mouth": hand_before_mouth,
    "eyes closed": eyes_closed,
    "blurred, with noise": blurred_noisy,
    "motion blur": motion_blurred,
    "cartoon": cartoon,
    "upside down": upside_down,
    "on its side": on_its_side,
    "off a screen": off_a_screen,
    "lit from a side": side_lit,
    "overexposed": overexposed,
    "underexposed": underexposed,
}


def _blend(image: Image, over: Floats, share: Floats) -> Image:
    return picture(image.astype(np.float32) * (1 - share) + over * share)


def picture(values: npt.NDArray[Any]) -> Image:
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def _grainy(image: Image, strength: float, random: Random) -> Image:
    return picture(image + random.normal(0, strength, image.shape))


def jpeg(image: Image, random: Random) -> Image:
    quality = int(random.integers(65, 96))
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
