"""Who was erased, by what the chain of people tells.

That Redis has no record of somebody does not say so: it may have lost them, and the machine that
keeps what it has confirmed brings them back once it runs again, within ``JOURNAL_HOURS``.
"""

from collections.abc import Callable, Collection, Iterator, Sequence

from face_rec.stores.chain.ledger import PEOPLE
from face_rec.stores.chain.statements import statements_in
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client


class ErasedPeople:
    """Of one site. ``recorded``: those of these subjects who have a record."""

    def __init__(
        self, client: Client, site: str, recorded: Callable[[Sequence[str]], Collection[str]]
    ) -> None:
        self._client = client
        self._list = keys.chain(site, PEOPLE)
        self._recorded = recorded

    def among(self, subjects: Collection[str]) -> set[str]:
        """Those who have no record and of whose removal an entry tells; reads all entries where
        somebody has none. Raises StoreUnavailable."""
        missing = set(subjects).difference(self._recorded(sorted(subjects)))
        return missing.intersection(self._removed()) if missing else missing

    def others(self, subjects: Collection[str]) -> set[str]:
        """Those who are there, or may come back. Raises StoreUnavailable."""
        return set(subjects) - self.among(subjects)

    def _removed(self) -> Iterator[str]:
        for statement in statements_in(self._client, self._list):
            yield from (name for name, digest in statement.states.items() if digest is None)
