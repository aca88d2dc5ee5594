"""When people should be here, and what counts as being here."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Reading(StrEnum):
    """How punches get their direction."""

    ALTERNATING = "alternating"  # IN, OUT, IN, …, whatever the kiosk says
    TYPED = "typed"  # the kiosk's or person's IN and OUT; untyped ones alternate


class Counting(StrEnum):
    """Which of the time between punches counts."""

    FIRST_LAST = "first in, last out"
    EVERY_PAIR = "every valid pair"


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift and its rules. All durations are whole minutes.

    ``days``: 0 is Monday. ``zone``: IANA name, empty for the site's. An
    ``end`` not after ``start`` is on the next day. The check-in window runs
    from ``opens_before`` the start to ``closes_after`` the end. Less than
    ``half_day_below`` minutes worked is half a day, less than
    ``absent_below`` is absent; None switches each off. ``unpaid_break`` is
    deducted from days of at least ``break_after`` minutes. Overtime is what
    was worked beyond ``overtime_after``. A missing check-out is known as such
    ``close_tolerance`` after the end, and then closed at the end if
    ``close_missing``. With ``presence_only`` one mark from midnight to
    midnight makes the day and nothing is measured; ``start`` and ``end`` are
    then the hours in which a kiosk is expected to be up.
    """

    id: str
    name: str
    start: time = time(9)
    end: time = time(17)
    days: frozenset[int] = frozenset(range(5))
    zone: str = ""
    opens_before: int = 120
    closes_after: int = 240
    late_grace: int = 10
    early_grace: int = 10
    half_day_below: int | None = None
    absent_below: int | None = None
    unpaid_break: int = 0
    break_after: int = 0
    overtime_after: int | None = None
    reading: Reading = Reading.ALTERNATING
    counting: Counting = Counting.FIRST_LAST
    close_missing: bool = True
    close_tolerance: int = 60
    presence_only: bool = False

    @property
    def overnight(self) -> bool:
        return self.end <= self.start


DEFAULT_ID = "default"
"""A stored shift of this id replaces the presence-only one for everybody
without an assignment."""

PRESENCE = Shift(id=DEFAULT_ID, name="Presence only", presence_only=True)


def days_text(days: frozenset[int]) -> str:
    """The days of the week in words, e.g. ``Mon, Tue, Wed``."""
    return ", ".join(WEEKDAYS[day] for day in sorted(days))
