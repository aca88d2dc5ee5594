"""The data keys of a site, and the check that they are the right ones.

A wrong or missing one is found before anything is stored with it: Redis remembers a value
sealed with each key in use, and the ids of these keys. So the app stops with one sentence,
instead of finding out face by face that nothing opens.
"""

import threading
from dataclasses import dataclass
from typing import Any, Final

from face_rec.domain.errors import StoreUnavailable
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.sealing.keyring import Keyring
from face_rec.stores.sealing.sealer import DataKeyMissing, DataSealer, SealBroken, missing

_FIELD: Final = "data-key:"  # followed by the key's id
_ALL: Final = "data-sealed"  # set once no template is stored without encryption
_KNOWN: Final = b"face_rec data key"


class KeyCheck:
    """Whether ``keyring`` fits what ``site`` has stored. Safe from any thread."""

    def __init__(self, client: Client, site: str, keyring: Keyring) -> None:
        self._client = client
        self._key = keys.privacy(site)
        self._keyring = keyring
        self._plain = DataSealer(keyring)
        self._context = f"{site}/data-key"
        self._fits = False
        self._all_sealed = False
        self._ids = keys.ids(site)
        self._lock = threading.Lock()

    def ensure(self) -> None:
        """Returns when the keys fit; remembers the current one as in use.

        Raises DataKeyMissing where they do not, StoreUnavailable while Redis is away: then
        nothing must be sealed either.
        """
        if self._fits:
            return
        with self._lock:
            if not self._fits:
                stored = self._stored()
                self._compare(stored)
                self._remember(first=not stored)
                self._fits = True

    def all_sealed(self) -> bool:
        """Whether every template is encrypted: since the first, or since a rotation."""
        self.ensure()
        return self._all_sealed

    def early(self) -> None:
        """The same at the start, where Redis may be away: then it is asked before first use."""
        try:
            self.ensure()
        except StoreUnavailable:
            return

    @redis_errors()
    def only_current(self) -> None:
        """Everything is sealed with the current key: forget the others."""
        current = self._keyring.current
        self._client.hset(self._key, _ALL, "1")
        for key_id in self._stored():
            if current is None or key_id != current.id:
                self._client.hdel(self._key, _FIELD + key_id)

    def in_use(self) -> tuple[str, ...]:
        """The ids of the keys that something stored may need."""
        return tuple(sorted(self._stored()))

    def _compare(self, stored: dict[str, bytes]) -> None:
        for key_id, sealed in stored.items():
            if self._keyring.get(key_id) is None:
                raise DataKeyMissing(missing(key_id))
            try:
                self._plain.open(sealed, self._context)
            except SealBroken as error:
                raise DataKeyMissing(missing(key_id)) from error

    @redis_errors()
    def _stored(self) -> dict[str, bytes]:
        found: Any = self._client.hgetall(self._key)
        names = {name.decode(): value for name, value in found.items()}
        return {
            name.removeprefix(_FIELD): value
            for name, value in names.items()
            if name.startswith(_FIELD)
        }

    @redis_errors()
    def _remember(self, *, first: bool) -> None:
        """Note the current key; where it is the ``first`` and nobody is registered, nothing
        can be stored without it either."""
        current = self._keyring.current
        if current is not None:
            sealed = self._plain.seal(_KNOWN, self._context)
            self._client.hsetnx(self._key, _FIELD + current.id, sealed)
            if first and not self._client.hlen(self._ids):
                self._client.hset(self._key, _ALL, "1")
        self._all_sealed = bool(self._client.hexists(self._key, _ALL))


@dataclass(frozen=True, slots=True)
class DataKeys:
    """``sealer`` (for templates) and ``pictures`` refuse to work until ``check`` has found that
    their keys fit. Pictures of other machines may still be unsealed, so theirs is not strict;
    nor is that of ``others``, the secrets of authenticator apps, which may be older than the
    first key."""

    sealer: DataSealer
    pictures: DataSealer
    check: KeyCheck

    @property
    def others(self) -> DataSealer:
        return self.pictures

    @property
    def encrypts(self) -> bool:
        return bool(self.sealer.keyring)
