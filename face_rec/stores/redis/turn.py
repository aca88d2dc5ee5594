"""Work that one process of a site does at a time."""

import secrets
from typing import Any

from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors


class RedisTurn:
    """One holder's claim on ``work``; it expires ``seconds`` after it was last made, should the
    holder die. Who claims again as the holder renews it. All may raise StoreUnavailable."""

    def __init__(self, client: Client, site: str, work: str, seconds: int) -> None:
        self._client = client
        self._key = keys.turn(site, work)
        self._seconds = seconds
        self._mine = secrets.token_hex(8)

    @redis_errors()
    def claim(self) -> bool:
        if self._client.set(self._key, self._mine, nx=True, ex=self._seconds):
            return True
        holder: Any = self._client.get(self._key)
        return holder == self._mine.encode() and bool(
            self._client.expire(self._key, self._seconds)
        )

    @redis_errors()
    def release(self) -> None:
        """Only our own; one that expired may be another's by now."""
        holder: Any = self._client.get(self._key)
        if holder == self._mine.encode():
            self._client.delete(self._key)
