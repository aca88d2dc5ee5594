"""How far somebody is from a place, drawn by ourselves: no map is asked for, and so nobody outside
learns where people are."""

from dataclasses import dataclass
from math import cos, floor, hypot, log10, radians, sin
from typing import Final

from face_rec.languages.language import msgid
from face_rec.languages.sentence import Typed, sentence
from face_rec.languages.translator import Translator
from face_rec.mobile.nearness import Nearness, metres
from face_rec.web.base.html import fragment

_SIDE: Final = 320.0
_WITHIN: Final = 246.0
"""Of the picture's side, in its own units; the rest is for the scale and the arrow."""
_BAR: Final = 90.0
_SMALLEST: Final = 5.0
_SHORT: Final = 50.0
Point = tuple[float, float]

CAPTION: Final = msgid("{distance} from {place} (radius {radius}), right to {accuracy}")


@dataclass(frozen=True, slots=True)
class Drawn:
    """In units of the picture, north up. ``bar``: length of the scale, which is ``metres``."""

    place: Point
    radius: float
    you: Point
    maybe: float
    label: Point
    bar: float
    metres: int


def drawn(near: Nearness) -> Drawn:
    """Both circles as large as the picture holds them."""
    turn, radius, maybe = radians(near.bearing), float(near.place.radius), float(near.accuracy)
    east, south = near.distance * sin(turn), -near.distance * cos(turn)
    left, right = min(-radius, east - maybe), max(radius, east + maybe)
    top, bottom = min(-radius, south - maybe), max(radius, south + maybe)
    scale = _WITHIN / max(right - left, bottom - top)

    def at(x: float, y: float) -> Point:
        middle = _SIDE / 2
        return (
            round(middle + scale * (x - (left + right) / 2), 1),
            round(middle + scale * (y - (top + bottom) / 2), 1),
        )

    place, you = at(0.0, 0.0), at(east, south)
    length = _round_metres(_BAR / scale)
    return Drawn(
        place, _size(scale * radius), you, _size(scale * maybe),
        _beside(place, you),
        round(length * scale, 1), length,
    )  # fmt: skip


def _beside(place: Point, you: Point) -> Point:
    """Where the metres stand: on the way, or above it where that is short."""
    high = (place[1] + you[1]) / 2 - 8
    if hypot(place[0] - you[0], place[1] - you[1]) < _SHORT:
        high = min(place[1], you[1]) - 22
    return round((place[0] + you[0]) / 2, 1), round(max(high, 16.0), 1)


def _size(units: float) -> float:
    return round(max(_SMALLEST, units), 1)


def _round_metres(most: float) -> int:
    """The largest of 1, 2, 5, 10, 20 … that is no more, for a scale."""
    ten = 10 ** floor(log10(max(most, 1.0)))
    return max(1, int(next(step * ten for step in (5, 2, 1) if step * ten <= max(most, 1.0))))


def picture(near: Nearness, words: Translator) -> str:
    """As SVG, with what it shows in words."""
    shown = drawn(near)
    caption = sentence(
        CAPTION, distance=metres(near.distance), place=Typed(near.place.name),
        radius=metres(near.place.radius), accuracy=metres(near.accuracy),
    )  # fmt: skip
    return fragment(
        "punch_distance.html", words, one=shown, caption=words.said(caption),
        distance=words.said(metres(near.distance)), bar=words.said(metres(shown.metres)),
    )  # fmt: skip
