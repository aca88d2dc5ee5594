"""UTC times in the zone of the site, written as whoever reads them writes times."""

from datetime import datetime, tzinfo
from zoneinfo import available_timezones

from face_rec.clock import offset_if_twice
from pages.ui.shared import words
from pages.ui.shared.words import formats, said, said_many


def clock_time(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{formats().clock(local, seconds=True)}{offset_if_twice(local)}"


def date_and_time(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{words.day(local)}, {formats().clock(local)}{offset_if_twice(local)}"


def moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """The time alone, where it is of today."""
    local = at.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return formats().clock(local)
    return date_and_time(at, zone)


def stamp(at: datetime, zone: tzinfo) -> str:
    """Date and time, as short as may be: ``2026-03-02 14:05``."""
    local = at.astimezone(zone)
    return f"{formats().numbers_only(local)} {formats().clock(local)}{offset_if_twice(local)}"


def day(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return words.day(local)


def ago(at: datetime, now: datetime) -> str:
    """How long ago ``at`` was, roughly; for times of today."""
    seconds = max(0, int((now - at).total_seconds()))
    if seconds >= 3600:
        return said_many("{count} h ago", "{count} h ago", seconds // 3600)
    if seconds >= 60:
        return said_many("{count} min ago", "{count} min ago", seconds // 60)
    if seconds < 10:
        return said("just now")
    return said_many("{count} s ago", "{count} s ago", seconds)


def zones(here: str) -> list[str]:
    """Every zone that has people in it, by name, and the one of ``here``."""
    odd = ("Etc/", "SystemV/", "posix/", "right/")
    names = {name for name in available_timezones() if "/" in name and not name.startswith(odd)}
    return sorted(names | {"UTC", here})
