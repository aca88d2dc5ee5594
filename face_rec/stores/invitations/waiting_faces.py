"""Photos and templates of who has registered on their phone and is not approved, in Redis: apart
from all people, so that no gallery can find them, sealed, and gone by themselves.

None of it is part of a backup: what is forgotten within days must not live on in a file that is
kept for years. With a ledger this machine keeps them for JOURNAL_HOURS, sealed, for a Redis that
loses what somebody's phone was told is sent; every machine forgets them once they are dropped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from face_rec.domain.errors import StoreError
from face_rec.domain.faces import Image, Quality
from face_rec.domain.people import Contract
from face_rec.languages.language import msgid
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.people.photos.photos import jpeg_of, thumbnail
from face_rec.protocols.sealing import Sealer
from face_rec.stores.chain.ledger import Ledger
from face_rec.stores.chain.linked_hashes import name_of
from face_rec.stores.chain.linking import Command
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.stored_json import Reader, written

_PORTRAIT_QUALITY: Final = 90
_KIND: Final = "waiting-faces"


def waiting_faces(site: str, name: str) -> str:
    """String, expires: all photos of one registration as JSON, sealed."""
    return f"invited:{{{site}}}:{name}"


@dataclass(frozen=True, slots=True)
class _Stored:
    """A photo as it is kept: ``portrait`` and ``picture`` are JPEGs, ``vector`` float32,
    little-endian."""

    portrait: bytes
    picture: bytes
    vector: bytes
    quality: Quality
    contract: Contract
    weak: str
    life: str
    doubts: tuple[str, ...]


_read: Final = Reader(tuple[_Stored, ...])


class RedisWaitingFaces:
    """A ``WaitingFaces``. Safe to call from several threads and processes at once. ``sealer``:
    with DATA_KEY, as templates of registered people are. With a ``ledger`` what is put and dropped
    is linked and kept: about 1 MB of a person, until somebody has decided."""

    def __init__(
        self, client: Client, site: str, sealer: Sealer, ledger: Ledger | None = None
    ) -> None:
        self._ledger = ledger
        self._client = client
        self._site = site
        self._sealer = sealer

    @redis_errors()
    def put(self, name: str, photos: Sequence[EnrolPhoto], seconds: float) -> None:
        text = written([_stored(photo) for photo in photos])
        sealed = self._sealer.seal(text, _context(name))
        key, ms = waiting_faces(self._site, name), round(seconds * 1000)
        if self._ledger is None:
            self._client.set(key, sealed, px=ms)
            return
        # What is offered again after days ends when it would have ended, by the clock of Redis.
        words = ("SET", sealed, "PXAT", self._now() + ms)
        chained = name_of(_KIND, name)
        self._ledger.write({}, [Command(key, words)], about=[chained], touches=[chained])

    def _now(self) -> int:
        seconds, micros = self._client.time()
        return int(seconds) * 1000 + int(micros) // 1000

    @redis_errors()
    def get(self, name: str) -> list[EnrolPhoto]:
        sealed: Any = self._client.get(waiting_faces(self._site, name))
        if sealed is None:
            return []
        try:
            return [_photo(one) for one in _read(self._sealer.open(sealed, _context(name)))]
        except ValueError as error:
            raise StoreError(
                msgid("These photos cannot be read. Refuse them, and invite the person again.")
            ) from error

    @redis_errors()
    def drop(self, name: str) -> None:
        key, chained = waiting_faces(self._site, name), name_of(_KIND, name)
        if self._ledger is None:
            self._client.delete(key)
            return
        self._ledger.write({chained: None}, [Command(key, ("DEL",))], erases=chained)

    @redis_errors()
    def ending(self, seconds: float) -> list[str]:
        left = [(name, self._client.pttl(key)) for key, name in self._all()]
        return [name for name, ms in left if 0 < ms <= seconds * 1000]

    def _all(self) -> Iterator[tuple[str, str]]:
        """The key and the name of each."""
        for key in self._client.scan_iter(match=waiting_faces(self._site, "*"), count=1000):
            yield key.decode(), key.decode().rpartition(":")[2]

    @redis_errors()
    def reseal(self) -> int:
        count = 0
        for key, name in self._all():
            sealed: Any = self._client.get(key)
            if sealed is not None:
                opened = self._sealer.open(sealed, _context(name))
                fresh = self._sealer.seal(opened, _context(name))
                self._client.set(key, fresh, xx=True, keepttl=True)
                count += 1
        return count


def _context(name: str) -> str:
    return f"invited:{name}"


def _stored(photo: EnrolPhoto) -> _Stored:
    return _Stored(
        jpeg_of(photo.portrait, _PORTRAIT_QUALITY), photo.picture,
        photo.vector.astype("<f4").tobytes(), photo.quality, photo.contract, photo.weak,
        photo.life, photo.doubts,
    )  # fmt: skip


def _photo(one: _Stored) -> EnrolPhoto:
    portrait = _image(one.portrait)
    return EnrolPhoto(
        portrait, thumbnail(portrait), one.quality, np.frombuffer(one.vector, "<f4"),
        one.contract, one.picture, one.weak, one.life, one.doubts,
    )  # fmt: skip


def _image(jpeg: bytes) -> Image:
    found = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if found is None:
        raise ValueError("no JPEG")
    return np.asarray(found, dtype=np.uint8)
