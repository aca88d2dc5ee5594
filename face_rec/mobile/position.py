"""Where a phone says that it is, and how far that is from somewhere. Pure, and written nowhere: of
a position its distance to a place alone outlives the request that brought it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import asin, atan2, cos, degrees, isfinite, radians, sin, sqrt
from typing import Final

from face_rec.languages.language import msgid
from face_rec.mobile.refused import PunchRefused

EARTH: Final = 6_371_008.8
"""Mean radius of the earth in metres (IUGG). By a sphere a distance is wrong by 0.5 % at most."""
_LEAST_ACCURATE: Final = 20_040_000.0
"""Half the way around the earth, in metres."""
_NO_POSITION: Final = msgid(
    "The phone did not say where it is. Allow the position for this page, and try again."
)


@dataclass(frozen=True, slots=True)
class Fix:
    """A position in degrees (WGS 84), right to ``accuracy`` metres (with 95 % confidence, as
    browsers have it). Its coordinates are in no ``repr``, and so in no log."""

    latitude: float = field(repr=False)
    longitude: float = field(repr=False)
    accuracy: float


def read_fix(told: object) -> Fix:
    """What a browser told, which may be anything. Raises PunchRefused for what is no position."""
    if not isinstance(told, Mapping):
        raise PunchRefused(_NO_POSITION)
    latitude = _number(told.get("latitude"), -90.0, 90.0)
    longitude = _number(told.get("longitude"), -180.0, 180.0)
    return Fix(latitude, longitude, _number(told.get("accuracy"), 0.0, _LEAST_ACCURATE))


def _number(told: object, least: float, most: float) -> float:
    """JSON may hold NaN, and whole numbers too large for any float."""
    if not isinstance(told, int | float) or isinstance(told, bool) or not least <= told <= most:
        raise PunchRefused(_NO_POSITION)
    number = float(told)
    if not isfinite(number):
        raise PunchRefused(_NO_POSITION)
    return number


def distance(fix: Fix, latitude: float, longitude: float) -> float:
    """Metres to there by the great circle (haversine), right at the poles and across the date
    line."""
    here, there = radians(fix.latitude), radians(latitude)
    up, along = sin((there - here) / 2), sin(radians(longitude - fix.longitude) / 2)
    return 2 * EARTH * asin(min(1.0, sqrt(up * up + cos(here) * cos(there) * along * along)))


def bearing(fix: Fix, latitude: float, longitude: float) -> float:
    """Degrees clockwise from north, 0 to 360, in which ``fix`` is seen from there."""
    here, there = radians(latitude), radians(fix.latitude)
    turn = radians(fix.longitude - longitude)
    east = sin(turn) * cos(there)
    north = cos(here) * sin(there) - sin(here) * cos(there) * cos(turn)
    return degrees(atan2(east, north)) % 360.0
