"""Whose turn it is on a machine to bring back what Redis has lost; and that somebody does, until
they have said so.

What comes back is chained anew, and the chain does not go on from what was witnessed. It is taken
for what it is because whoever brought it back says so. One that is killed before has left a note
here, and the next one says it: else it would find a forgery.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Final

from face_rec import files

log = logging.getLogger(__name__)

LOCK: Final = "offering"
NOTE: Final = "offered"


class Offering:
    """Of the journal's ``folder``; ``disk`` turns what the disk says into JournalError."""

    def __init__(self, folder: Path, disk: Callable[[], AbstractContextManager[None]]) -> None:
        self._lock = folder / LOCK
        self._note = folder / NOTE
        self._disk = disk

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether no other process of this machine offers what is kept: each would only be in the
        way of the other. Raises JournalError."""
        with self._disk(), files.turn(self._lock) as alone:
            yield alone

    def begin(self, days: Iterable[date] = ()) -> None:
        """Something is about to come back; marks among it are of ``days``. A full disk does not
        keep it away."""
        known = self.unsaid()
        wanted = (known or frozenset()) | set(days)
        if wanted == known:
            return
        try:
            files.write_durable(self._note, json.dumps(sorted(map(str, wanted))).encode())
        except OSError as error:
            log.warning("offering_not_noted reason=%s", error)

    def unsaid(self) -> frozenset[date] | None:
        """Of which days something began to come back since somebody said so last; None where
        nothing did."""
        try:
            return frozenset(map(date.fromisoformat, json.loads(self._note.read_bytes())))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, OSError) as error:  # that it is there says enough
            log.warning("offering_note_bad reason=%s", error)
            return frozenset()

    def said(self) -> None:
        with suppress(OSError):
            self._note.unlink(missing_ok=True)
