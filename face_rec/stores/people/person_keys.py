"""Each person's own data key: what it seals is gone when the key is destroyed with the person.

It seals what has to stay although it tells about somebody, entries of the audit log; and, where
DATA_KEY is set, the person's profile and templates. The key lies beside the people, under a
random alias that leads neither to the person, once they are gone, nor to their marks; it is
itself sealed by DATA_KEY where that is set.
"""

import base64
import json
import secrets
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from face_rec.domain.errors import StoreError
from face_rec.languages.language import msgid
from face_rec.protocols.sealing import Sealer
from face_rec.stores.chain.kept_write import KeptWrite
from face_rec.stores.chain.write_log import WriteLog
from face_rec.stores.people.person_codec import Unsealed
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Script
from face_rec.stores.sealing.sealer import SealBroken
from face_rec.stores.stored_json import compact

_KEY: Final = Script("person_key")
_AGAIN: Final = "again"
_NONCE_BYTES: Final = 12  # NIST SP 800-38D
_KEY_BYTES: Final = 32  # AES-256
OWN: Final = b"\xffSP\x7f"
"""What a person's own key has sealed begins so: no JSON does, and as a float it is 2.8e38."""
_NONCE: Final = slice(len(OWN), len(OWN) + _NONCE_BYTES)
_BODY: Final = slice(len(OWN) + _NONCE_BYTES, None)
_DESTROYED: Final = msgid(
    "Something stored about a person does not open: it was changed, or their key is gone, as it "
    "is once they are erased. Restore the person from a backup, or erase them."
)


@dataclass(slots=True)  # made by the hundred thousand when a gallery loads: frozen costs
class PersonKey:
    """A key of 32 bytes and the alias it is known by."""

    alias: str
    secret: bytes = field(repr=False)

    def seal(self, content: Mapping[str, Any]) -> str:
        """``content`` as text that only this key opens (AES-256-GCM)."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        body = AESGCM(self.secret).encrypt(nonce, compact(dict(content)), self.alias.encode())
        return base64.b64encode(nonce + body).decode("ascii")

    def open(self, sealed: str) -> dict[str, Any] | None:
        """What was sealed; None if it was changed, or another key sealed it."""
        try:
            raw = base64.b64decode(sealed, validate=True)
            plain = AESGCM(self.secret).decrypt(
                raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], self.alias.encode()
            )
        except (InvalidTag, ValueError):
            return None
        return cast("dict[str, Any]", json.loads(plain))


class PersonKeys:
    """The keys of one site. Safe to call from several threads and processes at once."""

    def __init__(
        self,
        client: Client,
        site: str,
        sealer: Sealer | None = None,
        kept: WriteLog | None = None,
    ) -> None:
        """``kept``: where new keys stay until Redis cannot lose them any more."""
        self._client = client
        self._kept = kept or None
        self._site = site
        self._key = keys.person_keys(site)
        self._sealer = sealer or Unsealed()

    def of(self, subject: str) -> PersonKey | None:
        """The person's key, made when it is first needed; None if there is no such person, or it
        does not open. While Redis lacks a key that it has lost, another one beside it."""
        return next(iter(self.all_of(subject)), None)

    @redis_errors()
    def all_of(self, subject: str) -> list[PersonKey]:
        """The same, and behind it those that were made while it was lost; [] where it is None."""
        alias, secret = secrets.token_hex(8), secrets.token_bytes(_KEY_BYTES)
        stored = self._sealer.seal(secret, context(alias))
        person = keys.person(self._site, subject)
        found: Any = _KEY.run(self._client, [person, self._key], [alias, stored])
        pairs = [*zip(found[::2], found[1::2], strict=True)] if found else []
        if pairs and pairs[0][0].decode() == alias:
            self._keep(subject, alias, stored)
        opened = [self._opened(name.decode(), sealed) for name, sealed in pairs]
        return [key for key in opened if key is not None] if opened and opened[0] else []

    def lost(self, subject: str) -> PersonKey | None:
        """The key of somebody whom Redis has lost, and whom this machine brings back; None of
        anybody else. For what must be told of them meanwhile. Raises JournalError."""
        kept = self._kept.unlinked(subject) if self._kept else []
        if not kept:
            return None
        alias, stored, *_ = kept[0].before
        return self._opened(alias, stored)

    def unasked(self, subject: str) -> PersonKey | None:
        """A key of somebody while Redis is away: the one that this machine keeps, else a new one,
        which comes to lie beside theirs when it is offered, if they are there then. None where
        nothing is kept. Raises JournalError."""
        if self._kept is None:
            return None
        if (own := self.lost(subject)) is not None:
            return own
        made = PersonKey(secrets.token_hex(8), secrets.token_bytes(_KEY_BYTES))
        self._keep(subject, made.alias, self._sealer.seal(made.secret, context(made.alias)))
        return made

    @redis_errors()
    def reserve(self, subject: str) -> PersonKey:
        """A new key for somebody about to be registered; whoever writes them adds its alias."""
        own = PersonKey(secrets.token_hex(8), secrets.token_bytes(_KEY_BYTES))
        stored = self._sealer.seal(own.secret, context(own.alias))
        self._keep(subject, own.alias, stored)
        self._client.hset(self._key, own.alias, cast("str", stored))
        return own

    def _keep(self, subject: str, alias: str, stored: bytes) -> None:
        """What is sealed with a key is of use only while the key is. Offered again it comes back
        also where the person has another one by then."""
        if self._kept is not None:
            names, at = (keys.person(self._site, subject), self._key), time.time()
            again = (alias, stored, _AGAIN)
            write = KeptWrite(f"key-{alias}", at, "", _KEY.name, names, again)
            self._kept.put(write, [subject])

    @redis_errors()
    def drop(self, own: PersonKey) -> None:
        """Destroy a key whose person was not registered after all."""
        self._client.hdel(self._key, own.alias)
        if self._kept is not None:
            self._kept.drop(f"key-{own.alias}")

    @redis_errors()
    def alias(self, subject: str) -> str:
        """The alias of the person's key, or "" where there is none."""
        found: Any = self._client.hget(keys.person(self._site, subject), keys.ALIAS)
        return found.decode() if found else ""

    @redis_errors()
    def many(self, aliases: Collection[str]) -> dict[str, PersonKey]:
        """Those that are not destroyed, by alias."""
        wanted = sorted(aliases)
        stored: Any = self._client.hmget(self._key, wanted) if wanted else []
        found = {}
        for alias, sealed in zip(wanted, stored, strict=True):
            if sealed is not None:
                found[alias] = self._opened(alias, sealed)
        return {alias: key for alias, key in found.items() if key is not None}

    @redis_errors()
    def sealers(self, aliases: Sequence[bytes | None], site: Sealer) -> list["PersonSealer"]:
        """One for each alias (None: nobody's), in one round trip: for whoever reads many."""
        wanted = [alias for alias in aliases if alias]
        stored: Any = self._client.hmget(self._key, wanted) if wanted else []
        kept = iter(stored)
        return [
            self._sealer_of(alias.decode(), next(kept), site)
            if alias
            else PersonSealer(None, site)
            for alias in aliases
        ]

    def _sealer_of(self, alias: str, stored: bytes | None, site: Sealer) -> "PersonSealer":
        return PersonSealer(self._opened(alias, stored) if stored else None, site)

    def _opened(self, alias: str, stored: bytes) -> PersonKey | None:
        try:
            secret = self._sealer.open(stored, context(alias))
        except StoreError:  # DATA_KEY is not what it was: what it sealed cannot be read here
            return None
        return PersonKey(alias, secret) if len(secret) == _KEY_BYTES else None


class PersonSealer:
    """A ``Sealer`` of one person's fields: with their own key, where they have one. Opens what
    ``others`` of their keys have sealed, and ``site``: records of before there were such keys."""

    __slots__ = ("_own", "_site")

    def __init__(self, own: PersonKey | None, site: Sealer, *others: PersonKey) -> None:
        known = (own, *others) if own else ()
        self._own = [(AESGCM(one.secret), f"{one.alias}|".encode()) for one in known]
        self._site = site

    def seal(self, plain: bytes, context: str) -> bytes:
        if not self._own:
            return self._site.seal(plain, context)
        (cipher, about), nonce = self._own[0], secrets.token_bytes(_NONCE_BYTES)
        return OWN + nonce + cipher.encrypt(nonce, plain, about + context.encode())

    def open_own(self, sealed: bytes, context: str) -> bytes:
        """The same of what only a person's own key ever seals. Raises SealBroken."""
        if not sealed.startswith(OWN):
            raise SealBroken(_DESTROYED)
        return self.open(sealed, context)

    def open(self, sealed: bytes, context: str) -> bytes:
        """Raises SealBroken, also where the key is destroyed; else what ``site`` raises."""
        if not sealed.startswith(OWN):
            return self._site.open(sealed, context)
        for cipher, about in self._own:
            try:
                return cipher.decrypt(sealed[_NONCE], sealed[_BODY], about + context.encode())
            except (InvalidTag, ValueError):  # ValueError: cut in its first bytes
                continue
        raise SealBroken(_DESTROYED)


def context(alias: str) -> str:
    """What a sealed key is bound to."""
    return f"person-key/{alias}"
