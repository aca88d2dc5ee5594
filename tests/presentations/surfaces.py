"""Papers and screens: what they show, bent or flat, where the camera sees it, and their light."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from face_rec.domain.faces import Image
from tests.presentations.camera import FOCAL, HEIGHT, WIDTH, Floats, Vector3, rays

_RIM: Final = 0.04
"""Width of a paper's white rim, in widths of what is printed on it."""

PAPER: Final = (236.0, 238.0, 240.0)
_GLASS: Final = (18.0, 16.0, 15.0)


@dataclass(frozen=True, slots=True)
class Paper:
    """``bend``: radius of the cylinder that it lies on, in its widths; 0: it is flat."""

    bend: float = 0.0
    gloss: float = 0.0


@dataclass(frozen=True, slots=True)
class Screen:
    """``bezel``: its dark rim in widths of the screen. ``pitch``: of its pixels, metres;
    ``moire``: how much of their pattern is left after the lens; ``glare``: brightness of what it
    mirrors."""

    bezel: float
    pitch: float
    moire: float
    glare: float


Material = Paper | Screen


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Something held before a camera. ``shown`` is (h, w, 3); ``wide``: width of what is shown,
    metres; ``edge``: whether it has a rim. ``lamp``: from where the light comes, unit length."""

    material: Material
    wide: float
    edge: bool
    lamp: Vector3

    @property
    def rim(self) -> float:
        """In widths of what is shown."""
        if not self.edge:
            return 0.0
        return self.material.bezel if isinstance(self.material, Screen) else _RIM

    def over(
        self, behind: Floats, shown: Image, place: Vector3, turn: Vector3, seconds: float
    ) -> Floats:
        """What the camera sees of it before ``behind`` (HEIGHT, WIDTH, 3): its middle at ``place``
        (metres), turned (radians)."""
        rotation = np.asarray(cv2.Rodrigues(turn)[0], np.float64)
        part = self._part(shown, rotation, place)
        across, down, bright = self._hit(rays()[part], rotation, place)
        texture = self._texture(shown)
        scale = shown.shape[1] / self.wide
        u = (across * scale + texture.shape[1] / 2).astype(np.float32)
        v = (down * scale + texture.shape[0] / 2).astype(np.float32)
        image = np.asarray(
            cv2.remap(texture, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
        )
        inside = np.minimum(np.minimum(u, texture.shape[1] - 1 - u),
                            np.minimum(v, texture.shape[0] - 1 - v))  # fmt: skip
        where = np.clip(inside + 0.5, 0, 1).astype(np.float32)[..., None]
        if isinstance(self.material, Screen):
            lit = self._shining(image, across, down, self.material, seconds)
        else:
            lamp = self.lamp @ rotation  # what is mirrored moves when the paper is turned
            away = (across / self.wide - lamp[0]) ** 2 + (down / self.wide - lamp[1]) ** 2
            shine = np.float32(70 * self.material.gloss) * np.exp(-away / 0.06)
            lit = image * bright[..., None] + shine[..., None].astype(np.float32)
        whole = behind.copy()
        whole[part] += where * (lit - whole[part])
        return whole

    def _part(self, shown: Image, rotation: Vector3, place: Vector3) -> tuple[slice, slice]:
        """The rows and columns of the picture that it can be seen in."""
        half = (0.5 + self.rim) * self.wide
        tall = half - self.wide / 2 + self.wide * shown.shape[0] / shown.shape[1] / 2
        u, v = np.meshgrid(np.linspace(-half, half, 9), [-tall, tall])
        x, z = u, np.zeros_like(u)
        if isinstance(self.material, Paper) and self.material.bend:
            radius = self.material.bend * self.wide
            x, z = radius * np.sin(u / radius), radius * (1 - np.cos(u / radius))
        there = np.stack([x, v, z], axis=-1).reshape(-1, 3) @ rotation.T + place
        seen = there[:, :2] / np.maximum(there[:, 2:], 1e-3) * FOCAL + [WIDTH / 2, HEIGHT / 2]
        (left, top), (right, bottom) = seen.min(axis=0) - 4, seen.max(axis=0) + 5
        rows, columns = np.clip([top, bottom], 0, HEIGHT), np.clip([left, right], 0, WIDTH)
        return slice(*rows.astype(int)), slice(*columns.astype(int))

    def _hit(
        self, looks: Floats, rotation: Vector3, place: Vector3
    ) -> tuple[Floats, Floats, Floats]:
        """Where on the surface each pixel looks (metres across and down from its middle), and how
        bright the lamp makes it there."""
        way = looks @ rotation.astype(np.float32)
        start = (-place @ rotation).astype(np.float32)
        lamp = (self.lamp @ rotation).astype(np.float32)
        bend = self.material.bend if isinstance(self.material, Paper) else 0.0
        x, z = way[..., 0], way[..., 2]
        if not bend:
            far = -start[2] / z
            light = np.full_like(x, -lamp[2])
            return start[0] + far * x, start[1] + far * way[..., 1], _bright(light)
        radius = np.float32(bend * self.wide)
        behind = start[2] - radius  # x² + (z - radius)² = radius²: its nearer side
        a, b = x * x + z * z, start[0] * x + behind * z
        root = b * b - a * (start[0] ** 2 + behind**2 - radius**2)
        far = (-b - np.sqrt(np.maximum(root, 0))) / a
        angle = np.arctan2(start[0] + far * x, -(behind + far * z))
        across = np.where(root > 0, radius * angle, np.float32(9))
        light = np.sin(angle) * lamp[0] - np.cos(angle) * lamp[2]
        return across, start[1] + far * way[..., 1], _bright(light)

    def _texture(self, shown: Image) -> Floats:
        """What is shown with its rim, in its own colours."""
        screen = isinstance(self.material, Screen)
        image = shown.astype(np.float32) if screen else printed(shown.astype(np.float32))
        wide, rim = round(self.rim * shown.shape[1]), _GLASS if screen else PAPER
        return np.asarray(
            cv2.copyMakeBorder(image, wide, wide, wide, wide, cv2.BORDER_CONSTANT, value=rim),
            np.float32,
        )

    def _shining(
        self, image: Floats, across: Floats, down: Floats, screen: Screen, seconds: float
    ) -> Floats:
        """A screen's own light, its pixels against the camera's (moiré), the bars of its
        backlight, and what it mirrors."""
        cycles = 2 * np.pi / screen.pitch
        grid = 1 + screen.moire * (np.cos(cycles * across) + 0.6 * np.cos(cycles * down))
        grid *= 1 + 0.012 * np.sin(2 * np.pi * (down / (0.7 * self.wide) + 3.1 * seconds))
        away = ((across - 0.3 * self.wide) ** 2 + (down + 0.35 * self.wide) ** 2) / self.wide**2
        mirrored = screen.glare * (8 + 60 * np.exp(-away / 0.03))
        tint = np.array([1.08, 1.0, 0.95], np.float32)
        return np.asarray(image * tint * grid[..., None] + mirrored[..., None], np.float32)


def printed(image: Floats) -> Floats:
    """The colours that a printer makes of ``image``: no deep black, less colour."""
    grey = image.mean(axis=-1, keepdims=True)
    return np.asarray(128 + (grey + (image - grey) * 0.85 - 128) * 0.82 + 8, np.float32)


def distance(face: float, pixels: float) -> float:
    """Metres at which something ``face`` metres high is ``pixels`` high in the picture."""
    return FOCAL * face / pixels


def _bright(light: Floats) -> Floats:
    return np.asarray(0.45 + 0.6 * np.clip(light, 0, 1), np.float32)
