"""Who was erased, by what the chain of people tells.

That Redis has no record of somebody does not say so: it may have lost them, and the machine that
keeps what it has confirmed brings them back once it runs again, within ``JOURNAL_HOURS``.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final

from face_rec.stores.chain.ledger import PEOPLE, statement_of
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors

_AT_ONCE: Final = 1000


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
        for raw in self._entries():
            statement = statement_of(raw)
            for name, digest in statement.states.items() if statement else ():
                if digest is None:
                    yield name

    def _entries(self) -> Iterator[bytes]:
        start, found = 0, [b""]
        while found:
            found = self._some(start)
            start += len(found)
            yield from found

    @redis_errors()
    def _some(self, start: int) -> list[bytes]:
        found: Any = self._client.lrange(self._list, start, start + _AT_ONCE - 1)
        return list(found)
