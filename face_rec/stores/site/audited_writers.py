"""Writers that note in the audit log what people change through them: people, marks, rules."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from face_rec.access.audit.audit import REPEATED, Action, erased
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.rights import Act
from face_rec.attendance.rules.roster_week import RosterWeek
from face_rec.attendance.rules.rules import Item, Limits, RulesStore, subject_of
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.marks import Event, EventKind, Outcome, Receipt, Source, is_mark
from face_rec.domain.people import Person, Template, life_words
from face_rec.kiosks.kiosk import KioskRecord, alike_but_dated
from face_rec.protocols.marks import JoiningWriter, Journal, MarkWriter
from face_rec.protocols.people_store import PeopleStore
from face_rec.stores.attendance.rule_codec import encode

WITHOUT_A_FACE: Final = "marks without a face"
"""What the log calls the switch for PINs."""


class AuditedPeople:
    """A ``PeopleWriter`` in front of a store; it lets nobody be removed whose remover must
    first prove who they are (``demand`` raises ProofNeeded)."""

    def __init__(
        self,
        people: PeopleStore,
        audit_log: AuditLog,
        demand: Callable[[Act], None],
        left: Callable[[str], object] = lambda _: None,
        anew: Callable[[str], object] = lambda _: None,
        *,
        renamed: Callable[[Person, Person], object] = lambda *_: None,
    ) -> None:
        """``left`` is called with the subject of who was deactivated or removed. ``anew``: of who
        has other photos, no consent any more, or was removed: how kiosks saw them says nothing
        now. ``renamed``: how somebody was, and is, whose name or ID is another one."""
        self._renamed = renamed
        self._left = left
        self._anew = anew
        self._people = people
        self._audit_log = audit_log
        self._demand = demand

    def create(self, person: Person, templates: Sequence[Template], seen_revision: int) -> Person:
        made = self._people.create(person, templates, seen_revision)
        self._audit_log.record(
            Action.PERSON_REGISTERED, made.id, after=_profile(made), about=made.subject
        )
        return made

    def update(self, person: Person) -> Person:
        was = self._people.get(person.subject)
        changed = self._people.update(person)
        if not changed.active and (was is None or was.active):
            self._left(person.subject)
        if was is not None and _consents(was) and not _consents(changed):
            self._anew(person.subject)
        if was is not None and (was.name, was.id) != (changed.name, changed.id):
            self._renamed(was, changed)
        before, after = _profile(was) if was else {}, _profile(changed)
        if before != after:
            self._audit_log.record(
                Action.PERSON_EDITED, changed.id, before, after, about=person.subject
            )
        return changed

    def put_templates(
        self, subject: str, templates: Sequence[Template], version: int, seen_revision: int
    ) -> Person:
        was = self._people.get(subject)
        changed = self._people.put_templates(subject, templates, version, seen_revision)
        self._anew(subject)
        before = {"photos": len(was.templates) if was else 0}
        after = {"photos": len(changed.templates)}
        self._audit_log.record(Action.PERSON_PHOTOS, changed.id, before, after, about=subject)
        return changed

    def delete(self, subject: str) -> Person | None:
        self._demand(Act.ERASE)
        alias = self._audit_log.alias(subject)
        gone = self._people.delete(subject)
        try:
            self._left(subject)
            self._anew(subject)
        finally:  # they are gone, whatever comes after it
            if gone is not None:
                # Neither name nor ID: what is erased must not live on in the log.
                self._audit_log.record(Action.PERSON_DELETED, erased(alias))
        return gone


class AuditedMarks:
    """A ``MarkWriter`` in front of another one. Marks by camera are not written down, but those
    that were confirmed while Redis was away and, when they reached it, did not become marks:
    another one of the same person stands within the cooldown; and that a camera held somebody."""

    def __init__(self, marks: JoiningWriter, audit_log: AuditLog, *, by_hand: bool = True) -> None:
        """``by_hand`` False: what people made is in the log already."""
        self._marks = marks
        self._audit_log = audit_log
        self._by_hand = by_hand

    def apply(self, event: Event, cooldown: float, replay: bool = False) -> Receipt:
        receipt = self._marks.apply(event, cooldown, replay)
        if replay and receipt.already:
            self._audit_log.record(
                Action.MARK_REPEATED, event.id, after=_repeated(receipt), about=event.subject,
                must=True, once=f"{event.id}{REPEATED}",
            )  # fmt: skip
            # Now that it is noted: it is not offered again at each look.
            self._marks.joined(event, receipt.stands_at)
        by_hand = not is_mark(event.kind) or event.source is Source.MANUAL
        if self._by_hand and by_hand and receipt.outcome is Outcome.MARKED:
            self._audit_log.record(
                Action.HELD if event.kind is EventKind.HELD else Action.CORRECTED,
                event.target or event.id,
                after=_correction(event),
                about=event.subject,
                once=f"{event.id}-noted",  # it may come from the journal, cut off after this
            )
        return receipt


class KeptCorrections:
    """A ``MarkWriter`` of what people write by hand: on this machine's disk before Redis is asked,
    and offered again as marks are where Redis loses it. Raises JournalError where the disk
    refuses."""

    def __init__(self, marks: MarkWriter, journal: Journal) -> None:
        self._marks = marks
        self._journal = journal

    def apply(self, event: Event, cooldown: float, replay: bool = False) -> Receipt:
        self._journal.append(event)
        try:
            receipt = self._marks.apply(event, cooldown, replay)
        except Exception:  # nobody is told that it was done
            self._journal.settle(event.id, void=True)
            raise
        self._journal.settle(event.id, void=receipt.already)
        return receipt


def _consents(person: Person) -> bool:
    return person.consent is not None and person.consent.valid


def _profile(person: Person) -> dict[str, object]:
    consent = person.consent
    given = f"version {consent.version}" if consent and consent.valid else "none"
    return {
        "id": person.id,
        "name": person.name,
        "group": person.group,
        "email": person.email,
        "active": "yes" if person.active else "no",
        "consent": given,
        **({"liveness": life_words(person.life)} if person.doubted else {}),
        **({"vouched for": person.vouched} if person.vouched else {}),
    }


def _repeated(receipt: Receipt) -> dict[str, object]:
    event = receipt.event
    return {
        "at": event.at.isoformat(timespec="seconds"),
        "kiosk": event.kiosk,
        "kind": event.kind.value,
        "source": event.source.value,
        "stands": receipt.stands_at.isoformat(timespec="seconds"),
    }


def _correction(event: Event) -> dict[str, object]:
    return {
        "kind": event.kind.value,
        "at": event.at.isoformat(timespec="seconds"),
        "becomes": event.becomes.value if event.becomes else None,
        "reason": event.reason,
        "author": event.author,
    }


class AuditedRules:
    """A ``RulesWriter`` in front of a store."""

    def __init__(self, rules: RulesStore, audit_log: AuditLog) -> None:
        self._rules = rules
        self._audit_log = audit_log

    def put(self, *items: Item, seen: int | None = None) -> None:
        was = self._known(items)
        self._rules.put(*items, seen=seen)
        self._note_rosters(was, [one for one in items if isinstance(one, RosterWeek)])
        for item in items:
            if isinstance(item, RosterWeek):
                continue
            old = was.get(_name(item))
            self._note(item, _told(old) if old else {}, _told(item) | _holds(old, item))

    def remove(self, *items: Item, seen: int | None = None) -> None:
        self._rules.remove(*items, seen=seen)
        for item in items:
            self._note(item, _told(item), {})

    def _known(self, items: Sequence[Item]) -> dict[str, Item]:
        return {_name(item): item for item in self._rules.known(items)}

    def _note_rosters(self, was: Mapping[str, Item], weeks: Sequence[RosterWeek]) -> None:
        """A line a person, however many of their weeks were set at once."""
        for subject in dict.fromkeys(one.subject for one in weeks):
            theirs = [one for one in weeks if one.subject == subject]
            before = [old for one in theirs if isinstance(old := was.get(_name(one)), RosterWeek)]
            self._audit_log.record(
                Action.SETTING_CHANGED, f"roster {subject}", _weeks(before), _weeks(theirs),
                about=subject,
            )  # fmt: skip

    def _note(self, item: Item, before: Mapping[str, object], after: Mapping[str, object]) -> None:
        about = subject_of(item)  # reasons of leave and the like go with them
        action, name = Action.SETTING_CHANGED, _name(item)
        if isinstance(item, KioskRecord):
            action, name = _kiosk_action(before, after), item.id
        self._audit_log.record(action, name, before, after, about=about)


def _weeks(weeks: Sequence[RosterWeek]) -> dict[str, object]:
    return {f"week of {one.first.isoformat()}": ", ".join(one.days) for one in weeks}


def _kiosk_action(before: Mapping[str, object], after: Mapping[str, object]) -> Action:
    if not before:
        return Action.KIOSK_CREATED
    return Action.KIOSK_CHANGED if after else Action.KIOSK_REMOVED


def _told(item: Item) -> dict[str, object]:
    """Field by field, so that the log shows what was changed."""
    stored = json.loads(encode(item))
    stored.pop("earlier", None)
    stored.pop("valid_from", None)
    told: dict[str, object] = {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in stored.items()}  # fmt: skip
    if isinstance(item, KioskRecord):  # no value of such a name is ever written to the log
        del told["pin"]
        told[WITHOUT_A_FACE] = "allowed" if item.pin else "not allowed"
    return told


def _holds(old: Item | None, item: Item) -> dict[str, object]:
    """From which day on; a change of the past is said outright."""
    if not isinstance(item, Shift | KioskRecord | Limits):
        return {}
    if isinstance(item, KioskRecord) and isinstance(old, KioskRecord) and _at_once(old, item):
        return {}
    past = "always: the past is judged by it too"
    return {"holds from": str(item.valid_from) if item.valid_from else past}


def _at_once(old: KioskRecord, item: KioskRecord) -> bool:
    """Whether nothing has changed that a day is judged by, on whatever day."""
    return item == alike_but_dated(old, item)


def _name(item: Item) -> str:
    return f"{type(item).__name__.lower()} {item.id}"
