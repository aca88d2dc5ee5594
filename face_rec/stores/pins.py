"""The hashes of PINs in Redis: a field of the person's own hash, so that whatever removes the
person removes it too, and nothing that reads people ever asks for it."""

from typing import Any, Final, cast

from face_rec.privacy.parts import Keeper
from face_rec.stores import keys
from face_rec.stores.client import Client, redis_errors
from face_rec.stores.lua import Script

_PUT: Final = Script("put_pin")


class RedisPins:
    """A ``PinStore``. Safe to call from several threads and processes at once."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._site = site

    @redis_errors()
    def get(self, subject: str) -> str | None:
        stored = cast("bytes | None", self._client.hget(self._key(subject), keys.PIN))
        return None if stored is None else stored.decode()

    @redis_errors()
    def put(self, subject: str, hashed: str) -> bool:
        return bool(_PUT.run(self._client, [self._key(subject)], [keys.PIN, hashed]))

    @redis_errors()
    def clear(self, subject: str) -> bool:
        return bool(self._client.hdel(self._key(subject), keys.PIN))

    def _key(self, subject: str) -> str:
        return keys.person(self._site, subject)


def pins_keeper(pins: RedisPins) -> Keeper:
    """For exports, which say that there is a PIN and never more, and for erasures."""

    def held(subject: str) -> list[dict[str, Any]]:
        return [] if pins.get(subject) is None else [{"kept": "a hash, which is given to nobody"}]

    return Keeper("PIN", held, lambda subject: int(pins.clear(subject)))
