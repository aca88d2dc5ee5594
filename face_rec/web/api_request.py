"""What callers of the API send: numbers, moments, cursors."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from face_rec.errors import FaceRecError

LIMIT: Final = 100
MOST: Final = 500


class BadRequest(FaceRecError):
    """A parameter or body that is not as the description says."""


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What people agree to when they are registered here."""

    text: str
    version: str


def limit_of(query: Mapping[str, str]) -> int:
    """How many entries a page has."""
    text = query.get("limit", str(LIMIT))
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= MOST:
        raise BadRequest(f"limit must be a whole number from 1 to {MOST}.")
    return int(text)


def moment_of(query: Mapping[str, str], name: str, default: datetime) -> datetime:
    """An ISO 8601 time with an offset, in UTC."""
    text = query.get(name)
    if text is None:
        return default
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadRequest(f"{name} must be a time such as 2025-03-10T08:00:00Z, with its offset.")
    return moment.astimezone(UTC)


def cursor_of(last: str) -> str:
    """Where the next page goes on; callers send it back as it is."""
    return base64.urlsafe_b64encode(last.encode()).decode().rstrip("=")


def after_cursor(query: Mapping[str, str]) -> str:
    """What :func:`cursor_of` was given; empty for the first page."""
    text = query.get("cursor", "")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise BadRequest("cursor must be the one that the page before gave as next.") from None
