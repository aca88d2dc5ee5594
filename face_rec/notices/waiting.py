"""What waits until somebody acknowledges it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from face_rec.notices.notice import Notice

_OPEN_FOR: Final = timedelta(days=7)
"""So long somebody may still acknowledge what nobody else is told of any more."""
_SHOWN_FOR: Final = timedelta(days=2)
"""So long the page shows who acknowledged."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that a rule with steps has told: since when, how many of its steps it has taken
    since, and who has acknowledged it, when; as whoever did is called, empty: nobody."""

    id: str
    rule: str
    notice: Notice
    since: datetime
    step: int = 0
    by: str = ""
    at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.at is None

    def acknowledged(self, by: str, now: datetime) -> "Waiting":
        return replace(self, by=by, at=now)

    def further(self) -> "Waiting":
        return replace(self, step=self.step + 1)

    def gone_at(self) -> datetime:
        """When nobody needs it any more, unless there is a step before."""
        return self.since + _OPEN_FOR if self.at is None else self.at + _SHOWN_FOR


def waiting_id(rule: str, notice: Notice) -> str:
    return f"{rule}:{notice.id}"
