"""Secret keys with names: new things use the first, old ones find theirs by its id. A line is
signed with them where a file could be anybody's.

A key's id is derived from the key, so that two machines with one secret agree on it and
nobody has to invent names. An id tells nothing about the key.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from face_rec.domain.errors import SettingError
from face_rec.languages.sentence import sentence

KEY_BYTES: Final = 32
SHORTEST: Final = 32  # characters of a secret; ours have 64
_ID_DIGITS: Final = 8


@dataclass(frozen=True, slots=True)
class Key:
    """One key of 32 bytes and the id it is known by."""

    id: str
    secret: bytes = field(repr=False)


class Keyring:
    """Keys for one purpose; the first makes what is new. May be empty."""

    def __init__(self, keys: Sequence[Key] = ()) -> None:
        self._keys = {key.id: key for key in keys}
        self.current = keys[0] if keys else None

    def __bool__(self) -> bool:
        return self.current is not None

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids, the current one first."""
        return tuple(self._keys)

    def get(self, key_id: str) -> Key | None:
        return self._keys.get(key_id)


class KeyedSeal:
    """HMAC-SHA256 over the purpose, the site and a line: what this site has signed nobody else
    can have made. ``purpose`` tells apart what is signed for different things. Safe from any
    thread."""

    def __init__(self, purpose: str, site: str, keyring: Keyring) -> None:
        self._about = f"{purpose}\n{site}\n".encode()
        self._keyring = keyring

    def sign(self, line: bytes) -> str:
        key = self._keyring.current
        if key is None:  # the chain has no key either, and the app does not start
            return ""
        return f"{key.id}:{self._mac(key.secret, line)}"

    def check(self, line: bytes, seal: str) -> bool:
        key_id, _, mac = seal.partition(":")
        key = self._keyring.get(key_id)
        return key is not None and hmac.compare_digest(
            self._mac(key.secret, line).encode(), mac.encode("utf-8", "replace")
        )

    def _mac(self, secret: bytes, line: bytes) -> str:
        return hmac.digest(secret, self._about + line, hashlib.sha256).hex()


def derived(secrets: Sequence[str], purpose: str) -> Keyring:
    """Keys from texts; the same text for two purposes makes two keys that tell nothing of
    each other (HKDF-SHA256, RFC 5869)."""
    return Keyring([key_of(secret, purpose) for secret in secrets])


def split(text: str, setting: str) -> tuple[str, ...]:
    """The secrets in a setting, separated by commas; raises SettingError, never showing one."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if any(len(secret) < SHORTEST for secret in found):
        raise SettingError(
            sentence(
                "{setting} is (hidden), but each key in it must have at least "
                "{shortest} characters. Make one with: python -m face_rec keys new",
                setting=setting,
                shortest=SHORTEST,
            )
        )
    return found


def key_of(secret: str, purpose: str) -> Key:
    """The same of one text."""
    info = f"face_rec {purpose} v1".encode()
    raw = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=info).derive(secret.encode())
    return Key(hmac.digest(raw, b"id", hashlib.sha256).hex()[:_ID_DIGITS], raw)
