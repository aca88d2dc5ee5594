"""What Redis holds of the chain: its streams, their entries and their heads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from face_rec.stores.chain.links import Stream
from face_rec.stores.left.left_days import LeftDays, Where
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors

_AT_ONCE: Final = 1000  # days a round trip


@dataclass(frozen=True, slots=True)
class StoredDay:
    """One day's list, or that of another stream, and the head beside it."""

    day: Stream
    entries: list[bytes]
    head: bytes


class ChainDays:
    """Reads the lists of one site, of days that have ``left`` Redis from the archive. All methods
    may raise StoreUnavailable."""

    def __init__(self, client: Client, site: str, left: LeftDays | None = None) -> None:
        self._client = client
        self._left = left
        self.site = site

    @redis_errors()
    def days(self) -> set[date]:
        """Every day that has a list or a head, or has left; looks through all keys of the
        database. One that comes back meanwhile is seen before it does, one that leaves after."""
        before = set(self._left.all() if self._left else ())
        patterns = (keys.days_written(self.site), keys.days_linked(self.site))
        found = {day for pattern in patterns for day in self._matching(pattern)}
        return before | found | set(self._left.all() if self._left else ())

    @redis_errors()
    def marked(self, subject: str, *, archived: bool = True) -> list[date]:
        """Every day on which the person has a mark, in order, wherever a wrong clock laid it;
        a correction lies on the day of its mark. Those that left Redis, too, where ``archived``:
        then it may raise ArchiveAway, ArchiveUnread."""
        days, found = sorted(self.days()), []
        for start in range(0, len(days), _AT_ONCE):
            some = days[start : start + _AT_ONCE]
            pipeline: Any = self._client.pipeline(transaction=False)
            for day in some:
                pipeline.hexists(keys.last(self.site, day), subject)
            answers = pipeline.execute()
            found += [day for day, there in zip(some, answers, strict=True) if there]
        asked = self._left if archived else None
        left = set(asked.archived_days_of(subject) if asked else ())
        return sorted({*found, *(left & set(days))})

    @redis_errors()
    def read(self, day: Stream) -> StoredDay:
        """The head first: what is appended meanwhile makes the list longer, never shorter."""
        head: Any = self._client.get(self._head(day))
        entries: Any = self._client.lrange(self._list(day), 0, -1)
        if not entries and (left := self._where(day)):
            return StoredDay(day, self._archived(day), left.head)
        return StoredDay(day, list(entries), head or b"")

    @redis_errors()
    def head(self, day: Stream) -> bytes:
        found: Any = self._client.get(self._head(day))
        left = None if found else self._where(day)
        return left.head if left else bytes(found or b"")

    @redis_errors()
    def entry(self, day: Stream, position: int) -> bytes | None:
        """One entry by its place, from 0."""
        found: Any = self._client.lindex(self._list(day), position)
        if found is None and (left := self._where(day)) and position < left.length:
            return self._archived(day)[position]
        return None if found is None else bytes(found)

    def _where(self, day: Stream) -> Where | None:
        """Of a day that was just not found."""
        if self._left is None or not isinstance(day, date):
            return None
        return self._left.where([day]).get(day)

    def _archived(self, day: Stream) -> list[bytes]:
        return self._left.entries(day) if self._left and isinstance(day, date) else []

    def _list(self, stream: Stream) -> str:
        if isinstance(stream, date):
            return keys.attendance(self.site, stream)
        return keys.chain(self.site, stream)

    def _head(self, stream: Stream) -> str:
        if isinstance(stream, date):
            return keys.head(self.site, stream)
        return keys.chain_head(self.site, stream)

    def _matching(self, pattern: str) -> Iterator[date]:
        for key in self._client.scan_iter(match=pattern, count=1000):
            try:
                yield keys.day_of(key.decode())
            except ValueError:
                continue
