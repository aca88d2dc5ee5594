"""Stores that write what people change to the audit log, then are the stores behind them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from face_rec.access.audit.audit import Action, erased
from face_rec.access.audit.audit_log import Trail
from face_rec.access.rights import Act
from face_rec.domain.marks import Event, Outcome, Receipt, Source, is_mark
from face_rec.domain.people import Change, GalleryEntry, Person, Template
from face_rec.protocols.marks import AttendanceStore
from face_rec.protocols.models import Progress
from face_rec.protocols.people import PeopleStore


class AuditedPeople:
    """A ``PeopleStore`` in front of another one; it lets nobody be removed whose remover must
    first prove who they are (``demand`` raises ProofNeeded)."""

    def __init__(self, people: PeopleStore, trail: Trail, demand: Callable[[Act], None]) -> None:
        self._people = people
        self._trail = trail
        self._demand = demand

    # --- what is written down

    def create(self, person: Person, templates: Sequence[Template], seen_revision: int) -> Person:
        made = self._people.create(person, templates, seen_revision)
        self._trail.record(
            Action.PERSON_REGISTERED, made.id, after=_about(made), about=made.subject
        )
        return made

    def update(self, person: Person) -> Person:
        was = self._people.get(person.subject)
        changed = self._people.update(person)
        before, after = _about(was) if was else {}, _about(changed)
        if before != after:
            self._trail.record(
                Action.PERSON_EDITED, changed.id, before, after, about=person.subject
            )
        return changed

    def put_templates(
        self, subject: str, templates: Sequence[Template], version: int, seen_revision: int
    ) -> Person:
        was = self._people.get(subject)
        changed = self._people.put_templates(subject, templates, version, seen_revision)
        before = {"photos": len(was.templates) if was else 0}
        after = {"photos": len(changed.templates)}
        self._trail.record(Action.PERSON_PHOTOS, changed.id, before, after, about=subject)
        return changed

    def delete(self, subject: str) -> Person | None:
        self._demand(Act.ERASE)
        alias = self._trail.alias(subject)
        gone = self._people.delete(subject)
        if gone is not None:
            # Neither name nor ID: what is erased must not live on in the log.
            self._trail.record(Action.PERSON_DELETED, erased(alias))
        return gone

    # --- what is only passed on

    def get(self, subject: str) -> Person | None:
        return self._people.get(subject)

    def by_id(self, person_id: str) -> Person | None:
        return self._people.by_id(person_id)

    def many(self, subjects: Sequence[str]) -> dict[str, Person]:
        return self._people.many(subjects)

    def all(self) -> Iterator[Person]:
        return self._people.all()

    def count(self) -> int:
        return self._people.count()

    def templates(self, subject: str) -> list[Template]:
        return self._people.templates(subject)

    def revision(self) -> int:
        return self._people.revision()

    def changes(self, since: int, block_ms: int = 0) -> list[Change] | None:
        return self._people.changes(since, block_ms)

    def entry(self, subject: str, contract: str) -> GalleryEntry | None:
        return self._people.entry(subject, contract)

    def entries(self, contract: str, progress: Progress | None = None) -> Iterator[GalleryEntry]:
        return self._people.entries(contract, progress)


class AuditedAttendance:
    """An ``AttendanceStore`` in front of another one; marks by camera are not written down."""

    def __init__(self, attendance: AttendanceStore, trail: Trail) -> None:
        self._attendance = attendance
        self._trail = trail

    def apply(self, event: Event, cooldown: float, replay: bool = False) -> Receipt:
        receipt = self._attendance.apply(event, cooldown, replay)
        by_hand = not is_mark(event.kind) or event.source is Source.MANUAL
        if by_hand and receipt.outcome is Outcome.MARKED:
            self._trail.record(
                Action.CORRECTED,
                event.target or event.id,
                after=_correction(event),
                about=event.subject,
            )
        return receipt

    def day(self, utc_day: date) -> list[Event]:
        return self._attendance.day(utc_day)

    def between(self, start: datetime, end: datetime) -> list[Event]:
        return self._attendance.between(start, end)

    def length(self, utc_day: date) -> int:
        return self._attendance.length(utc_day)

    def lengths(self, utc_days: Sequence[date]) -> list[int]:
        return self._attendance.lengths(utc_days)

    def malformed(self, utc_day: date) -> list[str]:
        return self._attendance.malformed(utc_day)


def _about(person: Person) -> dict[str, object]:
    consent = person.consent
    given = f"version {consent.version}" if consent and consent.valid else "none"
    return {
        "id": person.id,
        "name": person.name,
        "group": person.group,
        "email": person.email,
        "active": "yes" if person.active else "no",
        "consent": given,
    }


def _correction(event: Event) -> dict[str, object]:
    return {
        "kind": event.kind.value,
        "at": event.at.isoformat(timespec="seconds"),
        "becomes": event.becomes.value if event.becomes else None,
        "reason": event.reason,
        "author": event.author,
    }
