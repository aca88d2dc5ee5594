"""When people should be here, and what counts as being here."""

from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from face_rec.languages.language import msgid

WEEKDAYS = (
    msgid("Mon"), msgid("Tue"), msgid("Wed"), msgid("Thu"), msgid("Fri"), msgid("Sat"),
    msgid("Sun"),
)  # fmt: skip


class Reading(StrEnum):
    """How punches get their direction."""

    ALTERNATING = "alternating"  # IN, OUT, IN, …, whatever the kiosk says
    TYPED = "typed"  # the kiosk's or person's IN and OUT; untyped ones alternate


class Counting(StrEnum):
    """Which of the time between punches counts."""

    FIRST_LAST = "first in, last out"
    EVERY_PAIR = "every valid pair"


@dataclass(frozen=True, slots=True)
class DayHours:
    """Other hours on one day of the week; ``day`` 0 is Monday."""

    day: int
    start: time
    end: time


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

    ``weekdays``: days of the week with hours of their own; limits of hours
    are taken in proportion there. ``valid_from`` and ``earlier``: see
    :mod:`~face_rec.attendance.rules.rule_version`.
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
    weekdays: tuple[DayHours, ...] = ()
    valid_from: date | None = None
    earlier: "tuple[Shift, ...]" = ()

    @property
    def overnight(self) -> bool:
        return self.end <= self.start

    def zone_at(self, site: ZoneInfo) -> ZoneInfo:
        """The zone of its hours, at a site in the zone ``site``."""
        return ZoneInfo(self.zone) if self.zone else site

    def of_weekday(self, weekday: int) -> "Shift":
        """The shift as it is on this day of the week."""
        own = next((hours for hours in self.weekdays if hours.day == weekday), None)
        if own is None:
            return self
        share = minutes_between(own.start, own.end) / minutes_between(self.start, self.end)
        return replace(
            self, start=own.start, end=own.end,
            half_day_below=_share(self.half_day_below, share),
            absent_below=_share(self.absent_below, share),
            overtime_after=_share(self.overtime_after, share),
        )  # fmt: skip


def minutes_between(start: time, end: time) -> int:
    """From one wall time to the next time that the other is shown: 1 to 1440."""
    minutes = 60 * (end.hour - start.hour) + end.minute - start.minute
    return minutes if minutes > 0 else minutes + 24 * 60


def _share(limit: int | None, share: float) -> int | None:
    return None if limit is None else round(limit * share)


DEFAULT_ID = "default"
"""A stored shift of this id replaces the presence-only one for everybody
without an assignment."""

PRESENCE = Shift(id=DEFAULT_ID, name="Presence only", presence_only=True)
