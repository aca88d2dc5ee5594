"""What a photo must show, beyond size, light, sharpness and pose, to become a template.

One masked photo of a person names masked strangers, and a blurred one anybody: such photos do
harm for years. The signs are named after ISO/IEC 29794-5 (Biometric sample quality, face image).
Most are linear in what :func:`features` measures, and ``eyes`` has a small layer before that;
their weights are fitted on photos that were spoilt on purpose (``python -m tests.defects --fit``).
docs/quality.md says how they do on people who had no part in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Face, Image
from face_rec.people.photos.quality import similarity
from face_rec.protocols.models import Detector

# What the checks of an enrolment photo look at: the patches of eyes, nose and mouth, and how
# much there is of fine and coarse detail, in brightness and in colour.
#
# All is measured on the face brought to :data:`SIDE` px, so that it does not depend on the
# camera's. What the numbers say is fitted (:mod:`tests.defects`), not chosen.

Floats = npt.NDArray[np.float32]

SIDE: Final = 168
"""px; one and a half times the recogniser's 112, for the eyes."""
_INNER: Final = (slice(24, 156), slice(24, 144))  # the face without hair and background
_CELL, _BINS = 6, 9
"""Of the histograms of gradients: px, and directions in 180 degrees."""
_EYE: Final = (48, 30)
_EYES_WITHIN: Final = ((30, 20), (138, 148))
"""Where an eye's middle may be taken for one, px: its patch lies in the crop."""
_MOUTH: Final = ((84.0, 140.0), (72, 42))
_NOSE: Final = ((84.0, 106.0), (48, 36))
"""Middles and sizes of the patches, px; an eye's lies where the detector sees the eye, for what
stands about it (lid, white, iris) is finer than the landmarks of a whole face agree."""
_SCALES: Final = (0.0, 1.0, 1.5, 2.2, 3.2, 4.6, 6.5, 9.0)
"""Gaussian sigmas, px, between which detail is measured."""
_DIRECTIONS: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """``eyes`` (2, E): a row an eye, the right one mirrored. ``lower`` (M,): nose and mouth.
    ``detail`` (B,): of brightness by scale and direction; ``colour`` (C,): of colour.
    ``sides``: by how much one cheek is brighter than the other, as a logarithm. ``burnt``: share
    of the face that is nearly white."""

    eyes: Floats
    lower: Floats
    detail: Floats
    colour: Floats
    sides: float
    burnt: float


def features(image: Image, face: Face) -> Features:
    """Of ``face`` in ``image`` (BGR); some ms, any thread."""
    matrix = similarity(face.landmarks) * (SIDE / 112)
    crop = np.asarray(
        cv2.warpAffine(
            image, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ),
        np.uint8,
    )
    planes = np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2YCrCb), np.float32)
    soft = np.asarray(cv2.GaussianBlur(planes[..., 0], (0, 0), 1.0), np.float32)
    seen = face.landmarks[:2] @ matrix[:, :2].T + matrix[:, 2]
    eyes = [
        _patch(soft, planes, (float(x), float(y)), _EYE, mirrored=number == 1)
        for number, (x, y) in enumerate(np.clip(seen, *_EYES_WITHIN))
    ]
    lower = [_patch(soft, planes, *place) for place in (_MOUTH, _NOSE)]
    light = planes[..., 0]
    left, right = (float(light[60:150, a:b].mean()) for a, b in ((36, 80), (88, 132)))
    return Features(
        np.stack(eyes),
        np.concatenate(lower),
        _detail(light[_INNER]),
        np.concatenate([_bands(planes[..., plane][_INNER]) for plane in (1, 2)]),
        abs(float(np.log((left + 8) / (right + 8)))),
        float((light[36:156, 36:132] >= 250).mean()),
    )


def _patch(
    soft: Floats,
    planes: Floats,
    middle: tuple[float, float],
    size: tuple[int, int],
    *,
    mirrored: bool = False,
) -> Floats:
    """Gradients, brightness and colour of a patch, against the whole face's."""
    (x, y), (width, height) = middle, size
    left, top = round(x - width / 2), round(y - height / 2)
    where = np.s_[top : top + height, left : left + width]
    step = -1 if mirrored else 1
    spread = float(soft[_INNER].std()) + 5
    grey, colours = soft[where][:, ::step] / spread, planes[where][:, ::step, 1:]
    gradients = _gradients(grey)
    strength = np.sqrt((gradients**2).sum() + 1e-3)
    bright = cv2.resize(grey, (8, 5), interpolation=cv2.INTER_AREA) - soft[_INNER].mean() / spread
    tint = cv2.resize(colours, (4, 3), interpolation=cv2.INTER_AREA)
    tint = (tint - planes[_INNER][..., 1:].mean(axis=(0, 1))) / 15
    return np.concatenate(
        [np.sqrt(gradients / strength).ravel(), bright.ravel(), [np.log(strength + 0.01)],
         tint.ravel()]
    ).astype(np.float32)  # fmt: skip


def _gradients(grey: Floats) -> Floats:
    """(rows, columns, _BINS): mean strength of gradients by direction, a cell each."""
    grey = np.ascontiguousarray(grey)
    across, down = (cv2.Sobel(grey, cv2.CV_32F, x, 1 - x, ksize=1) for x in (1, 0))
    place = (np.arctan2(down, across) % np.pi) / np.pi * _BINS
    lower, strength = np.floor(place), np.hypot(across, down)
    rows, columns = grey.shape[0] // _CELL, grey.shape[1] // _CELL
    row, column = np.arange(rows * _CELL) // _CELL, np.arange(columns * _CELL) // _CELL
    cells = (row[:, None] * columns + column) * _BINS
    inside = np.s_[: rows * _CELL, : columns * _CELL]
    found = np.zeros(rows * columns * _BINS)
    for towards, share in ((lower, 1 - (place - lower)), (lower + 1, place - lower)):
        bins = cells + towards[inside].astype(int) % _BINS
        found += np.bincount(bins.ravel(), (strength * share)[inside].ravel(), len(found))
    return np.asarray(found.reshape(rows, columns, _BINS) / _CELL**2, np.float32)


def _detail(light: Floats) -> Floats:
    """By scale; by direction, where motion leaves detail along its way only; and how flat."""
    soft = [np.asarray(cv2.GaussianBlur(light, (0, 0), s), np.float32) for s in (1.5, 2.2)]
    parts = [_bands(light), *map(_directed, soft)]
    rough = np.abs(cv2.Laplacian(np.ascontiguousarray(light), cv2.CV_32F))
    flat = float((cv2.blur(rough, (3, 3)) < 1.0).mean())
    shares = np.percentile(rough, (25, 50, 99))
    parts.append(np.array([*_log(shares), flat, *_log(np.array([light.std()]))], np.float32))
    found = np.concatenate(parts)
    return np.asarray(np.concatenate([found, found**2]), np.float32)


def _bands(plane: Floats) -> Floats:
    """How much detail lies between each two of _SCALES."""
    levels = [plane, *(cv2.GaussianBlur(plane, (0, 0), sigma) for sigma in _SCALES[1:])]
    return _log(np.array([(a - b).std() for a, b in pairwise(levels)], np.float32))


def _directed(plane: Floats) -> Floats:
    """The least and the most curvature of any direction, and the gradient's mean and spread."""
    both, across, down = (
        cv2.Sobel(plane, cv2.CV_32F, x, y, ksize=3) for x, y in ((1, 1), (2, 0), (0, 2))
    )
    turns = np.arange(_DIRECTIONS) * np.pi / _DIRECTIONS
    curved = [
        (np.cos(t) ** 2 * across + np.sin(2 * t) * both + np.sin(t) ** 2 * down).std()
        for t in turns
    ]
    slope = np.hypot(
        cv2.Sobel(plane, cv2.CV_32F, 1, 0, ksize=1), cv2.Sobel(plane, cv2.CV_32F, 0, 1, ksize=1)
    )
    return _log(np.array([min(curved), max(curved), slope.mean(), slope.std()], np.float32))


def _log(values: npt.NDArray[np.floating]) -> Floats:
    return np.asarray(np.log(values + 0.3), np.float32)


WEIGHTS: Final = Path(__file__).with_suffix(".npz")
SIDES: Final = 0.85
"""Logarithm of how much brighter one cheek may be than the other."""
BURNT: Final = 0.04
"""Share of the face that may be nearly white: above that of any good photo but one in 400."""
_DETECT_AT: Final = 640


@dataclass(frozen=True, slots=True)
class Signs:
    """By how much each sign is better (above 0) or worse than what is let through.

    ``upright``: the face is found more surely as it stands than turned round. ``sharp``: neither
    out of focus nor moved, whatever the noise. ``natural``: filmed, not drawn. ``direct``: not
    off a screen. ``eyes``: both open and seen. ``mouth``: nose and mouth seen. ``evenly_lit``,
    ``exposed``: neither lit from one side only, nor burnt out.
    """

    upright: float
    sharp: float
    natural: float
    direct: float
    eyes: float
    mouth: float
    evenly_lit: float
    exposed: float


CODES: Final[Mapping[str, str]] = {
    "upright": "upside_down", "sharp": "blurred", "exposed": "bright", "evenly_lit": "one_sided",
    "natural": "drawn", "direct": "screen", "eyes": "eyes", "mouth": "covered",
}  # fmt: skip
"""What is wrong where a sign fails, in the order in which it is said."""


def check_photo(image: Image, face: Face, detector: Detector) -> str | None:
    """The code of what speaks against ``face`` in ``image`` (BGR), or None. Costs a detection
    and some ms; any thread."""
    signs = signs_of(features(image, face), _upright(image, face, detector))
    return next((code for sign, code in CODES.items() if getattr(signs, sign) < 0), None)


def signs_of(found: Features, upright: float) -> Signs:
    """What the features of a face come to; ``upright`` is the detector's."""
    return Signs(
        upright=upright,
        sharp=_judged("sharp", found.detail),
        natural=_judged("natural", found.detail),
        direct=_judged("direct", np.concatenate([found.detail, found.colour])),
        eyes=float(np.mean([_judged("eyes", eye) for eye in found.eyes])),
        mouth=_judged("mouth", found.lower),
        evenly_lit=SIDES - found.sides,
        exposed=BURNT - found.burnt,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """``last`` (K + 1,): of what is measured, or of ``layer``'s K units, and the bias. ``layer``
    (K, D + 1): of each unit, its bias last; None where the sign is linear."""

    last: Floats
    layer: Floats | None = None

    def judge(self, measured: Floats) -> float:
        """``measured``: (D,). 0 is the limit."""
        if self.layer is not None:
            measured = np.tanh(self.layer[:, :-1] @ measured + self.layer[:, -1])
        return float(measured @ self.last[:-1] + self.last[-1])


def layer_of(sign: str) -> str:
    """As what the layer of ``sign`` is stored."""
    return f"{sign} layer"


def _judged(sign: str, measured: Floats) -> float:
    return _weights()[sign].judge(measured)


@cache
def _weights() -> Mapping[str, Weights]:
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        found = {name: np.asarray(stored[name]) for name in stored.files}
    fitted = [field.name for field in fields(Signs) if field.name in found]
    return {sign: Weights(found[sign], found.get(layer_of(sign))) for sign in fitted}


def _upright(image: Image, face: Face, detector: Detector) -> float:
    """The landmarks of a face that hangs upside down are set upright; the detector's own doubt
    is no lie."""
    turned = np.ascontiguousarray(image[::-1, ::-1])
    found = detector.detect(turned, min(_DETECT_AT, max(image.shape[:2])))
    return face.score - max((other.score for other in found), default=0.0)
