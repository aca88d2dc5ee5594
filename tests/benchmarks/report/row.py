"""One measured number."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """``target`` is the most that ``value`` may be, or the least with ``at_least``; None where
    nothing is promised. ``note`` says what was measured and what limits it."""

    name: str
    value: float
    unit: str
    target: float | None = None
    note: str = ""
    at_least: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the target is; None without one, or when nothing could be measured (NaN)."""
        if self.target is None or self.value != self.value:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target
