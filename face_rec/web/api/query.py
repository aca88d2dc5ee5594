"""What callers of the API send in a query: numbers, moments, cursors."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from face_rec.domain.errors import FaceRecError

USUAL: Final = 100  # entries of a page
MOST: Final = 500
FIRST_YEAR, LAST_YEAR = 2000, 2999
_WHOLE: Final = re.compile(r"[1-9][0-9]{0,2}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
"""``date-time`` of RFC 3339 section 5.6; seconds may be left out."""
_LONGEST_CURSOR: Final = 401  # a base64 text never has 4n + 1 letters


class BadRequest(FaceRecError):
    """A parameter or body that is not as the description says."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as the description says it; ``schema`` is JSON Schema."""

    name: str
    schema: Mapping[str, Any]


_DAY_OR_TIME: Final[Mapping[str, Any]] = {
    "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}],
    "description": "A day is the site's local one: from is its beginning, to its end, so that "
    "the same day in both is that day. A time has its offset (RFC 3339). At most 31 days.",
}
LIMIT: Final = Parameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
)
CURSOR: Final = Parameter("cursor", {"type": "string"})
FROM: Final = Parameter("from", _DAY_OR_TIME)
TO: Final = Parameter("to", _DAY_OR_TIME)
AFTER: Final = Parameter("after", {"type": "string", "description": "instead of Last-Event-ID"})
ID: Final = Parameter(
    "id", {"type": "string", "description": "only whoever has this ID, which may have a slash"}
)
PERSON: Final = Parameter("person", {"type": "string", "description": "the person's ID"})


def limit_of(query: Mapping[str, str]) -> int:
    """How many entries a page has."""
    text = query.get(LIMIT.name, str(USUAL))
    if not _WHOLE.fullmatch(text) or int(text) > MOST:
        raise BadRequest(f"limit must be a whole number from 1 to {MOST}.")
    return int(text)


def beginning_of(query: Mapping[str, str], zone: tzinfo) -> datetime | None:
    """``from``: a moment, or the first one of a day, in UTC; None: not given."""
    return _moment(query, FROM.name, zone, timedelta(0))


def end_of(query: Mapping[str, str], zone: tzinfo) -> datetime | None:
    """``to``: a moment, or the first one after a day, in UTC; None: not given."""
    return _moment(query, TO.name, zone, timedelta(days=1))


def _moment(
    query: Mapping[str, str], name: str, zone: tzinfo, later: timedelta
) -> datetime | None:
    """An RFC 3339 time, or a plain date, which is the site's local day."""
    text = query.get(name)
    if text is None:
        return None
    try:
        found = _local(text, zone, later) if _DATE.fullmatch(text) else _with_offset(text)
    except ValueError:
        found = None
    if found is None:
        raise BadRequest(
            f"{name} must be a day such as 2025-03-10, in this site's time zone, or a time with "
            f"its offset such as 2025-03-10T08:00:00Z, of the years {FIRST_YEAR} to {LAST_YEAR}."
        )
    return found


def _local(text: str, zone: tzinfo, later: timedelta) -> datetime | None:
    day = date.fromisoformat(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    return datetime.combine(day + later, time(), zone).astimezone(UTC)


def _with_offset(text: str) -> datetime | None:
    """A plus that was not escaped has become a space on its way (RFC 3986 section 3.4)."""
    if not _TIME.fullmatch(text.replace(" ", "+")):
        return None
    moment = datetime.fromisoformat(text.replace(" ", "+").upper())
    return moment.astimezone(UTC) if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def cursor_of(last: str) -> str:
    """Where the next page goes on; callers send it back as it is."""
    return base64.urlsafe_b64encode(last.encode()).decode().rstrip("=")


def after_cursor(query: Mapping[str, str]) -> str:
    """What :func:`cursor_of` was given; empty for the first page."""
    text = query.get(CURSOR.name, "")[:_LONGEST_CURSOR]
    try:
        padded = (text + "=" * (-len(text) % 4)).encode("ascii")
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise BadRequest("cursor must be the one that the page before gave as next.") from None
