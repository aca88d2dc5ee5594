"""A session: one browser that is signed in, and how its owner is shown it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

OF_PERSON: Final = "person:"
"""Before a subject, where sessions have an account: no account is called so."""


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


@dataclass(frozen=True, slots=True)
class ProviderSession:
    """The session at the identity provider: what it calls it (empty: nothing), and the ID token
    that tells it on signing out whose it was. ``issuer`` and ``person``: who it says somebody is
    that has no account here."""

    sid: str = ""
    id_token: str = field(default="", repr=False)
    issuer: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """``epoch`` is the account's at sign-in: when that moves on, the session is over.

    ``factor``: whether a second factor was shown. ``proved_at``: when whoever sits there last
    proved who they are; None: not here, but at the identity provider, who knows when.
    ``browser`` and ``address`` are those of the sign-in, ``previous`` is the one before it.
    ``seen_at``: when a new sign-in elsewhere was last said to have been seen. ``provider``: the
    session there, where somebody signed in by single sign-on.
    """

    account: str
    epoch: int
    started_at: datetime
    factor: bool = False
    proved_at: datetime | None = None
    browser: str = ""
    address: str = ""
    previous: SignIn | None = None
    seen_at: datetime | None = None
    provider: ProviderSession | None = None


def of_person_there(issuer: str, person: str) -> str:
    """What sessions of this person of the provider's are found by."""
    return f"provider person:{issuer}|{person}"


def of_session_there(issuer: str, sid: str) -> str:
    """What sessions are found by that began with this one of the provider's."""
    return f"provider session:{issuer}|{sid}"


def known_as(session: Session) -> tuple[str, ...]:
    """What a session is found by besides its account: the provider knows people by its own
    names, and nobody here has noted whose they are."""
    there = session.provider
    if there is None or not there.person:
        return ()
    person = of_person_there(there.issuer, there.person)
    return (person, of_session_there(there.issuer, there.sid)) if there.sid else (person,)


def session_id(digest: str) -> str:
    """What a session is called where people look at it: it opens nothing."""
    return digest[:16]


@dataclass(frozen=True, slots=True)
class HalfSession:
    """A sign-in that waits for its second factor; it opens nothing else."""

    account: str
    epoch: int
    started_at: datetime
    provider: ProviderSession | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What a browser gets that has just signed in: the session's secret, and the text that
    makes it known to ``account`` (empty: none). ``half``: the secret is that of a half session,
    and the second factor comes next."""

    secret: str = field(repr=False)
    account: str
    known: str = field(default="", repr=False)
    half: bool = False


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A session ends after ``idle`` without use, and after ``longest`` whatever happens."""

    idle: timedelta = timedelta(hours=1)
    longest: timedelta = timedelta(hours=12)

    def left(self, session: Session, now: datetime) -> float:
        """Seconds until the session ends if it is used no more; 0 or less: it is over."""
        until_longest = session.started_at + self.longest - now
        return min(self.idle, until_longest).total_seconds()


class SessionStore(Protocol):
    """Sessions by the digest of their token; gone by themselves when their time is over."""

    def put(self, digest: str, session: Session, seconds: float) -> None: ...

    def get(self, digest: str) -> tuple[Session, float] | None:
        """The session and the seconds it has left."""
        ...

    def prolong(self, digest: str, account: str, seconds: float, use: Use | None) -> None:
        """``use``: None: from an address that is not known here."""
        ...

    def replace(self, digest: str, session: Session) -> None:
        """Write ``session`` over the one that is there; nothing if it has ended."""
        ...

    def drop(self, digest: str, account: str) -> None: ...

    def of(self, account: str) -> dict[str, tuple[Session, Use | None]]:
        """Every session of an account, or of a name of :func:`known_as`, with its last use."""
        ...


class SignInNotes(Protocol):
    """Sign-ins beside the accounts, which may be lost."""

    def signed_in(self, account: str, sign_in: SignIn) -> None: ...

    def last_sign_in(self, account: str) -> SignIn | None:
        """The newest, with where it came from."""
        ...

    def note_new(self, account: str, sign_in: SignIn) -> None:
        """A sign-in from a browser that was not known."""
        ...

    def new_sign_in(self, account: str) -> SignIn | None:
        """The newest of these."""
        ...
