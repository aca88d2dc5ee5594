"""Corrections: the events by which a manager changes what counts.

Each lies at the time of the punch it corrects, so that it lands in the same
UTC day's list, and says who, why and when.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from face_rec.attendance.marks.effective_marks import Entry, changed
from face_rec.domain.errors import CorrectionRefused
from face_rec.domain.marks import CORRECTION_KINDS, MARK_KINDS, Event, EventKind, Source, is_mark
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Author:
    """Who corrects, why, and when (UTC)."""

    name: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One correction told: what stood ``before`` it, and what ``after``, as a translator says them
    (``said``)."""

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
        raise CorrectionRefused(
            sentence("Only {marks} can be added. Choose one of them.", marks=_marks())
        )
    if at > by.at:
        raise CorrectionRefused(
            sentence("{at} has not come yet. Give a time in the past.", at=f"{at:%Y-%m-%d %H:%M}")
        )
    return Event(
        _new_id(), subject, at, kind, Source.MANUAL, kiosk="",
        author=by.name, reason=by.reason.strip(), recorded_at=by.at,
    )  # fmt: skip


def corrected(
    entry: Entry, kind: EventKind, by: Author, becomes: EventKind | None = None
) -> Event:
    """A correction of this ``kind``; where it retypes, ``becomes`` says to what. Raises
    CorrectionRefused, also for one that would change nothing."""
    makes = CORRECTION_KINDS[kind]
    if makes.retypes and not is_mark(becomes):
        raise CorrectionRefused(
            sentence("A mark can become {marks}. Choose one of them.", marks=_marks())
        )
    if changed(entry, kind, becomes) == entry:
        raise CorrectionRefused(
            sentence(makes.already, **({"kind": _called(becomes)} if becomes else {}))
        )
    _check(by)
    return Event(
        _new_id(), entry.event.subject, entry.event.at, kind, Source.MANUAL, entry.event.kiosk,
        target=entry.event.id, becomes=becomes,
        author=by.name, reason=by.reason.strip(), recorded_at=by.at,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be done to a mark, as a manager is offered it."""

    words: str
    hint: str
    kind: EventKind
    becomes: EventKind | None = None


def choices(entry: Entry) -> list[Choice]:
    """What would change something."""
    offered = [
        (kind, becomes)
        for kind, makes in CORRECTION_KINDS.items()
        for becomes in (MARK_KINDS if makes.retypes else (None,))
    ]
    return [_choice(*one) for one in offered if changed(entry, *one) != entry]


WITHIN: Final = (msgid("mark"), msgid("check-in"), msgid("check-out"), msgid("break"))
"""What kinds of marks are called within a sentence."""


def _choice(kind: EventKind, becomes: EventKind | None) -> Choice:
    makes = CORRECTION_KINDS[kind]
    words = sentence(makes.words, kind=_called(becomes)) if becomes else makes.words
    return Choice(words, makes.hint, kind, becomes)


def _called(kind: EventKind) -> str:
    """Within a sentence."""
    return sentence(kind.mark.words.lower()) if kind.mark else msgid("held back")


def audit(entry: Entry) -> tuple[AuditLine, ...]:
    """The corrections of one mark in the order in which they were made."""
    lines, state = [], _called(entry.event.kind)
    if entry.added or entry.event.kind is EventKind.HELD:
        lines.append(_line(entry, entry.event, msgid("nothing"), state))
    for one in entry.corrections:
        makes = CORRECTION_KINDS[one.kind]
        told = _called(one.becomes) if one.becomes else makes.verb
        lines.append(_line(entry, one, state, told))
        state = told
    return tuple(lines)


def _line(entry: Entry, event: Event, before: str, after: str) -> AuditLine:
    return AuditLine(
        event.recorded_at or event.at,
        event.author or (_at(event) if event.kind is EventKind.HELD else "(unknown)"),
        event.reason or "",
        entry.event.subject,
        entry.event.at,
        before,
        after,
    )


def _at(event: Event) -> str:
    return f"kiosk {event.kiosk}" if event.kiosk else event.source.value


def _marks() -> str:
    *others, last = (kind.noun for kind in MARK_KINDS.values())
    return f"{', '.join(others)} or {last}"


def _check(by: Author) -> None:
    if not by.name.strip():
        raise CorrectionRefused(msgid("A correction needs an author. Sign in and try again."))
    if not by.reason.strip():
        raise CorrectionRefused(msgid("Say why: a correction without a reason is not accepted."))
    if len(by.reason) > _LONGEST_REASON:
        raise CorrectionRefused(
            sentence(
                "Keep the reason within {longest_reason} characters.",
                longest_reason=_LONGEST_REASON,
            )
        )


def _new_id() -> str:
    return secrets.token_hex(16)
