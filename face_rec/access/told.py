"""Stores in front of others that tell of every change, whichever way it was made."""

from collections.abc import Mapping
from typing import Generic, TypeVar

from face_rec.access.accounts.account import Account
from face_rec.access.changes import Changes
from face_rec.access.devices.credentials import Token
from face_rec.access.devices.device import Device
from face_rec.access.signin.session import Session, Use
from face_rec.access.storage import Records, SessionStore

Record = TypeVar("Record", Account, Device, Token)


class ToldRecords(Generic[Record]):
    """A ``Records`` in front of another one."""

    def __init__(self, records: Records[Record], changes: Changes) -> None:
        self._records: Records[Record] = records
        self._changes = changes

    def get(self, record_id: str) -> Record | None:
        return self._records.get(record_id)

    def all(self) -> list[Record]:
        return self._records.all()

    def count(self) -> int:
        return self._records.count()

    def create(self, record: Record, only_first: bool = False) -> bool:
        made = self._records.create(record, only_first)
        self._changes.tell()
        return made

    def update(self, record: Record, keeps: Mapping[str, object] | None = None) -> Record:
        try:
            return self._records.update(record, keeps)
        finally:  # also after an answer that was lost: it may have been written
            self._changes.tell()

    def remove(self, record_id: str) -> bool:
        try:
            return self._records.remove(record_id)
        finally:
            self._changes.tell()


class ToldSessions:
    """A ``SessionStore`` in front of another one; only an end is told."""

    def __init__(self, sessions: SessionStore, changes: Changes) -> None:
        self._sessions = sessions
        self._changes = changes

    def put(self, digest: str, session: Session, seconds: float) -> None:
        self._sessions.put(digest, session, seconds)

    def get(self, digest: str) -> tuple[Session, float] | None:
        return self._sessions.get(digest)

    def prolong(self, digest: str, account: str, seconds: float, use: Use | None) -> None:
        self._sessions.prolong(digest, account, seconds, use)

    def replace(self, digest: str, session: Session) -> None:
        self._sessions.replace(digest, session)

    def of(self, account: str) -> dict[str, tuple[Session, Use | None]]:
        return self._sessions.of(account)

    def drop(self, digest: str, account: str) -> None:
        try:
            self._sessions.drop(digest, account)
        finally:
            self._changes.tell()
