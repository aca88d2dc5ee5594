"""What was expected of one person on one day, before any punch is looked at."""

from dataclasses import dataclass
from datetime import date

from face_rec.attendance.days.status import Status
from face_rec.attendance.rules.shift import Shift


@dataclass(frozen=True, slots=True)
class Plan:
    """Moments are UTC seconds.

    The trimmed window is ``opens`` ≤ at < ``closes``; punches of the same
    local day in ``reach`` but outside the window are strays, shown and not
    counted. ``instead``: the status that stands in place of presence
    (holiday, weekly off, leave, not employed), with ``note`` naming it.
    ``group`` (the person's) and ``day`` say which kiosks they could use.
    """

    shift: Shift
    start: int
    end: int
    opens: int
    closes: int
    reach: tuple[int, int]
    instead: Status | None = None
    note: str = ""
    half_leave: bool = False
    group: str = ""
    day: date = date.min

    @property
    def settles(self) -> int:
        """From this moment on the day's result no longer depends on the time."""
        if self.shift.presence_only:
            return self.closes
        return max(self.closes, self.settles_out)

    @property
    def settles_out(self) -> int:
        """From this moment on a check-out that is missing is called so."""
        return self.end + 60 * self.shift.close_tolerance
