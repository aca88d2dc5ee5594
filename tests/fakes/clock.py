"""A clock that only moves when told to."""

from datetime import UTC, datetime, timedelta

MORNING = datetime(2025, 3, 10, 8, 0, tzinfo=UTC)


class FakeClock:
    """Wall and monotonic time that advance together, by hand."""

    def __init__(self, start: datetime = MORNING) -> None:
        self._now = start
        self._monotonic = 1000.0
        self.start_of_machine = "0123abcd"

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def uptime(self) -> float:
        return self._monotonic

    @property
    def boot(self) -> str:
        return self.start_of_machine

    def set(self, now: datetime) -> None:
        """Somebody sets the clock: no time passes."""
        self._now = now

    def advance(self, seconds: float) -> datetime:
        """Let time pass; returns the new wall time."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
        return self._now
