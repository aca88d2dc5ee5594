"""Records of access control to and from JSON. Reading is strict: what is not understood
opens nothing."""

import dataclasses
import json
import typing
from collections.abc import Callable, Mapping
from datetime import datetime, time
from enum import Enum
from typing import Any, Final, TypeVar

from face_rec.access.devices.credentials import LinkKind
from face_rec.access.factors.ceremony import Purpose
from face_rec.access.factors.factors import Passkey
from face_rec.access.rights import Role, Scope
from face_rec.access.signin.session import ProviderSession, SignIn
from face_rec.domain.errors import StoreError
from face_rec.domain.groups import ALL_GROUPS, Groups

T = TypeVar("T")


def encode(record: Any) -> str:  # noqa: ANN401 - any dataclass
    """One record as JSON."""
    return json.dumps(_fields(record), ensure_ascii=True, separators=(",", ":"))


def decode(kind: type[T], text: str | bytes) -> T:
    """One record from JSON; raises StoreError if it is none."""
    try:
        return _record(kind, json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StoreError(
            f"A stored {kind.__name__.lower()} cannot be read ({type(error).__name__}). Restore "
            "it from a backup, or make it again."
        ) from error


def _record(kind: type[T], stored: Mapping[str, Any]) -> T:
    hints = typing.get_type_hints(kind)
    return kind(**{n: _READERS[hints[n]](value) for n, value in stored.items() if n in hints})


def _fields(record: Any) -> dict[str, object]:  # noqa: ANN401
    return {f.name: _plain(getattr(record, f.name)) for f in dataclasses.fields(record)}


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_fields(one) for one in value]
    if isinstance(value, frozenset):
        return sorted(_plain(one) for one in value)  # type: ignore[type-var]
    if isinstance(value, datetime | time):
        return value.isoformat()
    return _part(value)


def _part(value: object) -> object:
    """What is made of further values."""
    if isinstance(value, Groups):
        return {"every": value.every, "named": sorted(value.named)}
    if isinstance(value, SignIn | ProviderSession):
        return _fields(value)
    return dict(value) if isinstance(value, Mapping) else value


def _exactly(kind: type[T]) -> Callable[[Any], T]:
    def read(value: object) -> T:
        if type(value) is not kind:
            raise TypeError(f"no {kind.__name__}")
        return value

    return read


def _or_none(read: Callable[[Any], T]) -> Callable[[Any], T | None]:
    return lambda value: None if value is None else read(value)


def _set_of(read: Callable[[Any], T]) -> Callable[[Any], frozenset[T]]:
    return lambda values: frozenset(read(value) for value in _exactly(list)(values))


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment


def _texts(value: Any) -> dict[str, str]:  # noqa: ANN401
    return {str(name): str(text) for name, text in _exactly(dict)(value).items()}


def _groups(value: Any) -> Groups:  # noqa: ANN401
    """Also as accounts said it before there was a word for all: a list, empty for all."""
    if isinstance(value, list):
        named = _set_of(_exactly(str))(value)
        return Groups(named) if named else ALL_GROUPS
    every, named = value["every"], _set_of(_exactly(str))(value["named"])
    return Groups(named, _exactly(bool)(every))


_READERS: Final[dict[Any, Callable[[Any], Any]]] = {
    str: _exactly(str),
    int: _exactly(int),
    bool: _exactly(bool),
    str | None: _or_none(_exactly(str)),
    datetime: _moment,
    datetime | None: _or_none(_moment),
    time: time.fromisoformat,
    frozenset[str]: _set_of(_exactly(str)),
    frozenset[Scope]: _set_of(Scope),
    Groups: _groups,
    Role: Role,
    LinkKind: LinkKind,
    Purpose: Purpose,
    SignIn | None: _or_none(lambda stored: _record(SignIn, stored)),
    ProviderSession | None: _or_none(lambda stored: _record(ProviderSession, stored)),
    tuple[Passkey, ...]: lambda stored: tuple(_record(Passkey, one) for one in stored),
    Mapping[str, str]: _texts,
}
