"""The retention job's lock and last run in Redis."""

import json
import secrets
from datetime import datetime
from typing import Any, Final

from face_rec.privacy.retention import Run
from face_rec.stores.people.person_codec import compact
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors

_FIELD: Final = "retention"
_HOUR: Final = 3600


class RedisRunLog:
    """A ``RunLog``. The lock expires, should its holder die."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._key = keys.privacy(site)
        self._lock = keys.turn(site, _FIELD)
        self._mine = secrets.token_hex(8)

    @redis_errors()
    def last(self) -> Run | None:
        stored: Any = self._client.hget(self._key, _FIELD)
        return _run(json.loads(stored)) if stored else None

    @redis_errors()
    def save(self, run: Run) -> None:
        fields = {
            "began_at": run.began_at.isoformat(),
            "ended_at": run.ended_at.isoformat(),
            "pictures": run.pictures,
            "people": run.people,
            "templates": run.templates,
            "photos": run.photos,
            "problem": run.problem,
        }
        self._client.hset(self._key, _FIELD, compact(fields))

    @redis_errors()
    def claim(self) -> bool:
        return bool(self._client.set(self._lock, self._mine, nx=True, ex=_HOUR))

    @redis_errors()
    def release(self) -> None:
        """Only our own lock; one that expired may be another's by now."""
        holder: Any = self._client.get(self._lock)
        if holder == self._mine.encode():
            self._client.delete(self._lock)


def _run(fields: dict[str, Any]) -> Run:
    moments = {name: datetime.fromisoformat(fields[name]) for name in ("began_at", "ended_at")}
    return Run(**{**fields, **moments})
