"""What opens something without a password: random secrets, links that work once, API tokens."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from face_rec.access.rights import Scope

# Random secrets, and the digest that is stored in their place.
#
# A secret of 256 random bits cannot be guessed from its SHA-256, so that no slow hash is
# needed; passwords, which people choose, have :mod:`face_rec.access.accounts.passwords`.

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


class LinkKind(StrEnum):
    """What the link opens."""

    SETUP = "setup"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class Link:
    """``target`` is the kiosk's id; empty for the set-up link."""

    kind: LinkKind
    target: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """What is stored of a token: never the token itself."""

    id: str
    title: str
    digest: str = field(repr=False)
    scopes: frozenset[Scope]
    expires_at: datetime
    created_by: str
    created_at: datetime
    version: int = 0
