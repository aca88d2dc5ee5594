"""Records of access control to and from JSON. Reading is strict: what is not understood
opens nothing."""

import dataclasses
import json
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from face_rec.access.audit.audit import AuditEntry
from face_rec.domain.errors import StoreError
from face_rec.languages.sentence import sentence
from face_rec.stores.stored_json import beyond, compact, in_utc

T = TypeVar("T")

_GROUPS: Final = "groups"


_RETIRED: Final = frozenset({"title", "opens", "closes", "pin"})
"""Of devices, before a kiosk's own record said this; their rewriting drops it."""


def encode(record: Any, over: bytes | None = None) -> str:  # noqa: ANN401 - any dataclass
    """One record as JSON, in ASCII: what strangers type may hold half a character. Sets are in
    order; the details of the audit log stay in the order in which they were told. What a later
    version has added to the record that is written ``over`` stays."""
    order: Final = None if isinstance(record, AuditEntry) else "deterministic"
    fields = msgspec.to_builtins(record, order=order)
    if over is not None:
        fields |= beyond(over, fields.keys() | _RETIRED)
        _keep_in_parts(fields, json.loads(over))
    return compact(fields).decode()


def _keep_in_parts(fields: dict[str, Any], stored: dict[str, Any]) -> None:
    """The same of parts that have an id."""
    for name, parts in fields.items():
        if not isinstance(parts, list | tuple) or not isinstance(stored.get(name), list):
            continue
        before = {one["id"]: one for one in stored[name] if isinstance(one, dict) and "id" in one}
        for part in parts:
            if isinstance(part, dict) and (old := before.get(part.get("id", ""))):
                part.update(beyond(compact(old), part.keys()))


def decode(kind: type[T], text: str | bytes) -> T:
    """One record from JSON; raises StoreError if it is none. Unknown fields, of a later version,
    are ignored."""
    try:
        record = msgspec.convert(_as_today(json.loads(text)), kind)
        _check_times(record)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise StoreError(
            sentence(
                "A stored {kind} cannot be read ({error}). Restore it from a "
                "backup, or make it again.",
                kind=kind.__name__.lower(),
                error=type(error).__name__,
            )
        ) from error
    return record


def _as_today(stored: Any) -> Any:  # noqa: ANN401
    """Accounts had a list of groups before there was a word for all: empty for all. What says
    only half of it is refused, or it would mean what its other half means by default."""
    groups = stored.get(_GROUPS)
    if isinstance(groups, dict) and not {"every", "named"} <= groups.keys():
        raise ValueError("groups are not whole")
    if isinstance(groups, list):
        return {**stored, _GROUPS: {"every": not groups, "named": groups}}
    return stored


def _check_times(record: object) -> None:
    """Raises ValueError for a time without a zone, in a part of ``record`` too."""
    if isinstance(record, datetime):
        in_utc(record)
    elif isinstance(record, tuple):
        for part in record:
            _check_times(part)
    elif dataclasses.is_dataclass(record):
        for field in dataclasses.fields(record):
            _check_times(getattr(record, field.name))
