"""Carries out what a list says, one person after another, and can take it back."""

import logging
import secrets
from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Self

from face_rec.clock import Clock
from face_rec.domain.enrolment_errors import FaceTaken
from face_rec.domain.errors import Conflict, ModelError, PeopleError
from face_rec.domain.people import Consent, Person
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.people.enrolment import Enrolment
from face_rec.people.lists.list_plan import Doing, ListPlan, Step
from face_rec.protocols.models import Progress
from face_rec.protocols.people_store import PeopleReader, PeopleWriter
from face_rec.retry import until_first

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one step. ``before`` and ``after``: as the person was and is; None where
    there was nobody; ``after`` is None, too, where nothing was done."""

    id: str
    doing: Doing
    reason: str = ""
    before: Person | None = None
    after: Person | None = None


@dataclass(frozen=True, slots=True)
class ListReport:
    done: tuple[Done, ...]

    def subjects(self) -> Set[str]:
        """Whom it names, of those who are registered."""
        return {one.subject for line in self.done for one in (line.before, line.after) if one}

    def without(self, gone: Set[str]) -> Self:
        """Without each line about one of these, who are erased."""
        kept = (
            line for line in self.done
            if not any(one and one.subject in gone for one in (line.before, line.after))
        )  # fmt: skip
        return replace(self, done=tuple(kept))

    def count(self, doing: Doing) -> int:
        return sum(line.doing is doing for line in self.done)

    def back(self) -> ListPlan:
        """What takes the changes back, of people whom nobody has changed since. Who is new stays:
        to erase somebody is another thing."""
        steps = [
            Step(line.id, Doing.CHANGED, line.after, _as_before(line.before, line.after))
            for line in self.done if line.before is not None and line.after is not None
        ]  # fmt: skip
        return ListPlan(tuple(steps))


class PeopleLists:
    """Changes many people at once. Safe to call from several threads at once."""

    def __init__(
        self, people: PeopleReader, writer: PeopleWriter, enrolment: Enrolment, clock: Clock
    ) -> None:
        self._people = people
        self._writer = writer
        self._enrolment = enrolment
        self._clock = clock

    def carry_out(
        self,
        plan: ListPlan,
        consent: Consent | None,
        progress: Progress | None = None,
        done: list[Done] | None = None,
    ) -> ListReport:
        """Do what ``plan`` says; each person is one write, and what was done before an error or a
        stop stays. ``consent``: of who is new, where they gave it; without it they can be marked
        by hand and by PIN, and no photo of them is taken.

        ``progress`` counts people. ``done``: gets each as it is done, for what ends before its
        time. Raises StoreUnavailable, and whatever ``progress`` raises.
        """
        done = [] if done is None else done
        for number, step in enumerate(plan.steps, 1):
            done.append(self._one(step, consent))
            if progress:
                progress(number, len(plan.steps))
        report = ListReport(tuple(done))
        counts = [f"{doing}={report.count(doing)}" for doing in Doing]
        log.info("people_list_carried_out %s", " ".join(counts))
        return report

    def _one(self, step: Step, consent: Consent | None) -> Done:
        if step.wanted is None or step.doing not in {Doing.NEW, Doing.CHANGED}:
            return Done(step.id, step.doing, step.reason, step.person)
        try:
            if step.person is None:
                return Done(step.id, Doing.NEW, after=self._enter(step.wanted, consent))
            return self._change(step.person, step.wanted)
        except (PeopleError, ModelError) as error:
            return Done(step.id, Doing.REFUSED, error.said, step.person)

    def _enter(self, wanted: Person, consent: Consent | None) -> Person:
        """Somebody of whom there is no photo yet."""
        person = replace(
            wanted, subject=secrets.token_hex(12), consent=consent, created_at=self._clock.now()
        )
        return until_first(lambda: self._writer.create(person, (), self._people.revision()))

    def _change(self, person: Person, wanted: Person) -> Done:
        """What is written of them first; being recognised again asks whether their face was
        registered for somebody else meanwhile."""
        written = replace(wanted, active=person.active)
        after = self._enrolment.edit(written) if written != person else self._as_seen(person)
        reason = ""
        if wanted.active != person.active:
            try:
                after = self._enrolment.set_active(person.subject, wanted.active)
            except FaceTaken as error:
                reason = sentence("Not activated: {why} Open them to decide.", why=error.said)
        doing = Doing.REFUSED if reason else Doing.CHANGED
        return Done(person.id, doing, reason, person, after)

    def _as_seen(self, person: Person) -> Person:
        now = self._people.get(person.subject)
        if now is None or now.version != person.version:
            raise Conflict(
                msgid("Somebody else has changed this person meanwhile. Look at them again.")
            )
        return now


def _as_before(before: Person, after: Person) -> Person:
    return replace(
        after, name=before.name, group=before.group, email=before.email, active=before.active
    )
