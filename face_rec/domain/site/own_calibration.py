"""What the scores of a model mean on one's own people, as an administrator took it over."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from face_rec.languages.sentence import Figure, sentence

MOST: Final = 4
"""Kept, the newest first: of each model the one in force, and one to go back to."""
_REFUSED: Final = "what a measurement on your own people has advised"


@dataclass(frozen=True, slots=True)
class OwnCalibration:
    """``contract``: the digest of the model. ``people`` and ``templates``: in the gallery when it
    was measured, by so many non-mated ``searches``, on ``day``. ``points``: false accept rates of
    one template, falling, and the score of each. ``margin``: the lead they were measured with."""

    contract: str
    people: int
    templates: int
    searches: int
    day: date
    points: tuple[tuple[float, float], ...]
    margin: float

    def __post_init__(self) -> None:
        pairs = zip(self.points, self.points[1:], strict=False)
        falling = all(a > b > 0 and -1 < s < t < 1 for (a, s), (b, t) in pairs)
        counts = 0 < self.people <= self.templates and self.searches > 0
        if not (falling and len(self.points) > 1 and counts and math.isfinite(self.margin)):
            raise ValueError(_REFUSED)

    def told(self) -> str:
        """For the audit log and the page."""
        return sentence(
            "own people, {day}: {searches} searches among {people}; scores {first} to {last}",
            day=self.day.isoformat(),
            searches=Figure(self.searches),
            people=Figure(self.people),
            first=Figure(self.points[0][1], 3),
            last=Figure(self.points[-1][1], 3),
        )


Calibrations = tuple[OwnCalibration, ...]


def in_force(taken: Sequence[OwnCalibration], contract: str) -> OwnCalibration | None:
    """The newest of this model."""
    return next((one for one in taken if one.contract == contract), None)


def taken_over(taken: Calibrations, new: OwnCalibration) -> Calibrations:
    """With ``new`` in force for its model. The one before stays, to go back to; of every other
    model only the one in force does."""
    own = [one for one in taken if one.contract == new.contract][:1]
    others = {one.contract: one for one in reversed(taken) if one.contract != new.contract}
    return (new, *own, *list(others.values())[: MOST - 2])


def given_up(taken: Calibrations, contract: str) -> Calibrations:
    """Without the one in force of this model: the one before it is, or else what is known of the
    model itself."""
    newest = in_force(taken, contract)
    return tuple(one for one in taken if one is not newest)


def stored(taken: Calibrations) -> str:
    """As :func:`calibrations_of` reads it."""
    return json.dumps([{**asdict(one), "day": one.day.isoformat()} for one in taken])


def calibrations_of(text: str) -> Calibrations:
    """Raises ValueError for anything but what :func:`stored` has written."""
    try:
        return tuple(_read(fields) for fields in json.loads(text or "[]"))
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise ValueError(_REFUSED) from error


def _read(fields: dict[str, Any]) -> OwnCalibration:
    return OwnCalibration(
        str(fields["contract"]),
        int(fields["people"]),
        int(fields["templates"]),
        int(fields["searches"]),
        date.fromisoformat(fields["day"]),
        tuple((float(far), float(score)) for far, score in fields["points"]),
        float(fields["margin"]),
    )
