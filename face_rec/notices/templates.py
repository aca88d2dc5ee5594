"""Texts with holes: ``{person} came at {time}``. A hole has a name and nothing else; nothing is
evaluated, and what is filled in is not read again."""

import re
from collections.abc import Mapping
from typing import Final

from face_rec.domain.errors import NoticeRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Figure, sentence
from face_rec.notices.channel import Wording

PLACEHOLDERS: Final[Mapping[str, str]] = {
    "person": msgid("who it is about"),
    "id": msgid("their ID"),
    "group": msgid("their group"),
    "event": msgid("what happened, such as Came late"),
    "details": msgid("more about that, such as by how much"),
    "time": msgid("when, by the site's clock"),
    "date": msgid("on which day"),
    "kiosk": msgid("where"),
    "site": msgid("the site's title"),
}
"""Each hole, and what goes into it."""
_HOLE: Final = re.compile(r"\{([^{}]*)\}")
_ISOLATED: Final = "\u2068{}\u2069"
"""FIRST STRONG ISOLATE: see :mod:`face_rec.languages.translator`."""
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_EMPTY: Final = re.compile(r"[ \t]*\([\s,]*\)|(?<=\()[\s,]+|[\s,]+(?=\))|[ \t,:]+(?=\n|$)")
"""What an empty value leaves behind."""
_SUBJECT: Final = 200
_BODY: Final = 2000


def checked(wording: Wording) -> Wording:
    """The same without blanks around it; raises NoticeRefused for what could not be filled in."""
    subject, body = wording.subject.strip(), wording.body.strip()
    if not subject or not body:
        raise NoticeRefused(msgid("Give a subject and a text, or go back to the usual ones."))
    if len(subject) > _SUBJECT or len(body) > _BODY:
        raise NoticeRefused(
            sentence(
                "A subject has at most {subject} characters, a text at most {body}.",
                subject=_SUBJECT,
                body=Figure(_BODY),
            )
        )
    for text in (subject, body):
        _check(text)
    return Wording(wording.kind, " ".join(subject.split()), body)


def _check(text: str) -> None:
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    for name in _HOLE.findall(text):
        if name not in PLACEHOLDERS:
            raise NoticeRefused(
                sentence(
                    "The text has {hole}, which stands for nothing. Use {known}.",
                    hole=f"{{{name}}}",
                    known=known,
                )
            )
    if "{" in _HOLE.sub("", text) or "}" in _HOLE.sub("", text):
        raise NoticeRefused(
            sentence(
                "A brace stands alone. Braces are for placeholders only: {known}.", known=known
            )
        )


def filled(text: str, values: Mapping[str, str], *, right_to_left: bool = False) -> str:
    """With every hole filled; one that has no value is empty, and so is the bracket around it."""

    def value(hole: re.Match[str]) -> str:
        said = _CONTROLS.sub(" ", values.get(hole[1], "")).strip()
        return _ISOLATED.format(said) if said and right_to_left else said

    return _EMPTY.sub("", _HOLE.sub(value, text)).strip()
