"""Which registered person it is that the identity provider vouches for."""

import unicodedata
from dataclasses import dataclass

from face_rec.access.signin.session import ProviderSession
from face_rec.domain.people import Person
from face_rec.protocols.people_store import PeopleReader


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the provider says, by which a person is known here: ``person_id``, or where the site
    goes by that an ``email`` that the provider has verified. The other one is "". ``session``: by
    what it ends the sign-in again."""

    person_id: str = ""
    email: str = ""
    session: ProviderSession | None = None


def the_one(people: PeopleReader, claimed: Claimed) -> Person | None:
    """The only active person that this is of; None where that is nobody, or several."""
    if claimed.person_id:
        found = people.by_id(unicodedata.normalize("NFC", claimed.person_id.strip()))
        return found if found is not None and found.active else None
    wanted = _address(claimed.email)
    everybody = people.everybody().people if wanted else ()
    theirs = [one for one in everybody if one.active and _address(one.email) == wanted]
    return theirs[0] if len(theirs) == 1 else None


def _address(text: str) -> str:
    """As it is compared. Small letters of ASCII alone: of others (the sign for kelvin is one)
    some become ASCII ones, and with them somebody else's address."""
    stripped = text.strip()
    return stripped.lower() if stripped.isascii() else stripped
