"""Hashes of Redis whose every field a stream of the chain speaks of: accounts, kiosk devices, API
tokens, rules of notices, and what an admin chose about the site. The digests are keyed: nobody
without the key can make one, or guess a record from it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from face_rec.stores.chain.ledger import Ledger
from face_rec.stores.chain.linking import Guard
from face_rec.stores.chain.statements import FOUND
from face_rec.stores.redis import access_keys, keys
from face_rec.stores.redis.client import Client, redis_errors

KINDS: Final = ("accounts", "devices", "tokens", "notice-rules")
OPTIONS: Final = "options"
NEVER_AGAIN: Final = frozenset({"visits", "self-enrolments", "waiting-faces", "strangers"})
"""Kinds of records that tell of people and whose ids are random: one that was removed never comes
again, and no machine keeps anything of it."""


class _Field(NamedTuple):
    """One record as it is stored, and the name that the chain has for it."""

    name: str
    key: str
    field: bytes
    text: bytes


def name_of(kind: str, record_id: str) -> str:
    """What the chain calls a record."""
    return f"{kind}/{record_id}"


def kind_of(name: str) -> str:
    return name.partition("/")[0]


def digest_of(ledger: Ledger, name: str, text: str) -> str:
    """What the chain keeps of it."""
    return ledger.chain.sign(signed_text(name, text))


def signed_text(name: str, text: str) -> str:
    return f"record|{name}|{text}"


class LinkedHashes:
    """Those of one site."""

    def __init__(self, client: Client, site: str, ledger: Ledger) -> None:
        self._client = client
        self._ledger = ledger
        self._keys: Mapping[str, str] = {
            **{kind: access_keys.access(site, kind) for kind in KINDS},
            OPTIONS: keys.options(site),
        }

    def stored(self) -> dict[str, str]:
        """Every record as it is stored, by the name that the chain has for it."""
        return {one.name: _text(one.text) for one in self._fields()}

    def begin(self) -> None:
        """Enter what is older than the chain; nothing to do if that was done. Raises Conflict
        if something changes on the way: what it was then is not entered, so do it again."""
        if self._ledger.complete():
            return
        for name, key, field, text in self._fields():
            digest = digest_of(self._ledger, name, _text(text))
            as_found = Guard(key, _text(field), text, again=False)
            self._ledger.write({name: digest}, (), as_found, FOUND)
        self._ledger.begin({})

    @redis_errors()
    def _fields(self) -> Iterator[_Field]:
        for kind, key in self._keys.items():
            found: Any = self._client.hgetall(key)
            for field, text in sorted(found.items()):
                if field != keys.VERSION.encode():  # counts the changes of the others
                    yield _Field(name_of(kind, _text(field)), key, field, text)


def _text(stored: bytes) -> str:
    return stored.decode("utf-8", "backslashreplace")
