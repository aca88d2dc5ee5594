"""How often the kiosks missed somebody, in Redis: a number for each person and day, and nothing
else. A day is forgotten by itself when its time is over."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from face_rec.clock import Clock
from face_rec.people.missed.visits import DAYS
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Script

_COUNT: Final = Script("count_missed")
_DAY: Final = timedelta(days=1)


class RedisMissedVisits:
    """A ``MissedVisits``. Safe to call from several threads and processes at once; all methods may
    raise StoreUnavailable."""

    def __init__(self, client: Client, site: str, clock: Clock) -> None:
        self._client = client
        self._site = site
        self._clock = clock

    @redis_errors()
    def add(self, subject: str, version: int, day: date) -> bool:
        over = datetime.combine(day + DAYS * _DAY, time(), UTC)
        seconds = round((over - self._clock.now()).total_seconds())
        names = [keys.person(self._site, subject), keys.missed(self._site, day)]
        return bool(_COUNT.run(self._client, names, [subject, version, seconds]))

    def days(self) -> list[dict[str, int]]:
        """By subject, of each day of which anything is kept, the newest first."""
        return [counts for _, counts in self._kept()]

    def held(self, subject: str) -> list[dict[str, Any]]:
        """For whoever asks what is kept of them."""
        return [
            {"day": day.isoformat(), "visits": counts[subject]}
            for day, counts in self._kept()
            if subject in counts
        ]

    def subjects(self) -> set[str]:
        """Of whom anything is kept."""
        return {subject for _, counts in self._kept() for subject in counts}

    @redis_errors()
    def forget(self, subjects: Collection[str]) -> int:
        """All that is kept of these; how many days that were."""
        if not subjects:
            return 0
        pipeline: Any = self._client.pipeline(transaction=True)
        for day in self._days():
            pipeline.hdel(keys.missed(self._site, day), *subjects)
        return sum(pipeline.execute())

    @redis_errors()
    def _kept(self) -> list[tuple[date, dict[str, int]]]:
        days = list(self._days())
        pipeline: Any = self._client.pipeline(transaction=False)
        for day in days:
            pipeline.hgetall(keys.missed(self._site, day))
        found = pipeline.execute()
        return [(day, _counts(stored)) for day, stored in zip(days, found, strict=True) if stored]

    def _days(self) -> Iterator[date]:
        """Those of which something may be there, the newest first; one ahead, for a machine whose
        clock is."""
        today = self._clock.now().astimezone(UTC).date()
        yield from (today - back * _DAY for back in range(-1, DAYS))


def _counts(stored: dict[bytes, bytes]) -> dict[str, int]:
    return {subject.decode(): int(count) for subject, count in stored.items()}
