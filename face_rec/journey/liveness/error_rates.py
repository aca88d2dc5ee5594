"""Error rates of liveness, counted. Terms after ISO/IEC 30107-3; nothing here certifies anything.

A bound that a count cannot carry is said to be one: 0 errors of 150 bound a rate at 2 %, 0 of 900
at 0.33 %.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import scipy

from face_rec.domain.liveness import Liveness

ENOUGH: Final = 150
"""Presentations below which no claim is made of a species: 0 errors of 150 bound it at 2 %."""
ENOUGH_FACES: Final = 100
"""… and of bona fide faces: 0 of 100 bound BPCER at 3 %."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a presentation came to. ``first``: what it was taken for when it was known who it is
    or that it is nobody: what a kiosk that observes keeps; ``live``: whether it was ever taken for
    live, as one that enforces asks; ``measured``: whether anything could be; ``named``: whether it
    was taken for somebody, whom a kiosk that checks nothing would have marked; ``marked``: whether
    one that enforces would have."""

    first: Liveness | None = None
    live: bool = False
    measured: bool = False
    named: bool = False
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
    bounds = scipy.stats.binomtest(errors, of).proportion_ci(0.90, method="exact")
    return Rate(errors, of, float(bounds.low), float(bounds.high), enough=of >= enough)


@dataclass(frozen=True, slots=True)
class BonaFide:
    """One kind of live faces. ``bpcer``: never taken for live, ``accused``: taken for an attack
    when it was known who it is; both of those that could be measured."""

    bpcer: Rate
    accused: Rate
    no_response: Rate


@dataclass(frozen=True, slots=True)
class Species:
    """One kind of attack. ``apcer``: taken for live at some time; ``unnoticed``: not taken for an
    attack when it was known who it is; both of those that could be measured. ``no_response``:
    those in which nothing could be. The whole journey, of all: ``named``: would be marked where
    nothing is checked; ``observed``: where liveness is observed, and unnoticed; ``iapmr``: where
    only live faces are."""

    apcer: Rate
    unnoticed: Rate
    no_response: Rate
    named: Rate
    observed: Rate
    iapmr: Rate


@dataclass(frozen=True, slots=True)
class Result:
    """By kind and species. ``worst``: the species with the highest APCER."""

    bonafide: dict[str, BonaFide]
    species: dict[str, Species]
    worst: str


def counted(
    bonafide: Mapping[str, Sequence[Seen]], attacks: Mapping[str, Sequence[Seen]]
) -> Result:
    species = {name: _species_of(found) for name, found in attacks.items()}
    return Result(
        bonafide={name: _bonafide_of(found) for name, found in bonafide.items()},
        species=species,
        worst=max(species, key=lambda name: _share(species[name].apcer), default=""),
    )


def _bonafide_of(found: Sequence[Seen]) -> BonaFide:
    measured = [one for one in found if one.measured]
    accused = sum(one.first is Liveness.ATTACK for one in measured)
    return BonaFide(
        bpcer=rate(sum(not one.live for one in measured), len(measured), ENOUGH_FACES),
        accused=rate(accused, len(measured), ENOUGH_FACES),
        no_response=rate(len(found) - len(measured), len(found), ENOUGH_FACES),
    )


def _species_of(found: Sequence[Seen]) -> Species:
    measured = [one for one in found if one.measured]
    unnoticed = [one for one in measured if one.first is not Liveness.ATTACK]
    observed = sum(one.named and one.first is not Liveness.ATTACK for one in found)
    return Species(
        apcer=rate(sum(one.live for one in measured), len(measured), ENOUGH),
        unnoticed=rate(len(unnoticed), len(measured), ENOUGH),
        no_response=rate(len(found) - len(measured), len(found), ENOUGH),
        named=rate(sum(one.named for one in found), len(found), ENOUGH),
        observed=rate(observed, len(found), ENOUGH),
        iapmr=rate(sum(one.marked for one in found), len(found), ENOUGH),
    )


def _share(one: Rate) -> float:
    return one.errors / one.of if one.of else 0.0
