"""What the rules of this package ask of a store. All may raise StoreUnavailable."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from face_rec.access.accounts.account import Account
from face_rec.access.audit.audit import AuditEntry, Refusals
from face_rec.access.devices.credentials import Link, Token
from face_rec.access.devices.device import Beat, Device
from face_rec.access.factors.factors import Factors, Handle
from face_rec.access.signin.pace import Begun, Pace
from face_rec.access.signin.session import Session, SignIn, Use

Record = TypeVar("Record", Account, Device, Token, Factors, Handle)
Waiting = TypeVar("Waiting")


class Records(Protocol[Record]):
    """Accounts, devices, tokens or factors, each by its id."""

    def get(self, record_id: str) -> Record | None: ...

    def all(self) -> list[Record]:
        """All, by id."""
        ...

    def create(self, record: Record, only_first: bool = False) -> bool:
        """False, with nothing written, if the id is taken; with ``only_first`` also if there
        is any other record."""
        ...

    def update(self, record: Record, keeps: Mapping[str, object] | None = None) -> Record:
        """Write ``record`` over version ``record.version``; returns it with the next version.

        Raises Conflict if that is not the stored one, and LastOne if ``keeps`` is given and no
        record would be left with all of these fields, as JSON has them. One atomic step."""
        ...

    def remove(self, record_id: str) -> bool:
        """Whether there was one."""
        ...

    def count(self) -> int: ...


class Notes(Protocol):
    """Small moments beside the records, which may be lost: last sign-in, use, heartbeat."""

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

    def sign_ins(self) -> dict[str, datetime]: ...
    def used(self, token: str, at: datetime) -> None: ...
    def uses(self) -> dict[str, datetime]: ...
    def beat(self, device: str, beat: Beat) -> None: ...
    def beats(self) -> dict[str, Beat]: ...


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
        """Every session of an account, with its last use."""
        ...


class LinkStore(Protocol):
    """One-time links by the digest of their secret."""

    def put(self, digest: str, link: Link, seconds: float | None) -> None:
        """``seconds`` None: until used."""
        ...

    def peek(self, digest: str) -> Link | None: ...

    def take(self, digest: str) -> Link | None:
        """The link, which nobody can take again."""
        ...


class OnceStore(Protocol[Waiting]):
    """Things that wait for one answer, by the digest of a secret, and end by themselves."""

    def put(self, digest: str, waiting: Waiting, seconds: float) -> None:
        """In the place of whatever waited there before."""
        ...

    def peek(self, digest: str) -> Waiting | None: ...

    def take(self, digest: str) -> Waiting | None:
        """What waits there, which nobody can take again."""
        ...


class CounterStore(Protocol):
    """Counters that start again by themselves."""

    def add(self, key: str, seconds: float) -> int:
        """Count one more; the first one starts the time after which the counter is gone."""
        ...

    def take_back(self, key: str) -> None:
        """Count one less; a counter that is gone stays so."""
        ...

    def clear(self, key: str) -> None: ...


class AttemptStore(Protocol):
    """Tries at one thing, in several counts that each allow the next try from some time on."""

    def begin(self, key: str, paces: Mapping[str, Pace], forget: float) -> Begun:
        """Count a try in every count of ``paces``; or in none, where one must wait. All is
        forgotten ``forget`` seconds after the last try."""
        ...

    def settle(self, key: str, forgotten: Sequence[str], one_less: Mapping[str, int]) -> None:
        """Forget some counts; take one try back in others, each with what it came to with that
        try: if it is still that, the wait that followed is over."""
        ...

    def slowed(self, key: str) -> bool:
        """Whether a count is beyond its free tries."""
        ...

    def clear(self, key: str) -> None: ...


class PinStore(Protocol):
    """The hash of a person's PIN, by subject; gone with the person."""

    def get(self, subject: str) -> str | None: ...

    def put(self, subject: str, hashed: str) -> bool:
        """False, with nothing written, if there is no such person."""
        ...

    def replace(self, subject: str, was: str, hashed: str) -> bool:
        """Put ``hashed`` in the place of ``was``; False, with nothing written, if that is not
        what is stored any more."""
        ...

    def renew(self, subject: str) -> bool:
        """Keep the same hash as :meth:`put` would keep it today; whether that was due."""
        ...

    def clear(self, subject: str) -> bool:
        """Whether there was one."""
        ...


class AuditStore(Protocol):
    """Entries in the order they came; nothing here changes or removes one."""

    def append(self, entry: AuditEntry, about: str = "") -> None:
        """``about``: the subject of the person that the entry tells of; what it tells can be
        read as long as the person is there."""
        ...

    def alias(self, subject: str) -> str:
        """The name under which the log knows a person, which leads to nobody else; or ""."""
        ...

    def newest(self, count: int, before: str = "") -> list[AuditEntry]:
        """Up to ``count`` entries older than ``before`` (an entry's ``number``), newest first;
        without those of BY_STRANGERS."""
        ...

    def refused(self, count: int) -> list[AuditEntry]:
        """Up to ``count`` of BY_STRANGERS, newest first; some of many are only counted."""
        ...

    def refusals(self) -> list[Refusals]:
        """How many there were, newest day first."""
        ...
