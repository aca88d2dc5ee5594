"""What a measurement on one's own people advises, and how it is put in force and taken back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from face_rec.domain.errors import ModelError
from face_rec.domain.own_calibration import (
    Calibrations,
    OwnCalibration,
    given_up,
    in_force,
    stored,
    taken_over,
)
from face_rec.journey.decide import Limits
from face_rec.models.scores.bounds import Rate
from face_rec.models.scores.calibration import STRANGER_NAMED
from face_rec.models.scores.identification import AHEAD, ENOUGH, Condition, Scored
from face_rec.people.gallery.gallery import MemoryGallery
from face_rec.site_options import LiveOptions

_LEVELS: Final = (0.05, 0.02, 0.01, STRANGER_NAMED, AHEAD)
"""FPIRs among today's people; a tenth of them and ten times as many lie between."""
_APART: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Check:
    """Whether the tail tells the truth: the threshold that keeps STRANGER_NAMED among ``people``
    was foretold from ``from_people`` others alone, and ``reached`` was counted at it."""

    from_people: int
    people: int
    threshold: float
    reached: Rate

    @property
    def holds(self) -> bool:
        return self.reached.low <= STRANGER_NAMED


@dataclass(frozen=True, slots=True)
class OwnReport:
    """``limits``: those in use; ``overridden``: the threshold is a setting, so that no advice has
    any effect. ``check`` is None where there are too few people for it."""

    day: date
    contract: str
    people: int
    templates: int
    limits: Limits
    overridden: bool
    conditions: tuple[Condition, ...]
    check: Check | None
    advice: OwnCalibration | None


def advised(
    scored: Sequence[Scored],
    gallery: MemoryGallery,
    limits: Limits,
    check: Check | None,
    today: date,
) -> OwnCalibration | None:
    """For each level the highest threshold that any kind of pictures asks for; None where the
    promise itself cannot be told. What a tail foretells counts unless it was found wrong."""
    enough = [one for one in scored if len(one.searches) >= ENOUGH]
    trusted = _LEVELS if check is None or check.holds else _LEVELS[:-1]
    points: list[tuple[float, float]] = []
    for level in trusted:
        found = [one.keeping(level).threshold for one in enough]
        asked = [threshold for threshold in found if threshold is not None]
        if asked:
            least = points[-1][1] + _APART if points else -1.0
            far = 1 - (1 - level) ** (1 / gallery.templates)
            points.append((far, round(min(max(*asked, least), 0.999), 4)))
        elif level == STRANGER_NAMED:
            return None
    return OwnCalibration(
        gallery.contract.digest, gallery.people, gallery.templates,
        sum(len(one.searches) for one in enough), today, tuple(points),
        limits.margin,
    ) if points else None  # fmt: skip


class Advice:
    """Puts what was measured in force, and takes it back. Each change is in the audit log, and
    every process follows it within seconds."""

    def __init__(self, options: LiveOptions) -> None:
        self._options = options

    def in_force(self, contract: str) -> OwnCalibration | None:
        return in_force(self._options.current().calibrations, contract)

    def take(self, report: OwnReport) -> str:
        """What was done, in words. Raises ModelError where there is no advice, and Conflict where
        somebody else changed the site's settings at this moment."""
        if report.advice is None:
            raise ModelError("There is no advice to take: insufficient data. Nothing was changed.")
        if report.overridden:
            raise ModelError(
                "MATCH_THRESHOLD is set in the environment or .env and wins. Remove it there and "
                "restart, then measure again and take the advice."
            )
        advice = report.advice
        self._change(lambda taken: taken_over(taken, advice))
        return f"In force: {advice.told()}"

    def give_up(self, contract: str) -> None:
        """Go back to what was in force before for this model, or to the model's own thresholds."""
        self._change(lambda taken: given_up(taken, contract))

    def _change(self, change: Callable[[Calibrations], Calibrations]) -> None:
        self._options.refresh()
        taken = change(self._options.current().calibrations)
        self._options.change({"calibrations": stored(taken)}, self._options.version)
