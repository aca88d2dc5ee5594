"""UTC times in the words and zone of the site."""

from datetime import datetime, tzinfo
from zoneinfo import available_timezones

from face_rec.clock import offset_if_twice


def clock_time(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%H:%M:%S}{offset_if_twice(local)}"


def date_and_time(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}{offset_if_twice(local)}"


def day(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def ago(at: datetime, now: datetime) -> str:
    """How long ago ``at`` was, roughly; for times of today."""
    seconds = max(0, int((now - at).total_seconds()))
    for size, word in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {word} ago"
    return "just now" if seconds < 10 else f"{seconds} s ago"


def zones(here: str) -> list[str]:
    """Every zone that has people in it, by name, and the one of ``here``."""
    odd = ("Etc/", "SystemV/", "posix/", "right/")
    names = {name for name in available_timezones() if "/" in name and not name.startswith(odd)}
    return sorted(names | {"UTC", here})
