"""A copy of all that is kept of one person, until whoever asked for it takes it. It lies in the
session of a page, which knows nothing of an erasure elsewhere."""

from collections.abc import Set
from threading import Lock
from typing import Final
from weakref import WeakSet

from face_rec.domain.errors import NotAllowed
from face_rec.protocols.people_store import PeopleReader
from pages.ui.frame.exports import OVER


class Copy:
    """Of ``subject``; once they are erased nothing of it is left. Safe from any thread."""

    def __init__(self, subject: str, data: bytes) -> None:
        self.subject = subject
        self._data: bytes | None = data

    @property
    def there(self) -> bool:
        return self._data is not None

    def take(self, people: PeopleReader) -> bytes:
        """The file. Raises NotAllowed where they are erased, and StoreUnavailable."""
        data = self._data
        if data is None or people.get(self.subject) is None:
            self.drop()
            raise NotAllowed(OVER)
        return data

    def drop(self) -> None:
        self._data = None


class Copies:
    """All of this process that some page still holds. Safe from any thread."""

    def __init__(self) -> None:
        self._made: WeakSet[Copy] = WeakSet()
        self._lock = Lock()

    def keep(self, subject: str, data: bytes) -> Copy:
        """For the session of who has asked for it."""
        copy = Copy(subject, data)
        with self._lock:
            self._made.add(copy)
        return copy

    def named(self) -> frozenset[str]:
        """The subjects of whom there is one."""
        return frozenset(copy.subject for copy in self._all() if copy.there)

    def drop(self, gone: Set[str]) -> None:
        """All of these subjects."""
        for copy in self._all():
            if copy.subject in gone:
                copy.drop()

    def _all(self) -> list[Copy]:
        with self._lock:
            return list(self._made)


COPIES: Final = Copies()
