"""Puts the records of a backup into an empty system."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from face_rec.domain.errors import NotEmpty, StoreError
from face_rec.languages.sentence import sentence
from face_rec.stores.backup.backup_records import Record
from face_rec.stores.chain.ledger import STREAMS
from face_rec.stores.notices import outbox_keys
from face_rec.stores.redis import access_keys, keys
from face_rec.stores.redis.client import RESTORING, Client, redis_errors
from face_rec.stores.site import schema
from face_rec.stores.strangers import stranger_keys

_AT_ONCE: Final = 100  # records a round trip
_HASH, _STREAM = "hash", "stream"
_WRITE: Final = {"list": "RPUSH", "set": "SADD", _HASH: "HSET", "string": "SET"}


@redis_errors()
def refuse_half_restored(client: Client, site: str) -> None:
    """Raises StoreError while a backup is being put back, or was only half put back: what is
    there is neither the old system nor the new one. Raises StoreUnavailable."""
    if client.exists(keys.restoring(site)):
        raise StoreError(
            sentence(
                "{restoring} To give it up instead, empty the database (DATA_DIR/redis).",
                restoring=RESTORING,
            )
        )


class SiteRestore:
    """Writes one site, on one server or a cluster."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._site = site
        self._people = keys.person(site, "")
        self._ids: dict[str, bytes] = {}
        self._streams = _streams(site)

    @redis_errors()
    def refuse_unless_empty(self, digest: str) -> None:
        """Raises NotEmpty if the site holds anything, but for what a restore of the same
        backup (``digest``) has left that was cut short."""
        begun: Any = self._client.get(keys.restoring(self._site))
        if begun is not None and begun.decode() == digest:
            return
        self._refuse_unless_empty()

    def refuse_half_restored(self) -> None:
        """Raises StoreError where there is neither the old system nor the new one."""
        refuse_half_restored(self._client, self._site)

    @redis_errors()
    def begin(self, digest: str, noticed: Callable[[], None]) -> None:
        """Say that a restore begins; apps that run hold everything from then on. ``noticed``
        returns when they know. What one has written before it knew is not written over: raises
        NotEmpty, with nothing changed."""
        key = keys.restoring(self._site)
        again = bool(self._client.exists(key))
        self._client.set(key, digest)
        noticed()
        try:
            if not again:
                self._refuse_unless_empty()
        except NotEmpty:
            self._client.delete(key)
            raise

    def _refuse_unless_empty(self) -> None:
        for pattern in (f"*:{{{self._site}|*}}", f"*:{{{self._site}}}*"):
            for key in self._client.scan_iter(pattern, count=1000):
                if self._counts(key.decode()):
                    raise NotEmpty(
                        sentence(
                            "Redis already holds data of the site {site} "
                            "({key}). A backup is restored into an empty system "
                            "only: stop the app, and give it another DATA_DIR, "
                            "REDIS_DB or Redis.",
                            site=repr(self._site),
                            key=key.decode(),
                        )
                    )

    def _counts(self, key: str) -> bool:
        """Whether ``key`` is more than an app that was only started leaves behind."""
        unimportant = {
            access_keys.access_key(self._site),
            keys.restoring(self._site),
            keys.schema(self._site),
            keys.gallery_files(self._site),
        }
        if int(self._client.ttl(key)) >= 0 or key in unimportant:
            return False
        if key in self._streams:
            return int(self._client.llen(self._streams[key])) > 1  # one says that it begins
        if key == keys.rules(self._site):
            return bool(self._client.hexists(key, keys.VERSION))
        passing: tuple[str, ...] = (keys.privacy(self._site), keys.beats_of(self._site))
        passing += (keys.vectors(self._site),)
        passing += (outbox_keys.everything(self._site), stranger_keys.everything(self._site))
        return not key.startswith(passing)

    @redis_errors()
    def write(
        self, records: Iterable[Record], digest: str, more: Callable[[], None] = lambda: None
    ) -> None:
        """Write everything, do ``more``; at the end the gallery of an app that runs already reads
        anew.

        Cut short, it can be repeated with the same backup.
        """
        self._ids.clear()
        self._client.set(keys.restoring(self._site), digest)
        self._forget_notices()
        self._client.delete(*self._streams)  # a backup of before the chain has none of its own
        self._client.delete(keys.gallery_files(self._site))  # they are of other people
        schema.begin_anew(self._client, self._site)
        waiting: list[Record] = []
        for record in records:
            waiting.append(record)
            if len(waiting) >= _AT_ONCE:
                self._send(waiting)
                waiting.clear()
        self._send(waiting)
        self._index()
        more()
        self._finish()

    def _send(self, records: Sequence[Record]) -> None:
        pipeline: Any = self._client.pipeline(transaction=False)
        for record in records:
            if record.first:
                pipeline.delete(record.key)
            for command in self._commands(record):
                pipeline.execute_command(*command)
        if records:
            pipeline.execute()

    def _commands(self, record: Record) -> Iterable[tuple[bytes | str, ...]]:
        if record.key.startswith(self._people):
            self._note(record)
        items = self._kept(record)
        if record.kind == _STREAM:
            return [("XADD", record.key, *entry) for entry in items]
        flat = [part for item in items for part in item]
        return [(_WRITE[record.kind], record.key, *flat)] if flat else []

    def _kept(self, record: Record) -> Sequence[tuple[bytes, ...]]:
        """The items; a database's random name is its own, or files of days that an app has
        kept for the old one would pass for this one's."""
        if record.key != keys.rules(self._site):
            return record.items
        return [item for item in record.items if item[0] != keys.EPOCH.encode()]

    def _forget_notices(self) -> None:
        """What stands in the backup was told when it happened. An app that runs begins anew. So do
        unknown people, who stand in no backup."""
        for names in (outbox_keys, stranger_keys):
            found = list(self._client.scan_iter(f"{names.everything(self._site)}*", count=1000))
            if found:
                self._client.delete(*found)

    def _note(self, record: Record) -> None:
        """Remember the ID; who was read again under another one, or is gone, counts last."""
        subject = record.key.removeprefix(self._people)
        self._ids.pop(subject, None)
        fields = {item[0]: item[1] for item in record.items}
        if fields:
            self._ids[subject] = fields[keys.INDEXED.encode()]

    @redis_errors()
    def forget_people(self) -> None:
        """Remove whom a restore has begun to write anew that was cut short."""
        found = list(self._client.scan_iter(f"{self._people}*", count=1000))
        others = (
            keys.person_keys(self._site),
            keys.ids(self._site),
            keys.gallery_files(self._site),
        )
        for key in (*found, *others):
            self._client.delete(key)

    def _index(self) -> None:
        index = keys.ids(self._site)
        self._client.delete(index)
        pairs = list(self._ids.items())
        for start in range(0, len(pairs), 1000):
            some = {indexed: subject for subject, indexed in pairs[start : start + 1000]}
            self._client.hset(index, mapping=some)  # type: ignore[arg-type]

    def _finish(self) -> None:
        self._forget_notices()
        # A step without an entry in the stream of changes: whoever follows loads everything.
        self._client.incr(keys.revision(self._site))
        self._client.delete(keys.restoring(self._site))


def _streams(site: str) -> dict[str, str]:
    """The lists of the chain beside the marks, by their own keys and those of their heads."""
    names = {name: keys.chain(site, name) for name in STREAMS}
    return {listed: listed for listed in names.values()} | {
        keys.chain_head(site, name): listed for name, listed in names.items()
    }
