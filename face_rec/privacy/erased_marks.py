"""The marks of who is erased, by which pictures are found that older versions named by the mark
alone: those of days that have left Redis may be out of reach at that moment.

Then all else is erased, and whom it was is noted by the random number that stays in the marks. It
is tried again every ten minutes, and said, until it is done.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from face_rec.domain import pictures
from face_rec.domain.errors import ArchiveAway, ArchiveUnread
from face_rec.domain.marks import Event
from face_rec.languages.sentence import sentence
from face_rec.privacy.ports import Unfinished
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.models import Progress
from face_rec.protocols.people_store import PeopleReader
from face_rec.protocols.snapshots import SnapshotStore

log = logging.getLogger(__name__)

_OUT_OF_REACH: Final = (ArchiveAway, ArchiveUnread)
DaysOf = Callable[[str], Sequence[date]]


class ErasedMarks:
    """Safe from any thread."""

    def __init__(
        self,
        days_of: DaysOf,
        days_here: DaysOf,
        attendance: MarkReader,
        *,
        snapshots: SnapshotStore,
        people: PeopleReader,
        unfinished: Unfinished | None,
    ) -> None:
        """``days_of``: the UTC days on which a subject has marks, in order; ``days_here``: those
        of them that need no archive. Without ``unfinished`` nothing can be left for later."""
        self._days_of = days_of
        self._days_here = days_here
        self._attendance = attendance
        self._snapshots = snapshots
        self._people = people
        self._unfinished = unfinished

    def all(self, subject: str, progress: Progress | None = None) -> list[Event]:
        """Every event, oldest first. Raises StoreError where one day cannot be read."""
        found, days = [], self._days_of(subject)
        for step, day in enumerate(days, 1):
            found += self._of_day(subject, day)
            if progress is not None:
                progress(step, len(days))
        return sorted(found, key=lambda event: event.at)

    def reached(self, subject: str, progress: Progress | None = None) -> tuple[list[Event], str]:
        """Every event that can be read, and what is left to do, in a sentence, or "". Whoever is
        left for later is noted before this returns."""
        try:
            found, why = self.all(subject, progress), ""
        except _OUT_OF_REACH as error:
            if self._unfinished is None:
                raise
            found, why = self._some(subject), error.said
            self._unfinished.add(subject)
        else:
            if self._unfinished is not None:
                self._unfinished.done(subject)
        if not why:
            return found, ""
        return found, sentence(
            "NOT DONE YET: marks of days that have left Redis could not be read ({why}) "
            "Pictures that are named by their person are removed; one that version 0.1 had "
            "named by its mark alone may be left. The app removes it by itself when the archive"
            " is whole again; the page System says until then that it waits.",
            why=why,
        )

    def finish(self) -> int:
        """What was left for later: how many people it is done for."""
        if self._unfinished is None:
            return 0
        done = 0
        for subject in self._unfinished.all():
            if self._people.get(subject) is not None:
                continue  # their erasure was cut short, and is to be repeated
            try:
                marks = self.all(subject)
            except _OUT_OF_REACH as error:
                log.info("erasure_waits subject=%s reason=%s", subject, error)
                continue
            keys = pictures.of_person(self._snapshots.keys, subject, marks)
            for key in keys:
                self._snapshots.delete(key)
            self._unfinished.done(subject)
            log.info("erasure_finished subject=%s pictures=%d", subject, len(keys))
            done += 1
        return done

    def _some(self, subject: str) -> list[Event]:
        found: list[Event] = []
        for day in self._known(subject):
            try:
                found += self._of_day(subject, day)
            except _OUT_OF_REACH:
                continue
        return sorted(found, key=lambda event: event.at)

    def _known(self, subject: str) -> Sequence[date]:
        try:
            return self._days_of(subject)
        except _OUT_OF_REACH:
            return self._days_here(subject)

    def _of_day(self, subject: str, day: date) -> list[Event]:
        return [event for event in self._attendance.day(day) if event.subject == subject]
