"""What opens something without a password: links that work once, API tokens."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from face_rec.access.rights import Scope


class LinkKind(StrEnum):
    """What the link opens."""

    SETUP = "setup"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class Link:
    """``target`` is the kiosk's id; empty for the set-up link."""

    kind: LinkKind
    target: str = ""


class LinkStore(Protocol):
    """One-time links by the digest of their secret."""

    def put(self, digest: str, link: Link, seconds: float | None) -> None:
        """``seconds`` None: until used."""
        ...

    def peek(self, digest: str) -> Link | None: ...

    def take(self, digest: str) -> Link | None:
        """The link, which nobody can take again."""
        ...


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
