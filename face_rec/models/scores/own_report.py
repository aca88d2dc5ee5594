"""What a measurement on one's own people found, and how its advice is put in force and taken
back."""

from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, Self

from face_rec.domain.errors import ModelError
from face_rec.domain.site.own_calibration import (
    Calibrations,
    OwnCalibration,
    given_up,
    in_force,
    stored,
    taken_over,
)
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.models.scores.bounds import NOTHING, Rate
from face_rec.models.scores.calibration import STRANGER_NAMED
from face_rec.site_options import LiveOptions

ENOUGH: Final = 3_000
"""Non-mated searches: by the rule of three the fewest that can show an FPIR of 0.001 at all."""
TARGETS: Final = (0.001, STRANGER_NAMED)
TIMES: Final = 10
"""How far ahead the threshold is told: for so many times as many people."""
AHEAD: Final = 1 - (1 - STRANGER_NAMED) ** (1 / TIMES)
"""The FPIR among today's people that becomes STRANGER_NAMED among TIMES as many."""


FEWEST_MATED: Final = 100
"""Looks at people who are enrolled, from which what an advice costs can be told."""
MOST_COST: Final = 0.05
"""Of looks at one's own people, that an advice may leave unnamed beyond those that are now."""


class Basis(StrEnum):
    """What a threshold rests on."""

    MEASURED = "measured"
    TAIL = "from the tail"
    NONE = "insufficient data"


@dataclass(frozen=True, slots=True)
class Operating:
    """One threshold: what it was chosen to keep (``target``, an FPIR), and what was counted at
    it. ``threshold`` is None where nothing can be said."""

    target: float
    threshold: float | None
    basis: Basis
    reached: Rate = NOTHING
    """Non-mated searches with such a score: FPIR."""
    named: Rate = NOTHING
    """Those of them that have the lead as well, so that a look of the kiosk names somebody."""
    missed: Rate = NOTHING
    """Mated searches that did not name the right one: FNIR."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    threshold: float
    fpir: float
    fnir: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """Shares of all searches by score: ``edges`` (K + 1), ``mated`` and ``non_mated`` (K)."""

    edges: tuple[float, ...]
    mated: tuple[float, ...]
    non_mated: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """What one kind of pictures says; counts only, of nobody in particular. ``now``: the threshold
    in use; ``limits``: for each of TARGETS; ``ahead``: for TIMES as many people. ``kept``:
    thresholds for further FPIRs, by which a calibration is drawn."""

    name: str
    people: int
    non_mated: int
    mated: int
    now: Operating
    limits: tuple[Operating, ...]
    ahead: Operating
    curve: tuple[CurvePoint, ...]
    histogram: Histogram
    then: Operating
    """At the threshold that the advice puts in force; the one in use where there is no advice."""

    @property
    def enough(self) -> bool:
        return self.non_mated >= ENOUGH

    @property
    def advised(self) -> Operating:
        """For as many people as there are."""
        return self.limits[-1]


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


class Need(StrEnum):
    """What somebody has to look at."""

    SAME = "same"
    ALIKE = "alike"
    STRANGE = "strange"
    SINKING = "sinking"
    UNNAMED = "unnamed"
    MISSED = "missed"
    FEW = "few"
    DOUBTED = "doubted"


@dataclass(frozen=True, slots=True)
class Finding:
    """``subject``: whom it is about, and ``other``, if somebody else as well. ``score`` was found
    where ``against`` is needed, ``before`` it was so much; ``place``: in which of their photos,
    from 0. ``count`` marks, visits or days ``of`` all. ``picture``: of a mark that somebody
    confirmed, from which a template could be added."""

    need: Need
    subject: str
    other: str = ""
    score: float = 0.0
    against: float = 0.0
    before: float = 0.0
    place: int = 0
    count: int = 0
    of: int = 0
    picture: str = ""


@dataclass(frozen=True, slots=True)
class GroupRate:
    """How often the people of one group are missed (FNIR), and a look at them without their own
    templates reaches the threshold for somebody else (FPIR), at the threshold in use. ``more_…``:
    than the others, beyond chance."""

    tag: str
    name: str
    people: int
    missed: Rate
    reached: Rate
    more_missed: bool
    more_mistaken: bool


class Doubles(StrEnum):
    """What an advice makes of those who may be registered twice."""

    LEFT_OUT = "left out"  # it would hardly be another one with them
    ASKED = "left out if somebody says that they are one person each, or twins"
    COUNTED = "counted as two people each"  # it hangs on them, and they are many


@dataclass(frozen=True, slots=True)
class OwnReport:
    """``threshold`` and ``margin``: those in use; ``overridden``: one of them is a setting, so
    that an advice would not have its effect. ``check`` is None where there are too few people for
    it. ``findings``: about people who were here then; whoever was erased since is left out.
    ``counted``: whether visits that end without a name are counted here."""

    day: date
    contract: str
    people: int
    templates: int
    threshold: float
    margin: float
    overridden: bool
    conditions: tuple[Condition, ...]
    check: Check | None
    advice: OwnCalibration | None
    doubles: Doubles = Doubles.LEFT_OUT
    findings: tuple[Finding, ...] = ()
    groups: tuple[GroupRate, ...] = ()
    counted: bool = False

    def subjects(self) -> Set[str]:
        """Whom the findings are about."""
        return {s for one in self.findings for s in (one.subject, one.other) if s}

    def without(self, gone: Set[str]) -> Self:
        """What is left when these are erased."""
        left = [one for one in self.findings if not {one.subject, one.other} & gone]
        return replace(self, findings=tuple(left))

    @property
    def twice(self) -> int:
        """Pairs who may be one person, of those that are listed."""
        return sum(one.need is Need.SAME for one in self.findings)

    @property
    def costly(self) -> bool:
        """Whether the advice would leave many more people unnamed than now: rather the photos
        are to be looked after."""
        known = [one for one in self.conditions if one.mated >= FEWEST_MATED]
        return any(one.then.missed.value > one.now.missed.value + MOST_COST for one in known)


class Advice:
    """Puts what was measured in force, and takes it back. Each change is in the audit log, and
    every process follows it within seconds."""

    def __init__(self, options: LiveOptions) -> None:
        self._options = options

    def in_force(self, contract: str) -> OwnCalibration | None:
        return in_force(self._options.current().calibrations, contract)

    def take(self, report: OwnReport, *, leave_out: bool = False) -> str:
        """What was done, in words. ``leave_out``: somebody says that those who may be registered
        twice are one person each, or twins. Raises ModelError where there is no advice that may
        be taken, and Conflict where somebody else changed the site's settings at this moment."""
        if report.advice is None:
            raise ModelError(
                msgid("There is no advice to take: insufficient data. Nothing was changed.")
            )
        if report.overridden:
            raise ModelError(
                msgid(
                    "MATCH_THRESHOLD or MATCH_MARGIN is set in the environment or "
                    ".env and wins. Remove it there and restart, then measure "
                    "again and take the advice."
                )
            )
        if report.doubles is Doubles.ASKED and not leave_out:
            raise ModelError(
                msgid(
                    "This advice leaves out people who may be registered twice. "
                    "Look at them on the page Models and say that they are one "
                    "person each, or twins (--leave-out)."
                )
            )
        if report.costly:
            raise ModelError(
                msgid(
                    "This advice would leave many more people unnamed than now. "
                    "Look after the gallery first (page Models), then measure "
                    "again. Nothing was changed."
                )
            )
        advice = report.advice
        self._change(lambda taken: taken_over(taken, advice))
        return sentence("In force: {advice}", advice=advice.told())

    def give_up(self, contract: str) -> None:
        """Go back to what was in force before for this model, or to the model's own thresholds."""
        self._change(lambda taken: given_up(taken, contract))

    def _change(self, change: Callable[[Calibrations], Calibrations]) -> None:
        self._options.refresh()
        taken = change(self._options.current().calibrations)
        self._options.change({"calibrations": stored(taken)}, self._options.version)
