"""An attendance event as one line of JSON, for Redis and for the journal."""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC
from typing import Final

from face_rec.domain.clock_state import Stamp
from face_rec.domain.marks import Event
from face_rec.stores.stored_json import Reader, beyond, in_utc, time_to_text, written

_PLAIN: Final = (
    "id", "subject", "kiosk", "score", "margin", "liveness", "snapshot", "contract", "target",
    "author", "reason", "kind", "source", "becomes", "live",
)  # fmt: skip
_KNOWN: Final = frozenset(field.name for field in fields(Event))
_parse: Final = Reader(Event)


class MalformedEvent(ValueError):
    """Something in an attendance list is not an event."""


def encode(event: Event) -> bytes:
    """Compact JSON on one line; what is None or empty is left out."""
    record = {name: value for name in _PLAIN if (value := getattr(event, name)) is not None}
    record["at"] = time_to_text(event.at)
    if event.recorded_at is not None:
        record["recorded_at"] = time_to_text(event.recorded_at)
    if event.found:
        record["found"] = event.found
    if event.clock is not None:
        record["clock"] = _stamp(event.clock)
    if event.where is not None:
        record["where"] = event.where
    if event.beyond:
        record |= json.loads(event.beyond)
    return written(record)


def _stamp(stamp: Stamp) -> dict[str, object]:
    """As short as it can be: every mark has one."""
    values = {
        "boot": stamp.boot, "up": stamp.up, "kept": stamp.kept, "ahead": stamp.ahead,
        "apart": stamp.apart or None,
    }  # fmt: skip
    return {name: value for name, value in values.items() if value is not None}


def with_all(event: Event, line: bytes) -> Event:
    """``event`` as ``line`` has it, with what a later version has added: it is to be handed on."""
    more = beyond(line, _KNOWN)
    return replace(event, beyond=written(more).decode()) if more else event


def decode(line: bytes) -> Event:
    """The event in ``line``; fields of later versions are ignored.

    Raises MalformedEvent.
    """
    try:
        return checked(_parse(line))
    except ValueError as error:
        raise MalformedEvent(f"not an event: {error}") from error


def checked(event: Event) -> Event:
    """``event`` with its times in UTC; raises ValueError for one without a zone. What a later
    version added is no field of its own: one of that name could say anything anew."""
    if event.beyond:
        event = replace(event, beyond="")
    noted = event.recorded_at
    if event.at.tzinfo is UTC and (noted is None or noted.tzinfo is UTC):  # as ours all are
        return event
    return replace(
        event, at=in_utc(event.at), recorded_at=None if noted is None else in_utc(noted)
    )


def read_all(entries: Sequence[bytes]) -> tuple[list[Event], list[bytes]]:
    """The events among ``entries``, and what is none."""
    found: list[Event] = []
    malformed: list[bytes] = []
    for entry in entries:
        event = read(entry)
        if event is None:
            malformed.append(entry)
        else:
            found.append(event)
    return found, malformed


def read(entry: bytes) -> Event | None:
    """The event in ``entry``; None where it is none."""
    try:
        return decode(entry)
    except MalformedEvent:
        return None
