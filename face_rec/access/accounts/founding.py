"""Whether the first account was ever made, known also while the database is away."""

from typing import Protocol

from face_rec.access.accounts.account import Account
from face_rec.access.storage import Records
from face_rec.domain.errors import StoreUnavailable


class Mark(Protocol):
    """Outlives the database, and restarts where it is a file."""

    def made(self) -> bool: ...

    def make(self) -> None: ...


class Founding:
    """Asks the accounts until there is one, and never again after that: a door that asked at
    every request would close to everybody outside whenever the database is away."""

    def __init__(self, accounts: Records[Account], mark: Mark | None) -> None:
        self._accounts = accounts
        self._mark = mark
        self._founded = False

    def needed(self) -> bool:
        """Whether there is no account yet. While the database is away the mark answers.

        Raises StoreUnavailable where there is no mark: an empty database opens the set-up.
        """
        if self._founded:
            return False
        try:
            self._founded = self._accounts.count() > 0
        except StoreUnavailable:
            if self._mark is None or not self._mark.made():
                raise
            return False
        if self._founded and self._mark is not None:
            self._mark.make()
        return not self._founded
