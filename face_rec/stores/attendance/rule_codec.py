"""Attendance rules to and from JSON.

Reading is strict about types and lenient about fields: an unknown one (of a
newer version) is ignored, a missing one takes its default.
"""

import dataclasses
import json
import typing
from collections.abc import Callable
from datetime import date, datetime, time
from enum import Enum
from typing import Any, Final, TypeVar

from face_rec.attendance.rules.rules import Item
from face_rec.attendance.rules.shift import Counting, DayHours, Reading
from face_rec.kiosks.kiosk import Direction

Kind = TypeVar("Kind", bound=Item)


class MalformedRule(ValueError):
    """A stored entry that is no such rule."""


def encode(item: Item) -> str:
    """One entry as JSON."""
    return json.dumps(_fields(item), ensure_ascii=False, separators=(",", ":"))


def decode(kind: type[Kind], entry_id: str, text: str | bytes) -> Kind:
    """One entry from JSON; raises MalformedRule."""
    try:
        return _read(kind, entry_id, json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise MalformedRule(f"{kind.__name__} {entry_id!r}: {error}") from error


def _read(kind: type[Kind], entry_id: str, stored: dict[str, Any]) -> Kind:
    hints = typing.get_type_hints(kind)
    values = {
        name: _READERS[hints[name]](value)
        for name, value in stored.items()
        if name in hints and name != _EARLIER
    }
    if _EARLIER in hints:
        values[_EARLIER] = tuple(_read(kind, entry_id, one) for one in stored.get(_EARLIER, ()))
    return kind(**{**values, "id": entry_id})


def _fields(item: Any) -> dict[str, object]:  # noqa: ANN401 - an entry, or a part of one
    """All but the id, which is the field's name in the hash, and versions there are none of."""
    return {
        field.name: _plain(getattr(item, field.name))
        for field in dataclasses.fields(item)
        if field.name != "id" and not (field.name == _EARLIER and not getattr(item, _EARLIER))
    }


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if dataclasses.is_dataclass(value):
        return _fields(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return value


def _exactly(*types: type) -> Callable[[Any], Any]:
    def read(value: object) -> object:
        # JSON's true is Python's True, and that is an int.
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise TypeError(f"{value!r} is no {' or '.join(t.__name__ for t in types)}")
        return value

    return read


def _or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _set_of(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda values: frozenset(read(value) for value in _exactly(list)(values))


def _hours(values: Any) -> tuple[DayHours, ...]:  # noqa: ANN401
    return tuple(
        DayHours(one["day"], time.fromisoformat(one["start"]), time.fromisoformat(one["end"]))
        for one in _exactly(list)(values)
    )


_EARLIER: Final = "earlier"
_READERS: Final[dict[Any, Callable[[Any], Any]]] = {
    str: _exactly(str),
    int: _exactly(int),
    bool: _exactly(bool),
    float: _exactly(float, int),
    int | None: _or_none(_exactly(int)),
    time: time.fromisoformat,
    date: date.fromisoformat,
    date | None: _or_none(date.fromisoformat),
    datetime | None: _or_none(datetime.fromisoformat),
    frozenset[int]: _set_of(_exactly(int)),
    frozenset[str]: _set_of(_exactly(str)),
    Reading: Reading,
    Counting: Counting,
    Direction: Direction,
    tuple[DayHours, ...]: _hours,
}
