"""Whether the Redis that answers still has what it acknowledged a moment ago.

Nothing here is needed to mark anybody: it makes the journal offer again what it keeps.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, timedelta
from typing import Any, Final

from face_rec.clock import Clock
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.stores.redis.client import Client, primaries_of, redis_errors

_DAYS_WATCHED: Final = 4  # UTC days whose marks the journal may hold
BEGUN: Final = msgid(
    "the app has begun, and nobody knows what the database went through meanwhile"
)


@redis_errors()
def servers_of(client: Client) -> frozenset[str]:
    """Every primary: by the number of its run, and by the history that it goes on. Others than a
    moment ago may have lost what was acknowledged. Raises StoreUnavailable."""
    found = []
    for node in primaries_of(client):
        info: Any = {**node.info("server"), **node.info("replication")}
        found.append(f"{info.get('run_id')}/{info.get('master_replid')}")
    return frozenset(found)


class ServerHistory:
    """Notices that Redis may have lost what it acknowledged: it began anew, another server answers
    in its place, or a list of marks is shorter than it was. For one thread."""

    def __init__(
        self,
        client: Client,
        lengths: Callable[[Sequence[date]], list[int]],
        clock: Clock,
        before: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        """``lengths``: how many entries the lists of these UTC days have; ``before``: the servers
        that answered the process before this one, if anybody knows."""
        self._client = client
        self._lengths = lengths
        self._clock = clock
        self._before = before
        self.servers: frozenset[str] = frozenset()
        """Which answered last, as :func:`servers_of` tells them."""
        self._longest: dict[date, int] = {}

    def lost(self) -> str:
        """Why something may be gone since the last question, or "". The first one, and the first
        after an answer that could not be used, say that nobody knows. Raises StoreUnavailable."""
        servers = servers_of(self._client)
        shorter = self._shorter()
        first, before = not self.servers, self.servers or self._before()
        self.servers = servers
        if before and servers != before:
            return msgid("the database began anew, or another server answers in its place")
        return BEGUN if first else shorter

    def _shorter(self) -> str:
        today = self._clock.now().astimezone(UTC).date()
        days = [today - timedelta(days=number) for number in range(_DAYS_WATCHED)]
        before, self._longest = self._longest, dict(zip(days, self._lengths(days), strict=True))
        fallen = [day for day in days if self._longest[day] < before.get(day, 0)]
        return (
            sentence("the marks of {day} are fewer than they were", day=fallen[0])
            if fallen
            else ""
        )
