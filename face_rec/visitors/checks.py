"""What a visit may be: rules of announcing and of changing one, which ask nobody else."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from face_rec.domain.errors import VisitRefused
from face_rec.domain.free_text import free_text
from face_rec.languages.language import msgid
from face_rec.visitors.visit import (
    FARTHEST,
    LONGEST_NAME,
    LONGEST_PURPOSE,
    LONGEST_VISIT,
    Guest,
    Visit,
)

OVER: Final = msgid("This visit is over. Announce the visitor anew.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a visit is to be: to whom, from when until when (aware), who comes and what for."""

    host: str
    begins: datetime
    until: datetime
    guest: Guest


def clean(guest: Guest) -> Guest:
    """As it is kept. Raises VisitRefused."""
    made = Guest(free_text(guest.name), free_text(guest.company), free_text(guest.purpose))
    if not made.name:
        raise VisitRefused(msgid("Type the visitor's name."))
    if max(len(made.name), len(made.company)) > LONGEST_NAME:
        raise VisitRefused(msgid("Names have 120 letters at most."))
    if len(made.purpose) > LONGEST_PURPOSE:
        raise VisitRefused(msgid("The purpose has 200 letters at most."))
    return made


def check_span(begins: datetime, until: datetime, now: datetime) -> None:
    """All aware. Raises VisitRefused."""
    if until <= max(begins, now):
        raise VisitRefused(msgid("A visit ends after it begins, and not in the past."))
    if until - begins > LONGEST_VISIT or begins - now > FARTHEST:
        raise VisitRefused(
            msgid("A visit lasts at most 31 days, and is announced at most a year ahead.")
        )


def check_begins(visit: Visit, begins: datetime) -> None:
    """Who is here has come already: that is not put off. Raises VisitRefused."""
    if visit.came_at is not None and visit.begins != begins:
        raise VisitRefused(msgid("The visitor is here: when the visit begins stays."))


def check_who(visit: Visit, was: Guest, now: Guest) -> None:
    """Who is here was let in under this name. Raises VisitRefused."""
    if visit.came_at is not None and (was.name, was.company) != (now.name, now.company):
        raise VisitRefused(
            msgid("The visitor is here: name and company stay. Announce who else comes anew.")
        )


def changes(visit: Visit, guest: Guest, wanted: Wanted) -> list[str]:
    """Which parts of a visit are not as ``wanted``, by name."""
    other = wanted.guest
    pairs = {
        "host": visit.host != wanted.host,
        "from": visit.begins != wanted.begins,
        "until": visit.until != wanted.until,
        "name": guest.name != other.name,
        "company": guest.company != other.company,
        "purpose": guest.purpose != other.purpose,
    }
    return [name for name, differs in pairs.items() if differs]


def unagreed(visit: Visit) -> Visit:
    """Nobody has agreed to anything yet."""
    return replace(visit, text="", text_version="", language="", agreed_at=None)
