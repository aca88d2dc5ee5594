"""People in memory, held to the same contract tests as the Redis store."""

import dataclasses
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from face_rec.clock import Clock
from face_rec.domain.enrolment_errors import IdTaken
from face_rec.domain.errors import Conflict, PeopleError, PersonMissing, StoreUnavailable
from face_rec.domain.people import Change, ChangeKind, Everybody, GalleryEntry, Person, Template
from face_rec.people.details import as_changed, as_created
from face_rec.protocols.models import Progress
from tests.fakes.clock import FakeClock


class FakePeople:
    """A ``PeopleStore`` without Redis. Set ``available`` to False for an outage."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.available = True
        self._clock = clock or FakeClock()
        self._people: dict[str, Person] = {}
        self._templates: dict[str, list[Template]] = {}
        self._changes: list[Change] = []
        self._everybody = Everybody(-1)
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._patient = True

    # --- writes

    def create(self, person: Person, templates: Sequence[Template], seen_revision: int) -> Person:
        with self._store():
            self._check_seen(seen_revision)
            self._check_id(person)
            if person.subject in self._people:
                raise Conflict(f"Subject {person.subject} exists already. Start again.")
            created = person.created_at or self._clock.now()
            fresh = dataclasses.replace(person, version=0, created_at=created)
            return self._write(as_created(fresh, self._clock.now()), templates)

    def update(self, person: Person) -> Person:
        with self._store():
            self._check_version(person.subject, person.version)
            self._check_id(person)
            stored = self._people[person.subject]
            kept = dataclasses.replace(person, created_at=stored.created_at)
            followed = as_changed(stored, kept, self._clock.now())
            return self._write(followed, self._templates[person.subject])

    def put_templates(
        self, subject: str, templates: Sequence[Template], version: int, seen_revision: int
    ) -> Person:
        with self._store():
            self._check_version(subject, version)
            self._check_seen(seen_revision)
            return self._write(self._people[subject], templates)

    def delete(self, subject: str) -> Person | None:
        with self._store():
            person = self._people.pop(subject, None)
            if person is not None:
                del self._templates[subject]
                self._announce(ChangeKind.REMOVE, subject)
            return person

    # --- reads

    def get(self, subject: str) -> Person | None:
        with self._store():
            return self._people.get(subject)

    def by_id(self, person_id: str) -> Person | None:
        with self._store():
            wanted = _same_id(person_id)
            return next((p for p in self._people.values() if _same_id(p.id) == wanted), None)

    def many(self, subjects: Sequence[str]) -> dict[str, Person]:
        with self._store():
            return {s: self._people[s] for s in subjects if s in self._people}

    def recorded(self, subjects: Sequence[str]) -> set[str]:
        return set(self.many(subjects))

    def all(self) -> Iterator[Person]:
        with self._store():
            people = list(self._people.values())
        yield from people

    def everybody(self) -> Everybody:
        with self._store():
            if self._everybody.revision != len(self._changes):
                people = sorted(self._people.values(), key=lambda person: person.subject)
                self._everybody = Everybody(len(self._changes), tuple(people))
            return self._everybody

    def count(self) -> int:
        with self._store():
            return len(self._people)

    def templates(self, subject: str) -> list[Template]:
        with self._store():
            return list(self._templates.get(subject, []))

    # --- the gallery's view

    def revision(self) -> int:
        with self._store():
            return len(self._changes)

    def wait_for_changes(self, patient: bool) -> None:
        """Or not any more: who waits for some is told at once that there are none."""
        with self._changed:
            self._patient = patient
            self._changed.notify_all()

    def changes(self, since: int, block_ms: int = 0) -> list[Change] | None:
        with self._store():
            if since > len(self._changes):
                return None
            self._changed.wait_for(
                lambda: len(self._changes) > since or not self._patient, timeout=block_ms / 1000
            )
            return self._changes[since:]

    def entry(self, subject: str, contract: str) -> GalleryEntry | None:
        with self._store():
            person = self._people.get(subject)
            if person is None or not person.matchable:
                return None
            rows = [t.vector for t in self._templates[subject] if t.info.contract == contract]
            return GalleryEntry(subject, np.stack(rows)) if rows else None

    def some(self, subjects: Sequence[str], contract: str) -> Iterator[GalleryEntry]:
        found = (self.entry(subject, contract) for subject in subjects)
        return (entry for entry in found if entry is not None)

    def entries(self, contract: str, progress: Progress | None = None) -> Iterator[GalleryEntry]:
        with self._store():
            subjects = list(self._people)
        for done, subject in enumerate(subjects, 1):
            found = self.entry(subject, contract)
            if found is not None:
                yield found
            if progress:
                progress(done, len(subjects))

    # --- how it is kept

    @contextmanager
    def _store(self) -> Iterator[None]:
        with self._lock:
            if not self.available:
                raise StoreUnavailable("The fake store was switched off. Switch it on.")
            yield

    def _check_seen(self, seen_revision: int) -> None:
        if seen_revision != len(self._changes):
            raise Conflict("Somebody was registered in the meantime. Check again.")

    def _check_id(self, person: Person) -> None:
        holder = self.by_id(person.id)
        if holder is not None and holder.subject != person.subject:
            raise IdTaken(f"ID {person.id!r} is in use. Choose another.")

    def _check_version(self, subject: str, version: int) -> None:
        if subject not in self._people:
            raise PersonMissing("This person was deleted.")
        if self._people[subject].version != version:
            raise Conflict("Somebody else changed this person. Reload.")

    def _write(self, person: Person, templates: Sequence[Template]) -> Person:
        ordered = sorted(templates, key=lambda t: t.info.slot)
        slots = [t.info.slot for t in ordered]
        if len(set(slots)) != len(slots) or not set(slots) <= set(range(20)):
            raise PeopleError("At most 20 templates, each in a slot of its own from 0 to 19.")
        written = dataclasses.replace(
            person,
            version=person.version + 1,
            updated_at=self._clock.now(),
            templates=tuple(t.info for t in ordered),
        )
        self._people[person.subject] = written
        self._templates[person.subject] = ordered
        self._announce(ChangeKind.PUT, person.subject)
        return written

    def _announce(self, kind: ChangeKind, subject: str) -> None:
        self._changes.append(Change(len(self._changes) + 1, kind, subject))
        self._changed.notify_all()


def _same_id(person_id: str) -> str:
    return unicodedata.normalize("NFC", person_id)
