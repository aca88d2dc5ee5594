"""The folder of a journal: what several processes of one machine keep each other out of, and what
is said where its disk refuses something."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from face_rec import files
from face_rec.domain.errors import JournalError
from face_rec.domain.marks import Event
from face_rec.stores.journal import journal_segment
from face_rec.stores.journal.journal_segment import Segment
from face_rec.stores.journal.line_seal import Checksum, LineSeal

_LOCK: Final = "lock"
_OFFERING: Final = "offering"  # the lock of whoever does


class JournalFolder:
    """Safe for several threads and processes. ``seal``: of its lines."""

    def __init__(self, path: Path, seal: LineSeal | None = None) -> None:
        self.path = path
        self.seal = seal or Checksum()

    @contextmanager
    def disk(self) -> Iterator[None]:
        """Turns what the disk says into JournalError."""
        try:
            yield
        except OSError as error:
            raise JournalError(
                f"The journal in {self.path} cannot be kept ({error.strerror or error}), so no "
                "mark can be confirmed. Make room on the disk and let the app write there."
            ) from error

    def alone(self) -> AbstractContextManager[None]:
        """No other process makes or takes a segment meanwhile. Raises OSError."""
        return files.exclusive(self.path / _LOCK)

    @contextmanager
    def offering(self) -> Iterator[bool]:
        """Whether no other process offers what is kept. Raises JournalError."""
        with self.disk(), files.turn(self.path / _OFFERING) as alone:
            yield alone

    def create(self, kept: Sequence[Event] = ()) -> Segment:
        """A new segment, in which ``kept`` wait. Raises OSError."""
        with self.alone():
            return journal_segment.create(self.path, self.seal, kept)
