"""Marks become punches: the kiosks' directions are applied."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from face_rec.attendance.kiosk import Direction, KioskRecord
from face_rec.attendance.ledger import BY_PIN, CONFIRMED, Codes, Marks
from face_rec.attendance.punch import Punch, Way

_WAYS = {Direction.IN: Way.IN, Direction.OUT: Way.OUT, Direction.BOTH: Way.ANY}


class Directions:
    """What each kiosk means for the marks made there.

    A kiosk without a record counts both ways, with the default minimum stay.
    """

    def __init__(self, kiosks: Iterable[KioskRecord], codes: Codes) -> None:
        self._kiosks = {codes.code(kiosk.id): kiosk for kiosk in kiosks}
        self._unknown = KioskRecord("")

    def punches(self, marks: Marks) -> list[Punch]:
        """One punch a mark, in the same order."""
        ways, stays = marks["way"].astype(np.int64), np.zeros(len(marks), np.int64)
        untyped = ways == Way.ANY
        for code in np.unique(marks["kiosk"]):
            here = untyped & (marks["kiosk"] == code)
            kiosk = self._kiosks.get(int(code), self._unknown)
            ways[here] = _WAYS[kiosk.direction]
            if kiosk.direction is Direction.BOTH:
                stays[here & ~marks["deliberate"]] = 60 * kiosk.minimum_stay
        states = marks["state"] & ~(CONFIRMED | BY_PIN)
        columns = (marks["at"], ways, stays, states)
        return list(map(Punch._make, zip(*(c.tolist() for c in columns), strict=True)))


def runs(marks: Marks) -> dict[int, slice]:
    """Where the marks of each subject lie, in marks sorted by subject."""
    subjects: npt.NDArray[np.int32] = marks["subject"]
    if not len(subjects):
        return {}
    cuts = np.flatnonzero(np.diff(subjects)) + 1
    starts, ends = [0, *cuts.tolist()], [*cuts.tolist(), len(subjects)]
    return {int(subjects[a]): slice(a, b) for a, b in zip(starts, ends, strict=True)}
