"""The audit log: who did what, when, from where, and what was before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol

from face_rec.access.audit.actor import Actor

_LONGEST: Final = 500
_NEVER: Final = ("password", "digest", "secret", "token", "vector", "embedding", "pin")


class Action(StrEnum):
    """What can happen; the values are stable, for searching."""

    SIGN_IN = "sign-in"
    SIGN_IN_FAILED = "sign-in.failed"
    SIGN_IN_LOCKED = "sign-in.locked"
    SIGN_OUT = "sign-out"
    SESSION_ENDED = "sign-out.session"
    SIGN_OUT_EVERYWHERE = "sign-out.everywhere"
    SUBSTITUTE_NAMED = "account.substitute.named"
    SUBSTITUTE_ENDED = "account.substitute.ended"
    SET_UP = "set-up"
    FACTOR_ADDED = "factor.added"
    FACTOR_CHANGED = "factor.changed"
    FACTOR_REMOVED = "factor.removed"
    FACTOR_RESET = "factor.reset"
    FACTOR_FAILED = "factor.failed"
    FACTOR_LOCKED = "factor.locked"
    RECOVERY_USED = "factor.recovery.used"
    RECOVERY_MADE = "factor.recovery.made"
    PROVED = "proof.given"
    PROOF_FAILED = "proof.failed"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_CHANGED = "account.changed"
    ADMIN_KEPT = "account.admin.kept"
    ACCOUNT_UNLOCKED = "account.unlocked"
    PASSWORD_CHANGED = "account.password"  # noqa: S105 - the name of an action
    PASSWORD_REFUSED = "account.password.refused"  # noqa: S105
    KIOSK_CREATED = "kiosk.created"
    KIOSK_CHANGED = "kiosk.changed"
    KIOSK_LINKED = "kiosk.linked"
    KIOSK_REVOKED = "kiosk.revoked"
    KIOSK_REMOVED = "kiosk.removed"
    TOKEN_CREATED = "token.created"  # noqa: S105
    TOKEN_REVOKED = "token.revoked"  # noqa: S105
    TOKEN_USED = "token.used"  # noqa: S105
    PERSON_REGISTERED = "person.registered"
    PERSON_EDITED = "person.edited"
    PERSON_PHOTOS = "person.photos"
    PERSON_DELETED = "person.deleted"
    PIN_SET = "person.pin.set"
    PIN_REMOVED = "person.pin.removed"
    PIN_LOCKED = "pin.locked"
    BADGE_PRINTED = "person.badge.printed"
    BADGE_WITHDRAWN = "person.badge.withdrawn"
    BADGES_LOCKED = "badge.locked"
    OWN_LINK_MADE = "person.link.made"
    MOBILE_AGREED = "person.mobile.agreed"
    MOBILE_WITHDRAWN = "person.mobile.withdrawn"
    INVITED = "enrolment.invited"
    INVITATION_REVOKED = "enrolment.revoked"
    SELF_ENROLLED = "enrolment.sent"
    ENROLMENT_APPROVED = "enrolment.approved"
    ENROLMENT_REFUSED = "enrolment.refused"
    MODELS_INSTALLED = "models.installed"
    MODELS_USED = "models.used"
    MODELS_CHANGE_BEGUN = "models.change.begun"
    MODELS_CHANGE_PAUSED = "models.change.paused"
    MODELS_CHANGE_RESUMED = "models.change.resumed"
    MODELS_CHANGE_AGAIN = "models.change.again"
    MODELS_CHANGE_ENDED = "models.change.ended"
    CORRECTED = "attendance.corrected"
    HELD = "attendance.held"
    MARK_REPEATED = "attendance.repeated"
    MARKS_LOST = "attendance.lost"
    WRITES_LOST = "changes.lost"
    SETTING_CHANGED = "setting.changed"
    SITE_CHANGED = "setting.site.changed"
    CLOCK_SET = "clock.set"
    EXPORTED = "exported"
    VIEW_SAVED = "view.saved"
    VIEW_REMOVED = "view.removed"
    RETENTION = "retention.ran"
    CHAIN_BROKEN = "chain.broken"
    CAMERA_ADDED = "camera.added"
    CAMERA_CHANGED = "camera.changed"
    CAMERA_REMOVED = "camera.removed"
    CHANNEL_ADDED = "notices.channel.added"
    CHANNEL_CHANGED = "notices.channel.changed"
    CHANNEL_REMOVED = "notices.channel.removed"
    NOTICE_RULE_SAVED = "notices.rule.saved"
    NOTICE_RULE_REMOVED = "notices.rule.removed"
    NOTICE_SENT_AGAIN = "notices.sent.again"
    NOTICE_FORGOTTEN = "notices.forgotten"
    NOTICE_ACKNOWLEDGED = "notices.acknowledged"
    CALENDAR_MADE = "calendar.made"
    CALENDAR_ENDED = "calendar.ended"
    REPORT_SAVED = "report.mail.saved"
    REPORT_REMOVED = "report.mail.removed"
    REPORT_NOW = "report.mail.now"
    REPORT_SENT = "report.mail.sent"
    GUARDIAN_ADDED = "guardian.added"
    GUARDIAN_REMOVED = "guardian.removed"
    GUARDIAN_AGREED = "guardian.agreed"
    GUARDIAN_STOPPED = "guardian.stopped"
    STRANGER_ASSIGNED = "stranger.assigned"
    STRANGER_DISMISSED = "stranger.dismissed"
    STRANGER_BLOCKED = "stranger.blocked"
    STRANGER_REOPENED = "stranger.reopened"
    STRANGER_FORGOTTEN = "stranger.forgotten"
    STRANGER_MARKS = "stranger.marks.proposed"
    VISIT_ANNOUNCED = "visit.announced"
    VISIT_CHANGED = "visit.changed"
    VISIT_AGREED = "visit.agreed"
    VISIT_BADGE = "visit.badge"
    VISIT_CAME = "visit.came"
    VISIT_LEFT = "visit.left"
    VISIT_ERASED = "visit.erased"
    VISITS_OVER = "visit.over"


REPEATED: Final = "-repeated"
"""How the name ends, behind a mark's id, by which it is noted once that another stands for it."""
BY_STRANGERS: Final = frozenset(
    {
        Action.SIGN_IN_FAILED,
        Action.SIGN_IN_LOCKED,
        Action.PIN_LOCKED,
        Action.BADGES_LOCKED,
        Action.HELD,
    }
)
"""What anybody can cause who reaches the sign-in page or a kiosk, as often as they like. It is
kept apart, bounded, and counted: it must neither fill the log nor push out what was done."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """How many tries were refused: of a kind, on a UTC day; also those not written down."""

    day: date
    action: str
    count: int


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the log. ``number`` is the store's, and grows from entry to entry."""

    at: datetime
    who: str
    kind: str
    address: str
    action: str
    target: str = ""
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    number: str = ""
    person: str = ""
    """Of an entry about a person: the alias of the key that seals target, before and after in
    ``sealed``; when the key is destroyed with the person, only this is left of them."""
    sealed: str = ""


def erased(alias: str) -> str:
    """How somebody is named who is erased: the same in all entries about them."""
    return f"(erased) {alias[:8]}".strip()


def entry_of(
    at: datetime,
    actor: Actor,
    action: Action,
    target: str,
    *,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> AuditEntry:
    """An entry with only what has changed, and nothing secret."""
    old, new = _texts(before), _texts(after)
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    return AuditEntry(
        at, actor.name, actor.kind, actor.address, action.value, _cut(target),
        {name: text for name, text in old.items() if name in changed},
        {name: text for name, text in new.items() if name in changed},
    )  # fmt: skip


def matching(entries: Iterable[AuditEntry], words: str = "", action: str = "") -> list[AuditEntry]:
    """Entries of ``action`` (or of its family: ``person``) that hold every one of ``words``."""
    wanted = words.casefold().split()
    return [
        entry
        for entry in entries
        if (not action or entry.action == action or entry.action.startswith(f"{action}."))
        and all(word in _haystack(entry) for word in wanted)
    ]


def details(entry: AuditEntry) -> str:
    """Before and after in one line for people."""
    names = [*entry.before, *(name for name in entry.after if name not in entry.before)]
    return "; ".join(_change(name, entry) for name in names)


def _change(name: str, entry: AuditEntry) -> str:
    old, new = entry.before.get(name), entry.after.get(name)
    if old is None:
        return f"{name}: {new}"
    return f"{name}: {old} → {new if new is not None else '(removed)'}"


def _haystack(entry: AuditEntry) -> str:
    parts = [entry.who, entry.kind, entry.address, entry.action, entry.target, details(entry)]
    return " ".join(parts).casefold()


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    return {
        name: _cut(str(value))
        for name, value in values.items()
        if value not in (None, "") and not any(word in name.lower() for word in _NEVER)
    }


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


class AuditStore(Protocol):
    """Entries in the order they came; nothing here changes or removes one."""

    def append(self, entry: AuditEntry, about: str = "", once: str = "") -> None:
        """``about``: the subject of the person that the entry tells of; what it tells can be
        read as long as the person is there. ``once``: a name by which this machine knows an entry
        that it has made already; then nothing is done."""
        ...

    def alias(self, subject: str) -> str:
        """The name under which the log knows a person, which leads to nobody else; or ""."""
        ...

    def newest(self, count: int, before: str = "") -> list[AuditEntry]:
        """Up to ``count`` entries older than ``before`` (an entry's ``number``), newest first;
        without those of BY_STRANGERS."""
        ...

    def refused(self, count: int) -> list[AuditEntry]:
        """Up to ``count`` of BY_STRANGERS, newest first; some of many are only counted."""
        ...

    def refusals(self) -> list[Refusals]:
        """How many there were, newest day first."""
        ...
