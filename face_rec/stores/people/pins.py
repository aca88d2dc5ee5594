"""The hashes of PINs in Redis: a field of the person's own hash, so that whatever removes the
person removes it too, and nothing that reads people ever asks for it.

Six digits are guessed in hours, whatever hash they have. So the hash is sealed with a key that is
not in Redis (a pepper, OWASP Password Storage Cheat Sheet, "Peppering": encrypted hashes, whose
key can be changed without knowing any PIN): a copy of the database is of no use to guess with.
"""

import logging
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

from face_rec.stores.chain.ledger import Ledger
from face_rec.stores.chain.linking import Linking
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Script
from face_rec.stores.sealing.keyring import Keyring, derived
from face_rec.stores.sealing.sealer import DataKeyMissing, DataSealer, SealBroken

log = logging.getLogger(__name__)

_PUT: Final = Script("put_pin")
_SWAP: Final = Script("swap_field")
_DONE: Final = b"done"
_CLOSED: Final = "sealed with a key that is not here"
"""In the place of a hash: no PIN has it."""


def pin_sealer(data_keys: Sequence[str], chain_keys: Sequence[str]) -> DataSealer:
    """Seals with the first of ``data_keys`` (DATA_KEY); where there is none, with a key made of
    the chain's, which is not in Redis either."""
    return DataSealer(derived([*data_keys, *chain_keys], "pins"))


class RedisPins:
    """A ``PinStore``. Safe to call from several threads and processes at once. ``sealer``: see
    :func:`pin_sealer`; None stores hashes as they are. With the ``ledger`` of the people it is
    linked there that one was set or removed."""

    def __init__(
        self,
        client: Client,
        site: str,
        sealer: DataSealer | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._site = site
        self._sealer = sealer or DataSealer(Keyring())

    def get(self, subject: str) -> str | None:
        """The hash; of one that does not open something that no PIN fits."""
        stored = self._read(subject)
        return None if stored is None else self._opened(subject, stored)

    def _opened(self, subject: str, stored: bytes) -> str:
        try:
            return self._sealer.open(stored, _context(subject)).decode()
        except (DataKeyMissing, SealBroken, UnicodeDecodeError) as error:
            log.error("pin_does_not_open subject=%s reason=%s", subject, error)
            return _CLOSED

    @redis_errors()
    def put(self, subject: str, hashed: str) -> bool:
        sealed = self._sealer.seal(hashed.encode(), _context(subject))
        return bool(self._write(subject, sealed)[0] == _DONE)

    def replace(self, subject: str, was: str, hashed: str) -> bool:
        stored, context = self._read(subject), _context(subject)
        if stored is None or self._opened(subject, stored) != was:
            return False
        sealed = self._sealer.seal(hashed.encode(), context)
        with redis_errors():
            return bool(_SWAP.run(self._client, [self._key(subject)], [keys.PIN, stored, sealed]))

    def renew(self, subject: str) -> bool:
        stored = self._read(subject)
        if stored is None or self._sealer.current(stored):
            return False
        context = _context(subject)
        try:
            sealed = self._sealer.seal(self._sealer.open(stored, context), context)
        except (DataKeyMissing, SealBroken):
            return False  # said where it is used
        with redis_errors():
            return bool(_SWAP.run(self._client, [self._key(subject)], [keys.PIN, stored, sealed]))

    def renew_all(self, subjects: Iterable[str]) -> int:
        """After DATA_KEY was changed; how many were sealed anew."""
        return sum(self.renew(subject) for subject in subjects)

    @redis_errors()
    def _read(self, subject: str) -> bytes | None:
        return cast("bytes | None", self._client.hget(self._key(subject), keys.PIN))

    @redis_errors()
    def clear(self, subject: str) -> bool:
        answer, *there = self._write(subject, b"")
        return bool(answer == _DONE and there != [0])

    def _write(self, subject: str, sealed: bytes) -> Any:  # noqa: ANN401
        """What the script answers."""
        ledger, names = self._ledger, [self._key(subject)]
        if ledger is None:
            return _PUT.run(self._client, names, [keys.PIN, sealed, "", "", 0, ""])
        names += [ledger.list_key, ledger.head_key]
        entry = ledger.entry({}, touches=[_context(subject)])
        linking = Linking(
            _PUT, names, [keys.PIN, sealed], about=[subject] if sealed else (), removes=not sealed
        )
        return ledger.linked(entry, linking)

    def _key(self, subject: str) -> str:
        return keys.person(self._site, subject)


def _context(subject: str) -> str:
    return f"{subject}/pin"
