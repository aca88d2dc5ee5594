"""Where people of a group may mark themselves on their phone, and what that takes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

NARROWEST: Final = 25
WIDEST: Final = 5_000
"""Metres. No phone knows better where it is than the first; the second is a small town."""
MOST_PLACES: Final = 10
_LONGEST_NAME: Final = 60
_EVERY_DAY: Final = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Place:
    """A circle on the earth. ``latitude`` and ``longitude``: degrees of its middle (WGS 84),
    north and east positive; ``radius``: metres."""

    name: str
    latitude: float
    longitude: float
    radius: int = 100


@dataclass(frozen=True, slots=True)
class MobilePunch:
    """What holds for one group. ``on``: whether anything of it does.

    ``accuracy``: metres that a phone may be wrong by at most, as it says itself. ``live``: only a
    face that was found live is marked. ``review``: somebody looks at marks of which it is not sure
    that the phone was in the circle, or that the face lives. ``asks``: people say whether they
    come or go; else the day's rules do. ``days``: 0 is Monday; ``opens`` and ``closes``: local
    times between which it holds (equal: always), which may go over midnight.
    """

    id: str
    group: str
    places: tuple[Place, ...] = ()
    on: bool = True
    accuracy: int = 100
    live: bool = True
    review: bool = False
    asks: bool = False
    days: frozenset[int] = _EVERY_DAY
    opens: time = time(0, 0)
    closes: time = time(0, 0)

    def open_at(self, local: datetime) -> bool:
        """Whether somebody may mark themselves at a local time. What is after midnight belongs to
        the day on which it opened."""
        now, today = local.time().replace(tzinfo=None), local.weekday()
        if self.opens == self.closes:
            return today in self.days
        if self.opens < self.closes:
            return today in self.days and self.opens <= now < self.closes
        if now >= self.opens:
            return today in self.days
        return now < self.closes and (today - 1) % 7 in self.days


def mobile_of(rules: Iterable[MobilePunch], group: str) -> MobilePunch | None:
    """What holds for people of ``group``, where anything does."""
    return next((one for one in rules if group and one.group == group and one.on), None)


def mobile_flaws(one: MobilePunch) -> tuple[str, ...]:
    found = [] if one.group.strip() else [msgid("Choose the group.")]
    if not one.places:
        found.append(msgid("Add at least one place."))
    if len(one.places) > MOST_PLACES:
        found.append(sentence("Keep it to {most} places.", most=MOST_PLACES))
    if len({place.name for place in one.places}) < len(one.places):
        found.append(msgid("Two places have the same name. Give each a name of its own."))
    for place in one.places:
        found += _place_flaws(place)
    if not 5 <= one.accuracy <= WIDEST:
        found.append(sentence("The accuracy is 5 to {most} metres.", most=WIDEST))
    if not one.days or not one.days <= _EVERY_DAY:
        found.append(msgid("Choose at least one day."))
    return tuple(found)


def _place_flaws(place: Place) -> list[str]:
    if not place.name.strip() or len(place.name) > _LONGEST_NAME:
        return [sentence("Give each place a name of at most {most} characters.",
                         most=_LONGEST_NAME)]  # fmt: skip
    found: list[str] = []
    if not (abs(place.latitude) <= 90 and abs(place.longitude) <= 180):  # NaN is neither
        found.append(
            sentence(
                "{place}: give latitude and longitude as a map shows them, such as 52.5163, "
                "13.3777.",
                place=place.name,
            )
        )
    if not NARROWEST <= place.radius <= WIDEST:
        found.append(
            sentence(
                "{place}: the radius is {least} to {most} metres.", place=place.name,
                least=NARROWEST, most=WIDEST,
            )
        )  # fmt: skip
    return found


def mobile_conflicts(rules: Iterable[MobilePunch], one: MobilePunch) -> tuple[str, ...]:
    twice = any(other.id != one.id and other.group == one.group for other in rules)
    text = sentence("The group {group} has an entry already. Change that one.", group=one.group)
    return (text,) if twice else ()
