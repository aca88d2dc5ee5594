"""How long ago something came to be known of a person."""

from collections.abc import Iterator
from datetime import datetime

from face_rec.domain.people import Person


def has_old_face(person: Person, cutoff: datetime) -> bool:
    """Whether there is a face to forget, and none of it came lately."""
    return bool(person.templates or person.photo is not None) and is_old(person, cutoff)


def is_old(person: Person, cutoff: datetime) -> bool:
    """Whether all that was entered of them was so before ``cutoff``."""
    return all(moment < cutoff for moment in _moments(person))


def _moments(person: Person) -> Iterator[datetime]:
    if person.created_at is not None:
        yield person.created_at
    if person.consent is not None:
        yield person.consent.given_at
    yield from (info.added_at for info in person.templates)
