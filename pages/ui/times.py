"""UTC times in the words and zone of the site."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo


def clock_time(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%H:%M:%S}"


def date_and_time(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"


def day(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def long_day(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%A}, {local.day} {local:%B %Y}"


def ago(at: datetime, now: datetime) -> str:
    """How long ago ``at`` was, roughly; for times of today."""
    seconds = max(0, int((now - at).total_seconds()))
    for size, word in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {word} ago"
    return "just now" if seconds < 10 else f"{seconds} s ago"


def bounds(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The UTC instants at which the local days ``first`` to ``last`` begin and end.

    Days of 23 and 25 hours come out right, because both ends are local midnights.
    """
    start = datetime.combine(first, time(), tzinfo=zone)
    end = datetime.combine(last + timedelta(days=1), time(), tzinfo=zone)
    return start.astimezone(UTC), end.astimezone(UTC)
