"""The light on a face, and whether it follows the colours that a screen has shown.

A screen adds its own light to a room's. Paper reflects it as skin does; another screen shines by
itself and reflects little. Lengths of the colours' vectors are logarithms, about shares of the
light: a face on which the screen is a tenth of all light answers with 0.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Box, Image
from face_rec.domain.liveness import Colour

LIKE: Final = 0.8
"""Cosine between what was shown and what was seen from which on it follows the colours."""
LEAST: Final = 0.03
"""Least share of the light that the screen must be on a face, or around it, to be seen there."""
MISSING: Final = 0.25
"""Share of the surroundings' answer below which a face's is missing. LIKE, LEAST and this were
chosen on constructed scenes, see docs/liveness.md."""
_DARK, _BRIGHT = 12, 245
"""Levels outside of which a pixel tells nothing of its colour."""
_ENOUGH = 60
"""Pixels that must be left of a region."""
_FAR = 2.0
"""Face widths from its middle from which on it is the room, which a screen lights little."""

Floats = npt.NDArray[np.float64]

_LINEAR: Final[Floats] = (np.arange(256) / 255.0) ** 2.2


class Reflection(Enum):
    """What the colours came to."""

    SEEN = auto()  # on the face
    MISSING = auto()  # what is around the face answers, and the face does not
    UNSEEN = auto()  # nothing answers: the room is too bright, or the screen too far away


@dataclass(frozen=True, slots=True)
class Light:
    """The colour of the light on a face, and on what is below it, each against that of the room:
    logarithms of red and blue over green. None: too dark, too bright, or outside the picture."""

    face: tuple[float, float] | None
    below: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """``share``: of the light that the screen is there; ``like``: how like, up to 1."""

    share: float
    like: float

    @property
    def seen(self) -> bool:
        return self.like >= LIKE and self.share >= LEAST


def light_of(image: Image, box: Box) -> Light:
    """Of the face at ``box`` in ``image`` (H, W, 3) BGR. A camera that changes its white balance
    changes the room's colour alike, and that is taken off."""
    (x, y), wide, high = box.centre, box.width, box.height
    skin = Box(x - 0.3 * wide, y - 0.25 * high, x + 0.3 * wide, y + 0.35 * high)
    below = Box(x - 0.5 * wide, y + 0.75 * high, x + 0.5 * wide, y + 1.4 * high)
    room = _colour(_room(image, x, wide))
    if room is None:
        return Light(None, None)
    return Light(_against(_part(image, skin), room), _against(_part(image, below), room))


def answer(colours: Sequence[Colour], seen: Sequence[tuple[float, float]]) -> Answer:
    """How ``seen``, of one place, followed ``colours``: one straight line of drift, as a camera's
    that settles, is taken off both."""
    shown, found = _steady(np.array([_pull(one) for one in colours])), _steady(np.array(seen))
    size = float((shown * shown).sum())
    along = float((shown * found).sum())
    length = float(np.sqrt(size * (found * found).sum()))
    if size < 1e-9 or length < 1e-9:
        return Answer(0.0, 0.0)
    return Answer(along / size, along / length)


def reflection(face: Answer, below: Answer | None) -> Reflection:
    """Evidence for a face never makes it worse: a face that answers is SEEN whatever is below."""
    if face.seen:
        return Reflection.SEEN
    if below is not None and below.seen and face.share < MISSING * below.share:
        return Reflection.MISSING
    return Reflection.UNSEEN


def _pull(colour: Colour) -> tuple[float, float]:
    """How light of that colour moves red and blue over green, for a share of 1."""
    red, green, blue = (_LINEAR[int(colour[at : at + 2], 16)] for at in (1, 3, 5))
    return float(red - green), float(blue - green)


def _steady(rows: Floats) -> Floats:
    """(N, 2) without its mean and its straight drift."""
    time = np.arange(len(rows), dtype=np.float64)
    basis = np.column_stack([np.ones_like(time), time])
    return np.asarray(rows - basis @ np.linalg.lstsq(basis, rows, rcond=None)[0], np.float64)


def _room(image: Image, x: float, wide: float) -> Image:
    """(N, 3) pixels of the columns far from a face."""
    columns = np.arange(image.shape[1])
    far = np.abs(columns - x) > _FAR * wide
    return np.asarray(image[::2, far][:, ::2].reshape(-1, 3), np.uint8)


def _part(image: Image, area: Box) -> Image:
    """(N, 3) pixels in ``area``."""
    height, width = image.shape[:2]
    left, right = (min(max(0, round(side)), width) for side in (area.left, area.right))
    top, bottom = (min(max(0, round(side)), height) for side in (area.top, area.bottom))
    return np.asarray(image[top:bottom, left:right].reshape(-1, 3), np.uint8)


def _against(pixels: Image, room: Floats) -> tuple[float, float] | None:
    colour = _colour(pixels)
    return None if colour is None else (float(colour[0] - room[0]), float(colour[1] - room[1]))


def _colour(pixels: Image) -> Floats | None:
    """Logarithms of red and blue over green, of those pixels that tell of it."""
    fit = pixels[(pixels.min(axis=1) > _DARK) & (pixels.max(axis=1) < _BRIGHT)]
    if len(fit) < _ENOUGH:
        return None
    blue, green, red = np.log(_LINEAR[fit].mean(axis=0))
    return np.array([red - green, blue - green])
