"""What programs are told of a notice, and why something did not go out, in words."""

import re
from typing import Final

import httpcore

from face_rec.domain.errors import NoticeRefused, StoreError
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.languages.sentence import Sentence, sentence
from face_rec.notices.notice import About, Notice
from face_rec.notices.webhook import NOT_KNOWN, NOT_OPEN


def as_json(notice: Notice, person: Person | None, acknowledge: str = "") -> dict[str, object]:
    """A notice as programs get it, by webhook and by the live feed alike. ``acknowledge``: the
    address where somebody says that they take care of it, where a rule waits for that."""
    facts = notice.kind.facts  # one that an older version wrote has none of them
    who = {"id": person.id, "name": person.name, "group": person.group} if person else None
    return {
        "type": notice.kind.value,
        "timestamp": notice.at.isoformat().replace("+00:00", "Z"),
        "data": {
            "id": notice.id,
            "person": who,
            "kiosk": notice.kiosk,
            "event": notice.event,
            "details": notice.details,
            "facts": {fact.name: notice.facts.get(fact.name, fact.kind()) for fact in facts},
            **({"acknowledge": acknowledge} if acknowledge else {}),
        },
    }


def is_told(notice: Notice, person: Person | None) -> bool:
    """Of somebody who is erased nothing is told to people."""
    return notice.kind.about is not About.PERSON or person is not None


def why(error: Exception) -> str:
    if isinstance(error, TimeoutError | httpcore.TimeoutException):
        return msgid("no answer in time")
    if isinstance(error, httpcore.NetworkError):
        reason = str(error) or type(error).__name__
        return sentence("the receiver cannot be reached ({reason})", reason=read_again(reason))
    if isinstance(error, StoreError):
        return msgid("its address cannot be opened: the DATA_KEY that sealed it is missing")
    if isinstance(error, httpcore.ProtocolError):
        return msgid("the receiver hung up without an answer")
    if isinstance(error, NoticeRefused):
        return error.said
    return str(error) if isinstance(error, OSError) else type(error).__name__


OWNER_GONE: Final = msgid("{owner}, who has set it up, may not read records now")
_READ_AGAIN: Final = (
    "the receiver cannot be reached ({reason})", "the receiver answered {status}", NOT_OPEN,
    NOT_KNOWN, OWNER_GONE,
)  # fmt: skip


def read_again(text: str) -> str:
    """What :func:`why` said, as it was stored: a sentence again, so that whoever reads of it does
    so in their language. What is none of these stays as it is."""
    for template in _READ_AGAIN:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(template))
        if found := re.fullmatch(pattern, text):
            return Sentence(template, {k: read_again(v) for k, v in found.groupdict().items()})
    return text
