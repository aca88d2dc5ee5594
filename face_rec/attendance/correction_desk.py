"""Where managers correct marks. Everything is checked before anything is written."""

from datetime import datetime

from face_rec.attendance import correction
from face_rec.attendance.book import AttendanceBook
from face_rec.attendance.correction import Author
from face_rec.attendance.inquiry import Inquiry
from face_rec.clock import Clock
from face_rec.entities import Event, EventKind
from face_rec.errors import CorrectionRefused
from face_rec.protocols import AttendanceStore


class CorrectionDesk:
    """Writes corrections. All methods raise CorrectionRefused, with nothing
    written, and may raise StoreUnavailable; each returns the event written."""

    def __init__(
        self, store: AttendanceStore, book: AttendanceBook, inquiry: Inquiry, clock: Clock
    ) -> None:
        self._store = store
        self._book = book
        self._inquiry = inquiry
        self._clock = clock

    def add(self, subject: str, at: datetime, kind: EventKind, author: str, reason: str) -> Event:
        """Add a punch that is missing; ``at`` is aware. Raises PersonMissing."""
        self._book.somebody(subject)
        if at.tzinfo is None:
            raise CorrectionRefused("The time needs a zone. Give it in the site's zone.")
        return self._write(correction.added(subject, at, kind, self._by(author, reason)))

    def void(self, event: Event, author: str, reason: str) -> Event:
        """Let a punch no longer count; the original stays."""
        return self._write(correction.voided(self._inquiry.entry(event), self._by(author, reason)))

    def retype(self, event: Event, becomes: EventKind, author: str, reason: str) -> Event:
        """Let a punch count as another kind."""
        entry = self._inquiry.entry(event)
        return self._write(correction.retyped(entry, becomes, self._by(author, reason)))

    def confirm(self, event: Event, author: str, reason: str) -> Event:
        """Say that a punch is right; takes it out of the review queue."""
        entry = self._inquiry.entry(event)
        return self._write(correction.confirmed(entry, self._by(author, reason)))

    def dispute(self, event: Event, author: str, reason: str) -> Event:
        """Say that a punch may be wrong; it counts until it is voided."""
        entry = self._inquiry.entry(event)
        return self._write(correction.disputed(entry, self._by(author, reason)))

    def _by(self, author: str, reason: str) -> Author:
        return Author(author, reason, self._clock.now())

    def _write(self, event: Event) -> Event:
        # As a replay: a manager's word is not subject to the cooldown.
        self._store.apply(event, cooldown=0.0, replay=True)
        return event
