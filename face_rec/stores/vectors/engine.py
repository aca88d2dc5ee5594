"""The server that VECTORS_URL names: whether it can be used, and its errors in our words."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from redis import exceptions

from face_rec.domain.errors import StoreError, StoreUnavailable
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.stores.redis.client import ANY_ERROR, Client, is_away

_REST_SECONDS: Final = 1.0
"""After a failure everybody is refused at once for so long, so that no camera waits for a server
that hangs with each face."""
NEEDED: Final = msgid("needs Redis 8 or later, which finds vectors (VADD, VSIM)")


class Engine:
    """Safe from any thread."""

    def __init__(self, client: Client, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.client = client
        self._monotonic = monotonic
        self._rests_until = 0.0
        self._words: str = ""

    @contextmanager
    def asked(self) -> Iterator[Client]:
        """Raises StoreUnavailable for what may pass, StoreError for what will not."""
        if self._monotonic() < self._rests_until:
            raise StoreUnavailable(self._words)
        try:
            yield self.client
        except ANY_ERROR as error:
            raise self._said(error) from error

    def _said(self, error: Exception) -> StoreError:
        what = f"{type(error).__name__}: {error}"
        if isinstance(error, exceptions.AuthenticationError):
            return StoreError(
                sentence(
                    "The vector engine refuses to be signed in to ({error}). Correct the user and "
                    "the password in VECTORS_URL.",
                    error=what,
                )
            )
        if not is_away(error):
            return StoreError(
                sentence(
                    "The vector engine refused a command ({error}). VECTORS_URL {needed}, and a "
                    "user who may use all commands but those of administrators.",
                    error=what,
                    needed=NEEDED,
                )
            )
        self._words = sentence(
            "The vector engine does not answer ({error}). Nobody is recognised until it does, "
            "then the app goes on by itself. If this stays, start the Redis that VECTORS_URL "
            "names, or set GALLERY=int8.",
            error=what,
        )
        self._rests_until = self._monotonic() + _REST_SECONDS
        return StoreUnavailable(self._words)

    def refuse_unfit(self) -> str:
        """Its version. Raises StoreError where it finds no vectors, or would write to its disk."""
        with self.asked() as client:
            server: Any = client.info("server")
            asks: Any = client
            known = asks.execute_command("COMMAND INFO", "VSIM")
            kept = _kept(client)
        version = str(server.get("redis_version", "?"))
        if not any(known.values() if isinstance(known, dict) else known):
            raise StoreError(
                sentence(
                    "VECTORS_URL names a Redis {version}, but "
                    "GALLERY=redis-vectors {needed}. Start one beside it, or set "
                    "GALLERY=int8.",
                    version=version,
                    needed=NEEDED,
                )
            )
        if kept:
            raise StoreError(
                sentence(
                    "The Redis of VECTORS_URL writes to its disk ({kept}). Vectors "
                    "cannot be sealed and found as well, so they must stay in its "
                    "memory: give them a server of their own with appendonly no "
                    'and save "" (docs/vectors.md).',
                    kept=kept,
                )
            )
        return version


def _kept(client: Client) -> str:
    """What of a server's settings or state says that it writes; "" where nothing does. Services
    that hide their settings still say whether they append."""
    info: Any = client.info("persistence")
    if int(info.get("aof_enabled", 0)):
        return "appendonly is on"
    try:
        found: Any = client.config_get("save")
    except exceptions.ResponseError:
        return ""
    saved = str(found.get("save", "")).strip()
    return f"save {saved}" if saved else ""
