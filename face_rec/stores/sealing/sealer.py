"""Encryption at rest: AES-256-GCM with the key of the site.

Sealed bytes are ``MAGIC, key id (8 bytes), nonce (12), ciphertext and tag``. The context
(whose field, which picture) is authenticated with them, so that sealed bytes moved elsewhere
do not open. What was stored before a key was set has no magic and is read as it is, until
``keys rotate-data`` has sealed it.
"""

import secrets
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from face_rec.domain.errors import StoreError
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.stores.sealing.keyring import Keyring

MAGIC: Final = b"\xffSE\x7f"
"""As the first float of a template 2.6e38, and no JPEG begins so: never mistaken for either."""

_FOREIGN: Final = msgid(
    "Something stored is not encrypted although everything was: another program put it "
    "there. Remove it and store it anew, or restore it from a backup."
)
_ID: Final = slice(4, 12)
_NONCE: Final = slice(12, 24)
_BODY: Final = slice(24, None)
_NONCE_BYTES: Final = 12


class SealBroken(StoreError, ValueError):
    """Sealed bytes that were changed, or that belong somewhere else."""


class DataKeyMissing(StoreError):
    """Something is sealed with a key that is not known here."""


def nothing_to_admit() -> None:
    """For sealers whose keys need no check."""


def never() -> bool:
    """For sealers that go on reading what was stored before there was a key."""
    return False


class DataSealer:
    """A ``Sealer``. Without a key it stores as it is, and still refuses to misread.

    ``admit`` is called before each use; it raises where the keys do not fit what is stored,
    so that nothing is ever sealed with a wrong key. ``strict`` says whether everything is
    sealed by now: then unsealed bytes were put there by somebody without the key. Safe to
    call from any thread.
    """

    def __init__(
        self,
        keyring: Keyring,
        admit: Callable[[], None] = nothing_to_admit,
        strict: Callable[[], bool] = never,
    ) -> None:
        self._keyring = keyring
        self._admit = admit
        self._strict = strict
        self._ciphers = {key_id: _cipher(keyring, key_id) for key_id in keyring.ids}

    @property
    def keyring(self) -> Keyring:
        return self._keyring

    def seal(self, plain: bytes, context: str) -> bytes:
        """``plain`` sealed with the current key. Raises what ``admit`` raises."""
        self._admit()
        current = self._keyring.current
        if current is None:
            return plain
        nonce = secrets.token_bytes(_NONCE_BYTES)
        body = self._ciphers[current.id].encrypt(nonce, plain, _about(current.id, context))
        return MAGIC + current.id.encode("ascii") + nonce + body

    def open(self, sealed: bytes, context: str) -> bytes:
        """What was sealed. Raises SealBroken, and DataKeyMissing where the key is not here."""
        if not is_sealed(sealed):
            if self._keyring and self._strict():
                raise SealBroken(_FOREIGN)
            return sealed
        key_id = key_of(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise DataKeyMissing(missing(key_id))
        try:
            return cipher.decrypt(sealed[_NONCE], sealed[_BODY], _about(key_id, context))
        except (InvalidTag, ValueError) as error:
            raise SealBroken(
                msgid(
                    "Something stored is damaged, or was put in another's place: "
                    "it does not open. Remove it and store it anew, or restore it "
                    "from a backup."
                )
            ) from error

    def current(self, sealed: bytes) -> bool:
        """Whether ``sealed`` is as :meth:`seal` would make it now."""
        current = self._keyring.current
        if current is None:
            return not is_sealed(sealed)
        return is_sealed(sealed) and key_of(sealed) == current.id


def is_sealed(stored: bytes) -> bool:
    return stored.startswith(MAGIC)


def key_of(sealed: bytes) -> str:
    """The id of the key that sealed it; of damaged bytes something that no key has."""
    return sealed[_ID].decode("ascii", errors="replace")


def missing(key_id: str) -> str:
    """What to do about a key that is not here."""
    return sentence(
        "Templates or pictures are encrypted with the data key {key}, and that key is not "
        "set. Put the key into DATA_KEY again (behind a comma, if there is a newer one). Nothing "
        "was changed. Without that key they cannot be read by anybody, and the people would "
        "have to be enrolled again.",
        key=key_id,
    )


def _cipher(keyring: Keyring, key_id: str) -> AESGCM:
    key = keyring.get(key_id)
    if key is None:
        raise StoreError(sentence("The data key {key_id} is not set.", key_id=key_id))
    return AESGCM(key.secret)


def _about(key_id: str, context: str) -> bytes:
    return f"{key_id}|{context}".encode()
