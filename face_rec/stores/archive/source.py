"""What an archive copies, as it lies in Redis."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from face_rec.stores.chain.links import Stream
from face_rec.stores.redis import access_keys, keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.verify.chain_days import ChainDays

_AT_ONCE: Final = 1000
_ENTRY: Final = b"entry"


class ArchiveSource:
    """Reads one site. Safe from any thread; all of it may raise StoreUnavailable."""

    def __init__(self, client: Client, site: str) -> None:
        self.site = site
        self._client = client
        self._days = ChainDays(client, site)

    def days(self) -> set[date]:
        """Every day that has a list; looks through all keys of the database."""
        return self._days.days()

    @redis_errors()
    def lengths(self, streams: Sequence[Stream]) -> list[int]:
        """How many entries each list has, in one round trip."""
        pipeline = self._client.pipeline(transaction=False)
        for stream in streams:
            pipeline.llen(self._list(stream))
        return [int(length) for length in pipeline.execute()] if streams else []

    @redis_errors()
    def part(self, stream: Stream, first: int, count: int) -> list[bytes]:
        """``count`` entries from place ``first`` on, or as many as there are."""
        found: Any = self._client.lrange(self._list(stream), first, first + count - 1)
        return list(found)

    def head(self, day: date) -> bytes:
        """The head of a day that is in Redis."""
        return self._days.head(day)

    def entries(self, stream: Stream) -> list[bytes]:
        """The whole list."""
        return self.part(stream, 0, 1 << 40)

    # --- what the lists speak of

    @redis_errors()
    def rules(self, names: Sequence[str]) -> dict[str, bytes | None]:
        """Rules by the names that the chain has for them (kind/id); None for one that is gone."""
        pipeline = self._client.pipeline(transaction=False)
        for name in names:
            kind, _, rule_id = name.partition("/")
            pipeline.hget(keys.rule(self.site, kind), rule_id)
        return dict(zip(names, pipeline.execute(), strict=True)) if names else {}

    @redis_errors()
    def rules_of(self, kind: str) -> dict[str, bytes]:
        """All rules of a kind, by their ids."""
        found: Any = self._client.hgetall(keys.rule(self.site, kind))
        return {
            rule_id.decode("utf-8", "backslashreplace"): text for rule_id, text in found.items()
        }

    def audit(self, after: str = "") -> Iterator[tuple[str, bytes]]:
        """Number and text of every entry of the audit log behind ``after``, oldest first."""
        start = f"({after}" if after else "-"
        while True:
            with redis_errors():
                found: Any = self._client.xrange(
                    access_keys.audit(self.site), min=start, count=_AT_ONCE
                )
            for number, fields in found:
                yield number.decode(), fields.get(_ENTRY, b"")
            if len(found) < _AT_ONCE:
                return
            start = f"({found[-1][0].decode()}"

    @redis_errors()
    def epoch(self) -> str:
        """The database's random name; "" where it has none yet."""
        found: Any = self._client.hget(keys.rules(self.site), keys.EPOCH)
        return bytes(found or b"").decode(errors="replace")

    def _list(self, stream: Stream) -> str:
        if isinstance(stream, date):
            return keys.attendance(self.site, stream)
        return keys.chain(self.site, stream)
