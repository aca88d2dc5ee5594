"""``undecided``: imported people who look like somebody registered already."""

import argparse
import getpass
from collections.abc import Callable

import config
from face_rec import assembly
from face_rec.assembly.system import System
from face_rec.cli.import_ import get_ready
from face_rec.domain.errors import PeopleError, PersonMissing
from face_rec.domain.people import Person

_Work = Callable[[System, argparse.Namespace], None]


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = subparsers.add_parser(
        "undecided",
        help="decide about imported people who look like somebody registered",
        description="An import keeps a person whose face is registered already, inactive, until "
        "somebody says whether they are the same. The page People does, too.",
    )
    actions = command.add_subparsers(title="actions", required=True, metavar="ACTION")
    actions.add_parser("list", help="who waits for a decision").set_defaults(run=_run(_list))
    two = actions.add_parser("two", help="they are two people: activate this one")
    two.add_argument("id", metavar="ID")
    two.add_argument("--reason", required=True, help="how you know, e.g. 'twins'")
    two.set_defaults(run=_run(_two))
    one = actions.add_parser("one", help="they are one person: join the photos, erase this record")
    one.add_argument("id", metavar="ID")
    one.set_defaults(run=_run(_one))


def _run(work: _Work) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        with assembly.build(config.load()) as system:
            work(system, options)
        return 0

    return run


def _list(system: System, options: argparse.Namespace) -> None:  # noqa: ARG001
    for person in system.people.everybody().people:
        if person.resembles:
            other = system.people.get(person.resembles)
            who = f"{other.id}  {other.name}" if other else "somebody erased since"
            print(f"{person.id}  {person.name}  looks like  {who}")


def _two(system: System, options: argparse.Namespace) -> None:
    person = _waiting(system, options.id)
    get_ready(system)
    system.enrolment.set_active(person.subject, True, options.reason)
    print(f"{person.id} is active.")


def _one(system: System, options: argparse.Namespace) -> None:
    person = _waiting(system, options.id)
    get_ready(system)
    kept = system.enrolment.join(person.subject)
    system.privacy.erasure.erase(person.subject, f"{getpass.getuser()} (command)")
    print(f"{kept.id} has {len(kept.templates)} photos; {person.id} is erased.")


def _waiting(system: System, person_id: str) -> Person:
    person = system.people.by_id(person_id)
    if person is None:
        raise PersonMissing(f"There is nobody with the ID {person_id}.")
    if not person.resembles:
        raise PeopleError(f"There is nothing to decide about {person_id}.")
    return person
