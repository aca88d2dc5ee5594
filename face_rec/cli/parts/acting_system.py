"""The whole system for a command that changes people, and who is meant by an ID."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

import config
from face_rec import assembly
from face_rec.access.audit import actor
from face_rec.access.audit.actor import Actor
from face_rec.domain.errors import PersonMissing
from face_rec.domain.people import Person
from face_rec.languages.sentence import sentence
from face_rec.protocols.people_store import PeopleReader


@contextmanager
def built() -> "Iterator[assembly.System]":
    """The system, with whoever typed the command in the audit log."""
    who = Actor(getpass.getuser(), "command")
    with assembly.build(config.load()) as system, actor.acting(who):
        yield system


def person_of(people: PeopleReader, person_id: str) -> Person:
    """Raises PersonMissing, and says where IDs are found."""
    found = people.by_id(person_id)
    if found is None:
        raise PersonMissing(
            sentence(
                "Nobody has the ID {id}. The page People says which IDs there are, and so does: "
                "python -m face_rec people export FILE",
                id=repr(person_id),
            )
        )
    return found
