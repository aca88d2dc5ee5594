"""What keeps pictures of marks."""

from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable

from face_rec.domain.faces import Image


class SnapshotStore(Protocol):
    """JPEGs by key; a key is a relative POSIX path of our own making."""

    def put(self, key: str, jpeg: bytes) -> None: ...

    def get(self, key: str) -> bytes:
        """Raises SnapshotMissing."""
        ...

    def delete(self, key: str) -> None:
        """No error if there is nothing."""
        ...

    def url(self, key: str, seconds: int = 300) -> str | None:
        """A presigned URL, or None where the app itself must serve the bytes."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]: ...

    def sizes(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The same with the bytes that each takes where it lies."""
        ...


@runtime_checkable
class TellsDeletions(Protocol):
    """A store that says which pictures it deletes, so that copies of them go at once."""

    def when_deleted(self, listener: Callable[[str], None]) -> None:
        """Call ``listener`` with the key of each, in the thread that deletes it, from now on and
        for as long as the store lives; it must be quick and must not raise."""
        ...


class SnapshotSink(Protocol):
    """Takes pictures to be stored in the background; never blocks, never raises."""

    def offer(self, key: str, image: Image) -> None: ...
