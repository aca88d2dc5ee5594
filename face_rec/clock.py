"""The only place that asks the machine what time it is; and how a day is called in full."""

import time
from datetime import UTC, date, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time for events, monotonic time for durations."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def long_day(day: date) -> str:
    """For whoever reads it from a wall or at the head of a page: "Thursday 26 November 2026"."""
    return f"{day:%A} {day.day} {day:%B %Y}"
