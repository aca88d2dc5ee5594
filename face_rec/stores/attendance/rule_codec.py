"""Attendance rules to and from JSON.

Reading is strict about types and lenient about fields: an unknown one (of a
newer version) is ignored, a missing one takes its default.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, Generic, TypeVar

import msgspec

from face_rec.attendance.rules.rules import Item
from face_rec.attendance.rules.validation import flaws
from face_rec.stores.stored_json import beyond

Kind = TypeVar("Kind", bound=Item)

_EARLIER: Final = "earlier"


class MalformedRule(ValueError):
    """A stored entry that is no such rule."""


def encode(item: Item, over: bytes | None = None) -> str:
    """One entry as JSON; sets in order, so that the same entry has the same text. What a later
    version has added to the entry that is written ``over`` stays."""
    fields = _without_ids(msgspec.to_builtins(item, order="deterministic"))
    if over is not None:
        fields |= beyond(over, {*fields, _EARLIER})
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def decode(kind: type[Kind], entry_id: str, text: str | bytes) -> Kind:
    """One entry from JSON; raises MalformedRule."""
    try:
        return msgspec.convert(_with_ids(json.loads(text), entry_id), kind)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise MalformedRule(f"{kind.__name__} {entry_id!r}: {error}") from error


def _without_ids(fields: dict[str, Any]) -> dict[str, Any]:
    """All but the id, which is the field's name in the hash, and versions there are none of."""
    del fields["id"]
    earlier = fields.pop(_EARLIER, ())
    return {**fields, _EARLIER: [_without_ids(one) for one in earlier]} if earlier else fields


def _with_ids(stored: dict[str, Any], entry_id: str) -> dict[str, Any]:
    """The same backwards. Raises AttributeError and TypeError for what is none."""
    earlier = [_with_ids(one, entry_id) for one in stored.get(_EARLIER, ())]
    return {**stored, _EARLIER: earlier, "id": entry_id}


# Entries of the rules as they were read last: what has not changed is not read again.


class ReadEntries(Generic[Kind]):
    """Of one kind. A year of a thousand people's roster is 52,000 entries, and each change of any
    rule has all of them looked at. Safe from any thread."""

    def __init__(self, kind: type[Kind]) -> None:
        self._kind = kind
        self._known: dict[bytes, tuple[bytes, Kind]] = {}

    def read(self, stored: Mapping[bytes, bytes], malformed: list[str]) -> tuple[Kind, ...]:
        """What is stored now, by id, in the order of ids; what cannot be understood is told to
        ``malformed``."""
        known = self._known
        fresh: dict[bytes, tuple[bytes, Kind]] = {}
        for entry_id, text in sorted(stored.items()):
            was = known.get(entry_id)
            if was is not None and was[0] == text:
                fresh[entry_id] = was
                continue
            for item in self._understood(entry_id, text, malformed):
                fresh[entry_id] = text, item
        self._known = fresh
        return tuple(item for _, item in fresh.values())

    def _understood(self, entry_id: bytes, text: bytes, malformed: list[str]) -> Iterator[Kind]:
        try:
            item = decode(self._kind, entry_id.decode(errors="replace"), text)
        except MalformedRule as error:
            malformed.append(str(error))
            return
        wrong = flaws(item)
        if wrong:
            malformed.append(f"{self._kind.__name__} {item.id!r}: {' '.join(wrong)}")
        else:
            yield item
