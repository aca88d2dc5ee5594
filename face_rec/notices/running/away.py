"""Work that waits while the database is away."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from face_rec.domain.errors import StoreError

log = logging.getLogger(__name__)


class Patience:
    """Remembers that the database is away, so that it is said once, however long it is. For one
    thread."""

    def __init__(self, thread: str) -> None:
        self._thread = thread
        self._away = False

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """What is within ends where the database is away, and begins anew the next time."""
        try:
            yield
            self._away = False
        except StoreError as error:
            if not self._away:
                log.info("notices_wait thread=%s reason=%s", self._thread, error)
            self._away = True
