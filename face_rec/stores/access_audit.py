"""The audit log in Redis: a stream, appended only."""

import dataclasses
from typing import Any, Final

from face_rec.access.audit import AuditEntry
from face_rec.stores import keys
from face_rec.stores.access_codec import decode, encode
from face_rec.stores.client import Client, redis_errors

_ENTRY: Final = "entry"


class RedisAudit:
    """An ``AuditStore``. Safe to call from several threads and processes at once."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._key = keys.audit(site)

    @redis_errors()
    def append(self, entry: AuditEntry) -> None:
        self._client.xadd(self._key, {_ENTRY: encode(entry)})

    @redis_errors()
    def newest(self, count: int, before: str = "") -> list[AuditEntry]:
        top = f"({before}" if before else "+"
        found: Any = self._client.xrevrange(self._key, max=top, min="-", count=count)
        return [_entry(number.decode(), fields[_ENTRY.encode()]) for number, fields in found]


def _entry(number: str, text: bytes) -> AuditEntry:
    return dataclasses.replace(decode(AuditEntry, text), number=number)
