"""Why a change to a person was not written, by what the database answers."""

from typing import Final

from face_rec.domain.enrolment_errors import IdTaken
from face_rec.domain.errors import Conflict, PeopleError, PersonMissing
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence


def refusal(status: str, who: str) -> PeopleError:
    """``who``: their ID, as it was typed."""
    kind, text = _REFUSALS[status]
    return kind(sentence(text, who=repr(who)) if "{" in text else text)


_REFUSALS: Final[dict[str, tuple[type[PeopleError], str]]] = {
    "missing": (PersonMissing, msgid(
        "This person was deleted in the meantime. Go back to the list."
    )),
    "changed": (Conflict, msgid(
        "Somebody else changed {who} in the meantime. Load the person again."
    )),
    "stale": (Conflict, msgid(
        "Somebody was registered or changed in the meantime. Compare with everyone once more."
    )),
    "taken": (IdTaken, msgid("The ID {who} is in use. Choose another, or add to that person.")),
}  # fmt: skip
