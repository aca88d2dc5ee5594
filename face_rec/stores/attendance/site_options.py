"""What an admin chose about the site, in Redis: one small hash with a version."""

from collections.abc import Mapping
from typing import Final, cast

from face_rec.site_options import StoredOptions
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Script

_PUT: Final = Script("put_options")


class RedisOptions:
    """An ``OptionsStore``. Safe to call from several threads and processes at once."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._key = keys.options(site)

    @redis_errors()
    def load(self) -> StoredOptions:
        stored = cast("Mapping[bytes, bytes]", self._client.hgetall(self._key))
        values = {name.decode(): text.decode() for name, text in stored.items()}
        return StoredOptions(values, int(values.pop(keys.VERSION, "0")))

    @redis_errors()
    def save(self, values: Mapping[str, str], version: int) -> bool:
        pairs = [part for pair in values.items() for part in pair]
        return bool(_PUT.run(self._client, [self._key], [keys.VERSION, version, *pairs]))
