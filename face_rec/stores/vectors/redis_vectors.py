"""People's centroids in a vector set of Redis 8."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from face_rec.domain.errors import RowsLost, StoreError
from face_rec.domain.faces import Matrix, Vector
from face_rec.languages.language import msgid
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Argument, Script
from face_rec.stores.vectors.engine import Engine

# What a person is called in an engine outside: by a key that it does not have.

SECRET_BYTES: Final = 96
_PLACE: Final = [b"vector index"]


class Members:
    """Names by a ``secret`` of the site. The same subject has the same name each time, and whoever
    has the engine alone cannot tell whose it is, nor whether two are of one site."""

    def __init__(self, secret: bytes) -> None:
        self._names = AESSIV(secret[:64])
        self._digests = secret[64:SECRET_BYTES]

    def index(self, contract: str) -> str:
        """What the index of an embedding contract is called."""
        return self._keyed(b"index", contract.encode()).hexdigest()[:24]

    def name(self, subject: str) -> bytes:
        return self._names.encrypt(subject.encode(), _PLACE)

    def subject(self, name: bytes) -> str | None:
        """None for a name that is none of ours."""
        try:
            return self._names.decrypt(name, _PLACE).decode()
        except (InvalidTag, ValueError):
            return None

    def known(self, names: Sequence[bytes]) -> list[str]:
        return [subject for name in names if (subject := self.subject(name)) is not None]

    def digest(self, vector: Vector) -> bytes:
        """Whether a vector is still the same."""
        return self._keyed(b"vector", vector.tobytes()).digest()[:12]

    def _keyed(self, what: bytes, content: bytes) -> hmac.HMAC:
        return hmac.new(self._digests, what + b"\0" + content, hashlib.sha256)


KEPT_SECONDS: Final = 72 * 3600
"""An index for which no app asks goes by itself after this time."""
_ERASED_SECONDS: Final = 3600
"""For so long nobody who was erased is put again, by whoever had read them before."""
_RENEWED_SECONDS: Final = 600.0
_ASKED_SECONDS: Final = 1.0
_AT_ONCE: Final = 8
"""Vectors a script: the server finds nobody meanwhile."""
_BATCH: Final = 500

COMPARED_UP_TO: Final = 100_000
"""Of so many people the server compares all: of 30,000 that takes it less than to search their
graph so thoroughly that it misses nearly nobody."""
LINKS: Final = 16
BUILT_WITH: Final = 200
SEARCHED_WITH: Final = 3200
"""How thoroughly the graph is built and searched (docs/adr/0020)."""

_OPEN, _CHECK = Script("open_vectors"), Script("check_vectors")
_PUT, _DROP = Script("put_vectors"), Script("drop_vectors")


class RedisVectors:
    """Implements VectorIndex. ``members`` names people, ``contract`` is the digest of theirs."""

    def __init__(
        self,
        engine: Engine,
        members: Members,
        contract: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._members = members
        index = members.index(contract)
        self._keys = [
            f"vectors:{{{index}}}{part}" for part in ("", ":digests", ":erased", ":token")
        ]
        self._set, self._digests, self._erased, self._token_key = self._keys
        self._token = b""
        self._monotonic = monotonic
        self._asked_at = self._renewed_at = -_RENEWED_SECONDS

    def open(self) -> None:
        self._engine.refuse_unfit()
        with self._engine.asked() as client:
            token = _OPEN.run(client, self._keys, [secrets.token_hex(16), KEPT_SECONDS])
        self._token = bytes(token)

    # --- changes

    def add(self, subjects: Sequence[str], vectors: Matrix) -> None:
        rows = np.ascontiguousarray(vectors, "<f4")
        names = [self._members.name(subject) for subject in subjects]
        digests = [self._members.digest(row) for row in rows]
        with self._engine.asked() as client:
            there: Any = client.hmget(self._digests, names) if names else []
            fresh = [n for n, digest in enumerate(digests) if there[n] != digest]
            for start in range(0, len(fresh), _AT_ONCE):
                part = fresh[start : start + _AT_ONCE]
                items: list[Argument] = [
                    x for n in part for x in (names[n], digests[n], rows[n].tobytes())
                ]
                head: list[Argument] = [self._token, KEPT_SECONDS, BUILT_WITH, LINKS]
                if _PUT.run(client, self._keys, [*head, *items]) < 0:
                    raise _lost()

    def remove(self, subjects: Sequence[str]) -> int:
        return self._drop(subjects, 0)

    def erase(self, subject: str) -> int:
        return self._drop([subject], _ERASED_SECONDS)

    def _drop(self, subjects: Sequence[str], wait: int) -> int:
        names = [self._members.name(subject) for subject in subjects]
        if not names:
            return 0
        with self._engine.asked() as client:
            return int(_DROP.run(client, self._keys[:3], [wait, *names]))

    # --- questions

    def count(self) -> int:
        with self._engine.asked() as client:
            pipeline: Any = client.pipeline(transaction=False)
            pipeline.hlen(self._digests)
            pipeline.zcard(self._erased)
            return sum(map(int, pipeline.execute()))

    def subjects(self) -> Iterator[list[str]]:
        cursor = 0
        while True:
            with self._engine.asked() as client:
                answer: Any = client.hscan(self._digests, cursor, count=_BATCH)
            cursor, found = answer
            yield self._members.known(list(found))
            if not cursor:
                return

    def nearest(self, probes: Matrix, count: int, among: int) -> list[list[str]]:
        rows = np.ascontiguousarray(probes, "<f4")
        how = ["TRUTH"] if among <= COMPARED_UP_TO else ["EF", SEARCHED_WITH]
        with self._engine.asked() as client:
            pipeline: Any = client.pipeline(transaction=False)
            pipeline.get(self._token_key)
            for row in rows:
                pipeline.execute_command(
                    "VSIM", self._set, "FP32", row.tobytes(), "COUNT", count, *how
                )
            token, *found = pipeline.execute()
        if token != self._token:
            raise _lost()
        return [self._members.known(_names(answer)[:count]) for answer in found]

    def check(self) -> None:
        now = self._monotonic()
        if now - self._asked_at < _ASKED_SECONDS:
            return
        with self._engine.asked() as client:
            token = _CHECK.run(client, self._keys, [])
        if token != self._token:
            raise _lost()
        if now - self._renewed_at >= _RENEWED_SECONDS:
            self._renew()
            self._renewed_at = now
        self._asked_at = now

    def _renew(self) -> None:
        self._engine.refuse_unfit()  # somebody may have switched its files on
        with self._engine.asked() as client:
            pipeline: Any = client.pipeline(transaction=False)
            for key in self._keys:
                pipeline.expire(key, KEPT_SECONDS)
            pipeline.execute()


def _names(answer: object) -> list[bytes]:
    """What VSIM answers; something before the server may answer in its place."""
    if isinstance(answer, list) and all(isinstance(name, bytes) for name in answer):
        return answer
    raise StoreError(
        msgid(
            "The vector engine answers otherwise than a Redis 8 does. Nobody is recognised until "
            "VECTORS_URL names one, without anything in between."
        )
    )


def _lost() -> RowsLost:
    return RowsLost(
        msgid(
            "The vector engine lost its index (it was restarted, emptied or has too little "
            "memory). The app fills it again by itself; nobody is recognised until then."
        )
    )


# What a site's own Redis says of its indexes in an engine outside.


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
