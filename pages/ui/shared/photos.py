"""Small pictures from the snapshot store, ready to stand in a page."""

import logging
from datetime import timedelta
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

from cachetools import TTLCache

from face_rec.domain.errors import FaceRecError
from face_rec.people.photos.photos import decode, thumbnail
from face_rec.people.photos.portraits import AVATAR, data_uri, middle
from face_rec.protocols.snapshots import SnapshotStore

log = logging.getLogger(__name__)

PORTRAIT = 480
MOST: Final = 3000
KEPT: Final = timedelta(hours=1)
_kept: WeakKeyDictionary[SnapshotStore, TTLCache[tuple[str, int, bool], str]] = WeakKeyDictionary()
"""By store, its pictures as they were shown; they go with it. For an hour also those of somebody
who is erased meanwhile, though nothing asks for theirs any more."""
_lock = Lock()


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
        return _read(store, key, side, square)
    except FaceRecError as error:
        log.info("photo_missing key=%s error=%s", key, error)
        return None


def _read(store: SnapshotStore, key: str, side: int, square: bool) -> str:
    with _lock:
        kept = _kept.setdefault(store, TTLCache(MOST, ttl=KEPT.total_seconds()))
        known = kept.get((key, side, square))
    if known is None:
        image = decode(store.get(key))
        known = data_uri(thumbnail(middle(image) if square else image, side))
        with _lock:
            kept[key, side, square] = known
    return known
