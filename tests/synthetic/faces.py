"""Drawn faces: the same five landmarks for everybody, and brighter and darker skin in a pattern
that is each person's own.

Lengths are in units of the usual 112 px crop, where ArcFace wants the landmarks; a face is 84
units wide.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Box, Image, Landmarks
from tests.synthetic.palette import EYE, LIPS, NOSE, RGB, SKIN

LANDMARKS = np.array([[38.4, 51.6], [73.6, 51.6], [56.0, 71.7], [41.2, 92.3], [70.8, 92.3]])
CENTRE = (56.0, 66.0)
HALF = (42.0, 54.0)
"""Of the face's width and height."""
EYE_RADIUS, NOSE_RADIUS = 7.0, 6.5
MOUTH = (15.5, 4.5)
"""Half its width and height; its landmarks are the foci of this ellipse, just inside its ends."""

COLUMNS, ROWS = 4, 9
"""Cells of the pattern in one half of a face; the other half is its mirror image, so that a face
and its reflection are one person."""
TOP, LEFT, CELL = 14.0, 14.0, (10.5, 10.8)
"""Where the cells begin, and the width and height of one."""
PEOPLE = 40
_ALIKE = 0.2
"""The largest cosine of two people's patterns, of which there are PEOPLE."""
_DEPTH = 0.42
"""By how much dark skin is darker."""
_SOFT = 1.5
"""How gently (units) bright skin becomes dark."""
_FINE = 3
"""Pixels a unit in the drawing that all pictures are made from."""
_SHEET = (128, 144)
_PAPER = 8
"""Units of a sheet, and of paper left of and above the crop's corner."""
_HALO = 2.5

Pattern = npt.NDArray[np.float32]


@cache
def patterns() -> Pattern:
    """(PEOPLE, ROWS, COLUMNS): 1 for bright skin, −1 for dark, as many of the one as of the
    other; 0 where a cell is not on the face. No two are much alike."""
    there = np.flatnonzero(_on_the_face())
    random = np.random.default_rng(20)
    shades = np.repeat(np.array([-1, 1], np.float32), len(there) // 2)
    chosen = np.empty((0, len(shades)), np.float32)
    while len(chosen) < PEOPLE:
        code = random.permutation(shades)
        if (chosen @ code <= _ALIKE * len(code)).all():
            chosen = np.vstack([chosen, code])
    cells = np.zeros((PEOPLE, ROWS * COLUMNS), np.float32)
    cells[:, there[: len(shades)]] = chosen
    return cells.reshape(PEOPLE, ROWS, COLUMNS)


def _on_the_face() -> npt.NDArray[np.bool_]:
    """(ROWS, COLUMNS): the cells whose middle lies well inside the outline."""
    x = (LEFT + CELL[0] * (np.arange(COLUMNS) + 0.5) - CENTRE[0]) / HALF[0]
    y = (TOP + CELL[1] * (np.arange(ROWS) + 0.5) - CENTRE[1]) / HALF[1]
    return np.asarray(x[None, :] ** 2 + y[:, None] ** 2 <= 0.9)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a face is in a picture: its middle and width in px, and its tilt in degrees."""

    x: float
    y: float
    width: float
    tilt: float = 0.0

    def matrix(self) -> npt.NDArray[np.float64]:
        """(2, 3): from units to pixels."""
        turn = np.exp(1j * np.radians(self.tilt)) * self.width / (2 * HALF[0])
        shift = self.x + 1j * self.y - turn * complex(*CENTRE)
        return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])

    def landmarks(self) -> Landmarks:
        """(5, 2) px."""
        matrix = self.matrix()
        return (LANDMARKS @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)

    def box(self) -> Box:
        """What the face covers, upright or tilted."""
        tilt = np.radians(self.tilt)
        a, b = (self.width / 2, self.width / 2 * HALF[1] / HALF[0])
        x = float(np.hypot(a * np.cos(tilt), b * np.sin(tilt)))
        y = float(np.hypot(a * np.sin(tilt), b * np.cos(tilt)))
        return Box(self.x - x, self.y - y, self.x + x, self.y + y)


def draw(
    image: Image, person: int, pose: Pose, light: float = 1.0, turn: tuple[float, float] = (0, 0)
) -> None:
    """Paint ``person`` (0 to PEOPLE − 1) into ``image`` (BGR, in place). ``turn``: degrees of yaw
    and pitch, signs as in Quality; like a cartoon's, the head is turned by its nose."""
    face, outline = (
        _placed(sheet, pose, image.shape[1::-1]) for sheet in _sheets(person, _nose(turn))
    )
    share = outline[..., None] / 255
    image[:] = np.clip(image * (1 - share) + face * light * share, 0, 255).round()


def _placed(sheet: Image, pose: Pose, size: tuple[int, ...]) -> Pattern:
    """``sheet`` as it lies in a picture of ``size`` (width, height)."""
    units = 2 * HALF[0] / pose.width
    # First as many pixels as the face will have, and then moved: else the picture shows stairs.
    width, height = (max(1, round(side / units)) for side in _SHEET)
    small = cv2.resize(sheet, (width, height), interpolation=cv2.INTER_AREA)
    scale = np.array([_SHEET[0] / width, _SHEET[1] / height])
    matrix = pose.matrix()
    # Pixel k of the small sheet has its middle at (k + 0.5) * scale - _PAPER units.
    shift = matrix[:, :2] @ (0.5 * scale - _PAPER) + matrix[:, 2] - 0.5
    move = np.hstack([matrix[:, :2] * scale, shift[:, None]])
    return np.asarray(cv2.warpAffine(small, move, size), np.float32)


def _nose(turn: tuple[float, float]) -> tuple[float, float]:
    """Where the nose is on a turned head, by the lengths that pose is estimated with."""
    eyes, face = LANDMARKS[1, 0] - LANDMARKS[0, 0], LANDMARKS[3, 1] - LANDMARKS[0, 1]
    yaw, pitch = np.radians(turn)
    x, y = LANDMARKS[2] + (0.5 * eyes * np.tan(yaw), -0.45 * face * np.tan(pitch))
    return float(x), float(y)


@lru_cache(maxsize=128)
def _sheets(person: int, nose: tuple[float, float]) -> tuple[Image, Image]:
    """The face, BGR, and its outline, 0 or 255, both _FINE pixels a unit."""
    sheet = _bgr(SKIN) * _skin_light(person)[..., None]
    mouth = (float(LANDMARKS[3:, 0].mean()), float(LANDMARKS[3, 1]))
    parts = [((float(x), float(y)), (EYE_RADIUS, EYE_RADIUS), EYE) for x, y in LANDMARKS[:2]]
    parts += [(nose, (NOSE_RADIUS, NOSE_RADIUS), NOSE), (mouth, MOUTH, LIPS)]
    for centre, half, _ in parts:
        # All round, the skin is equally bright: where a part ends must not depend on the person.
        around = (half[0] + _HALO, half[1] + _HALO)
        sheet[_ellipse(centre, around)] = _bgr(SKIN) * (1 - _DEPTH / 2)
    for centre, half, colour in parts:
        sheet[_ellipse(centre, half)] = _bgr(colour)
    return sheet.round().astype(np.uint8), _ellipse(CENTRE, HALF).astype(np.uint8) * 255


def _skin_light(person: int) -> Pattern:
    """(height, width) of the sheet, 1 − _DEPTH to 1."""
    half = patterns()[person]
    cells = np.hstack([half, half[:, ::-1]])
    x, y = (
        ((np.arange(side * _FINE) / _FINE - _PAPER - start) / cell).astype(int).clip(0, last)
        for side, start, cell, last in zip(
            _SHEET, (LEFT, TOP), CELL, (2 * COLUMNS - 1, ROWS - 1), strict=True
        )
    )
    light = 1 - _DEPTH * (1 - cells[y[:, None], x[None, :]]) / 2
    return np.asarray(cv2.GaussianBlur(light, (0, 0), _SOFT * _FINE), np.float32)


def _bgr(colour: RGB) -> Pattern:
    return np.array(colour[::-1], np.float32)


def _ellipse(centre: tuple[float, float], half: tuple[float, float]) -> npt.NDArray[np.bool_]:
    """The pixels of the sheet inside an ellipse."""
    x, y = ((np.arange(side * _FINE) + 0.5) / _FINE - _PAPER for side in _SHEET)
    across, down = (x - centre[0]) / half[0], (y - centre[1]) / half[1]
    return np.asarray(across[None, :] ** 2 + down[:, None] ** 2 <= 1)
