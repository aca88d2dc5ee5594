"""What an admin types about a person, made clean or refused with words; and what is noted by the
way: when somebody left, came back or changed the group, which no other change moves."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime

from face_rec.domain.enrolment_errors import ConsentMissing, DetailsRefused, IdTaken
from face_rec.domain.free_text import TURNING
from face_rec.domain.people import ERASED, Consent, Moved, Pause, Person
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

LONGEST_NAME = 200
LONGEST_ID = 64
LONGEST_EMAIL = 254

_NOTHING = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
"""Where a line may break and the like: tables and web pages hand them on, and two IDs that differ
in nothing else would look the same. What joins letters (Persian, emoji) is none of them."""
_UNSEEN = ("C", "M", "Z")  # first letters of the categories that show nothing by themselves


@dataclass(frozen=True, slots=True)
class Details:
    """Of a person to be registered. ``id`` is the customer's own and unique."""

    id: str
    name: str
    group: str = ""
    email: str = ""
    consent: Consent | None = None


def clean_details(details: Details) -> Details:
    """The same, trimmed and in Unicode's composed form; raises DetailsRefused."""
    return replace(
        details,
        id=clean_text(msgid("ID"), details.id, LONGEST_ID),
        name=clean_text(msgid("name"), details.name, LONGEST_NAME),
        group=clean_text(msgid("group"), details.group, LONGEST_NAME, optional=True),
        email=_clean_email(details.email),
    )


def clean_person(person: Person) -> Person:
    """``person`` with the editable fields cleaned in the same way."""
    clean = clean_details(Details(person.id, person.name, person.group, person.email))
    return replace(person, id=clean.id, name=clean.name, group=clean.group, email=clean.email)


def clean_text(field: str, text: str, longest: int, optional: bool = False) -> str:
    """Any Unicode is fine ("@" and emoji included) but control characters and nothing at all."""
    text = unicodedata.normalize("NFC", text.translate(_NOTHING)).strip()
    if any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} or c in TURNING for c in text):
        raise DetailsRefused(
            field,
            sentence(
                "The {field} contains a control character. Type it in again by hand.",
                field=sentence(field),
            ),
        )
    if len(text) > longest:
        raise DetailsRefused(
            field,
            sentence(
                "The {field} has {number} characters; use at most {longest}.",
                field=sentence(field),
                number=len(text),
                longest=longest,
            ),
        )
    if not optional and all(unicodedata.category(c)[0] in _UNSEEN for c in text):
        raise DetailsRefused(
            field, sentence("The {field} is empty. Fill it in.", field=sentence(field))
        )
    return text


def as_created(person: Person, now: datetime) -> Person:
    """``person`` as they are first written."""
    left = None if person.active else person.deactivated_at or now
    return replace(person, deactivated_at=left)


def as_changed(stored: Person, wanted: Person, now: datetime) -> Person:
    """``wanted`` as it is written over ``stored``: switching somebody off or on and another
    group are noted with the time, and every other change leaves what is noted as it is,
    whatever ``wanted`` says of it. Who is active resembles nobody any more: it was decided; and
    who waits for a decision goes on waiting where the other one is erased."""
    left, pauses = stored.deactivated_at, stored.pauses
    if stored.active and not wanted.active:
        left = now
    elif wanted.active and not stored.active:
        pauses = (*pauses, Pause(left or stored.updated_at or now, now))
        left = None
    moved = stored.moved
    if wanted.group != stored.group:
        moved = (*moved, Moved(stored.group, now))
    resembles = "" if wanted.active else stored.resembles
    if resembles and wanted.resembles == ERASED:
        resembles = ERASED
    return replace(wanted, deactivated_at=left, pauses=pauses, moved=moved, resembles=resembles)


def _clean_email(email: str) -> str:
    email = clean_text(msgid("e-mail"), email, LONGEST_EMAIL, optional=True)
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise DetailsRefused(
            "e-mail",
            sentence(
                "{email} is not an e-mail address. Correct it or leave it empty.",
                email=repr(email),
            ),
        )
    return email


def check_consent(details: Details) -> None:
    """Raises ConsentMissing for somebody who is to be registered with a face."""
    if details.consent is None or not details.consent.valid:
        raise ConsentMissing(
            msgid(
                "A face may be stored only with the person's consent. Ask for it and tick the box."
            )
        )


def check_photos_allowed(person: Person) -> None:
    """Raises ConsentMissing where nothing more of ``person`` may be kept."""
    if not (person.consent and person.consent.valid):
        raise ConsentMissing(
            sentence(
                "The consent of {name} (ID {id}) is missing or withdrawn: no photo may be added. "
                "Record their consent under Privacy first.",
                name=person.name,
                id=person.id,
            )
        )


def check_free(person_id: str, holder: Person | None) -> None:
    """Raises IdTaken where ``holder`` has the ID already."""
    if holder is not None:
        raise IdTaken(
            sentence(
                "The ID {id} belongs to {name}. Add the photos to that person, or use another ID.",
                id=person_id,
                name=holder.name,
            )
        )
