"""When somebody left, came back or changed the group: facts of their own, which no other
change moves."""

from dataclasses import replace
from datetime import datetime

from face_rec.domain.people import Moved, Pause, Person


def begun(person: Person, now: datetime) -> Person:
    """``person`` as they are first written."""
    left = None if person.active else person.deactivated_at or now
    return replace(person, deactivated_at=left)


def followed(stored: Person, wanted: Person, now: datetime) -> Person:
    """``wanted`` as it is written over ``stored``: switching somebody off or on and another
    group are noted with the time, and every other change leaves what is noted as it is,
    whatever ``wanted`` says of it."""
    left, pauses = stored.deactivated_at, stored.pauses
    if stored.active and not wanted.active:
        left = now
    elif wanted.active and not stored.active:
        pauses = (*pauses, Pause(left or stored.updated_at or now, now))
        left = None
    moved = stored.moved
    if wanted.group != stored.group:
        moved = (*moved, Moved(stored.group, now))
    return replace(wanted, deactivated_at=left, pauses=pauses, moved=moved)
