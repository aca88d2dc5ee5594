"""What became of reports by mail, in Redis: a hash of the newest for each of their readers."""

from collections.abc import Iterable
from typing import cast

from face_rec.notices.reports.results import Result
from face_rec.stores.notices import outbox_keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.stored_json import Reader, written

_result = Reader(Result)


class RedisReportResults:
    """A ``Results``. Safe to call from several threads and processes at once."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._site = site

    @redis_errors()
    def put(self, schedule: str, reader: str, result: Result) -> None:
        self._client.hset(self._key(schedule), reader, written(result))

    @redis_errors()
    def of(self, schedule: str) -> dict[str, Result]:
        found = cast("dict[bytes, bytes]", self._client.hgetall(self._key(schedule)))
        return {name.decode(): _result(text) for name, text in found.items()}

    @redis_errors()
    def forget(self, schedule: str, readers: Iterable[str]) -> None:
        names = list(readers)
        if names:
            self._client.hdel(self._key(schedule), *names)

    def _key(self, schedule: str) -> str:
        return outbox_keys.report_results(self._site, schedule)
