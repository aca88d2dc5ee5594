"""Error rates of liveness, counted. Terms after ISO/IEC 30107-3; nothing here certifies anything.

A bound that a count cannot carry is said to be one: 0 errors of 150 bound a rate at 2 %, 0 of 900
at 0.33 %.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scipy.stats import binomtest

from face_rec.domain.liveness import Liveness

ENOUGH: Final = 150
"""Presentations below which no claim is made of a species: 0 errors of 150 bound it at 2 %."""
ENOUGH_FACES: Final = 100
"""… and of bona fide faces: 0 of 100 bound BPCER at 3 %."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a presentation came to. ``first``: what it was taken for when it was known who it is
    or that it is nobody: what a kiosk that observes keeps; ``live``: whether it was ever taken for
    live, as one that enforces asks; ``measured``: whether anything could be; ``marked``: whether
    an enforcing kiosk would have marked somebody."""

    first: Liveness | None = None
    live: bool = False
    measured: bool = False
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """``errors`` of ``of``; ``low`` and ``high``: 95 % bounds, each by itself. ``enough``: whether
    there are so many that a claim can rest on them."""

    errors: int
    of: int
    low: float
    high: float
    enough: bool


def rate(errors: int, of: int, enough: int) -> Rate:
    """Clopper-Pearson: the 90 % interval, so that 0 of 150 is bounded at 2.0 %."""
    if of == 0:
        return Rate(0, 0, 0.0, 1.0, enough=False)
    bounds = binomtest(errors, of).proportion_ci(0.90, method="exact")
    return Rate(errors, of, float(bounds.low), float(bounds.high), enough=of >= enough)


@dataclass(frozen=True, slots=True)
class Species:
    """One kind of attack. ``apcer``: taken for live at some time; ``unnoticed``: not taken for an
    attack when it was known who it is; both of those that could be measured. ``no_response``:
    those in which nothing could be. ``iapmr``: would be marked, of all."""

    apcer: Rate
    unnoticed: Rate
    no_response: Rate
    iapmr: Rate


@dataclass(frozen=True, slots=True)
class Result:
    """``bpcer``: live faces that were never taken for live, ``accused``: that were taken for an
    attack when it was known who it is; ``worst``: the species with the highest APCER."""

    bpcer: Rate
    accused: Rate
    no_response: Rate
    species: dict[str, Species]
    worst: str


def counted(bonafide: Sequence[Seen], attacks: Mapping[str, Sequence[Seen]]) -> Result:
    measured = [one for one in bonafide if one.measured]
    species = {name: _species_of(found) for name, found in attacks.items()}
    return Result(
        bpcer=rate(sum(not one.live for one in measured), len(measured), ENOUGH_FACES),
        accused=rate(
            sum(one.first is Liveness.ATTACK for one in measured), len(measured), ENOUGH_FACES
        ),
        no_response=rate(len(bonafide) - len(measured), len(bonafide), ENOUGH_FACES),
        species=species,
        worst=max(species, key=lambda name: _share(species[name].apcer), default=""),
    )


def _species_of(found: Sequence[Seen]) -> Species:
    measured = [one for one in found if one.measured]
    return Species(
        apcer=rate(sum(one.live for one in measured), len(measured), ENOUGH),
        unnoticed=rate(
            sum(one.first is not Liveness.ATTACK for one in measured), len(measured), ENOUGH
        ),
        no_response=rate(len(found) - len(measured), len(found), ENOUGH),
        iapmr=rate(sum(one.marked for one in found), len(found), ENOUGH),
    )


def _share(one: Rate) -> float:
    return one.errors / one.of if one.of else 0.0


def lines(result: Result) -> list[str]:
    """A table that a person reads, a line each."""
    rows = [
        ("live faces not taken for live (BPCER)", result.bpcer),
        ("live faces taken for a picture at once", result.accused),
        ("live faces that could not be measured", result.no_response),
    ]
    for name, one in result.species.items():
        worst = ", the worst" if name == result.worst and len(result.species) > 1 else ""
        rows += [
            (f"{name}: taken for live (APCER{worst})", one.apcer),
            (f"{name}: not noticed at once", one.unnoticed),
            (f"{name}: could not be measured", one.no_response),
            (f"{name}: would be marked (IAPMR)", one.iapmr),
        ]
    width = max(len(words) for words, _ in rows)
    return [f"{words:{width}}  {_words(one)}" for words, one in rows]


def _words(one: Rate) -> str:
    if one.of == 0:
        return "nothing to count"
    doubt = "" if one.enough else ": insufficient data"
    return (
        f"{one.errors} of {one.of} = {_share(one):.1%} (between {one.low:.1%} and "
        f"{one.high:.1%}{doubt})"
    )
