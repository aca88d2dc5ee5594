"""Notices in words for people, in one language: a text of the rule's own, or the usual one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby
from typing import Final

from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.languages.translator import Translator
from face_rec.notices.channel import NoticeRule, Wording
from face_rec.notices.notice import About, Notice, NoticeKind
from face_rec.notices.templates import filled

_MOST_LINES: Final = 200
"""Of a digest; the rest is counted."""
_SUBJECT: Final = "{site}: {event}"
_OF_PERSON: Final = "{person}: {event} ({details}), {time} ({kiosk})"
_OF_OTHERS: Final = "{event}: {details} ({kiosk}, {time})"
_BODIES: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.MARK: "{person}: {details}, {time} ({kiosk})",
    NoticeKind.LATE: msgid("{person} came late, at {time}: {details} ({kiosk})"),
    NoticeKind.ABSENT: msgid("{person} is absent on {date}"),
    NoticeKind.MISSING_OUT: msgid("{person} did not check out on {date}"),
    NoticeKind.HELD: msgid(
        "{person} was recognised at {time} and not marked: {details} ({kiosk})"
    ),
    NoticeKind.SPOOF: msgid(
        "Somebody held a picture of {person} before the camera at {time}: {details} ({kiosk})"
    ),
    NoticeKind.CORRECTION: msgid("A mark of {person} was corrected, at {time}: {details}"),
    NoticeKind.DISPUTED: msgid(
        "A correction is asked for, of a mark of {person} at {time}: {details}"
    ),
    NoticeKind.REQUEST: msgid("{person} asks for a correction of {date}"),
    NoticeKind.LEAVE: msgid("{person} asks for leave from {date}"),
    NoticeKind.SWAP: msgid("{person} asks to swap the shift of {date}"),
    NoticeKind.WAITS: msgid("{person} still waits for a decision about {date}"),
    NoticeKind.VISITOR: msgid("A visitor of {person} is here, since {time}"),
    NoticeKind.VISITOR_STAYS: msgid(
        "A visitor who was to leave by {time} is still here: see Visitors"
    ),
    NoticeKind.KIOSK_SILENT: msgid("The kiosk {kiosk} gives no sign of life, {time}"),
    NoticeKind.KIOSK_BACK: msgid("The kiosk {kiosk} is back, {time}"),
}
"""The usual texts of the kinds that have one of their own."""
_MARKED: Final[Mapping[str, str]] = {
    "punch": msgid("Mark"), "in": msgid("Check-in"), "out": msgid("Check-out"),
    "break": msgid("Break"),
}  # fmt: skip
_CORRECTED: Final[Mapping[str, str]] = {
    "void": msgid("voided by {who}"), "retype": msgid("retyped by {who}"),
    "confirm": msgid("confirmed by {who}"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Voice:
    """In which language, by which clock, and how site and kiosks are called."""

    words: Translator
    zone: tzinfo
    site: str
    kiosk: Callable[[str], str]


def usual(kind: NoticeKind, words: Translator) -> Wording:
    """The text that a kind has where a rule says nothing else, as it can be changed."""
    general = _OF_PERSON if kind.about is About.PERSON else _OF_OTHERS
    return Wording(kind.value, _SUBJECT, words.gettext(_BODIES.get(kind, general)))


def letter(
    notices: Sequence[Notice],
    people: Mapping[str, Person],
    voice: Voice,
    rule: NoticeRule | None = None,
) -> tuple[str, str]:
    """Subject and text of one message about these. Of several each has a line."""
    if len(notices) == 1:
        return _alone(notices[0], people.get(notices[0].subject), voice, rule)
    found = sorted(notices, key=lambda one: one.at)
    lines = [_line(one, people.get(one.subject), voice, rule) for one in found[:_MOST_LINES]]
    left = len(found) - _MOST_LINES
    if left > 0:
        more = voice.words.ngettext(
            "and {count} more: see Records", "and {count} more: see Records", left
        )
        lines.append(("", more))
    return _heading(found, voice), _by_days(lines)


def _alone(
    notice: Notice, person: Person | None, voice: Voice, rule: NoticeRule | None
) -> tuple[str, str]:
    own = rule.wording(notice.kind) if rule else None
    text, values = own or usual(notice.kind, voice.words), values_of(notice, person, voice)
    body = _said(text.body, values, voice)
    if not own and "{date}" not in text.body:
        body = f"{body}\n{values['date']}"
    return _said(text.subject, values, voice), body


def _line(
    notice: Notice, person: Person | None, voice: Voice, rule: NoticeRule | None
) -> tuple[str, str]:
    """The day, and what happened on it, in one line."""
    own = rule.wording(notice.kind) if rule else None
    text, values = own or usual(notice.kind, voice.words), values_of(notice, person, voice)
    return values["date"], " ".join(_said(text.body, values, voice).split())


def _by_days(lines: Sequence[tuple[str, str]]) -> str:
    parts = [
        "\n".join([*([day] if day else []), *(line for _, line in some)])
        for day, some in groupby(lines, key=lambda one: one[0])
    ]
    return "\n\n".join(parts)


def _heading(notices: Sequence[Notice], voice: Voice) -> str:
    """The site, and what it is about where that is one thing."""
    words, kinds = voice.words, {notice.kind for notice in notices}
    if len(kinds) == 1:
        return f"{voice.site}: {words.gettext(next(iter(kinds)).words)} ({len(notices)})"
    count = words.ngettext("{count} notice", "{count} notices", len(notices))
    return f"{voice.site}: {count}"


def _said(text: str, values: Mapping[str, str], voice: Voice) -> str:
    return filled(text, values, right_to_left=voice.words.language.direction == "rtl")


def values_of(notice: Notice, person: Person | None, voice: Voice) -> dict[str, str]:
    """What goes into each hole."""
    return {
        "person": person.name if person else "",
        "id": person.id if person else "",
        "group": person.group if person else "",
        "event": voice.words.gettext(notice.kind.words),
        "details": _details(notice, voice.words),
        "time": clock_time(notice.at, voice),
        "date": voice.words.day(_day(notice, voice)),
        "kiosk": voice.kiosk(notice.kiosk) if notice.kiosk else "",
        "site": voice.site,
    }


def clock_time(at: datetime, voice: Voice) -> str:
    """By the site's clock, as the language writes it."""
    local = at.astimezone(voice.zone)
    return voice.words.time(local.hour, local.minute)


def _day(notice: Notice, voice: Voice) -> date:
    said = str(notice.facts.get("day", ""))
    return date.fromisoformat(said) if said else notice.at.astimezone(voice.zone).date()


def _details(notice: Notice, words: Translator) -> str:
    """In this language as far as its facts say it; else as it was written."""
    facts, by = notice.facts, str(notice.facts.get("by", ""))
    if "minutes" in facts:
        minutes = int(facts["minutes"])
        return words.ngettext("Late by {count} min", "Late by {count} min", minutes)
    if notice.kind is NoticeKind.DISPUTED and by:
        return words.gettext("disputed by {who}", who=by)
    known = _MARKED.get(str(facts.get("kind", "")))
    if known:
        return words.gettext(known)
    corrected = _CORRECTED.get(str(facts.get("what", "")))
    return words.gettext(corrected, who=by) if corrected else words.said(notice.details)
