"""Entries of the rules as they were read last: what has not changed is not read again."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from face_rec.attendance.rules.rules import Item
from face_rec.attendance.rules.validation import flaws
from face_rec.stores.attendance.rule_codec import MalformedRule, decode

Kind = TypeVar("Kind", bound=Item)


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
