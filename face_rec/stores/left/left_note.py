"""The note that stands in Redis for a day which has left it: the head that its lists ended with,
and a digest of the entries, by which whoever reads them from the archive knows them again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from face_rec.stores.chain.links import head_of


@dataclass(frozen=True, slots=True)
class Note:
    """``digest``: "" where none was noted."""

    head: bytes
    digest: str = ""

    @property
    def length(self) -> int:
        """How many entries the day had when it left."""
        found = head_of(self.head)
        return found[0] if found else 0

    @property
    def value(self) -> bytes:
        """As it lies in Redis."""
        return b" ".join((self.head, self.digest.encode()))

    def fits(self, entries: Sequence[bytes]) -> bool:
        """Whether these are what left."""
        return not self.digest or digest_of(entries) == self.digest


def note_of(head: bytes, entries: Sequence[bytes]) -> Note:
    """For a day that leaves."""
    return Note(head, digest_of(entries))


def read_note(value: bytes | None) -> Note | None:
    """None where there is none: the day is in Redis."""
    if not value:
        return None
    head, _, digest = value.partition(b" ")
    return Note(head, digest.decode("ascii", "replace"))


def digest_of(entries: Sequence[bytes]) -> str:
    """SHA-256 over entries and where each ends."""
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(b"%d:" % len(entry) + entry)
    return digest.hexdigest()
