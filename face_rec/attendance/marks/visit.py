"""Visits: marks that a camera made of somebody who only stayed before it.

A short cooldown marks somebody who lingers every minute. Each of these marks is kept, but a
reader of the day sees one visit with a beginning and an end, as the pairing of the day does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from face_rec.attendance.marks.effective_marks import Entry
from face_rec.kiosks.kiosk import KioskRecord

Stays = Mapping[str, int]
"""Minimum stay in minutes by kiosk; for others that of a kiosk without a record."""
_USUAL: Final = KioskRecord("").minimum_stay


@dataclass(frozen=True, slots=True)
class Visit:
    """One or more marks of one person at one kiosk, oldest first."""

    marks: tuple[Entry, ...]

    @property
    def first(self) -> Entry:
        return self.marks[0]

    @property
    def until(self) -> datetime:
        """The last time they were seen."""
        return self.marks[-1].event.at


def stays_of(kiosks: Iterable[KioskRecord]) -> Stays:
    return {kiosk.id: kiosk.minimum_stay for kiosk in kiosks}


def visits(marks: Iterable[Entry], stays: Stays) -> list[Visit]:
    """``marks`` (by time) as visits, by their beginning.

    A mark goes on with a visit if it counts the same way at the same kiosk and comes within the
    minimum stay of the mark before. PINs and entries by hand are meant, and stand alone.
    """
    begun: list[list[Entry]] = []
    open_: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in marks:
        event = entry.event
        key = (event.subject, event.kiosk, entry.kind.value)
        before = open_.get(key)
        if event.source.deliberate:
            begun.append([entry])
        elif before and event.at - before[-1].event.at < _stay(stays, event.kiosk):
            before.append(entry)
        else:
            open_[key] = [entry]
            begun.append(open_[key])
    return [Visit(tuple(some)) for some in begun]


def _stay(stays: Stays, kiosk: str) -> timedelta:
    return timedelta(minutes=stays.get(kiosk, _USUAL))
