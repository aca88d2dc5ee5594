"""What each store keeps of a person, for export and erasure, where it does not say so itself."""

from collections.abc import Callable, Iterator
from typing import Any, Final, cast

from face_rec.access.devices.badges import Badges
from face_rec.access.storage import Records
from face_rec.attendance.rules.calendar import Leave
from face_rec.attendance.rules.leave_type import Allowance
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.roster_week import RosterWeek
from face_rec.attendance.rules.rules import items_of, subject_of
from face_rec.calendars.feed import Feed
from face_rec.languages.language import msgid
from face_rec.mobile.agreed import MobileConsents
from face_rec.notices.guardians.guardian_records import GuardianRecords
from face_rec.privacy.ports import Keeper
from face_rec.protocols.people_store import PeopleReader
from face_rec.requests.request_records import RequestRecords
from face_rec.stores.access.audit_stream import PersonNames, RedisAudit
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.people.missed_visits import RedisMissedVisits
from face_rec.stores.people.pins import RedisPins
from face_rec.stores.site.model_change import RedisModelChange
from face_rec.visitors.visit import is_visit
from face_rec.visitors.visit_records import VisitRecords

Held = Assignment | Employment | Leave | Allowance | RosterWeek


_NAME: Final = msgid("shifts and leave")


def rules_keeper(rules: RedisRules) -> Keeper:
    """Shifts, employment and leave."""

    def held(subject: str) -> list[dict[str, Any]]:
        return [_shown(item) for item in _about(rules, subject)]

    def forget(subject: str) -> int:
        items = list(_about(rules, subject))
        if items:
            rules.remove(*items)
        return len(items)

    def subjects() -> set[str]:
        return {subject_of(item) for item in items_of(rules.load())}

    return Keeper(_NAME, held, forget, subjects=subjects)


def _about(rules: RedisRules, subject: str) -> Iterator[Held]:
    for item in items_of(rules.load()):
        if subject_of(item) == subject:
            yield cast("Held", item)


def _shown(item: Held) -> dict[str, Any]:
    """Plain values, without the subject."""
    if isinstance(item, Allowance):
        return {
            "kind": "allowance", "leave": item.type, "days": item.days, "since": item.since,
            "carried_over_at_most": item.carry,
        }  # fmt: skip
    if isinstance(item, RosterWeek):
        return {"kind": "roster", "week": item.first.isoformat(), "days": list(item.days)}
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

    return Keeper(msgid("PIN"), held, lambda subject: int(pins.clear(subject)))


def badges_keeper(badges: Badges) -> Keeper:
    """Nothing that leads to the code is in an export."""
    return Keeper(
        msgid("badge"), badges.held, badges.forget,
        subjects=lambda: {one for one in badges.holders() if not is_visit(one)},
    )  # fmt: skip


def visits_keeper(records: VisitRecords) -> Keeper:
    """That somebody was a host; who came to them is erased by itself, and is in no export of
    theirs."""
    return Keeper(
        msgid("tie to a visit as its host"), records.held, records.forget_host,
        subjects=lambda: {one.host for one in records.visits.all()},
    )  # fmt: skip


def own_keeper(forget: Callable[[str], int]) -> Keeper:
    """Nothing of it is in an export: it is over in hours."""
    return Keeper(msgid("sign-in to their own attendance"), lambda _: [], forget)


def requests_keeper(records: RequestRecords) -> Keeper:
    """What they asked for, why, and what was decided."""
    return Keeper(msgid("request for a correction"), records.held, records.forget)


def calendars_keeper(feeds: Records[Feed]) -> Keeper:
    """That there is an address, and never what leads to it."""

    def held(subject: str) -> list[dict[str, Any]]:
        found = feeds.get(subject)
        return [{"made_at": found.made_at.isoformat()}] if found is not None else []

    def subjects() -> set[str]:
        return {one.id for one in feeds.all() if not one.of_group}

    return Keeper(
        msgid("address of their calendar"), held, lambda subject: int(feeds.remove(subject)),
        subjects=subjects,
    )  # fmt: skip


def guardians_keeper(records: GuardianRecords) -> Keeper:
    """Who is told when they come and go, with what these agreed to."""
    return Keeper(
        msgid("guardian"), records.held, records.forget,
        subjects=lambda: {one.id for one in records.all()},
    )  # fmt: skip


def change_keeper(change: RedisModelChange) -> Keeper:
    """What a change of the recognition model could not make of somebody's photos."""
    return Keeper(msgid("photo that another model cannot use"), change.held, change.forget)


def missed_keeper(visits: RedisMissedVisits) -> Keeper:
    """On which days visits that ended without a name came near to them, and how many."""
    return Keeper(
        msgid("day with visits that ended without a name"),
        visits.held,
        lambda subject: visits.forget([subject]),
    )


def audit_keeper(audit: RedisAudit, people: PeopleReader) -> Keeper:
    """For erasures. An export leaves the log out: it is about who did what."""

    def forget(subject: str) -> int:
        person = people.get(subject)
        return 0 if person is None else audit.forget(PersonNames(person.id))

    return Keeper(msgid("unsealed entry of the audit log"), lambda _: [], forget)


def mobile_keeper(consents: MobileConsents) -> Keeper:
    """That somebody has agreed to it."""
    return Keeper(
        msgid("consent to punch by phone"), consents.held, consents.forget,
        subjects=lambda: {one.id for one in consents.all()},
    )  # fmt: skip
