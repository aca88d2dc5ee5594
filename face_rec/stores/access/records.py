"""Accounts, devices, tokens and factors in Redis: one hash a kind, each record with a version."""

import dataclasses
from collections.abc import Mapping
from typing import Final, Generic, TypeVar, cast

from face_rec.access.accounts.account import Account
from face_rec.access.changes import Listener, unheard
from face_rec.access.devices.credentials import Token
from face_rec.access.devices.device import Device
from face_rec.access.factors.factors import Factors, Handle
from face_rec.domain.errors import Conflict, LastOne
from face_rec.stores.access.access_codec import decode, encode
from face_rec.stores.people.person_codec import compact
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Argument, Script

Record = TypeVar("Record", Account, Device, Token, Factors, Handle)

_PUT = Script("put_record")
_NONE_LEFT: Final = 2
_NAMES: Final[dict[type, str]] = {
    Account: "accounts", Device: "devices", Token: "tokens", Factors: "factors",
    Handle: "handles",
}  # fmt: skip


class RedisRecords(Generic[Record]):
    """A ``Records`` of :mod:`face_rec.access.storage`. Safe to call from several threads and
    processes at once.

    ``changed`` is called after each write, in the thread that made it; also after one whose
    answer was lost, for it may have been written.
    """

    def __init__(
        self, client: Client, site: str, kind: type[Record], changed: Listener = unheard
    ) -> None:
        self._client = client
        self._changed = changed
        self._kind: type[Record] = kind
        self._key = keys.access(site, _NAMES[kind])

    @redis_errors()
    def get(self, record_id: str) -> Record | None:
        stored = cast("bytes | None", self._client.hget(self._key, _field(record_id)))
        return None if stored is None else decode(self._kind, stored)

    @redis_errors()
    def all(self) -> list[Record]:
        stored = cast("dict[bytes, bytes]", self._client.hgetall(self._key))
        return [decode(self._kind, text) for _, text in sorted(stored.items())]

    @redis_errors()
    def create(self, record: Record, only_first: bool = False) -> bool:
        try:
            return bool(self._put(dataclasses.replace(record, version=1), 0, only_first))
        finally:
            self._changed()

    @redis_errors()
    def update(self, record: Record, keeps: Mapping[str, object] | None = None) -> Record:
        written = dataclasses.replace(record, version=record.version + 1)
        try:
            answer = self._put(written, record.version, keeps=keeps)
        finally:
            self._changed()
        if answer == _NONE_LEFT:
            raise LastOne(f"{record.id} is the last one of its kind. Make another one first.")
        if not answer:
            raise Conflict(f"Somebody else changed {record.id!r} in the meantime. Try again.")
        return written

    @redis_errors()
    def remove(self, record_id: str) -> bool:
        try:
            return bool(self._client.hdel(self._key, record_id))
        finally:
            self._changed()

    @redis_errors()
    def count(self) -> int:
        return int(self._client.hlen(self._key))

    def _put(
        self,
        record: Record,
        over: int,
        only_first: bool = False,
        keeps: Mapping[str, object] | None = None,
    ) -> int:
        first, kept = "1" if only_first else "0", compact(dict(keeps)) if keeps else b""
        arguments: list[Argument] = [_field(record.id), over, encode(record), first, kept]
        return int(_PUT.run(self._client, [self._key], arguments))


def _field(record_id: str) -> bytes:
    """What a browser sends may hold anything, half a character included."""
    return record_id.encode("utf-8", "surrogatepass")
