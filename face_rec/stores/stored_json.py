"""JSON as it is stored: written in few bytes, read strictly into our own types (msgspec)."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")


def compact(value: object) -> bytes:
    """JSON in ASCII, in as few bytes as that takes; any text survives it. What is signed is
    signed as it comes out of this, byte by byte."""
    return json.dumps(value, separators=(",", ":")).encode()


def written(value: object) -> bytes:
    """The same of what nobody signs, several times faster, in UTF-8."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # half a character, which JSON can hold and UTF-8 cannot
        return compact(msgspec.to_builtins(value))


class Reader(Generic[T]):
    """Reads values of ``kind``. A field that ``kind`` does not know, of a later version, is
    ignored; one of another type is refused. Safe from any thread."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._decoder = msgspec.json.Decoder(kind)

    def __call__(self, text: bytes | str) -> T:
        """Raises ValueError for what is none."""
        try:
            return self._decoder.decode(text)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:  # half a character, or no number: older versions wrote both
            return msgspec.convert(json.loads(text), self._kind)


# --- what a later version has added


def beyond(stored: bytes | str | None, known: Collection[str]) -> dict[str, Any]:
    """The fields of a stored record that are none of ``known``: a later version has added them.
    Whoever writes the record anew puts them back in, or the version beside this one would lose
    what it has written. Nothing of what is no record."""
    try:
        found = json.loads(stored or b"{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if name not in known}


# --- times


def time_to_text(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the microsecond."""
    return None if moment is None else moment.astimezone(UTC).isoformat()


def text_to_time(text: str | None) -> datetime | None:
    """Raises ValueError for a text that is no time, or one without a zone."""
    return None if text is None else in_utc(datetime.fromisoformat(text))


def in_utc(moment: datetime) -> datetime:
    """Raises ValueError for a time without a zone, and for one that UTC's calendar lacks."""
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{moment.isoformat()} lies outside of the calendar") from error
