"""The keys of days that have left Redis."""

from datetime import date


def left(site: str, day: date) -> str:
    """String: the head with which the day left for the archive; in the day's slot, so that there
    is no moment in which neither it nor the list is there."""
    return f"left:{{{site}|{day.isoformat()}}}"


def all_left(site: str) -> str:
    """Pattern of these."""
    return f"left:{{{site}|*}}"


def coming(site: str, day: date, token: str, what: str) -> str:
    """What is brought back piece by piece, until it takes its place; expires."""
    return f"coming:{{{site}|{day.isoformat()}}}:{token}:{what}"
