"""Kiosks: how one may be called, which way they count, and who uses them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from face_rec.domain import names

NAME: Final = names.SHORT
RULE: Final = names.RULE


class Direction(StrEnum):
    """What a mark at this kiosk means."""

    IN = "in"
    OUT = "out"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class KioskRecord:
    """One registered kiosk. ``id`` is the name that its events carry.

    ``minimum_stay``: minutes that must lie between IN and OUT where the
    direction is both. ``watched``: whether its outages keep people from being
    called absent; ``watched_from`` is its first heartbeat. ``groups``: who uses
    it; empty: all who have no kiosk of their own.
    ``pin``: whether people may use their PIN here, unless a linked device is this kiosk,
    which has a say of its own. ``valid_from`` and ``earlier``: see
    :mod:`~face_rec.attendance.rules.rule_version`. ``show_marks``: whether today's marks stand
    beside the picture, with names, times and portraits, for everybody who passes by.
    """

    id: str
    site: str = ""
    direction: Direction = Direction.BOTH
    minimum_stay: int = 5
    watched: bool = True
    watched_from: datetime | None = None
    pin: bool = False
    groups: frozenset[str] = frozenset()
    valid_from: date | None = None
    earlier: "tuple[KioskRecord, ...]" = ()
    show_marks: bool = False


def used_by(group: str, kiosks: Iterable[KioskRecord]) -> list[KioskRecord]:
    """The kiosks at which people of ``group`` can mark: their own, else those of everybody."""
    known = list(kiosks)
    own = [one for one in known if group in one.groups]
    return own or [one for one in known if not one.groups]


Interval = tuple[int, int]
"""(first, last) heartbeat of a stretch without a gap, UTC seconds."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a kiosk gave no sign of life; UTC seconds."""

    kiosk: str
    start: int
    end: int
