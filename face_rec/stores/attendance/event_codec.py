"""An attendance event as one line of JSON, for Redis and for the journal."""

import json
from typing import Any

from face_rec.domain.marks import Event, EventKind, Source
from face_rec.stores.people.person_codec import compact, text_to_time, time_to_text

_PLAIN = (
    "id",
    "subject",
    "kiosk",
    "score",
    "margin",
    "liveness",
    "snapshot",
    "contract",
    "target",
    "author",
    "reason",
)

_NUMBERS = ("score", "margin", "liveness")
_TEXTS = tuple(name for name in _PLAIN if name not in _NUMBERS)


class MalformedEvent(ValueError):
    """Something in an attendance list is not an event."""


def encode(event: Event) -> bytes:
    """Compact JSON on one line; what is None is left out."""
    record: dict[str, Any] = {name: getattr(event, name) for name in _PLAIN}
    record["kind"] = event.kind.value
    record["source"] = event.source.value
    record["becomes"] = None if event.becomes is None else event.becomes.value
    record["at"] = time_to_text(event.at)
    record["recorded_at"] = time_to_text(event.recorded_at)
    return compact({name: value for name, value in record.items() if value is not None})


def decode(line: bytes) -> Event:
    """The event in ``line``; fields of later versions are ignored.

    Raises MalformedEvent.
    """
    try:
        return event_of(json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MalformedEvent(f"not an event: {error!r}") from error


def event_of(record: dict[str, Any]) -> Event:
    """The event in a decoded record; raises what decoding it raises."""
    at = text_to_time(record["at"])
    if at is None or not all(isinstance(record[name], str) for name in ("id", "subject", "kiosk")):
        raise ValueError("id, subject, kiosk or time is missing")
    if not all(isinstance(record.get(name), int | float | None) for name in _NUMBERS):
        raise ValueError("score, margin or liveness is no number")
    if not all(isinstance(record.get(name), str | None) for name in _TEXTS):
        raise ValueError("a field that should be text is none")
    becomes = record.get("becomes")
    return Event(
        **{name: record[name] for name in _PLAIN if name in record},
        at=at,
        kind=EventKind(record["kind"]),
        source=Source(record["source"]),
        becomes=None if becomes is None else EventKind(becomes),
        recorded_at=text_to_time(record.get("recorded_at")),
    )
