"""Whether somebody is where their group may mark itself: pure rules, decided on the server."""

from dataclasses import dataclass
from math import ceil
from typing import Final

from face_rec.attendance.rules.mobile import MobilePunch, Place
from face_rec.domain.marks import Whereabouts
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, Sentence, Typed, sentence
from face_rec.mobile.position import Fix, bearing, distance

_KM_FROM: Final = 10_000
_BEYOND: Final = msgid("the phone may have been outside of the place")


@dataclass(frozen=True, slots=True)
class Nearness:
    """How a phone is to a place. ``distance`` and ``accuracy``: whole metres, never too few;
    ``bearing``: degrees clockwise from north in which it is seen from there."""

    place: Place
    distance: int
    accuracy: int
    bearing: float

    @property
    def inside(self) -> bool:
        return self.distance <= self.place.radius

    @property
    def surely(self) -> bool:
        """Whether all of where the phone may be is inside."""
        return self.distance + self.accuracy <= self.place.radius


def nearest(rule: MobilePunch, fix: Fix) -> Nearness:
    """To the place of which the phone is farthest inside, else the least far outside."""
    found = (_to(place, fix) for place in rule.places)
    return min(found, key=lambda one: one.distance - one.place.radius)


def _to(place: Place, fix: Fix) -> Nearness:
    metres = distance(fix, place.latitude, place.longitude)
    seen = bearing(fix, place.latitude, place.longitude)
    return Nearness(place, ceil(metres), ceil(fix.accuracy), seen)


def refusal(near: Nearness, rule: MobilePunch) -> str:
    """Why it is no place to mark oneself at, with the metres; empty where it is one. How wrong
    the phone may be is added to nothing and taken off nothing: it is bounded by itself."""
    if near.accuracy > rule.accuracy:
        return sentence(
            "Your phone knows where it is to {accuracy} only; {needed} are needed here. Go "
            "outside or to a window, wait a moment, and try again.",
            accuracy=metres(near.accuracy), needed=metres(rule.accuracy),
        )  # fmt: skip
    if not near.inside:
        return sentence(
            "You are {distance} from {place}. You can punch within {radius} of it.",
            distance=metres(near.distance), place=Typed(near.place.name),
            radius=metres(near.place.radius),
        )  # fmt: skip
    return ""


def whereabouts(near: Nearness, rule: MobilePunch) -> Whereabouts:
    """What is kept with the mark."""
    doubt = _BEYOND if rule.review and not near.surely else ""
    return Whereabouts(near.place.name, near.distance, near.accuracy, doubt)


def metres(count: int) -> Sentence:
    """As people say it."""
    if count < _KM_FROM:
        return sentence("{number} m", number=Figure(count))
    return sentence("{number} km", number=Figure(round(count / 1000)))
