"""Marks become punches, by what each kiosk means for those that are made there."""

from collections.abc import Iterable
from datetime import time
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from face_rec.attendance.marks.mark_columns import CONFIRMED, DOUBTED, Codes, Marks
from face_rec.attendance.rules.occurrence import moment
from face_rec.attendance.rules.rule_version import versions
from face_rec.attendance.terms.punch import Punch
from face_rec.domain.marks import Way
from face_rec.kiosks.kiosk import Direction, KioskRecord

_WAYS = {Direction.IN: Way.IN, Direction.OUT: Way.OUT, Direction.BOTH: Way.ANY}


class Directions:
    """What each kiosk means for the marks made there.

    A kiosk without a record counts both ways, with the default minimum stay.
    """

    def __init__(self, kiosks: Iterable[KioskRecord], codes: Codes, zone: ZoneInfo) -> None:
        self._kiosks = {codes.code(kiosk.id): kiosk for kiosk in kiosks}
        self._unknown = KioskRecord("")
        self._zone = zone

    def seen(self, marks: Marks) -> "Seen":
        """The same marks as punches, column by column."""
        ways, stays = marks["way"].astype(np.int64), np.zeros(len(marks), np.int64)
        at, kiosks = marks["at"].copy(), marks["kiosk"].copy()
        untyped, lingering = ways == Way.ANY, ~marks["deliberate"]
        for code in np.unique(kiosks):
            here = untyped & (kiosks == code)
            for kiosk in versions(self._kiosks.get(int(code), self._unknown)):
                since = here & (at >= self._begins(kiosk))  # newest first
                ways[since] = _WAYS[kiosk.direction]
                if kiosk.direction is Direction.BOTH:
                    stays[since & lingering] = 60 * kiosk.minimum_stay
                here &= ~since
        states = marks["state"] & ~(CONFIRMED | DOUBTED)
        return Seen(marks["subject"].copy(), at, ways, stays, states)

    def punches(self, marks: Marks) -> list[Punch]:
        """One punch a mark, in the same order."""
        return self.seen(marks).punches(0, len(marks))

    def _begins(self, kiosk: KioskRecord) -> int:
        """The moment from which this version holds."""
        return moment(kiosk.valid_from, time(), self._zone) if kiosk.valid_from else -(2**62)


class Seen(NamedTuple):
    """Punches of many people, sorted by subject, then time: one column for each field of
    :class:`Punch`, and the codes of their ``subjects``."""

    subjects: npt.NDArray[np.int32]
    at: npt.NDArray[np.int64]
    ways: npt.NDArray[np.int64]
    stays: npt.NDArray[np.int64]
    states: npt.NDArray[np.int32]

    def punches(self, first: int, end: int) -> list[Punch]:
        """Those from the place ``first`` to before ``end``."""
        columns = (self.at, self.ways, self.stays, self.states)
        some = (column[first:end].tolist() for column in columns)
        return list(map(Punch._make, zip(*some, strict=True)))
