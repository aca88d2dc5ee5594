"""How cameras are and what they see, in Redis: nothing of it lasts."""

import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from threading import Event
from typing import Any, Final

from face_rec.cameras.camera_health import CameraHealth
from face_rec.cameras.wall import LOOKED_AT, NOTHING, Shot
from face_rec.domain.errors import StoreError
from face_rec.protocols.sealing import Sealer
from face_rec.stores.cameras import camera_keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.stored_json import Reader, written

log = logging.getLogger(__name__)

SAID_SECONDS: Final = 12.0
"""So long what a worker said of a camera stands; it says it every two seconds."""
_WAIT: Final = 1.0

_health: Final = Reader(CameraHealth)


class RedisCameraBoard:
    """A ``HealthBoard`` and a ``WallLine``. Safe to call from several threads and processes.

    Pictures are published and never stored: Redis keeps nothing of what it publishes, in memory
    or on disk. Where the site has a DATA_KEY they are sealed on their way."""

    def __init__(self, client: Client, site: str, sealer: Sealer) -> None:
        self._client = client
        self._site = site
        self._sealer = sealer
        self._channel = camera_keys.wall(site)

    @redis_errors()
    def say(self, health: CameraHealth) -> None:
        key = camera_keys.health(self._site, health.camera)
        self._client.set(key, written(health), px=round(SAID_SECONDS * 1000))

    @redis_errors()
    def said(self, cameras: list[str]) -> dict[str, CameraHealth]:
        texts = self._many([camera_keys.health(self._site, one) for one in cameras])
        found = {}
        for camera, text in zip(cameras, texts, strict=True):
            with suppress(ValueError):  # of another version: it says nothing
                if text is not None:
                    found[camera] = _health(text)
        return found

    @redis_errors()
    def look(self, cameras: Iterable[str]) -> None:
        pipeline = self._client.pipeline(transaction=False)
        for one in cameras:
            pipeline.set(camera_keys.looked_at(self._site, one), b"1", px=round(LOOKED_AT * 1000))
        pipeline.execute()

    @redis_errors()
    def looked_at(self, cameras: Iterable[str]) -> frozenset[str]:
        names = list(cameras)
        found = self._many([camera_keys.looked_at(self._site, one) for one in names])
        return frozenset(one for one, text in zip(names, found, strict=True) if text)

    @redis_errors()
    def send(self, camera: str, shot: Shot) -> None:
        text = json.dumps(shot.seen).encode() + b"\n" + shot.jpeg
        sealed = self._sealer.seal(text, _context(camera))
        self._client.publish(self._channel, camera.encode() + b"\n" + sealed)

    def pictures(self, stopping: Event) -> Iterator[tuple[str, Shot]]:
        """Also ("", NOTHING) each second without any, so that whoever reads can look up."""
        client: Any = self._client  # whose pubsub has no types
        with redis_errors(), closing(client.pubsub(ignore_subscribe_messages=True)) as line:
            line.subscribe(self._channel)
            while not stopping.is_set():
                message: Any = line.get_message(timeout=_WAIT)
                yield self._read(message["data"]) if message else ("", NOTHING)

    def _read(self, data: bytes) -> tuple[str, Shot]:
        name, _, sealed = data.partition(b"\n")
        camera = name.decode(errors="replace")
        try:
            seen, _, jpeg = self._sealer.open(sealed, _context(camera)).partition(b"\n")
            return camera, Shot(jpeg, tuple(map(str, json.loads(seen))))
        except (StoreError, ValueError, TypeError) as error:
            log.warning("wall_picture_refused camera=%s reason=%s", camera, type(error).__name__)
            return "", NOTHING

    def _many(self, names: list[str]) -> list[Any]:
        found: Any = self._client.mget(names) if names else []
        return list(found)


def _context(camera: str) -> str:
    return f"wall:{camera}"
