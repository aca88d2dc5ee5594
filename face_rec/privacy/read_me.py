"""What lies beside all that is held about a person, in the language of whoever asks for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from face_rec.domain import pictures
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.languages.translator import Translator

_BEFORE: Final[Mapping[str, str]] = {
    "person.json": msgid(
        "name, ID, group, e-mail, status, consent; how many templates, when made"
    ),
    "consent.txt": msgid("the text that was agreed to, with its version and time"),
    "attendance.csv": msgid("every standing mark, times in the site's time zone"),
    "events.json": msgid("every event with all its fields, corrections included; times in UTC"),
}
_AFTER: Final[Mapping[str, str]] = {
    "photos/": msgid("photos of the enrolment"),
    pictures.MARKS: msgid("pictures taken when a mark was made"),
    "requests/": msgid("files that were attached to requests for leave"),
}
_TEMPLATES: Final = msgid(
    "The face templates themselves are not in here: they are numbers that only this system's "
    "model can compare, and a copy of them would be a risk and no information."
)
_UNREAD: Final = msgid("These pictures could not be read when the file was made:")


@dataclass(frozen=True, slots=True)
class Contents:
    """``others``: what else is kept, as the file's name and what it holds; ``unread``: pictures
    that could not be read."""

    site: str
    person: Person
    at: datetime
    others: Mapping[str, str]
    unread: Sequence[str]


def read_me(inside: Contents, words: Translator) -> str:
    """Names of files stay as they are: programs look for them."""
    title = words.gettext(
        "What {site} holds about {name} (ID {id}), on {time}.",
        site=inside.site,
        name=inside.person.name,
        id=inside.person.id,
        time=inside.at.isoformat(timespec="seconds"),
    )
    files = {**_BEFORE, **inside.others, **_AFTER}
    listed = [f"{name:<18} {words.said(what)}" for name, what in files.items()]
    parts = [title, "\n".join(listed), words.gettext(_TEMPLATES)]
    if inside.unread:
        parts.append("\n".join((words.gettext(_UNREAD), *inside.unread)))
    return "\n\n".join(parts) + "\n"
