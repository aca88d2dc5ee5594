"""Marks become punches: the kiosks' directions are applied."""

from collections.abc import Iterable
from datetime import time
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from face_rec.attendance.marks.mark_columns import BY_PIN, CONFIRMED, Codes, Marks
from face_rec.attendance.rules.occurrence import moment
from face_rec.attendance.rules.rule_version import versions
from face_rec.attendance.terms.punch import Punch, Way
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

    def punches(self, marks: Marks) -> list[Punch]:
        """One punch a mark, in the same order."""
        ways, stays = marks["way"].astype(np.int64), np.zeros(len(marks), np.int64)
        untyped = ways == Way.ANY
        for code in np.unique(marks["kiosk"]):
            here = untyped & (marks["kiosk"] == code)
            for kiosk in versions(self._kiosks.get(int(code), self._unknown)):
                since = here & (marks["at"] >= self._begins(kiosk))  # newest first
                ways[since] = _WAYS[kiosk.direction]
                if kiosk.direction is Direction.BOTH:
                    stays[since & ~marks["deliberate"]] = 60 * kiosk.minimum_stay
                here &= ~since
        states = marks["state"] & ~(CONFIRMED | BY_PIN)
        columns = (marks["at"], ways, stays, states)
        return list(map(Punch._make, zip(*(c.tolist() for c in columns), strict=True)))

    def _begins(self, kiosk: KioskRecord) -> int:
        """The moment from which this version holds."""
        return moment(kiosk.valid_from, time(), self._zone) if kiosk.valid_from else -(2**62)


def runs(marks: Marks) -> dict[int, slice]:
    """Where the marks of each subject lie, in marks sorted by subject."""
    subjects: npt.NDArray[np.int32] = marks["subject"]
    if not len(subjects):
        return {}
    cuts = np.flatnonzero(np.diff(subjects)) + 1
    starts, ends = [0, *cuts.tolist()], [*cuts.tolist(), len(subjects)]
    return {int(subjects[a]): slice(a, b) for a, b in zip(starts, ends, strict=True)}
