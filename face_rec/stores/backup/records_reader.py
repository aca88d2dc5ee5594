"""All that Redis holds of a site, read while kiosks run, as a stream of records.

Every key of the site is copied as it lies there, sealed fields sealed and links unbroken,
except what expires by itself and what a running app makes anew. A record holds a part of one
key, so that neither writing nor reading a backup needs the whole of it in memory.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeVar

from face_rec.domain.errors import StoreUnavailable
from face_rec.languages.language import msgid
from face_rec.stores.backup.backup_records import BackupKeys, Record
from face_rec.stores.chain.ledger import PEOPLE
from face_rec.stores.people.gallery_feed import GalleryFeed
from face_rec.stores.people.person_codec import Unsealed
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors

log = logging.getLogger(__name__)

Item = TypeVar("Item")

_AT_ONCE: Final = 500  # items a record, keys a round trip
_BYTES_AT_ONCE: Final = 512 << 10  # of the items of a record, so that its line stays short
_READ: Final = {
    "list": ("LRANGE", 0, -1),
    "hash": ("HGETALL",),
    "set": ("SMEMBERS",),
    "string": ("GET",),
}


class SiteBackup:
    """Reads one site, on one server or a cluster."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._site = site
        self._keys = BackupKeys(site)
        of_day = (keys.attendance, keys.seen, keys.last, keys.head, keys.left)
        self._of_day = [name(site, date.min) for name in of_day]
        self._feed = GalleryFeed(client, site, Unsealed())

    def records(self) -> Iterator[Record]:
        """Everything, each part as it was at one moment: a day with its ids, marks and chain
        head; the people at one revision; rules and accounts.

        Days come before people, so that whoever has a mark here is here too. Raises
        StoreUnavailable when Redis goes away on the way.
        """
        yield from self._days()
        yield from self._people()
        yield from self._rest()

    def _days(self) -> Iterator[Record]:
        """A day that leaves Redis, or comes back, while all keys are looked through may show in
        none of them: so again, until no day is new. And what is read of one are its lists and the
        note that may stand for them by now, whichever were found."""
        read: set[str] = set()
        while True:
            by_day: dict[str, set[str]] = {}
            for key in self._found(f"*:{{{self._site}|*}}"):
                by_day.setdefault(key.partition("{")[2], set()).add(key)
            new = sorted(by_day.keys() - read)
            for day in new:
                either = {name.partition("{")[0] + "{" + day for name in self._of_day}
                yield from self._at_one_moment(sorted(by_day[day] | either))
            read.update(new)
            if not new:
                return

    def _people(self) -> Iterator[Record]:
        revision = self._feed.revision()
        for subjects in self._feed.subjects():
            yield from self._persons(subjects)
        while True:
            now, *chain = self._people_chain()
            if now == revision:
                yield from chain
                return
            changes = self._feed.changes(revision)
            if changes is None:
                raise StoreUnavailable(
                    msgid(
                        "More people changed during the backup than Redis "
                        "remembers. Start it again, best when no import runs."
                    )
                )
            yield from self._persons(sorted({change.subject for change in changes}))
            revision = changes[-1].revision if changes else revision

    @redis_errors()
    def _people_chain(self) -> tuple[Any, ...]:
        """The revision, and the people's chain as it is with it."""
        listed, head = self._of_people()
        pipeline: Any = self._client.pipeline(transaction=True)
        pipeline.get(keys.revision(self._site))
        pipeline.lrange(listed, 0, -1)
        pipeline.get(head)
        revision, entries, value = pipeline.execute()
        records = [*parts(listed, "list", _items(entries, "list"))]
        return (int(revision or 0), *records, *parts(head, "string", _items(value, "string")))

    def _of_people(self) -> tuple[str, str]:
        return keys.chain(self._site, PEOPLE), keys.chain_head(self._site, PEOPLE)

    def _rest(self) -> Iterator[Record]:
        """A stream is longer than the others when its turn comes: what its chain does not know
        yet is left for the next backup."""
        others = (*self._of_people(), keys.person(self._site, ""))
        found = [k for k in self._found(f"*:{{{self._site}}}*") if not k.startswith(others)]
        streams = [key for key in found if self._keys.kind(key) == "stream"]
        ends: dict[str, bytes] = {}
        yield from self._at_one_moment([key for key in found if key not in streams], streams, ends)
        for key, end in ends.items():
            yield from self._stream(key, end)

    @redis_errors()
    def _found(self, pattern: str) -> list[str]:
        """The keys that last and are ours."""
        scanned = {key.decode(errors="replace") for key in self._scan(pattern)}
        lasting: list[str] = []
        for names in _batches(sorted(filter(self._ours, scanned))):
            pipeline = self._client.pipeline(transaction=False)
            for key in names:
                pipeline.ttl(key)
            lives = pipeline.execute()
            lasting += [key for key, life in zip(names, lives, strict=True) if life == -1]
        return lasting

    def _scan(self, pattern: str) -> Iterator[bytes]:
        return iter(self._client.scan_iter(pattern, count=1000))

    def _ours(self, key: str) -> bool:
        """Whether a backup holds ``key``. What another program keeps beside ours could not be
        restored, so it is left out, and said."""
        kind = self._keys.kind(key)
        if kind is None and not self._keys.left_out(key):
            log.warning("backup_leaves_out key=%r", key[:200])
        return kind is not None

    @redis_errors()
    def _kinds(self, names: Sequence[str]) -> dict[str, str]:
        pipeline = self._client.pipeline(transaction=False)
        for key in names:
            pipeline.type(key)
        found = pipeline.execute() if names else []
        return {key: kind.decode() for key, kind in zip(names, found, strict=True)}

    def _at_one_moment(
        self,
        names: Sequence[str],
        streams: Sequence[str] = (),
        ends: dict[str, bytes] | None = None,
    ) -> Iterator[Record]:
        """The keys, all of one slot, in one transaction; ``ends`` gets the ids of the last
        entries that ``streams`` have in it."""
        kinds = {key: kind for key, kind in self._kinds(names).items() if kind in _READ}
        kinds |= {key: self._keys.kind(key) or "string" for key in names if key not in kinds}
        with redis_errors():
            pipeline: Any = self._client.pipeline(transaction=True)
            for key in names:
                command, *arguments = _READ[kinds[key]]
                pipeline.execute_command(command, key, *arguments)
            for key in streams:
                pipeline.xrevrange(key, count=1)
            values = pipeline.execute() if names or streams else []
        last = values[len(names) :]
        if ends is not None:
            ends |= {key: found[0][0] for key, found in zip(streams, last, strict=True) if found}
        values = values[: len(names)]
        for key, value in zip(names, values, strict=True):
            yield from parts(key, kinds[key], _items(value, kinds[key]))

    def _persons(self, subjects: Sequence[str]) -> Iterator[Record]:
        for some in _batches(subjects):
            with redis_errors():
                pipeline = self._client.pipeline(transaction=False)
                for subject in some:
                    pipeline.hgetall(keys.person(self._site, subject))
                people = pipeline.execute()
            for subject, fields in zip(some, people, strict=True):
                key = keys.person(self._site, subject)
                yield Record(key, "hash", _items(fields, "hash"))

    def _stream(self, key: str, end: bytes) -> Iterator[Record]:
        """In pieces, to the entry ``end``: entries are added at the end only."""
        start, first = b"-", True
        while True:
            with redis_errors():
                found: Any = self._client.xrange(key, min=start, max=end, count=_AT_ONCE)
            if not found:
                return
            yield Record(key, "stream", tuple(_entry(*entry) for entry in found), first)
            start, first = b"(" + found[-1][0], False


def _entry(entry_id: bytes, fields: Mapping[bytes, bytes]) -> tuple[bytes, ...]:
    return (entry_id, *(part for pair in fields.items() for part in pair))


def _items(value: Any, kind: str) -> tuple[tuple[bytes, ...], ...]:  # noqa: ANN401
    """What Redis answered, as items; a set in order, so that equal data make equal backups."""
    if value is None:
        return ()
    if isinstance(value, bytes):
        return ((value,),)
    if kind == "hash" and not isinstance(value, Mapping):  # a cluster leaves it flat
        value = dict(zip(value[::2], value[1::2], strict=True))
    if isinstance(value, Mapping):
        return tuple(sorted(value.items()))
    ordered = sorted(value) if isinstance(value, set) else value
    return tuple((item,) for item in ordered)


def parts(key: str, kind: str, items: Sequence[tuple[bytes, ...]]) -> Iterable[Record]:
    """Bounded by number and by size; a set, list or hash may have items of any length."""
    waiting: list[tuple[bytes, ...]] = []
    size, first = 0, True
    for item in items:
        waiting.append(item)
        size += sum(map(len, item))
        if len(waiting) >= _AT_ONCE or size >= _BYTES_AT_ONCE:
            yield Record(key, kind, tuple(waiting), first)
            waiting, size, first = [], 0, False
    if waiting:
        yield Record(key, kind, tuple(waiting), first)


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
