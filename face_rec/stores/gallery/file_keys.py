"""The keys of the gallery's files, in Redis alone: no backup holds them, and every script that
takes a template away destroys all of them in the same step."""

import secrets
from typing import Any, Final, cast

from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Script

_SWAP: Final = Script("swap_field")
_BYTES: Final = 32
_BEGUN, _WHOLE = b"begun:", b"whole:"
_LASTS: Final = 72 * 3600  # seconds
_MOST: Final = 64
"""Machines that may have a file. What more there are belongs to folders that are gone."""


class FileKeys:
    """Of one site. Safe from any thread; all may raise StoreUnavailable."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._key = keys.gallery_files(site)

    @redis_errors()
    def begin(self, name: str) -> bytes:
        """A new key for the file ``name``, which opens nothing until :meth:`finish`. It is there
        before anything is read that goes into the file, so that whatever takes a template away
        meanwhile takes the key as well."""
        if int(cast("Any", self._client.hlen(self._key))) >= _MOST:
            self._client.delete(self._key)
        key = secrets.token_bytes(_BYTES)
        self._client.hset(self._key, name, cast("str", _BEGUN + key))
        self._client.expire(self._key, _LASTS)
        return key

    @redis_errors()
    def renew(self) -> None:
        """They are looked after; else they expire, as after a step back to a version that does not
        know of them and would erase people beside them."""
        self._client.expire(self._key, _LASTS)

    @redis_errors()
    def stands(self, name: str) -> bool:
        """Whether the key of a file that is being written was not destroyed meanwhile."""
        return (self._stored(name) or b"").startswith(_BEGUN)

    @redis_errors()
    def finish(self, name: str, key: bytes) -> bool:
        """The file is whole; False where the key was destroyed meanwhile."""
        return bool(_SWAP.run(self._client, [self._key], [name, _BEGUN + key, _WHOLE + key]))

    @redis_errors()
    def of(self, name: str) -> bytes | None:
        """The key of a whole file; None where there is none, or none any more."""
        stored = self._stored(name) or b""
        key = stored.removeprefix(_WHOLE)
        return key if stored.startswith(_WHOLE) and len(key) == _BYTES else None

    @redis_errors()
    def drop(self, name: str) -> None:
        """Destroy the key of one file."""
        self._client.hdel(self._key, name)

    @redis_errors()
    def destroy(self) -> None:
        """Destroy all of them, as the scripts do."""
        self._client.delete(self._key)

    def _stored(self, name: str) -> bytes | None:
        return cast("bytes | None", self._client.hget(self._key, name))
