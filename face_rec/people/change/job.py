"""Embeds everybody anew in the background, beside the gallery that is in use."""

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Final

from face_rec.background import Background, step_back
from face_rec.clock import Clock
from face_rec.domain.errors import ModelError, PersonMissing, StoreError
from face_rec.domain.people import Person
from face_rec.languages.sentence import sentence
from face_rec.people.change.plan import (
    WAY_BACK,
    ChangeStore,
    Plan,
    Progress,
    Switch,
    Tally,
    missing,
    tally,
)
from face_rec.people.change.reembed import Maker, Work
from face_rec.people.change.trial import Comparison
from face_rec.protocols.people_store import PeopleReader, PeopleWriter
from face_rec.retry import until_first

log = logging.getLogger(__name__)

_EVERY: Final = 2.0
"""Seconds between two looks at whether there is something to do."""
_AGAIN: Final = 30.0
"""Seconds after which people who came or changed meanwhile are looked for, and a pack that could
not be loaded is tried again."""
_SOON: Final = 5.0
_TOLD: Final = 1.0
"""Seconds between two notes of the progress."""
_SHARE, _SHARE_BUSY = 0.9, 0.35
"""Of the time, that one thread works: alone, and while a kiosk's camera runs here."""
_NICE: Final = 10


class Stopped(Exception):
    """Somebody has paused or ended the change, or this process ends."""


class ReembeddingJob:
    """A thread in every process; a lease lets one of them work at a time.

    What is done stands in the people's records alone: whoever has a template of the new contract
    for each photo. So a kill loses one person's work, and any process goes on from there.
    Templates are written against the person's
    version, so that nobody who was erased or has withdrawn their consent meanwhile comes back.
    """

    def __init__(
        self,
        *,
        store: ChangeStore,
        people: PeopleReader,
        writer: PeopleWriter,
        maker: Maker,
        comparison: Comparison,
        switch: Callable[[], Switch | None],
        clock: Clock,
        busy: Callable[[], bool] = lambda: False,
        every: float = _EVERY,
    ) -> None:
        """``writer``: one that notes nothing in the audit log, for nobody changes a person here.
        ``switch``: the pack that the site has chosen last, as it is stored at this moment; may
        raise StoreUnavailable. ``busy``: whether somebody is waiting for this machine."""
        self._store = store
        self._people = people
        self._writer = writer
        self._switch = switch
        self._clock = clock
        self._busy = busy
        self._every = every
        self._maker = maker
        self._comparison = comparison
        self._settled: tuple[str, int] = ("", -1)
        self._not_before = 0.0
        self._thread = Background("model-change", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop after the person under way."""
        self._thread.stop(5)

    def _run(self) -> None:
        step_back(_NICE)
        while not self._thread.stopping.wait(self._every):
            if self._clock.monotonic() >= self._not_before:
                self.step()

    def step(self) -> None:
        """Do all that there is to do now. The thread does nothing but repeat this."""
        try:
            plan = self._store.plan()
            if plan is None or plan.paused:
                self._maker.forget_models()
            elif self._store.claim():
                with self._holding():
                    self._do(plan)
        except StoreError as error:
            log.warning("model_change_waits reason=%s", error)

    @contextmanager
    def _holding(self) -> Iterator[None]:
        """Keeps the lease, whatever the work is at: reading everybody takes longer than it lasts,
        and two processes would take it from each other for ever."""

        def renew() -> None:
            while not keeper.stopping.wait(self._store.lease / 4):
                with suppress(StoreError):
                    self._store.claim()

        keeper = Background("model-change-lease", renew)
        keeper.start()
        try:
            yield
        finally:
            keeper.stop(5)
            self._store.release()

    def _do(self, plan: Plan) -> None:
        try:
            switch = self._switch()
            if plan.dropped:
                self._drop(plan)
            elif not self._way_back_is_over(plan, switch):
                _about_the_site(plan, switch)
                self._bring(plan)
        except Stopped:
            log.info("model_change_stopped plan=%s", plan.name)
        except (ModelError, StoreError) as error:
            self._not_before = self._clock.monotonic() + _AGAIN
            log.warning("model_change_held_up reason=%s", error)
            self._note(plan, problem=str(error))

    # --- making templates

    def _bring(self, plan: Plan) -> None:
        everybody = self._people.everybody()
        if self._settled == (plan.name, everybody.revision):
            return
        self._forget_the_erased()
        work = self._left(plan, everybody.people)
        if work:
            self._note(plan, tally=self._tally(plan, everybody.people))
            self._make(plan, everybody.people, work)
            return
        self._note(plan, tally=self._tally(plan, everybody.people), complete=True)
        self._try(plan)
        self._settled = (plan.name, everybody.revision)
        self._maker.forget_models()
        self._not_before = self._clock.monotonic() + _AGAIN

    def _left(self, plan: Plan, people: Sequence[Person]) -> list[Work]:
        """What can still be made, of the new model first. Of the old one only what those lack who
        came after the switch: so that there is a way back."""
        failures = self._store.failures()
        gone = failures.keys() - {person.subject for person in people}
        if gone:
            self._store.forgive(*gone)
        new, old = plan.new.contract, plan.old.contract
        work = [Work(plan.new, p, missing(p, new, failures.get(p.subject, {}))) for p in people]
        work += [Work(plan.old, p, missing(p, old)) for p in people]
        return [one for one in work if one.photos and self._maker.hopes_for(plan, one)]

    def _make(self, plan: Plan, people: Sequence[Person], work: Sequence[Work]) -> None:
        log.info("model_change_works plan=%s people=%d", plan.name, len(work))
        told = began = self._clock.monotonic()
        counted, found = self._tally(plan, people), False
        for done, one in enumerate(work, 1):
            self._go_on(plan)
            start = self._clock.monotonic()
            found |= self._maker.make(plan, one)
            now = self._clock.monotonic()
            if now - told >= _TOLD:
                rate = done / max(now - began, 1e-6)
                self._note(plan, tally=counted.after(done), rate=rate)
                told = now
            self._rest(now - start)
        if not found:  # photos that are on their way
            self._not_before = self._clock.monotonic() + _SOON

    # --- when all are made

    def _try(self, plan: Plan) -> None:
        """Compare both models, unless that was done since the last change."""
        trial = self._store.trial()
        if trial is not None and trial.name == plan.name:
            return
        models = self._maker.models(plan.old), self._maker.models(plan.new)
        made = self._comparison.of(plan, *models, lambda: self._go_on(plan))
        self._go_on(plan)
        self._store.keep(made)
        self._forget_the_erased()

    def _forget_the_erased(self) -> None:
        """Whoever was erased while a trial was being made may be named in it."""
        trial = self._store.trial()
        named = trial.subjects() if trial else set()
        for subject in named - self._people.many(list(named)).keys():
            self._store.forget(subject)

    def _way_back_is_over(self, plan: Plan, switch: Switch | None) -> bool:
        """Whether the switch is so long ago that what it left goes now. ``plan`` was read before
        ``switch``, so that a way back that is gone meanwhile is noticed."""
        if switch is None or switch.contract != plan.new.contract:
            return False
        now = self._clock.now()
        if now - switch.at < WAY_BACK or plan.switching(now):
            return False
        return self._store.swap(plan, replace(plan, dropped=plan.old.contract))

    def _drop(self, plan: Plan) -> None:
        """Remove the templates of the contract that nobody needs any more, and end the change.
        Whoever has no others keeps them, and their photos with them. What the site uses is asked
        for first and once a second: a switch that was begun before the end may come late."""
        asked = -math.inf
        for person in self._people.everybody().people:
            contracts = {info.contract for info in person.templates}
            if plan.dropped in contracts and len(contracts) > 1:
                self._go_on(plan)
                if (now := self._clock.monotonic()) - asked >= _TOLD:
                    self._spare_what_is_used(plan)
                    asked = now
                with suppress(PersonMissing):
                    self._drop_of(person.subject, plan.dropped)
        self._store.end(plan)
        log.info("model_change_ended plan=%s", plan.name)

    def _spare_what_is_used(self, plan: Plan) -> None:
        """Whatever was asked for, the templates of the model in use stay."""
        switch = self._switch()
        if plan.dropped == (switch.contract if switch else plan.old.contract):
            self._store.swap(plan, replace(plan, dropped=""))
            log.warning("model_change_not_ended plan=%s reason=in_use", plan.name)
            raise Stopped

    def _drop_of(self, subject: str, contract: str) -> None:
        def write() -> Person | None:
            person, revision = self._people.get(subject), self._people.revision()
            if person is None:
                return None
            stored = self._people.templates(subject)
            left = [one for one in stored if one.info.contract != contract]
            if not left:
                return person
            return self._writer.put_templates(subject, left, person.version, revision)

        until_first(write)

    # --- in between

    def _go_on(self, plan: Plan) -> None:
        """Raises Stopped where the work must go no further."""
        stopping = self._thread.stopping.is_set()
        if stopping or not self._store.claim() or self._store.plan() != plan:
            raise Stopped

    def _rest(self, worked: float) -> None:
        share = _SHARE_BUSY if self._busy() else _SHARE
        self._thread.stopping.wait(worked * (1 / share - 1))

    def _tally(self, plan: Plan, people: Sequence[Person]) -> Tally:
        return tally(people, plan.new.contract, self._store.failures())

    def _note(
        self,
        plan: Plan,
        *,
        tally: Tally | None = None,
        rate: float = 0.0,
        complete: bool = False,
        problem: str = "",
    ) -> None:
        before = self._store.progress()
        known = before.tally if before and before.name == plan.name else Tally()
        now = self._clock.now()
        self._store.note(Progress(plan.name, now, tally or known, rate, complete, problem))


def _about_the_site(plan: Plan, switch: Switch | None) -> None:
    """Raises ModelError where the site has come to use a third pack, of which a change between
    two others must not touch anything."""
    if switch is not None and switch.contract not in {plan.old.contract, plan.new.contract}:
        raise ModelError(
            sentence(
                "The site uses the pack '{pack}' meanwhile, which this change is "
                "not about. End the change, and begin another one if need be.",
                pack=switch.pack,
            )
        )
