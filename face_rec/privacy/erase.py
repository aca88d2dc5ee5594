"""Erasing a person: everything that shows a face or tells a name, everywhere.

The order makes it safe to be interrupted. First nobody can be matched any more, then the
pictures go, and the person's own record last: as long as it stands, the same call can be made
again and finishes the job.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from face_rec.clock import Clock
from face_rec.domain import pictures
from face_rec.domain.errors import PeopleError, PersonMissing, StoreError, StoreUnavailable
from face_rec.domain.marks import Event
from face_rec.domain.people import ERASED, Person
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.privacy.certificate import Certificate, Removed
from face_rec.privacy.erased_marks import DaysOf, ErasedMarks
from face_rec.privacy.ports import (
    Keeper,
    NoPurge,
    Note,
    Purge,
    Settled,
    Unfinished,
    unasked,
    unnoted,
)
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.models import Progress
from face_rec.protocols.people_store import PeopleReader, PeopleWriter
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.retry import until_first

log = logging.getLogger(__name__)

_DAY: Final = timedelta(days=1)
_KEPT: Final = (
    msgid(
        "The marks of attendance, without name: the company's record of hours. They carry a "
        "random number whose tie to the person is destroyed."
    ),
    msgid(
        "The audit log, which cannot be changed: that somebody was registered, changed and "
        "erased, when and by whom. Name, ID and whatever was changed are sealed there with a key "
        "of the person's own, which is destroyed; nothing in it leads to the marks."
    ),
    msgid(
        "Backups that were made before or were under way, until they expire by their own "
        "schedule; older versions of pictures in a bucket that keeps versions, and an archive's "
        "own backups and logs, by theirs."
    ),
    msgid(
        "A still that a kiosk's device took while the server was away may show the person, sealed "
        "and without a name, for 72 hours at most."
    ),
)
_DATABASE: Final = msgid("the database")


class Erasure:
    """Safe from any thread. ``keepers`` are other parts that hold something about people."""

    def __init__(
        self,
        *,
        site: Callable[[], str],
        people: PeopleReader,
        writer: PeopleWriter,
        attendance: MarkReader,
        days_of: DaysOf,
        snapshots: SnapshotStore,
        clock: Clock,
        settled: Settled,
        keepers: Sequence[Keeper] = (),
        note: Note = unnoted,
        admit: Callable[[], None] = unasked,
        purge: Purge | None = None,
        days_here: DaysOf | None = None,
        unfinished: Unfinished | None = None,
    ) -> None:
        """``days_of``: the UTC days on which a subject has marks, in order; ``days_here``: those
        that need no archive, where not all do. ``unfinished``: where it is noted what could not be
        reached; without it that is refused. ``admit`` is asked first; it raises where nothing
        must be done now."""
        self._purge = purge or NoPurge()
        self._site = site
        self._people = people
        self._writer = writer
        self._marks = ErasedMarks(
            days_of, days_here or days_of, attendance, snapshots=snapshots, people=people,
            unfinished=unfinished,
        )  # fmt: skip
        self._snapshots = snapshots
        self._clock = clock
        self._settled = settled
        self._keepers = tuple(keepers)
        self._note = note
        self._admit = admit

    def erase(self, subject: str, by: str, progress: Progress | None = None) -> Certificate:
        """Erase the person for good. Raises PersonMissing, and StoreUnavailable when something
        could not be removed: the person is not matched any more then; call it again."""
        self._admit()
        person = self._hidden(subject)
        self._settled(self._people.revision())  # the last mark of theirs is in the lists now
        since = self._people.revision()
        try:
            marks, unread = self._marks.reached(subject, progress)
            pictures_removed = self._pictures(subject, marks)
            tied = self._untie(subject, self._people.everybody().people)
            others = [Removed(k.name, k.forget(subject), _DATABASE) for k in self._keepers]
            others = [one for one in others if one.what]
        except StoreUnavailable as error:
            raise StoreUnavailable(
                sentence(
                    "Not everything of {id} could be removed yet ({error}). The person is not "
                    "recognised any more. Erase again when the store answers.",
                    id=person.id,
                    error=error.said,
                )
            ) from error
        self._purge.want()
        self._writer.delete(subject)
        late = (*self._late(subject, marks), *self._tied_late(subject, since))
        late += (unread,) if unread else ()
        late += self._kept_late(subject)
        late += tuple(words for keeper in self._keepers if (words := keeper.after(subject)))
        removed = [*self._record(person), *pictures_removed, *others]
        if tied:
            what = msgid("note that another looks like them")
            removed.append(Removed(what, tied, _DATABASE))
        log.info("person_erased subject=%s", subject)
        self._note("erased", person, {item.what: item.count for item in removed})
        return self._certificate(person, by, removed, (*late, *self._purged()))

    def events(self, person: Person, progress: Progress | None = None) -> list[Event]:
        """Every event of ``person``, oldest first. Raises StoreError where a day cannot be
        read."""
        return self._marks.all(person.subject, progress)

    def finish(self) -> None:
        """What erasures before could not reach. Raises StoreError."""
        self._marks.finish()

    # --- steps

    def _hidden(self, subject: str) -> Person:
        """The person, out of every gallery: no new mark or picture is made meanwhile."""

        def hide() -> Person:
            person = self._people.get(subject)
            if person is None:
                raise PersonMissing(
                    msgid("This person is not here (any more). Nothing was changed.")
                )
            if person.active:
                self._writer.update(replace(person, active=False))
            return person

        return until_first(hide)

    def _pictures(self, subject: str, marks: Iterable[Event]) -> list[Removed]:
        of_marks = pictures.of_person(self._snapshots.keys, subject, marks)
        own = list(self._snapshots.keys(pictures.portraits_of(subject)))
        for key in (*of_marks, *own):
            self._snapshots.delete(key)
        attached = sum(pictures.attached_of(key) is not None for key in own)
        where = msgid("the picture store")
        removed = [
            Removed(msgid("enrolment photo"), len(own) - attached, where),
            Removed(msgid("picture of a mark"), len(of_marks), where),
        ]
        if attached:
            removed.append(Removed(msgid("attachment of a request"), attached, where))
        return removed

    def _untie(self, subject: str, people: Iterable[Person]) -> int:
        """Take the subject out of the records of those ``people`` who look like them and wait for
        a decision; how many they were."""
        tied = [person.subject for person in people if person.resembles == subject]
        for one in tied:
            until_first(partial(self._untie_one, one))
        return len(tied)

    def _untie_one(self, subject: str) -> None:
        person = self._people.get(subject)
        if person is not None and person.resembles:  # else they were decided about or erased
            self._writer.update(replace(person, resembles=ERASED))

    def _tied_late(self, subject: str, since: int) -> tuple[str, ...]:
        """The same for whoever was imported meanwhile, after revision ``since``."""
        try:
            changes = self._people.changes(since)
            if changes is None:
                people = self._people.everybody().people
            else:
                people = tuple(self._people.many([one.subject for one in changes]).values())
            self._untie(subject, people)
        except (PeopleError, StoreError) as error:
            log.error("erasure_ties_to_do subject=%s reason=%s", subject, error)
            return (
                sentence(
                    "TO DO: the database did not answer at the end ({error}) Whoever was imported "
                    "during the erasure and looks like this person may still lead to them: decide "
                    "about them under People.",
                    error=error.said,
                ),
            )
        return ()

    def _late(self, subject: str, marks: Sequence[Event]) -> tuple[str, ...]:
        """Remove what was on its way to the store while the pictures were looked through; from
        now on it is refused there. Says what is left to do, if anything."""
        now = self._clock.now()
        recent = [event for event in marks if event.at >= now - _DAY]
        try:
            for key in pictures.late_of_person(self._snapshots.keys, subject, recent, now):
                self._snapshots.delete(key)
        except StoreError as error:
            log.error("erasure_pictures_to_do subject=%s reason=%s", subject, error)
            return (
                sentence(
                    "TO DO: the pictures were removed, but then their store did not answer "
                    "({error}) One that was on its way at that moment may lie there: the app's "
                    "log says under erasure_pictures_to_do what to look for; delete what is named "
                    "so.",
                    error=error.said,
                ),
            )
        return ()

    def _kept_late(self, subject: str) -> tuple[str, ...]:
        """Remove what somebody saved about them meanwhile, on a page that was open."""
        try:
            for keeper in self._keepers:
                keeper.forget(subject)
        except StoreError as error:
            log.error("erasure_kept_to_do subject=%s reason=%s", subject, error)
            return (
                sentence(
                    "TO DO: the database did not answer at the end ({error}) Leave, a request or "
                    "an invitation that was saved during the erasure may still be there, without "
                    "a name.",
                    error=error.said,
                ),
            )
        return ()

    def _record(self, person: Person) -> list[Removed]:
        record = msgid("record of name, ID, group, e-mail and consent")
        return [
            Removed(msgid("face template"), len(person.templates), _DATABASE),
            Removed(record, 1, _DATABASE),
            Removed(msgid("tie between the person and their marks"), 1, _DATABASE),
        ]

    def _purged(self) -> tuple[str, ...]:
        """The person is gone by now: what fails here is said, and done at the next start."""
        try:
            return self._purge.run()
        except StoreError as error:
            log.error("erasure_files_not_rewritten reason=%s", error)
            return (
                sentence(
                    "NOT DONE YET: the files of the database still have to be rewritten ({error}) "
                    "The app tries again by itself, every ten minutes and at its next start.",
                    error=error.said,
                ),
            )

    def _certificate(
        self, person: Person, by: str, removed: Sequence[Removed], files: tuple[str, ...]
    ) -> Certificate:
        revision = self._people.revision()
        return Certificate(
            number=secrets.token_hex(6).upper(),
            site=self._site(),
            person_id=person.id,
            name=person.name,
            erased_at=self._clock.now(),
            erased_by=by,
            removed=tuple(removed),
            kept=_KEPT,
            revision=revision,
            confirmed=self._settled(revision),
            files=files,
        )
