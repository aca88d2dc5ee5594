"""Snapshot stores for tests."""

import threading
from collections.abc import Callable, Iterator

from face_rec.domain.errors import SnapshotMissing, StoreUnavailable
from face_rec.domain.faces import Image


class MemorySnapshots:
    """A store in memory that can be switched off, and held in the middle of a put."""

    def __init__(self) -> None:
        self.jpegs: dict[str, bytes] = {}
        self.away = False
        self.tries = 0
        self.putting = threading.Event()
        """Set as soon as a put has begun."""
        self.let_go = threading.Event()
        """A put ends only once this is set; it is, unless a test clears it."""
        self.let_go.set()
        self._listeners: list[Callable[[str], None]] = []

    def put(self, key: str, jpeg: bytes) -> None:
        self.tries += 1
        self.putting.set()
        assert self.let_go.wait(30)
        self._ask()
        self.jpegs[key] = jpeg

    def get(self, key: str) -> bytes:
        self._ask()
        if key not in self.jpegs:
            raise SnapshotMissing(f"There is no snapshot {key}.")
        return self.jpegs[key]

    def delete(self, key: str) -> None:
        self._ask()
        self.jpegs.pop(key, None)
        for listener in self._listeners:
            listener(key)

    def when_deleted(self, listener: Callable[[str], None]) -> None:
        self._listeners.append(listener)

    def url(self, key: str, seconds: int = 300) -> str | None:
        return None

    def keys(self, prefix: str = "") -> Iterator[str]:
        self._ask()
        return iter(sorted(key for key in self.jpegs if key.startswith(prefix)))

    def sizes(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        return ((key, len(self.jpegs[key])) for key in self.keys(prefix))

    def _ask(self) -> None:
        if self.away:
            raise StoreUnavailable("The test has switched the store off.")


class SnapshotList:
    """A sink that remembers what it was offered."""

    def __init__(self) -> None:
        self.offered: list[tuple[str, Image]] = []

    def offer(self, key: str, image: Image) -> None:
        self.offered.append((key, image))
