"""What a site remembers of itself: what an admin chose, the last retention run, and that there
was an account once."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from face_rec.domain.errors import Conflict
from face_rec.domain.health import HealthCheck
from face_rec.files import make_folder
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, sentence
from face_rec.privacy.retention_run import Run
from face_rec.site_options import StoredOptions
from face_rec.stores.chain.ledger import Ledger
from face_rec.stores.chain.linked_hashes import OPTIONS, digest_of, name_of
from face_rec.stores.chain.linking import Command, Guard
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Argument, Script
from face_rec.stores.stored_json import compact

_FIELD: Final = "retention"
_HOUR: Final = 3600
_UNREAD: Final = "unread:"  # a subject follows
_PUT: Final = Script("put_options")


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
            "kept": run.kept,
            "kept_bytes": run.kept_bytes,
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


class RedisUnfinished:
    """An ``Unfinished``. Safe from any thread and process."""

    def __init__(self, client: Client, site: str) -> None:
        self._client = client
        self._key = keys.privacy(site)

    @redis_errors()
    def add(self, subject: str) -> None:
        self._client.hset(self._key, f"{_UNREAD}{subject}", "1")

    @redis_errors()
    def all(self) -> list[str]:
        found: Any = self._client.hkeys(self._key)
        names = [name.decode() for name in found]
        return [name.removeprefix(_UNREAD) for name in names if name.startswith(_UNREAD)]

    @redis_errors()
    def done(self, subject: str) -> None:
        self._client.hdel(self._key, f"{_UNREAD}{subject}")


def unfinished_check(waiting: Callable[[], Sequence[str]]) -> Callable[[], HealthCheck]:
    """A warning while erasures wait for days of the archive."""

    def check() -> HealthCheck:
        count = len(waiting())
        if not count:
            return HealthCheck("erasures", ok=True, detail=msgid("all are finished"))
        return HealthCheck(
            "erasures", ok=True, warning=True,
            detail=sentence(
                "erasures that wait for days of the archive: {number}", number=Figure(count)
            ),
            advice=msgid(
                "Have the archive answer, or put its backup back: python -m face_rec archive "
                "verify says what it lacks. It is tried again every ten minutes."
            ),
        )  # fmt: skip

    return check


def _run(fields: dict[str, Any]) -> Run:
    moments = {name: datetime.fromisoformat(fields[name]) for name in ("began_at", "ended_at")}
    return Run(**{**fields, **moments})


class RedisOptions:
    """An ``OptionsStore``. Safe to call from several threads and processes at once."""

    def __init__(self, client: Client, site: str, ledger: Ledger | None = None) -> None:
        """With a ``ledger`` every choice is linked to the one before it."""
        self._client = client
        self._ledger = ledger
        self._key = keys.options(site)

    @redis_errors()
    def load(self) -> StoredOptions:
        stored = cast("Mapping[bytes, bytes]", self._client.hgetall(self._key))
        values = {name.decode(): text.decode() for name, text in stored.items()}
        return StoredOptions(values, int(values.pop(keys.VERSION, "0")))

    @redis_errors()
    def newest(self) -> int:
        return int(self._client.hget(self._key, keys.VERSION) or 0)

    @redis_errors()
    def save(self, values: Mapping[str, str], version: int) -> bool:
        if self._ledger is not None:
            return self._linked(self._ledger, values, version)
        pairs = [part for pair in values.items() for part in pair]
        return bool(_PUT.run(self._client, [self._key], [keys.VERSION, version, *pairs]))

    def _linked(self, ledger: Ledger, values: Mapping[str, str], version: int) -> bool:
        """The same of what differs, with an entry in the chain: where Redis has lost it, what
        others have chosen since stands beside it."""
        stored = self.load().values
        changed = {name: text for name, text in values.items() if stored.get(name) != text}
        gone = [option for option in stored if option not in values]
        names = {option: name_of(OPTIONS, option) for option in [*changed, *gone]}
        states: dict[str, str | None] = {
            name: digest_of(ledger, name, changed[option]) if option in changed else None
            for option, name in names.items()
        }
        words: list[tuple[Argument, ...]] = [("HSET", *pair) for pair in changed.items()]
        words += [("HDEL", option) for option in gone]
        words.append(("HINCRBY", keys.VERSION, 1))
        guard = Guard(self._key, keys.VERSION, str(version) if version else "", again=False)
        try:
            ledger.write(states, [Command(self._key, one) for one in words], guard, apart=True)
        except Conflict:
            return False
        return True


class FileMark:
    """An empty file beside the data. Safe to call from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def made(self) -> bool:
        return self._path.exists()

    def make(self) -> None:
        """A disk that cannot take it costs only what the mark is for."""
        try:
            make_folder(self._path.parent)
            self._path.touch(mode=0o600)
        except OSError:
            return
