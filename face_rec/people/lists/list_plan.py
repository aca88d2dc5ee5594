"""What a list would change, before anything is changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from face_rec.domain.errors import PeopleError
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.people.details import Details, clean_details, clean_person
from face_rec.people.imports.collection import same_id
from face_rec.people.lists.people_file import PersonLine


class Doing(StrEnum):
    """What is to be done about a line, or was done."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Step:
    """One person of the list. ``person``: as they are now, with the version that the plan has
    seen; None for somebody new. ``wanted``: who they shall be; None where nothing can be done,
    for which ``reason`` has the words."""

    id: str
    doing: Doing
    person: Person | None = None
    wanted: Person | None = None
    reason: str = ""

    def changes(self) -> tuple[tuple[str, str, str], ...]:
        """Field, old and new value of what becomes another, as an office says them."""
        old, new = self.person, self.wanted
        if old is None or new is None:
            return ()
        fields = (
            (msgid("name"), old.name, new.name), (msgid("group"), old.group, new.group),
            (msgid("e-mail"), old.email, new.email),
            (msgid("active"), _yes(old.active), _yes(new.active)),
        )  # fmt: skip
        return tuple(field for field in fields if field[1] != field[2])


@dataclass(frozen=True, slots=True)
class ListPlan:
    steps: tuple[Step, ...]

    def count(self, doing: Doing) -> int:
        return sum(step.doing is doing for step in self.steps)

    @property
    def changing(self) -> tuple[Step, ...]:
        """The steps that do something."""
        return tuple(s for s in self.steps if s.doing in {Doing.NEW, Doing.CHANGED})

    @property
    def seen(self) -> int:
        """The same as long as it would do the same to the same people."""
        said = (
            (s.id, s.doing, s.reason, (s.person.subject, s.person.version) if s.person else None)
            for s in self.steps
        )
        return hash(tuple(said))


def of_lines(lines: Sequence[PersonLine], people: Iterable[Person]) -> ListPlan:
    """``people``: everybody who is registered. Who is not in the list stays as they are."""
    known = {same_id(person.id): person for person in people}
    seen: set[str] = set()
    steps = []
    for line in lines:
        twice = line.id in seen
        seen.add(line.id)
        problem = line.problem or (msgid("The list has this ID twice.") if twice else "")
        steps.append(_refused(line.id, problem) if problem else _step(line, known))
    return ListPlan(tuple(steps))


def of_people(
    people: Iterable[Person], *, group: str | None = None, active: bool | None = None
) -> ListPlan:
    """The same change for all of ``people``; None leaves a field as it is."""
    lines = [(person, PersonLine(person.id, group=group, active=active)) for person in people]
    return ListPlan(tuple(_changed(person, line) for person, line in lines))


def _step(line: PersonLine, known: Mapping[str, Person]) -> Step:
    person = known.get(line.id)
    return _new(line) if person is None else _changed(person, line)


def _new(line: PersonLine) -> Step:
    details = Details(line.id, line.name or "", line.group or "", line.email or "")
    try:
        clean = clean_details(details)
    except PeopleError as error:
        return _refused(line.id, error.said)
    wanted = Person(
        "", clean.id, clean.name, clean.group, clean.email, active=line.active is not False
    )
    return Step(clean.id, Doing.NEW, wanted=wanted)


def _changed(person: Person, line: PersonLine) -> Step:
    said = {"name": line.name, "group": line.group, "email": line.email, "active": line.active}
    wanted = replace(person, **{f: value for f, value in said.items() if value is not None})  # type: ignore[arg-type]
    try:
        wanted = clean_person(wanted)
    except PeopleError as error:
        return _refused(person.id, error.said, person)
    if wanted == person:
        return Step(person.id, Doing.SAME, person, wanted)
    if wanted.active and person.resembles:
        return _refused(
            person.id, msgid("A decision about this person is open: open them."), person
        )
    return Step(person.id, Doing.CHANGED, person, wanted)


def _refused(person_id: str, reason: str, person: Person | None = None) -> Step:
    return Step(person_id, Doing.REFUSED, person, reason=reason)


def _yes(is_so: bool) -> str:
    return msgid("yes") if is_so else msgid("no")
