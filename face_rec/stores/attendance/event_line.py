"""Events that are looked at and let go, read in a fifth of the time."""

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields
from datetime import UTC
from typing import Any, Final, cast, get_type_hints

import msgspec

from face_rec.domain.marks import Event
from face_rec.stores.attendance import event_codec


def _fields() -> list[tuple[str, Any] | tuple[str, Any, Any]]:
    kinds = get_type_hints(Event)
    return [
        (one.name, kinds[one.name])
        if one.default is MISSING
        else (one.name, kinds[one.name], one.default)
        for one in fields(Event)
    ]


_LINE: Final = msgspec.defstruct(
    "EventLine", _fields(), frozen=True, gc=False, namespace={"doubts": Event.doubts}
)
_DECODER: Final[msgspec.json.Decoder[Any]] = msgspec.json.Decoder(_LINE)


def read_all(entries: Sequence[bytes]) -> Iterator[Event | None]:
    """Each of ``entries`` as :func:`read` finds it."""
    for start in range(0, len(entries), _AT_ONCE):
        part = entries[start : start + _AT_ONCE]
        try:
            lines = list(map(_DECODER.decode, part))
        except ValueError:
            yield from map(read, part)
            continue
        for entry, line in zip(part, lines, strict=True):
            usual = line.at.tzinfo is UTC and line.recorded_at is None and not line.beyond
            yield line if usual else read(entry)


_AT_ONCE: Final = 1_000


def read(entry: bytes) -> Event | None:
    """What :func:`event_codec.read` finds. It has all fields of an event and its ``doubts``, and
    is compared with its like alone; it is no dataclass."""
    try:
        line = _DECODER.decode(entry)
    except ValueError:
        return event_codec.read(entry)  # older versions wrote what is not quite JSON
    noted = line.recorded_at
    if line.at.tzinfo is UTC and (noted is None or noted.tzinfo is UTC) and not line.beyond:
        return cast("Event", line)
    return event_codec.read(entry)
