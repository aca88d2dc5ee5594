"""Leases of cameras in Redis: each turn of a worker is one script."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from face_rec.cameras.serving.leases import LEASE, Share
from face_rec.stores.cameras import camera_keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.redis.lua import Script

_SHARE: Final = Script("share_cameras")
_RELEASE: Final = Script("release_cameras")


class RedisLeases:
    """A ``LeaseStore``. Safe to call from several threads and processes at once."""

    def __init__(self, client: Client, site: str, lease: float = LEASE) -> None:
        """``lease``: seconds that one holds."""
        self._client = client
        self._site = site
        self._lease = round(lease * 1000)
        self._leases = camera_keys.leases(site)

    @redis_errors()
    def share(self, worker: str, pool: str, cameras: Sequence[str]) -> Share:
        names = [self._workers(pool), self._leases]
        found, surplus = _SHARE.run(self._client, names, [worker, self._lease, *cameras])
        mine = tuple(name.decode() for name in found)
        return Share(mine, mine[len(mine) - int(surplus) :])

    @redis_errors()
    def release(self, worker: str, pool: str, cameras: Iterable[str], *, ends: bool) -> None:
        names = [self._leases, self._workers(pool)]
        _RELEASE.run(self._client, names, [worker, "1" if ends else "0", *cameras])

    def _workers(self, pool: str) -> str:
        digest = "any" if pool == "any" else hashlib.sha256(pool.encode()).hexdigest()[:16]
        return camera_keys.workers(self._site, digest)
