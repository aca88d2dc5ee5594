"""Corrections: the events by which a manager changes what counts.

Each lies at the time of the punch it corrects, so that it lands in the same
UTC day's list, and says who, why and when.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from face_rec.attendance.marks.effective_marks import Entry
from face_rec.domain.errors import CorrectionRefused
from face_rec.domain.marks import Event, EventKind, Source, is_mark

_VERBS = {
    EventKind.VOID: "voided",
    EventKind.CONFIRM: "confirmed",
    EventKind.DISPUTE: "disputed",
}
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Author:
    """Who corrects, why, and when (UTC)."""

    name: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One correction told: what stood before it, and what after."""

    at: datetime
    author: str
    reason: str
    subject: str
    punch_at: datetime
    before: str
    after: str


def added(subject: str, at: datetime, kind: EventKind, by: Author) -> Event:
    """A punch that was missing. Raises CorrectionRefused."""
    _check(by)
    if not is_mark(kind):
        raise CorrectionRefused("Only a punch, an IN or an OUT can be added. Choose one of them.")
    if at > by.at:
        raise CorrectionRefused(f"{at:%Y-%m-%d %H:%M} has not come yet. Give a time in the past.")
    return Event(
        _new_id(), subject, at, kind, Source.MANUAL, kiosk="",
        author=by.name, reason=by.reason.strip(), recorded_at=by.at,
    )  # fmt: skip


def voided(entry: Entry, by: Author) -> Event:
    """The punch does not count any more. Raises CorrectionRefused."""
    if entry.voided:
        raise CorrectionRefused("This punch is void already. Confirm it to bring it back.")
    return _about(entry, EventKind.VOID, by)


def retyped(entry: Entry, becomes: EventKind, by: Author) -> Event:
    """The punch counts as another kind. Raises CorrectionRefused."""
    if not is_mark(becomes):
        raise CorrectionRefused("A punch can become a punch, an IN or an OUT. Choose one of them.")
    if becomes is entry.kind:
        raise CorrectionRefused(f"This punch counts as {becomes} already. Choose another kind.")
    return _about(entry, EventKind.RETYPE, by, becomes)


def confirmed(entry: Entry, by: Author) -> Event:
    """The punch is right; ends a dispute and undoes a void. Raises CorrectionRefused."""
    if entry.confirmed:
        raise CorrectionRefused("This punch is confirmed already.")
    return _about(entry, EventKind.CONFIRM, by)


def disputed(entry: Entry, by: Author) -> Event:
    """Somebody doubts the punch; it counts until voided. Raises CorrectionRefused."""
    if entry.disputed:
        raise CorrectionRefused("This punch is disputed already. Confirm or void it.")
    return _about(entry, EventKind.DISPUTE, by)


def audit(entry: Entry) -> tuple[AuditLine, ...]:
    """The corrections of one mark in the order in which they were made."""
    lines, state = [], entry.event.kind.value
    if entry.added:
        lines.append(_line(entry, entry.event, "nothing", f"{state} added"))
    for one in entry.corrections:
        becomes = one.becomes.value if one.becomes else state
        after = becomes if one.kind is EventKind.RETYPE else _VERBS.get(one.kind, one.kind.value)
        lines.append(_line(entry, one, state, after))
        state = after
    return tuple(lines)


def _line(entry: Entry, event: Event, before: str, after: str) -> AuditLine:
    return AuditLine(
        event.recorded_at or event.at,
        event.author or "(unknown)",
        event.reason or "",
        entry.event.subject,
        entry.event.at,
        before,
        after,
    )


def _about(entry: Entry, kind: EventKind, by: Author, becomes: EventKind | None = None) -> Event:
    _check(by)
    return Event(
        _new_id(), entry.event.subject, entry.event.at, kind, Source.MANUAL, entry.event.kiosk,
        target=entry.event.id, becomes=becomes,
        author=by.name, reason=by.reason.strip(), recorded_at=by.at,
    )  # fmt: skip


def _check(by: Author) -> None:
    if not by.name.strip():
        raise CorrectionRefused("A correction needs an author. Sign in and try again.")
    if not by.reason.strip():
        raise CorrectionRefused("Say why: a correction without a reason is not accepted.")
    if len(by.reason) > _LONGEST_REASON:
        raise CorrectionRefused(f"Keep the reason within {_LONGEST_REASON} characters.")


def _new_id() -> str:
    return secrets.token_hex(16)
