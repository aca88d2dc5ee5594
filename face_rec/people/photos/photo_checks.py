"""What a photo must show, beyond size, light, sharpness and pose, to become a template.

One masked photo of a person names masked strangers, and a blurred one anybody: such photos do
harm for years. The signs are named after ISO/IEC 29794-5 (Biometric sample quality, face image).
Most are linear in what :mod:`photo_features` measures, and ``eyes`` has a small layer before that;
their weights are fitted on photos that were spoilt on purpose (``python -m tests.defects --fit``).
docs/quality.md says how they do on people who had no part in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from face_rec.domain.faces import Face, Image
from face_rec.people.photos.photo_features import Features, Floats, features
from face_rec.protocols.models import Detector

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
