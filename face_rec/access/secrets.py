"""Random secrets, and the digest that is stored in their place.

A secret of 256 random bits cannot be guessed from its SHA-256, so that no slow hash is needed;
passwords, which people choose, have :mod:`face_rec.access.accounts.passwords`.
"""

import hashlib
import hmac
import secrets
from typing import Final

_BYTES: Final = 32
_LONGEST: Final = 200


def new_secret() -> str:
    """256 random bits as URL-safe text."""
    return secrets.token_urlsafe(_BYTES)


def digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def matches(secret: str, stored: str) -> bool:
    """Whether ``secret`` has the digest ``stored``, in constant time."""
    return hmac.compare_digest(digest(secret), stored)


def joined(record_id: str, secret: str) -> str:
    """An id and its secret in one text for a cookie or a header."""
    return f"{record_id}.{secret}"


def parted(text: str) -> tuple[str, str] | None:
    """The id and the secret of :func:`joined`; None if this is no such text."""
    record_id, dot, secret = text.rpartition(".")
    if not (record_id and dot and secret) or len(text) > _LONGEST or not text.isascii():
        return None
    return record_id, secret
