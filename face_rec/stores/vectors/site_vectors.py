"""What a site's own Redis says of its indexes in an engine outside."""

import secrets
from typing import Any

from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.vectors.engine import Engine
from face_rec.stores.vectors.members import SECRET_BYTES, Members
from face_rec.stores.vectors.redis_vectors import RedisVectors


class SiteVectors:
    """The indexes of a site, by embedding contract. Safe from any thread; all may raise
    StoreUnavailable.

    The secret by which people are named is in no backup: what is put back begins indexes of its
    own, and never uses one that was filled from another state of the people.
    """

    def __init__(self, client: Client, site: str, engine: Engine) -> None:
        self._client = client
        self._site = site
        self.engine = engine

    def index(self, contract: str) -> RedisVectors:
        """That of ``contract``, to be opened; from now on erasures ask it, too."""
        with redis_errors():
            self._client.sadd(keys.vector_indexes(self._site), contract)
        return RedisVectors(self.engine, self._members(), contract)

    def erase(self, subject: str) -> int:
        """Take somebody out of all indexes for good; from how many."""
        with redis_errors():
            found: Any = self._client.smembers(keys.vector_indexes(self._site))
        members = self._members()
        return sum(
            RedisVectors(self.engine, members, contract.decode()).erase(subject)
            for contract in found
        )

    @redis_errors()
    def _members(self) -> Members:
        key = keys.vector_secret(self._site)
        self._client.set(key, secrets.token_bytes(SECRET_BYTES), nx=True)
        found: Any = self._client.get(key)
        return Members(bytes(found))
