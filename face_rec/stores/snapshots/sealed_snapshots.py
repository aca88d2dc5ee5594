"""Pictures in a folder or in S3, sealed before they go there when a data key is set.

Each is sealed with the key of the person in it, which is destroyed with them: ``PICTURE, length of
the subject (1 byte), subject``, then what the person's own key has sealed. The subject stands
there because pictures of marks had no owner in their names once. Pictures of nobody, and those of
before, are sealed by DATA_KEY and are read as they are.
"""

from collections.abc import Iterator
from typing import Final, Protocol

from face_rec.domain.errors import SnapshotMissing, StoreUnavailable
from face_rec.domain.pictures import owner_of
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.stores.people.person_keys import PersonSealer
from face_rec.stores.sealing.sealer import DataSealer, SealBroken
from face_rec.stores.snapshots.picture_owners import OwnerGone, PictureOwners

PICTURE: Final = b"\xffSQ\x7f"
"""No JPEG begins so, nor what any other key has sealed."""
_CONTEXT: Final = "snapshot/"
_HEAD: Final = len(PICTURE) + 1


class PictureSealer:
    """A ``Sealer`` of pictures that go to their store. Without ``owners`` all are sealed by
    ``site``, as pictures of nobody are. Safe from any thread."""

    def __init__(self, site: DataSealer, owners: PictureOwners | None = None) -> None:
        self._site = site
        self._owners = owners

    def seal(self, plain: bytes, context: str) -> bytes:
        """``plain`` as it is to be stored. Raises OwnerGone for a picture of somebody who is
        not here any more, SealBroken, and StoreUnavailable while Redis cannot be asked."""
        owner = owner_of(context.removeprefix(_CONTEXT))
        if owner is None or self._owners is None:
            return self._site.seal(plain, context)
        if self._owners.have_keys:  # asked anew each time: a key may be destroyed any moment
            return _sealed(owner, self._owners.fresh(owner), plain, context)
        if not self._owners.here(owner):
            raise OwnerGone
        return self._site.seal(plain, context)

    def check_owner(self, context: str) -> None:
        """Raises OwnerGone where the person in a picture is not here any more, and
        StoreUnavailable."""
        owner = owner_of(context.removeprefix(_CONTEXT))
        if owner is not None and self._owners is not None and not self._owners.here(owner):
            raise OwnerGone

    def seal_waiting(self, plain: bytes, context: str) -> bytes:
        """The same for the spool, which has to take a picture while Redis is away, too: with
        the person's own key where it can be had at once, else by ``site``."""
        owner = owner_of(context.removeprefix(_CONTEXT))
        if owner is None or self._owners is None or not self._owners.have_keys:
            return self._site.seal(plain, context)
        try:
            return _sealed(owner, self._owners.sealer(owner), plain, context)
        except (StoreUnavailable, SealBroken):  # what is not wanted is refused on its way on
            return self._site.seal(plain, context)

    def open(self, sealed: bytes, context: str) -> bytes:
        """Raises OwnerGone, SealBroken, DataKeyMissing, and StoreUnavailable."""
        if not sealed.startswith(PICTURE):
            return self._site.open(sealed, context)
        subject, body = _parts(sealed)
        if self._owners is None or not self._owners.have_keys:
            raise SealBroken(msgid("A picture is sealed and no DATA_KEY is set. Set it again."))
        return self._owners.sealer(subject).open_own(body, context)

    def renewed(self, stored: bytes, context: str, owner: str | None = None) -> bytes | None:
        """``stored`` as it would be sealed now, or None if it is so already. ``owner``: of a
        picture whose name does not tell."""
        if stored.startswith(PICTURE):
            return None
        own = self._own(owner or owner_of(context.removeprefix(_CONTEXT)))
        if own is not None:
            return _sealed(*own, self._site.open(stored, context), context)
        if self._site.current(stored):
            return None
        return self._site.seal(self._site.open(stored, context), context)

    def _own(self, owner: str | None) -> tuple[str, PersonSealer] | None:
        if owner is None or self._owners is None or not self._owners.have_keys:
            return None
        try:
            return owner, self._owners.fresh(owner)
        except OwnerGone:
            return None


class WaitingSealer:
    """The ``Sealer`` of what waits in a spool."""

    def __init__(self, pictures: PictureSealer) -> None:
        self._pictures = pictures
        self.open = pictures.open

    def seal(self, plain: bytes, context: str) -> bytes:
        return self._pictures.seal_waiting(plain, context)


def _sealed(owner: str, sealer: PersonSealer, plain: bytes, context: str) -> bytes:
    subject = owner.encode()
    return PICTURE + bytes([len(subject)]) + subject + sealer.seal(plain, context)


def _parts(sealed: bytes) -> tuple[str, bytes]:
    """The subject, and what its key has sealed."""
    if len(sealed) < _HEAD:
        raise SealBroken(msgid("A sealed picture is cut. Restore it from a copy, or remove it."))
    end = _HEAD + sealed[_HEAD - 1]
    return sealed[_HEAD:end].decode("ascii", errors="replace"), sealed[end:]


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
        """Whoever is in it may be erased while a slow store takes it, after the erasure's last
        look there: so they are asked for once more, and in doubt it does not stay."""
        self._inner.put(key, self._sealer.seal(jpeg, context(key)))
        try:
            self._sealer.check_owner(context(key))
        except (OwnerGone, StoreUnavailable):
            self._inner.delete(key)
            raise

    def get(self, key: str) -> bytes:
        try:
            return self._sealer.open(self._inner.get(key), context(key))
        except OwnerGone as gone:
            raise SnapshotMissing(sentence("There is no snapshot {key}.", key=key)) from gone

    def delete(self, key: str) -> None:
        self._inner.delete(key)

    def url(self, key: str, seconds: int = 300) -> str | None:  # noqa: ARG002
        """None: only the app can show what it has sealed."""
        return None

    def keys(self, prefix: str = "") -> Iterator[str]:
        return self._inner.keys(prefix)

    def sizes(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        return self._inner.sizes(prefix)

    def reseal(self, key: str, owner: str | None = None) -> bool:
        """Seal one picture as it would be sealed now; False if it is so already, or was deleted
        or replaced meanwhile. ``owner``: the subject, where the key does not tell."""
        stored = self._inner.get(key)
        anew = self._sealer.renewed(stored, context(key), owner)
        return anew is not None and self._inner.exchange(key, stored, anew)


def context(key: str) -> str:
    """What a sealed picture is bound to; the same while it waits in the spool."""
    return f"{_CONTEXT}{key}"
