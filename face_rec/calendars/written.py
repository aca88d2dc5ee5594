"""Entries as an iCalendar file (RFC 5545)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from face_rec.calendars.entries import Entry
from face_rec.domain.free_text import free_text

if TYPE_CHECKING:
    from icalendar import Event

_PRODUCT: Final = "-//attendance//roster//EN"
_EVERY: Final = timedelta(hours=1)
"""How often who subscribes is asked to look."""


@dataclass(frozen=True, slots=True)
class Edition:
    """Which one of a calendar this is: ``name`` as programs show it, ``sequence`` grows with each
    change, and ``at`` is when the last one was seen."""

    name: str
    sequence: int
    at: datetime


def written(entries: Iterable[Entry], edition: Edition) -> bytes:
    """The file, with each zone that a time in it has, and its changes of summer time. Names of
    shifts, holidays and groups come as the office typed or read them in from a file."""
    from icalendar import Calendar, vDuration, vText

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(free_text(edition.name)))
    calendar.add("refresh-interval", _EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_EVERY))
    for entry in entries:
        calendar.add_component(_event(entry, edition))
    year = edition.at.year
    calendar.add_missing_timezones(date(year - 1, 1, 1), date(year + 2, 1, 1))
    return bytes(calendar.to_ical())


def _event(entry: Entry, edition: Edition) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", entry.uid)
    event.add("summary", free_text(entry.title))
    event.add("dtstart", entry.first)
    event.add("dtend", _end(entry.last))
    event.add("dtstamp", edition.at)
    event.add("last-modified", edition.at)
    event.add("sequence", edition.sequence)
    event.add("transp", "OPAQUE" if entry.busy else "TRANSPARENT")
    return event


def _end(last: datetime | date) -> datetime | date:
    """The day after, where whole days are meant: it does not belong to them any more."""
    return last if isinstance(last, datetime) else last + timedelta(days=1)
