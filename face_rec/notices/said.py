"""What programs are told of a notice, and why something did not go out, in words."""

import httpcore

from face_rec.domain.errors import NoticeRefused, StoreError
from face_rec.domain.people import Person
from face_rec.notices.notice import About, Notice


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
        return "no answer in time"
    if isinstance(error, httpcore.NetworkError):
        return f"the receiver cannot be reached ({error or type(error).__name__})"
    if isinstance(error, StoreError):
        return "its address cannot be opened: the DATA_KEY that sealed it is missing"
    if isinstance(error, httpcore.ProtocolError):
        return "the receiver hung up without an answer"
    return str(error) if isinstance(error, NoticeRefused | OSError) else type(error).__name__
