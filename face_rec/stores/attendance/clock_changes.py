"""When a clock was set, in Redis: by whatever process has noticed it."""

import logging
from typing import Any, Final

from face_rec.attendance.marks.clock_doubts import ClockChanges
from face_rec.domain.clock_state import ClockChange
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.stored_json import Reader, written

log = logging.getLogger(__name__)

_read: Final = Reader(ClockChange)
_MOST: Final = 500
"""Changes that are kept; a clock that is set more often is no clock."""


class RedisClockChanges:
    """Implements ClockChangesReader. Each change raises the version of the rules, so that
    whatever was worked out of marks before is worked out again. Safe from any thread."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._site = site

    @redis_errors()
    def all(self) -> ClockChanges:
        """Without those that cannot be read."""
        return ClockChanges(list(self._stored().values()))

    @redis_errors()
    def note(self, change: ClockChange) -> bool:
        """False where another process of the machine has noted it."""
        known = self._stored()
        if any(change.same(one) for one in known.values()):
            return False
        name = keys.rule(self._site, keys.CLOCK)
        by_age = sorted(known, key=lambda field: known[field].noticed, reverse=True)
        pipeline: Any = self._client.pipeline(transaction=True)
        pipeline.hset(name, f"{change.boot}-{round(change.until)}", written(change))
        if old := by_age[_MOST - 1 :]:
            pipeline.hdel(name, *old)
        pipeline.hincrby(keys.rules(self._site), keys.VERSION, 1)
        pipeline.execute()
        return True

    def _stored(self) -> dict[str, ClockChange]:
        stored: Any = self._client.hgetall(keys.rule(self._site, keys.CLOCK))
        found: dict[str, ClockChange] = {}
        for field, text in stored.items():
            try:
                found[field.decode(errors="replace")] = _read(text)
            except ValueError as error:
                log.warning("clock_change_malformed field=%r reason=%s", field, error)
        return found
