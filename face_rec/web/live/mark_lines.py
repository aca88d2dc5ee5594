"""Marks as everybody who passes a kiosk reads them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from face_rec.attendance.marks.visit import Visit
from face_rec.domain.marks import Event
from face_rec.domain.people import Person
from face_rec.kiosks.banner import full_name, short_name
from face_rec.languages.translator import ENGLISH, Translator
from face_rec.protocols.people_store import Directory

NEWEST: Final = 40
"""Marks that a screen has room for."""
Portrait = Callable[[str | None], str | None]
"""The picture under a key as a data URI; None without one."""


@dataclass(frozen=True, slots=True)
class MarkLine:
    """One of today's marks, for everybody who passes by. ``photo``: a data URI."""

    id: str
    title: str
    note: str
    right: str
    photo: str | None


def lines_of(
    visits: Sequence[Visit],
    directory: Directory,
    portrait: Portrait,
    zone: tzinfo,
    words: Translator = ENGLISH,
    *,
    short: bool,
) -> tuple[MarkLine, ...]:
    """The newest first, as many as there is room for; ``short``: people by their short names. Some
    milliseconds, or what the pictures' store needs: in a thread."""

    def line(event: Event) -> MarkLine:
        person, local = directory.person(event.subject), event.at.astimezone(zone)
        at = words.time(local.hour, local.minute)
        if person is None:
            return MarkLine(event.id, words.gettext("Deleted person"), "", at, None)
        title, note = _called(person, short=short)
        return MarkLine(event.id, title, note, at, portrait(person.photo))

    return tuple(line(one.first.event) for one in visits[::-1][:NEWEST])


def _called(person: Person, *, short: bool) -> tuple[str, str]:
    """Name and note of somebody in a list that everybody reads. An ID may be made of the name,
    so a short name stands without one."""
    note = person.group if short else person.group or person.id
    return (short_name if short else full_name)(person.name), note
