"""Why this status? The answer for one person and day, as pages show it."""

from dataclasses import dataclass
from datetime import datetime

from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.marks.correction import AuditLine
from face_rec.attendance.marks.effective_marks import Entry


@dataclass(frozen=True, slots=True)
class EventLine:
    """One mark of the day and what became of it; ``at`` is local."""

    at: datetime
    kind: str
    kiosk: str
    source: str
    used: bool
    note: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Explanation:
    """``rule`` describes the shift; ``steps`` are the arithmetic, in order;
    ``corrections`` the audit trail; ``malformed`` raw entries of the days in
    question that could not be read."""

    record: DayRecord
    rule: tuple[str, ...]
    events: tuple[EventLine, ...]
    steps: tuple[str, ...]
    corrections: tuple[AuditLine, ...]
    outages: tuple[str, ...]
    malformed: tuple[str, ...]
