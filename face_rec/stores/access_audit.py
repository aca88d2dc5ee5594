"""The audit log in Redis: a stream, appended only, and linked like the marks."""

import dataclasses
import hashlib
from collections.abc import Iterator
from typing import Any, Final

from face_rec.access.audit import AuditEntry
from face_rec.stores import keys
from face_rec.stores.access_codec import decode, encode
from face_rec.stores.client import Client, redis_errors
from face_rec.stores.ledger import Command, Ledger

_ENTRY: Final = "entry"
_THERE: Final = "there"
_AT_ONCE: Final = 1000


class RedisAudit:
    """An ``AuditStore``. Safe to call from several threads and processes at once. With a
    ``ledger`` every entry is linked to the one before it."""

    def __init__(self, client: Client, site: str, ledger: Ledger | None = None) -> None:
        self._client = client
        self._key = keys.audit(site)
        self._ledger = ledger

    @redis_errors()
    def append(self, entry: AuditEntry) -> None:
        text = encode(entry)
        if self._ledger is None:
            self._client.xadd(self._key, {_ENTRY: text})
            return
        added = Command(self._key, ("XADD", "*", _ENTRY, text))
        self._ledger.write({_name(text.encode()): _THERE}, [added])

    @redis_errors()
    def newest(self, count: int, before: str = "") -> list[AuditEntry]:
        top = f"({before}" if before else "+"
        found: Any = self._client.xrevrange(self._key, max=top, min="-", count=count)
        return [_entry(number.decode(), fields[_ENTRY.encode()]) for number, fields in found]

    # --- the chain's view

    def stored(self) -> Iterator[tuple[str, str]]:
        """The name that the chain has for each entry, and the entry's number."""
        start = "-"
        while True:
            with redis_errors():
                found: Any = self._client.xrange(self._key, min=start, count=_AT_ONCE)
            for number, fields in found:
                yield _name(fields.get(_ENTRY.encode(), b"")), number.decode()
            if len(found) < _AT_ONCE:
                return
            start = f"({found[-1][0].decode()}"

    def begin(self) -> None:
        """Enter what was noted before the chain; nothing to do if that was done."""
        if self._ledger is not None and not self._ledger.complete():
            self._ledger.begin({name: _THERE for name, _ in self.stored()})


def _name(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _entry(number: str, text: bytes) -> AuditEntry:
    return dataclasses.replace(decode(AuditEntry, text), number=number)
