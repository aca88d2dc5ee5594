"""What the stores hold about single people beside their record: for exports and erasures."""

from collections.abc import Iterator
from typing import Any, Final, cast

from face_rec.attendance.rules.calendar import Leave
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.rules import items_of, subject_of
from face_rec.privacy.ports import Keeper
from face_rec.protocols.people import PeopleReader
from face_rec.stores.access.audit_stream import PersonNames, RedisAudit
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.people.pins import RedisPins

Held = Assignment | Employment | Leave
_NAME: Final = "shifts and leave"


def rules_keeper(rules: RedisRules) -> Keeper:
    """Shifts, employment and leave."""

    def held(subject: str) -> list[dict[str, Any]]:
        return [_shown(item) for item in _about(rules, subject)]

    def forget(subject: str) -> int:
        items = list(_about(rules, subject))
        if items:
            rules.remove(*items)
        return len(items)

    return Keeper(_NAME, held, forget)


def _about(rules: RedisRules, subject: str) -> Iterator[Held]:
    for item in items_of(rules.load()):
        if subject_of(item) == subject:
            yield cast("Held", item)


def _shown(item: Held) -> dict[str, Any]:
    """Plain values, without the subject."""
    shown: dict[str, Any] = {
        "kind": type(item).__name__.lower(),
        "from": item.first.isoformat() if item.first else None,
        "to": item.last.isoformat() if item.last else None,
    }
    if isinstance(item, Assignment):
        shown["shift"] = item.shift
    if isinstance(item, Leave):
        shown |= {"leave": item.kind, "half_days": item.half, "author": item.author}
        shown["reason"] = item.reason
    return shown


def pins_keeper(pins: RedisPins) -> Keeper:
    """An export says that there is a PIN and never more."""

    def held(subject: str) -> list[dict[str, Any]]:
        return [] if pins.get(subject) is None else [{"kept": "a hash, which is given to nobody"}]

    return Keeper("PIN", held, lambda subject: int(pins.clear(subject)))


def audit_keeper(audit: RedisAudit, people: PeopleReader) -> Keeper:
    """For erasures. An export leaves the log out: it is about who did what."""

    def forget(subject: str) -> int:
        person = people.get(subject)
        return 0 if person is None else audit.forget(PersonNames(person.id))

    return Keeper("unsealed entry of the audit log", lambda _: [], forget)
