"""What an admin types about a person, made clean or refused with words."""

import re
import unicodedata
from dataclasses import dataclass, replace

from face_rec.domain.errors import DetailsRefused
from face_rec.domain.people import Consent, Person

LONGEST_NAME = 200
LONGEST_ID = 64
LONGEST_EMAIL = 254

# Marks that turn the direction of all text after them: a name could rewrite its own line.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
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
        id=clean_text("ID", details.id, LONGEST_ID),
        name=clean_text("name", details.name, LONGEST_NAME),
        group=clean_text("group", details.group, LONGEST_NAME, optional=True),
        email=_clean_email(details.email),
    )


def clean_person(person: Person) -> Person:
    """``person`` with the editable fields cleaned in the same way."""
    clean = clean_details(Details(person.id, person.name, person.group, person.email))
    return replace(person, id=clean.id, name=clean.name, group=clean.group, email=clean.email)


def clean_text(field: str, text: str, longest: int, optional: bool = False) -> str:
    """Any Unicode is fine ("@" and emoji included) but control characters and nothing at all."""
    text = unicodedata.normalize("NFC", text).strip()
    if any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} or c in _TURNING for c in text):
        raise DetailsRefused(
            field, f"The {field} contains a control character. Type it in again by hand."
        )
    if len(text) > longest:
        raise DetailsRefused(
            field, f"The {field} has {len(text)} characters; use at most {longest}."
        )
    if not optional and all(unicodedata.category(c)[0] in _UNSEEN for c in text):
        raise DetailsRefused(field, f"The {field} is empty. Fill it in.")
    return text


def _clean_email(email: str) -> str:
    email = clean_text("e-mail", email, LONGEST_EMAIL, optional=True)
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise DetailsRefused(
            "e-mail", f"{email!r} is not an e-mail address. Correct it or leave it empty."
        )
    return email
