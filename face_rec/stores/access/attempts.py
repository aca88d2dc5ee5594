"""Tries at passwords in Redis: one hash for each thing that is tried, gone by itself."""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from face_rec.access.signin.pace import Begun, Pace
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Argument, Script

_BEGIN: Final = Script("begin_attempt")
_SETTLE: Final = Script("settle_attempt")


class RedisAttempts:
    """An ``AttemptStore``. Safe to call from several threads and processes at once."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._site = site

    @redis_errors()
    def begin(self, key: str, paces: Mapping[str, Pace], forget: float) -> Begun:
        args: list[Argument] = [_ms(forget)]
        for name, pace in paces.items():
            args += [name, pace.free, _ms(pace.first), _ms(pace.longest)]
        allowed, wait, *counts = _BEGIN.run(self._client, [keys.attempts(self._site, key)], args)
        return Begun(bool(allowed), int(wait) / 1000, dict(zip(paces, counts, strict=False)))

    @redis_errors()
    def settle(self, key: str, forgotten: Sequence[str], one_less: Mapping[str, int]) -> None:
        args: list[Argument] = [len(forgotten), *forgotten]
        for name, count in one_less.items():
            args += [name, count]
        _SETTLE.run(self._client, [keys.attempts(self._site, key)], args)

    @redis_errors()
    def slowed(self, key: str) -> bool:
        found = cast("list[bytes]", self._client.hvals(keys.attempts(self._site, key)))
        return any(not value.endswith(b":0") for value in found)

    @redis_errors()
    def clear(self, key: str) -> None:
        self._client.delete(keys.attempts(self._site, key))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
