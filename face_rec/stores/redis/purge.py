"""Takes what was deleted out of the database's own files.

Redis appends: a deleted person stands in its append-only file, name and template included,
until the file is rewritten. Our own server does that before a certificate is handed out; of
another one we can only say what its administrator has to do.
"""

import logging
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

from redis.exceptions import ResponseError

from face_rec import files
from face_rec.domain.errors import StoreError, StoreUnavailable
from face_rec.languages.language import msgid
from face_rec.stores.redis import keys
from face_rec.stores.redis.aof_repair import ASIDE, WORK
from face_rec.stores.redis.client import Client, redis_errors

log = logging.getLogger(__name__)

_LONGEST: Final = 600.0  # seconds; 100,000 people take about ten
_PAUSE: Final = 0.05
_PATIENCE: Final = 60.0
"""Seconds for another process that rewrites: one that was stopped while it did holds up nobody."""
_WANTED: Final = "purge-wanted"
_AGAIN: Final = "purge-again"
_LATER: Final = 300.0
"""Seconds after which it is done once more: what somebody saves at the moment of an erasure is
taken back by whoever saved it, when the files are rewritten already."""
_REWRITTEN: Final = msgid(
    "The database's own files were rewritten without the person, and the older ones deleted."
)
_FOLDER: Final = "appendonlydir"  # of Redis 7; before, the one file lay beside it

OUTSIDE: Final = (
    msgid(
        "The Redis server is run by others, so its administrator must finish this: on each "
        "server and replica run BGREWRITEAOF where it keeps an append-only file, and BGSAVE where "
        "it keeps snapshots, and wait for both; delete snapshots and backups made before this "
        "time, or let them expire (ElastiCache and MemoryDB: delete the manual and automatic "
        "snapshots). Until then copies of the removed data may stand in these files."
    ),
)


class EmbeddedPurge:
    """A ``Purge`` of our own server, whose files lie in ``folder``."""

    def __init__(
        self,
        client: Client,
        site: str,
        folder: Path,
        longest: float = _LONGEST,
        *,
        left: Callable[[], None] = lambda: None,
    ) -> None:
        """``left`` ends what was left beside this server with people in it. Raises StoreError."""
        self._left = left
        self._client = client
        self._key = keys.privacy(site)
        self._folder = folder
        self._longest = longest

    @redis_errors()
    def want(self) -> None:
        self._client.hset(self._key, _WANTED, secrets.token_hex(8))

    def finish(self) -> None:
        self._left()
        again = self._again()
        if self._noted(_WANTED) is not None or again:
            self._purge()
        if again:
            self._done(_AGAIN, again)

    @redis_errors()
    def run(self) -> tuple[str, ...]:
        """Rewrite, wait for it, and make sure that no older file is left. Raises StoreError,
        StoreUnavailable when that failed."""
        self._left()
        done = self._purge()
        self._client.hset(self._key, _AGAIN, time.time())
        return done

    def _again(self) -> bytes | None:
        """When it was run last, if that is so long ago that it is due once more."""
        at = self._noted(_AGAIN)
        early = at is not None and 0 <= time.time() - float(at) < _LATER
        return None if early else at

    def _purge(self) -> tuple[str, ...]:
        with _alone(self._folder / "purge.lock"):
            wanted = self._noted(_WANTED)
            deadline = time.monotonic() + self._longest
            self._rewrite(deadline)
            for path in self._left_over():
                path.unlink(missing_ok=True)
            for kept in (*self._folder.glob(f"{ASIDE}*"), *self._folder.glob(f"{WORK}*")):
                shutil.rmtree(kept)
            while self._history():
                _wait(deadline)
            self._done(_WANTED, wanted)
        log.info("redis_files_rewritten")
        return (_REWRITTEN,)

    @redis_errors()
    def _noted(self, what: str) -> bytes | None:
        return cast("bytes | None", self._client.hget(self._key, what))

    @redis_errors()
    def _done(self, what: str, noted: bytes | None) -> None:
        """What was wanted meanwhile stays wanted."""
        if self._noted(what) == noted:
            self._client.hdel(self._key, what)

    @redis_errors()
    def _rewrite(self, deadline: float) -> None:
        """One that began before the deletion does not count: it is waited for first."""
        self._until_idle(deadline)
        while True:
            try:
                self._client.bgrewriteaof()
                break
            except ResponseError as error:
                if "in progress" not in str(error):
                    raise
                self._until_idle(deadline)
        self._until_idle(deadline)
        self._client.slowlog_reset()  # slow commands stay in memory with all they carried
        info: Any = self._client.info("persistence")
        if info.get("aof_last_bgrewrite_status") != "ok":
            raise StoreError(
                msgid(
                    "Redis could not rewrite its append-only file. Make room on the disk, then "
                    "run the erasure's last step again by starting the app anew."
                )
            )

    def _until_idle(self, deadline: float) -> None:
        while True:
            info: Any = self._client.info("persistence")
            if not info["aof_rewrite_in_progress"] and not info["aof_rewrite_scheduled"]:
                return
            _wait(deadline)

    def _left_over(self) -> Iterator[Path]:
        """Snapshots that our server never makes, and what a crash left half-written."""
        for folder in (self._folder, self._folder / _FOLDER):
            yield from folder.glob("dump.rdb")
            yield from (path for path in folder.glob("temp-*") if not _at_work(path))
        if (self._folder / _FOLDER).is_dir():
            yield from self._folder.glob("appendonly.aof*")

    def _history(self) -> list[Path]:
        """Files that the manifest does not name any more, on their way to be deleted."""
        folder = self._folder / _FOLDER
        manifests = list(folder.glob("*.manifest")) if folder.is_dir() else []
        if not manifests:
            return []
        named = {name for path in manifests for name in _current(path)}
        return [p for p in folder.iterdir() if p not in manifests and p.name not in named]


class OutsidePurge:
    """A ``Purge`` of a server that is not ours: says what its administrator has to do. ``left``:
    see :class:`EmbeddedPurge`."""

    def __init__(self, left: Callable[[], None] = lambda: None) -> None:
        self._left = left

    def want(self) -> None: ...

    def run(self) -> tuple[str, ...]:
        self._left()
        return OUTSIDE

    def finish(self) -> None:
        self._left()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Raises StoreUnavailable where another process does not come to its end."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        with files.turn(path) as alone:
            if alone:
                yield
                return
        _wait(deadline)


def _at_work(path: Path) -> bool:
    """Whether the process whose number stands in the name of a temporary file lives."""
    numbers = re.findall(r"\d+", path.name)
    try:
        os.kill(int(numbers[-1]), 0)
    except (IndexError, ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _current(manifest: Path) -> Iterator[str]:
    """Names of the base and the increments; ``type h`` is history."""
    for line in manifest.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split()
        if len(words) >= 6 and words[-1] != "h":
            yield words[1].strip('"')


def _wait(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise StoreUnavailable(
            msgid(
                "Rewriting the database's files takes longer than expected. It is finished at the "
                "next start of the app."
            )
        )
    time.sleep(_PAUSE)
