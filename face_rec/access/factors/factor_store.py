"""Where the factors of accounts are written, so that each thing is used up once."""

from collections.abc import Callable
from dataclasses import replace

from face_rec.access.factors.factors import Factors, Handle
from face_rec.access.storage import Records
from face_rec.domain.errors import Conflict
from face_rec.languages.language import msgid
from face_rec.retry import until_first


class FactorStore:
    """The factors of all accounts. Safe to call from any thread and from many processes."""

    def __init__(self, records: Records[Factors], handles: Records[Handle]) -> None:
        self._records = records
        self._handles = handles

    def of(self, account: str) -> Factors:
        return self._records.get(account) or Factors(id=account)

    def all(self) -> dict[str, Factors]:
        """Those of every account that ever had one, by account."""
        return {record.id: record for record in self._records.all()}

    def account_of(self, handle: str) -> str | None:
        found = self._handles.get(handle)
        return found.account if found else None

    def change(self, account: str, change: Callable[[Factors], Factors]) -> Factors:
        """Write what ``change`` makes of the present record; it is called again with a newer
        one where somebody else was faster, so that nothing is used up twice."""

        def write() -> Factors:
            stored = self._records.get(account)
            wanted = change(stored or Factors(id=account))
            if stored is not None:
                return self._records.update(wanted)
            if not self._records.create(wanted):
                raise Conflict(msgid("Somebody else has just made the first record. Try again."))
            return wanted

        return until_first(write, tries=None)

    def handle_of(self, account: str, fresh: str) -> str:
        """The account's handle; ``fresh`` becomes it if there is none."""
        known = self.of(account).handle
        if known:
            return known
        self._handles.create(Handle(fresh, account))
        return self.change(account, lambda f: f if f.handle else replace(f, handle=fresh)).handle
