"""The people whose pictures there are: whether they are still here, and their own keys."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from cachetools import TTLCache

from face_rec.domain.errors import StoreUnavailable
from face_rec.languages.language import msgid
from face_rec.stores.people.person_keys import PersonKeys, PersonSealer
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, redis_errors
from face_rec.stores.sealing.sealer import DataSealer, SealBroken

KEPT: Final = 4096
"""Opened keys: a page of people and a shift's greetings, in about 2 MB."""
SECONDS: Final = 60.0
"""How long a key is kept open: as long a process may still read a picture that it had read."""


class OwnerGone(SealBroken):
    """A picture of somebody who was erased: it must not be stored, and does not open."""

    def __init__(self) -> None:
        super().__init__(
            msgid(
                "The person in this picture was erased, and the picture with them. Nothing is "
                "left to do."
            )
        )


class PictureOwners:
    """Everybody of ``site``. ``own`` is None where no DATA_KEY is set, and then there are no
    keys. ``away`` says without waiting that Redis does not answer. Safe from any thread."""

    def __init__(
        self,
        client: Client,
        site: str,
        own: PersonKeys | None,
        sealer: DataSealer,
        *,
        away: Callable[[], bool] = lambda: False,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._site = site
        self._own = own
        self._sealer = sealer
        self._away = away
        self._lock = threading.Lock()
        self._open: TTLCache[str, PersonSealer] = TTLCache(KEPT, SECONDS, timer=seconds)

    @property
    def have_keys(self) -> bool:
        return self._own is not None

    @redis_errors()
    def here(self, subject: str) -> bool:
        """Whether the person is registered at this moment."""
        found: Any = self._client.hexists(keys.person(self._site, subject), keys.INDEXED)
        return bool(found)

    def sealer(self, subject: str) -> PersonSealer:
        """Of the person's own key, perhaps as it was SECONDS ago. Raises what ``fresh`` does."""
        with self._lock:
            kept = self._open.get(subject)
        if kept is not None:
            return kept
        if self._away():
            raise StoreUnavailable(
                msgid("Redis is away, and with it the keys of pictures. Try again.")
            )
        return self.fresh(subject)

    def fresh(self, subject: str) -> PersonSealer:
        """The same as Redis has it now; the key is made where there is none yet. Raises
        OwnerGone, SealBroken where the key does not open, and StoreUnavailable."""
        own = self._own.all_of(subject) if self._own is not None else []
        if not own:
            self._forget(subject)
            if not self.here(subject):
                raise OwnerGone
            raise SealBroken(
                msgid(
                    "The key of the person in this picture does not open. Put the "
                    "older key behind the newer one in DATA_KEY."
                )
            )
        sealer = PersonSealer(own[0], self._sealer, *own[1:])
        with self._lock:
            self._open[subject] = sealer
        return sealer

    def _forget(self, subject: str) -> None:
        with self._lock:
            self._open.pop(subject, None)
