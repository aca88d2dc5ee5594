"""The outbox in Redis: a stream of notices with one consumer group, and deliveries by when they
are due. Every step is one script over keys of one slot."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar, cast

from redis.exceptions import ResponseError

from face_rec.notices.delivery import Delivery, Entry, Opened, Outcome, Queued
from face_rec.notices.notice import Notice
from face_rec.notices.waiting import Waiting
from face_rec.stores.notices import outbox_keys
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Argument, Script
from face_rec.stores.stored_json import Reader, written

T = TypeVar("T")

_PUBLISH: Final = Script("publish_notices")
_SORT: Final = Script("sort_notices")
_TAKE: Final = Script("take_deliveries")
_SETTLE: Final = Script("settle_delivery")
_REVIVE: Final = Script("revive_delivery")
_MOVE: Final = Script("move_waiting")
_GROUP: Final = "sorting"
_KEPT: Final = 100_000
"""Entries of the stream, about: as far back as a program that was away can go on. What no process
has sorted yet stays beyond that."""
_CAP: Final = 1_000_000
"""Entries, sorted or not, where nobody sorts any more: some 300 MB."""
_AT_ONCE: Final = 1000
"""Notices of a step: one of 100,000 people would hold up every mark meanwhile."""
_OPEN: Final = 10_000
"""May wait to be acknowledged; of more the first step is told and nobody after."""
_TOLD_SECONDS: Final = 4 * 86_400
_SETTLED_KEPT: Final = 200
_ABANDONED_MS: Final = 60_000
"""An entry that a process has taken and not sorted in that time is another's."""

_notice: Final = Reader(Notice)
_delivery: Final = Reader(Delivery)
_outcome: Final = Reader(Outcome)
_open: Final = Reader(Waiting)


class RedisOutbox:
    """An ``Outbox``. Safe to call from several threads and processes at once."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._site = site
        self._me = secrets.token_hex(8)
        self._stream = outbox_keys.outbox(site)
        self._places = outbox_keys.outbox_places(site)
        self._on_their_way = [outbox_keys.deliveries(site), outbox_keys.deliveries_due(site)]
        self._waiting = [outbox_keys.waiting(site), outbox_keys.waiting_due(site)]
        self._dead = outbox_keys.deliveries_dead(site)
        self._settled = outbox_keys.deliveries_settled(site)

    @redis_errors()
    def turn(self, seconds: float) -> bool:
        """Whether this process looks at the days now; nobody else does for ``seconds``."""
        name = keys.turn(self._site, "notices")
        return bool(self._client.set(name, self._me, nx=True, px=round(seconds * 1000)))

    # --- notices

    @redis_errors()
    def publish(self, reader: str, before: str, after: str, notices: Sequence[Notice]) -> bool:
        arguments: list[Argument] = [reader, before, after, _CAP, 0, *_texts(notices)]
        return int(_PUBLISH.run(self._client, [self._stream, self._places], arguments)) >= 0

    @redis_errors()
    def publish_once(self, day: str, notices: Sequence[Notice], *, silent: bool = False) -> int:
        names = [self._stream, self._places, outbox_keys.outbox_told(self._site, day)]
        beginning: list[Argument] = ["", "", "", 0 if silent else _CAP, _TOLD_SECONDS]
        parts = [notices[n : n + _AT_ONCE] for n in range(0, len(notices), _AT_ONCE)]
        return sum(
            int(_PUBLISH.run(self._client, names, [*beginning, *_texts(part)])) for part in parts
        )

    @redis_errors()
    def told(self, day: str) -> int:
        return int(self._client.scard(outbox_keys.outbox_told(self._site, day)))

    @redis_errors()
    def places(self) -> dict[str, str]:
        found = cast("dict[bytes, bytes]", self._client.hgetall(self._places))
        return {name.decode(): place.decode() for name, place in found.items()}

    @redis_errors()
    def forget(self, readers: Sequence[str]) -> None:
        if readers:
            self._client.hdel(self._places, *readers)

    @redis_errors()
    def after(self, number: str, most: int) -> list[Entry]:
        found = self._client.xrange(self._stream, min=f"({number}", count=most)
        return _entries(cast("list[Any]", found))

    @redis_errors()
    def newest(self) -> str:
        found = cast("list[Any]", self._client.xrevrange(self._stream, count=1))
        return found[0][0].decode() if found else "0-0"

    @redis_errors()
    def latest(self, most: int) -> frozenset[str]:
        found = cast("list[Any]", self._client.xrevrange(self._stream, count=most))
        return frozenset(entry.notice.id for entry in _entries(found))

    @redis_errors()
    def unsorted(self, most: int) -> list[Entry]:
        try:
            return self._taken(most)
        except ResponseError as error:
            if not str(error).startswith("NOGROUP"):
                raise
            self._begin()
            return self._taken(most)

    def _taken(self, most: int) -> list[Entry]:
        left: Any = self._client.xautoclaim(
            self._stream, _GROUP, self._me, _ABANDONED_MS, count=most
        )
        found = _entries(left[1])
        if not found:
            new: Any = self._client.xreadgroup(_GROUP, self._me, {self._stream: ">"}, count=most)
            found = _entries(new[0][1]) if new else []
        return found

    def _begin(self) -> None:
        """The group, from the first entry on: there is one as soon as there is a notice."""
        try:
            self._client.xgroup_create(self._stream, _GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    # --- deliveries

    @redis_errors()
    def sort(
        self,
        entries: Sequence[Entry],
        queued: Sequence[Queued],
        now: datetime,
        opened: Sequence[Opened] = (),
    ) -> None:
        names = [self._stream, *self._on_their_way, outbox_keys.notices_cooled(self._site)]
        arguments: list[Argument] = [_GROUP, _ms(now), _KEPT, len(entries), len(queued), _OPEN]
        arguments += [entry.number for entry in entries]
        for one in queued:
            text = written(one.delivery)
            arguments += [one.delivery.id, text, _ms(one.due), one.cooled, _until(one.until)]
        for other in opened:
            text = written(other.waiting)
            arguments += [other.waiting.id, text, _ms(other.due), other.cooled]
            arguments.append(_until(other.until))
        _SORT.run(self._client, [*names, *self._waiting], arguments)

    @redis_errors()
    def take(self, now: datetime, lease: timedelta, most: int) -> list[Delivery]:
        found = _TAKE.run(self._client, self._on_their_way, [_ms(now), _ms(now + lease), most])
        return _read(_delivery, found)

    @redis_errors()
    def hold(self, delivery: Delivery, until: datetime) -> bool:
        return self._settle(delivery, "later", _ms(until), b"")

    @redis_errors()
    def settle(self, delivery: Delivery, outcome: Outcome, *, dead: bool = False) -> bool:
        return self._settle(delivery, "dead" if dead else "done", 0, written(outcome))

    def _settle(self, delivery: Delivery, how: str, due: int, outcome: bytes) -> bool:
        names = [*self._on_their_way, self._dead, self._settled]
        text = written(delivery)
        arguments: list[Argument] = [delivery.id, how, text, due, outcome, _SETTLED_KEPT]
        return bool(_SETTLE.run(self._client, names, arguments))

    @redis_errors()
    def again(self, delivery_id: str, now: datetime) -> bool:
        found = cast("bytes | None", self._client.hget(self._dead, delivery_id))
        if found is None:
            return False
        old = _delivery(found)
        fresh = replace(old, batch="", tries=0, problem="")
        return self._revive(delivery_id, written(fresh), _ms(now))

    @redis_errors()
    def drop(self, delivery_id: str) -> bool:
        return self._revive(delivery_id, b"", 0)

    def _revive(self, delivery_id: str, text: bytes, due: int) -> bool:
        names = [*self._on_their_way, self._dead]
        return bool(_REVIVE.run(self._client, names, [delivery_id, text, due]))

    @redis_errors()
    def dead(self) -> list[Delivery]:
        found = cast("list[bytes]", self._client.hvals(self._dead))
        return sorted(_read(_delivery, found), key=lambda one: one.notice.at, reverse=True)

    @redis_errors()
    def waiting(self) -> int:
        return int(self._client.zcard(self._on_their_way[1]))

    @redis_errors()
    def recent(self) -> list[Outcome]:
        found = cast("list[bytes]", self._client.lrange(self._settled, 0, -1))
        return _read(_outcome, found)

    # --- what waits to be acknowledged

    @redis_errors()
    def opened(self, waiting_id: str) -> Waiting | None:
        found = cast("bytes | None", self._client.hget(self._waiting[0], waiting_id))
        return next(iter(_read(_open, [found] if found else [])), None)

    @redis_errors()
    def all_opened(self) -> list[Waiting]:
        found = cast("list[bytes]", self._client.hvals(self._waiting[0]))
        newest = sorted(_read(_open, found), key=lambda one: one.since, reverse=True)
        return sorted(newest, key=lambda one: not one.open)

    @redis_errors()
    def take_opened(self, now: datetime, lease: timedelta, most: int) -> list[Waiting]:
        found = _TAKE.run(self._client, self._waiting, [_ms(now), _ms(now + lease), most])
        return _read(_open, found)

    @redis_errors()
    def move(
        self,
        seen: Waiting,
        after: Waiting | None,
        due: datetime,
        queued: Sequence[Queued] = (),
    ) -> bool:
        text = written(after) if after else b""
        arguments: list[Argument] = [seen.id, seen.step, seen.by, text, _ms(due)]
        for one in queued:
            arguments += [one.delivery.id, written(one.delivery), _ms(one.due)]
        names = [*self._waiting, *self._on_their_way]
        return bool(_MOVE.run(self._client, names, arguments))


def _until(moment: datetime | None) -> int:
    return _ms(moment) if moment else 0


def _texts(notices: Sequence[Notice]) -> list[Argument]:
    return [part for notice in notices for part in (notice.id, written(notice))]


def _entries(found: Sequence[Any]) -> list[Entry]:
    """Those that are notices; one that a later version wrote is left out."""
    read = []
    for number, fields in found:
        if fields and (notice := _read(_notice, [fields[b"notice"]])):
            read.append(Entry(number.decode(), notice[0]))
    return read


def _read(reader: Reader[T], texts: Sequence[bytes]) -> list[T]:
    found = []
    for text in texts:
        try:
            found.append(reader(text))
        except ValueError:
            continue
    return found


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
