"""What the rules of this package ask of a store. All may raise StoreUnavailable."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, TypeVar

Record = TypeVar("Record")
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
        """Whether there was one. What is not there may have been lost: it does not come back."""
        ...

    def count(self) -> int: ...


class Moments(Protocol):
    """Small moments beside the records, which may be lost: last sign-in of an account, last use
    of a token."""

    def sign_ins(self) -> dict[str, datetime]: ...
    def used(self, token: str, at: datetime) -> None: ...
    def uses(self) -> dict[str, datetime]: ...


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
