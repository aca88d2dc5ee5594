"""Events that are looked at and let go, read in a fifth of the time."""

from collections.abc import Sequence
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


def read(entries: Sequence[bytes]) -> list[Event | None]:
    """What :func:`event_codec.read` finds in each of ``entries``. It has all fields of an event
    and its ``doubts``, and is compared with its like alone; it is no dataclass."""
    return [_read(entry) for entry in entries]


def _read(entry: bytes) -> Event | None:
    try:
        line = _DECODER.decode(entry)
    except ValueError:
        return event_codec.read(entry)  # older versions wrote what is not quite JSON
    noted = line.recorded_at
    if line.at.tzinfo is UTC and (noted is None or noted.tzinfo is UTC) and not line.beyond:
        return cast("Event", line)
    return event_codec.read(entry)
