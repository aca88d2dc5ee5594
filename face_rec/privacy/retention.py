"""Retention: what is removed because it is old enough, and the note of what was."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final

from face_rec.clock import Clock
from face_rec.domain import pictures
from face_rec.domain.errors import PersonMissing, StoreError
from face_rec.domain.marks import is_mark
from face_rec.domain.people import ERASED, Person
from face_rec.languages.language import msgid
from face_rec.privacy.ports import Contacts, NoPurge, Note, Purge, unnoted
from face_rec.privacy.retention_run import Periods, Run, RunLog
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.people_store import PeopleReader, PeopleWriter
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.retry import until_first

log = logging.getLogger(__name__)

_DAY: Final = timedelta(days=1)
_NOBODY: Final = msgid(
    "Nobody at all was marked in the whole period: that looks like lost records, so no template "
    "was removed. Erase people by hand if the site is closed."
)


class Retention:
    """Safe from any thread; one run at a time over all processes."""

    def __init__(
        self,
        *,
        people: PeopleReader,
        writer: PeopleWriter,
        attendance: MarkReader,
        snapshots: SnapshotStore,
        runs: RunLog,
        clock: Clock,
        periods: Callable[[], Periods],
        note: Note = unnoted,
        purge: Purge | None = None,
        tidy: Callable[[], pictures.Tidied] = pictures.Tidied,
        strangers: Callable[[], int] = int,
        contacts: Contacts | None = None,
        requests: Callable[[], int] = int,
        unreached: Callable[[], None] = lambda: None,
        counts: Callable[[], None] = lambda: None,
        left: Callable[[], int] = int,
    ) -> None:
        """``tidy`` removes kept enrolment photos that no template is left of; ``strangers`` visits
        of unknown people and ``requests`` those of people that are old enough, and both say how
        many; ``contacts`` go as faces do; ``unreached`` does what erasures had to leave;
        ``counts`` forgets how often somebody was missed who is not counted any more; ``left``
        what is left of people who are gone, and says how much."""
        self._left = left
        self._unreached = unreached
        self._counts = counts
        self._requests = requests
        self._contacts = contacts
        self._tidy = tidy
        self._strangers = strangers
        self._purge = purge or NoPurge()
        self._people = people
        self._writer = writer
        self._attendance = attendance
        self._snapshots = snapshots
        self._runs = runs
        self._clock = clock
        self._periods = periods
        self._note = note

    @property
    def periods(self) -> Periods:
        """How long things are kept, as set now."""
        return self._periods()

    def last(self) -> Run | None:
        """The last run, whichever process did it."""
        return self._runs.last()

    def run(self) -> Run | None:
        """Remove what is old enough now; None if another process is at it. Raises
        StoreUnavailable when even that could not be asked or noted."""
        if not self._runs.claim():
            return None
        try:
            return self._work()
        finally:
            self._runs.release()

    def _work(self) -> Run:
        began = self._clock.now()
        run = Run(began, began)
        steps = (
            self._old_pictures, self._inactive_people, self._needless_photos, self._untied,
            self._old_strangers, self._old_contacts, self._old_requests, self._needless_counts,
            self._left_behind,
        )  # fmt: skip
        for step in steps:
            try:
                run = step(run)
            except StoreError as error:
                run = _failed(run, error)
        if run.templates or run.strangers or run.contacts or run.requests or run.left:
            run = self._purged(run)
        run = replace(run, ended_at=self._clock.now())
        self._runs.save(run)
        log.info(
            "retention pictures=%d people=%d templates=%d photos=%d strangers=%d problem=%s",
            run.pictures, run.people, run.templates, run.photos, run.strangers,
            run.problem or "none",
        )  # fmt: skip
        if run.removed:
            self._note("retention", None, run.removed)
        return run

    def finish(self) -> None:
        """What an erasure or a run could not finish."""
        self._purge.finish()
        self._unreached()

    def _purged(self, run: Run) -> Run:
        try:
            self._purge.run()
        except StoreError as error:
            return _failed(run, error)
        return run

    # --- pictures

    def _old_pictures(self, run: Run) -> Run:
        if not self.periods.snapshots:
            return run
        first_kept = self._cutoff(self.periods.snapshots).date()
        for prefix in pictures.DATED:
            try:
                for key in self._older(prefix, first_kept):
                    self._snapshots.delete(key)
                    run = replace(run, pictures=run.pictures + 1)
            except StoreError as error:  # what was deleted is counted all the same
                return _failed(run, error)
        return run

    def _older(self, prefix: str, first_kept: date) -> list[str]:
        """Keys of the pictures of days before ``first_kept``."""
        days = {key: pictures.day_of(key) for key in self._snapshots.keys(prefix)}
        return [key for key, day in days.items() if day is not None and day < first_kept]

    def _needless_photos(self, run: Run) -> Run:
        tidied = self._tidy()
        photos = run.photos + tidied.removed
        return replace(run, photos=photos, kept=tidied.photos, kept_bytes=tidied.bytes)

    def _old_strangers(self, run: Run) -> Run:
        return replace(run, strangers=run.strangers + self._strangers())

    def _old_requests(self, run: Run) -> Run:
        return replace(run, requests=run.requests + self._requests())

    def _needless_counts(self, run: Run) -> Run:
        self._counts()
        return run

    def _left_behind(self, run: Run) -> Run:
        return replace(run, left=run.left + self._left())

    # --- people

    def _untied(self, run: Run) -> Run:
        """Nobody is said to look like somebody who is gone: an erasure takes that out itself, and
        this what one before it knew of that left, and what was restored."""
        everybody = self._people.everybody().people
        there = {person.subject for person in everybody} | {"", ERASED}
        for person in everybody:
            if person.resembles not in there:
                until_first(partial(self._untie, person.subject))
        return run

    def _untie(self, subject: str) -> None:
        person = self._people.get(subject)
        if person is not None and person.resembles and not self._people.get(person.resembles):
            self._writer.update(replace(person, resembles=ERASED))

    def _inactive_people(self, run: Run) -> Run:
        if not self.periods.inactive:
            return run
        cutoff = self._cutoff(self.periods.inactive)
        candidates = [person for person in self._people.all() if _has_old_face(person, cutoff)]
        if not candidates:
            return run
        seen = self._seen_since(cutoff)
        if not seen:
            return replace(run, problem=f"{run.problem} {_NOBODY}".strip())
        for person in candidates:
            if person.subject in seen:
                continue
            try:
                run = self._forget_face(run, person.subject, cutoff)
            except StoreError as error:
                return replace(run, problem=f"{run.problem} {error}".strip())
        return run

    def _old_contacts(self, run: Run) -> Run:
        """Of whoever is not seen any more nobody else is told: with their guardians it is as with
        their face."""
        if self._contacts is None or not self.periods.inactive:
            return run
        cutoff = self._cutoff(self.periods.inactive)
        old = [subject for subject, at in self._contacts.newest().items() if at < cutoff]
        seen = self._seen_since(cutoff) if old else set()
        if not seen:  # of nobody at all: see _NOBODY
            return run
        people, count = self._people.many(old), 0
        for subject in set(old) - seen:
            person = people.get(subject)
            if person is None or _is_old(person, cutoff):
                self._purge.want()
                count += self._contacts.forget(subject)
        return replace(run, contacts=count)

    def _seen_since(self, cutoff: datetime) -> set[str]:
        """The subjects with a mark since ``cutoff``; read day by day, to stay small."""
        day, last = cutoff.date(), self._clock.now().astimezone(UTC).date() + _DAY
        seen: set[str] = set()
        while day <= last:
            events = self._attendance.day(day)
            seen |= {event.subject for event in events if is_mark(event.kind)}
            day += _DAY
        return seen

    def _forget_face(self, run: Run, subject: str, cutoff: datetime) -> Run:
        def forget() -> Person | None:
            person = self._people.get(subject)
            if person is None or not _has_old_face(person, cutoff):  # enrolled anew meanwhile
                return None
            self._purge.want()
            self._writer.put_templates(subject, (), person.version, self._people.revision())
            return person

        person = _unless_gone(forget)
        if person is None:
            return run
        keys = self._snapshots.keys(pictures.portraits_of(subject))
        photos = [key for key in keys if not pictures.attached_of(key)]
        for key in photos:
            self._snapshots.delete(key)
        _unless_gone(lambda: self._without_photo(subject))
        return replace(
            run,
            people=run.people + 1,
            templates=run.templates + len(person.templates),
            photos=run.photos + len(photos),
        )

    def _without_photo(self, subject: str) -> Person | None:
        person = self._people.get(subject)
        if person is None or person.photo is None:
            return person
        return self._writer.update(replace(person, photo=None))

    def _cutoff(self, days: int) -> datetime:
        return self._clock.now().astimezone(UTC) - days * _DAY


def _unless_gone(change: Callable[[], Person | None]) -> Person | None:
    """What ``change`` makes of somebody; None if they were deleted meanwhile."""
    try:
        return until_first(change)
    except PersonMissing:
        return None


def _has_old_face(person: Person, cutoff: datetime) -> bool:
    """Whether there is a face to forget, and none of it came lately."""
    return bool(person.templates or person.photo is not None) and _is_old(person, cutoff)


def _is_old(person: Person, cutoff: datetime) -> bool:
    """Whether all that was entered of them was so before ``cutoff``."""
    return all(moment < cutoff for moment in _moments(person))


def _moments(person: Person) -> Iterator[datetime]:
    if person.created_at is not None:
        yield person.created_at
    if person.consent is not None:
        yield person.consent.given_at
    yield from (info.added_at for info in person.templates)


def _failed(run: Run, error: StoreError) -> Run:
    """``run`` with one more problem."""
    return replace(run, problem=f"{run.problem} {error}".strip())
