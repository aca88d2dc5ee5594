"""By which rules two may swap shifts, and what becomes of their weeks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from face_rec.attendance.rules.duty import Duties, Duty, DutyKind
from face_rec.attendance.rules.roster_week import (
    OFF,
    RosterWeek,
    empty_week,
    monday,
    roster_id,
    with_days,
)
from face_rec.attendance.rules.rules import Rules
from face_rec.domain.errors import CorrectionRefused
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.requests.request import SwapRequest

APART: Final = msgid("You are not in the same group any more.")
_MOVED: Final = msgid("The shifts are not as they were when this was asked. Ask anew.")
_BEGUN: Final = msgid("This shift has begun already.")
_NOT_FREE: Final = msgid("Whoever is to take a shift must be off on that day.")
_SAME: Final = msgid("These are the same shifts.")


@dataclass(frozen=True, slots=True)
class Pair:
    """Who asks, and the colleague."""

    asks: Person
    other: Person


def check_swap(rules: Rules, zone: ZoneInfo, pair: Pair, swap: SwapRequest, now: datetime) -> None:
    """Raises CorrectionRefused where it cannot be, as things stand at this moment."""
    if not (pair.asks.active and pair.other.active and pair.asks.group == pair.other.group):
        raise CorrectionRefused(APART)
    duties = Duties(rules, zone)
    _check_work(duties.of(pair.asks, swap.day), swap.shift, now, zone)
    if swap.back is not None:
        _check_work(duties.of(pair.other, swap.back), swap.back_shift, now, zone)
    if swap.back == swap.day:
        if swap.shift == swap.back_shift:
            raise CorrectionRefused(_SAME)
        return
    _check_free(duties, pair.other, swap.day)
    if swap.back is not None:
        _check_free(duties, pair.asks, swap.back)


def wanted(swap: SwapRequest, subject: str) -> dict[tuple[str, date], str]:
    """What the roster says then, by subject and day."""
    if swap.back == swap.day:
        return {(subject, swap.day): swap.back_shift, (swap.other, swap.day): swap.shift}
    cells = {(subject, swap.day): OFF, (swap.other, swap.day): swap.shift}
    if swap.back is not None:
        cells |= {(swap.other, swap.back): OFF, (subject, swap.back): swap.back_shift}
    return cells


def swapped(stored: Mapping[str, RosterWeek], cells: Mapping[tuple[str, date], str]
            ) -> list[RosterWeek]:  # fmt: skip
    """The weeks of ``cells`` with these days changed."""
    weeks = dict.fromkeys((subject, monday(day)) for subject, day in cells)
    return [
        with_days(
            stored.get(roster_id(subject, first), empty_week(subject, first)),
            {day: told for (who, day), told in cells.items()
             if (who, monday(day)) == (subject, first)},
        )
        for subject, first in weeks
    ]  # fmt: skip


def is_done(weeks: Iterable[RosterWeek], cells: Mapping[tuple[str, date], str]) -> bool:
    """Whether the roster says all of ``cells``."""
    stored = {one.id: one for one in weeks}
    found = ((stored.get(roster_id(who, monday(day))), day, told)
             for (who, day), told in cells.items())  # fmt: skip
    return all(week is not None and week.of(day) == told for week, day, told in found)


def _check_work(duty: Duty, shift: str, now: datetime, zone: ZoneInfo) -> None:
    if not duty.work or duty.shift != shift:
        raise CorrectionRefused(_MOVED)
    begun = duty.start <= now if duty.start else duty.day <= now.astimezone(zone).date()
    if begun:
        raise CorrectionRefused(_BEGUN)


def _check_free(duties: Duties, person: Person, day: date) -> None:
    """Whoever has left by then, or not begun, is not off: nobody would work the shift."""
    if duties.of(person, day).kind is not DutyKind.OFF or not duties.expected(person, day):
        raise CorrectionRefused(_NOT_FREE)
