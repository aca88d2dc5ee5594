"""A sign-in as its owner looks at it: when, from where, with which browser."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """``session``: the id of the session that it opened, which opens nothing by itself."""

    at: datetime
    address: str
    browser: str
    session: str


@dataclass(frozen=True, slots=True)
class Use:
    """The last time that a session was used, and from which address."""

    at: datetime
    address: str


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One session in its owner's list. ``own``: the one that asks."""

    id: str
    browser: str
    address: str
    started_at: datetime
    used: Use | None
    own: bool
