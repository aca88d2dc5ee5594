"""A webcam: where things lie in its picture, how a hand moves what it holds, lens and sensor.

Lengths are metres, x to the right, y down, z away from the camera, which looks along z from 0.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Image

WIDTH, HEIGHT, RATE = 640, 480, 15
FOCAL: Final = 0.95 * WIDTH
"""px; 55° across, as webcams and tablets have."""
_SLACK: Final = 96
"""px by which a field of noise, drawn once a clip, is larger than a picture: each takes another
part of it."""

Floats = npt.NDArray[np.float32]
"""Pictures while they are made: (H, W, 3), 0 to 255, or (H, W), 0 to 1."""
Vector3 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Hand:
    """How a hand moves what it holds: it wanders slowly, sways, and trembles at 8 to 12 Hz
    (physiological tremor). ``size`` and ``speed`` are (3, 6): of each wave of three, along x, y
    and z (metres, radians a second) and about them (radians)."""

    size: npt.NDArray[np.float64]
    speed: npt.NDArray[np.float64]
    phase: npt.NDArray[np.float64]

    @classmethod
    def drawn(cls, random: np.random.Generator) -> "Hand":
        wander = np.array([0.020, 0.012, 0.015, 0.06, 0.08, 0.04])
        sway = np.array([0.004, 0.003, 0.004, 0.012, 0.015, 0.010])
        tremor = np.array([0.0005, 0.0006, 0.0003, 0.002, 0.002, 0.002])
        size = np.stack([wander, sway, tremor]) * random.uniform(0.4, 1.6, (3, 6))
        hertz = np.stack(
            [random.uniform(0.15, 0.5, 6), random.uniform(0.8, 2, 6), random.uniform(8, 12, 6)]
        )
        return cls(size, 2 * np.pi * hertz, random.uniform(0, 2 * np.pi, (3, 6)))

    def at(self, seconds: float) -> tuple[Vector3, Vector3]:
        """Shift (metres) and turn (radians) since it was held still."""
        moved = (self.size * np.sin(self.phase + self.speed * seconds)).sum(axis=0)
        return moved[:3], moved[3:]


@cache
def rays() -> npt.NDArray[np.float32]:
    """(H, W, 3): where each pixel looks, at z = 1."""
    x, y = np.meshgrid(np.arange(WIDTH) - WIDTH / 2, np.arange(HEIGHT) - HEIGHT / 2)
    return np.stack([x / FOCAL, y / FOCAL, np.ones_like(x)], axis=-1).astype(np.float32)


class Sensor:
    """Lens and sensor of one camera, drawn for a clip: distortion, vignette, blur, exposure and
    white balance, and noise that grows with the light."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random
        self._blur = random.uniform(0.45, 0.9)
        self._gain = random.uniform(0.95, 1.05, 3) * random.uniform(0.85, 1.1)
        self._noise = random.uniform(1.0, 3.0)
        self._light = _light(random)
        self._maps = _distortion(random.uniform(-0.06, 0.02))
        self._grain = random.standard_normal((HEIGHT + _SLACK, WIDTH + _SLACK, 3), np.float32)

    def __call__(self, scene: Floats) -> Image:
        """What the camera sees of ``scene`` (HEIGHT, WIDTH, 3)."""
        seen = cv2.remap(scene, *self._maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        seen = cv2.GaussianBlur(seen * self._light, (0, 0), self._blur)
        lit: Floats = np.asarray(seen, np.float32) * self._gain.astype(np.float32)
        y, x = self._random.integers(0, _SLACK, 2)
        grain = self._grain[y : y + HEIGHT, x : x + WIDTH]
        grainy = lit + grain * (self._noise * (0.5 + np.sqrt(np.clip(lit, 0, 255) / 255)))
        return np.asarray(np.clip(grainy, 0, 255), np.uint8)


def _light(random: np.random.Generator) -> Floats:
    """(H, W, 1): brighter to one side, darker to the corners."""
    x, y = np.meshgrid(np.linspace(-1, 1, WIDTH), np.linspace(-1, 1, HEIGHT))
    side = random.uniform(-0.15, 0.15, 2)
    light = (1 + side[0] * x + side[1] * y) * (1 - random.uniform(0.02, 0.12) * (x * x + y * y))
    return np.asarray(light[..., None], np.float32)


def _distortion(strength: float) -> tuple[Floats, Floats]:
    """Maps for ``cv2.remap``: a barrel below 0, a cushion above."""
    x, y = np.meshgrid(np.arange(WIDTH) - WIDTH / 2, np.arange(HEIGHT) - HEIGHT / 2)
    bent = 1 + strength * (x * x + y * y) / FOCAL**2
    return (x * bent + WIDTH / 2).astype(np.float32), (y * bent + HEIGHT / 2).astype(np.float32)
