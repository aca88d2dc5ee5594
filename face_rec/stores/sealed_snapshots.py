"""Pictures in a local folder, sealed when a data key is set."""

from collections.abc import Iterator

from face_rec.stores.folder_snapshots import FolderSnapshots
from face_rec.stores.sealer import DataSealer


class SealedSnapshots:
    """A ``SnapshotStore`` that keeps sealed bytes in ``inner``.

    Raises what ``inner`` raises, and DataKeyMissing or SealBroken for what does not open.
    """

    def __init__(self, inner: FolderSnapshots, sealer: DataSealer) -> None:
        self._inner = inner
        self._sealer = sealer

    def put(self, key: str, jpeg: bytes) -> None:
        self._inner.put(key, self._sealer.seal(jpeg, context(key)))

    def get(self, key: str) -> bytes:
        return self._sealer.open(self._inner.get(key), context(key))

    def delete(self, key: str) -> None:
        self._inner.delete(key)

    def url(self, key: str, seconds: int = 300) -> str | None:  # noqa: ARG002
        """None: only the app can show what it has sealed."""
        return None

    def keys(self, prefix: str = "") -> Iterator[str]:
        return self._inner.keys(prefix)

    def reseal(self, key: str) -> bool:
        """Seal one picture with the current key; False if it is so already, or was deleted or
        replaced meanwhile."""
        stored = self._inner.get(key)
        if self._sealer.current(stored):
            return False
        anew = self._sealer.seal(self._sealer.open(stored, context(key)), context(key))
        return self._inner.exchange(key, stored, anew)


def context(key: str) -> str:
    """What a sealed picture is bound to; the same while it waits in the spool."""
    return f"snapshot/{key}"
