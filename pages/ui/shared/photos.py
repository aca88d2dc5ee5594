"""Small pictures from the snapshot store, ready to stand in a page."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

from cachetools import TTLCache

from face_rec.background import once
from face_rec.domain.errors import FaceRecError
from face_rec.people.photos.photos import decode, thumbnail
from face_rec.people.photos.portraits import AVATAR, data_uri, middle
from face_rec.protocols.snapshots import SnapshotStore, TellsDeletions

log = logging.getLogger(__name__)

PORTRAIT = 480
MOST: Final = 3000
KEPT: Final = timedelta(minutes=4)
EVERY: Final = 30.0
"""Seconds after which it is looked for what is over."""


class KeptPictures:
    """Pictures of one store as they were shown, so that a page that is drawn again has them.

    Who is erased stays in no memory: what this process deletes goes at once, what another one
    does within five minutes. Safe from any thread.
    """

    def __init__(self, kept: timedelta = KEPT) -> None:
        self._lock = Lock()
        self._found: TTLCache[tuple[str, int, bool], str] = TTLCache(
            MOST, ttl=kept.total_seconds()
        )
        self._deletions = 0

    def get(self, key: str, side: int, square: bool, make: Callable[[], str]) -> str:
        """What was kept, or what ``make`` says now."""
        with self._lock:
            known, deletions = self._found.get((key, side, square)), self._deletions
        if known is not None:
            return known
        made = make()
        with self._lock:
            if deletions == self._deletions:  # else it may be of what was deleted meanwhile
                self._found[key, side, square] = made
        return made

    def forget(self, key: str) -> None:
        """In all sizes."""
        with self._lock:
            self._deletions += 1
            for one in [known for known in self._found if known[0] == key]:
                del self._found[one]

    def __len__(self) -> int:
        with self._lock:
            return len(self._found)

    def sweep(self) -> None:
        """Drop what is over."""
        with self._lock:
            self._found.expire()


_kept: WeakKeyDictionary[SnapshotStore, KeptPictures] = WeakKeyDictionary()
"""By store; they go with it."""
_lock = Lock()
_sweeping = False


def _sweep() -> None:
    """What is over leaves memory although nobody asks for another picture; until nothing is
    left."""
    global _sweeping  # noqa: PLW0603 - one thread a process, under the lock
    left = True
    while left:
        time.sleep(EVERY)
        with _lock:
            for one in _kept.values():
                one.sweep()
            left = _sweeping = any(len(one) for one in _kept.values())


def _sweep_later() -> None:
    global _sweeping  # noqa: PLW0603
    with _lock:
        if not _sweeping:
            _sweeping = True
            once("kept-pictures", _sweep)


def kept_of(store: SnapshotStore) -> KeptPictures:
    """What is kept of this store's pictures."""
    with _lock:
        found = _kept.get(store)
        if found is None:
            found = _kept[store] = KeptPictures()
            if isinstance(store, TellsDeletions):
                store.when_deleted(found.forget)
        return found


def photo(store: SnapshotStore, key: str | None, side: int = AVATAR) -> str | None:
    """The middle of the picture under ``key`` as a square data URI of at most ``side`` px; None
    without one.

    A store that does not answer costs the page its pictures, never its text.
    """
    return _loaded(store, key, side, square=True)


def whole_picture(store: SnapshotStore, key: str | None, side: int = 640) -> str | None:
    """The same, uncropped: a face may be anywhere in the picture of a mark."""
    return _loaded(store, key, side, square=False)


def _loaded(store: SnapshotStore, key: str | None, side: int, square: bool) -> str | None:
    if key is None:
        return None
    try:
        found = kept_of(store).get(key, side, square, lambda: _made(store, key, side, square))
    except FaceRecError as error:
        log.info("photo_missing key=%s error=%s", key, error)
        return None
    _sweep_later()
    return found


def _made(store: SnapshotStore, key: str, side: int, square: bool) -> str:
    image = decode(store.get(key))
    return data_uri(thumbnail(middle(image) if square else image, side))
