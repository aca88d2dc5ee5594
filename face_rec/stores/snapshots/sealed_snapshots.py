"""Pictures in a folder or in S3, sealed before they go there when a data key is set."""

from collections.abc import Iterator
from typing import Protocol

from face_rec.domain.errors import SnapshotMissing
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.stores.snapshots.picture_owners import OwnerGone
from face_rec.stores.snapshots.picture_sealer import PictureSealer


class ExchangingStore(SnapshotStore, Protocol):
    """A store where something can be replaced by what is the same, sealed otherwise."""

    def exchange(self, key: str, was: bytes, becomes: bytes) -> bool:
        """Store ``becomes`` if ``was`` lies there; False if it was deleted or replaced."""
        ...


class SealedSnapshots:
    """A ``SnapshotStore`` that keeps sealed bytes in ``inner``.

    Raises what ``inner`` raises, DataKeyMissing or SealBroken for what does not open, and
    OwnerGone for a picture of somebody who was erased meanwhile.
    """

    def __init__(self, inner: ExchangingStore, sealer: PictureSealer) -> None:
        self._inner = inner
        self._sealer = sealer

    def put(self, key: str, jpeg: bytes) -> None:
        self._inner.put(key, self._sealer.seal(jpeg, context(key)))

    def get(self, key: str) -> bytes:
        try:
            return self._sealer.open(self._inner.get(key), context(key))
        except OwnerGone as gone:
            raise SnapshotMissing(f"There is no snapshot {key}.") from gone

    def delete(self, key: str) -> None:
        self._inner.delete(key)

    def url(self, key: str, seconds: int = 300) -> str | None:  # noqa: ARG002
        """None: only the app can show what it has sealed."""
        return None

    def keys(self, prefix: str = "") -> Iterator[str]:
        return self._inner.keys(prefix)

    def reseal(self, key: str, owner: str | None = None) -> bool:
        """Seal one picture as it would be sealed now; False if it is so already, or was deleted
        or replaced meanwhile. ``owner``: the subject, where the key does not tell."""
        stored = self._inner.get(key)
        anew = self._sealer.renewed(stored, context(key), owner)
        return anew is not None and self._inner.exchange(key, stored, anew)


def context(key: str) -> str:
    """What a sealed picture is bound to; the same while it waits in the spool."""
    return f"snapshot/{key}"
