"""What an admin does about a change of the model: begin it, pause it, switch, go back, end it."""

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from face_rec.clock import Clock
from face_rec.domain.errors import Conflict, ModelError, PackMissing, StoreUnavailable
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.people.change.plan import (
    WAY_BACK,
    ChangeStore,
    Plan,
    Progress,
    Side,
    Stage,
    Switch,
    Tally,
    Trial,
    tally,
)
from face_rec.people.change.reembed import Packs
from face_rec.protocols.models import FaceModels
from face_rec.protocols.people_store import PeopleReader
from face_rec.retry import until_first
from face_rec.site_options import LiveOptions

Note = Callable[[str, str, Mapping[str, object], Mapping[str, object]], None]
"""(what, which pack, before, after): for the audit log."""


@dataclass(frozen=True, slots=True)
class ChangeStatus:
    """How a change stands. ``running``: the side in use. ``until``: the way back is open so long,
    after a switch."""

    plan: Plan
    stage: Stage
    progress: Progress
    trial: Trial | None
    running: Side
    until: datetime | None = None

    @property
    def other(self) -> Side:
        """The side that can be switched to."""
        return self.plan.old if self.running == self.plan.new else self.plan.new


class ModelChange:
    """Safe from any thread, in every process of a site. All may raise StoreUnavailable."""

    def __init__(
        self,
        *,
        store: ChangeStore,
        people: PeopleReader,
        packs: Packs,
        options: LiveOptions,
        clock: Clock,
        by_hand: bool = False,
        note: Note = lambda *_: None,
    ) -> None:
        """``by_hand``: whether MATCH_THRESHOLD or MATCH_MARGIN is set here."""
        self._by_hand = by_hand
        self._store = store
        self._people = people
        self._packs = packs
        self._options = options
        self._clock = clock
        self._note = note

    # --- how it stands

    def switched(self) -> Switch | None:
        """The pack that the site has chosen last, as it is stored at this moment; None: each
        process uses what it is set to."""
        return Switch.of(self._options.read().model)

    def status(self) -> ChangeStatus | None:
        """None while nothing is being changed."""
        plan = self._store.plan()
        if plan is None:
            return None
        progress = self._store.progress()
        if progress is None or progress.name != plan.name:
            progress = Progress(plan.name, plan.begun_at)
        trial = self._store.trial()
        trial = trial if trial is not None and trial.name == plan.name else None
        switch = self.switched()
        running = plan.new if switch and switch.contract == plan.new.contract else plan.old
        until = switch.at + WAY_BACK if switch and running == plan.new else None
        stage = _stage(plan, progress, trial, switched=running == plan.new)
        return ChangeStatus(plan, stage, progress, trial, running, until)

    def outlook(self, contract: str = "") -> Tally:
        """What a change would find: how many people have photos, and how many would be called
        in. ``contract``: of the new model; "": one that nobody has templates of."""
        return tally(self._people.everybody().people, contract, {})

    def failures(self) -> Mapping[str, Mapping[str, str]]:
        """By subject and photo, why it could not be embedded."""
        return self._store.failures()

    # --- acts

    def begin(self, pack: str) -> Plan:
        """Embed everybody with an installed pack, beside the one in use. Raises ModelError where
        it cannot be loaded or makes the same embeddings, and Conflict during another change."""
        used = self._used()
        wanted = self._packs.beside(pack)
        if used.contract == wanted.contract:
            raise ModelError(
                msgid(
                    "Both packs recognise faces with the same model: use the other "
                    "one at once, and everybody is still known."
                )
            )
        old, new = (
            Side(self._packs.wanted, used.contract.digest),
            Side(pack, wanted.contract.digest),
        )
        plan = Plan(secrets.token_hex(8), old, new, self._clock.now())
        if not self._store.begin(plan):
            raise Conflict(msgid("Another change of the model is under way. End it first."))
        self._note("begun", pack, {"pack": old.pack}, {"pack": pack})
        return plan

    def pause(self, *, paused: bool = True) -> None:
        """Let it rest, or go on, whichever process works at it."""
        plan = self._swapped(lambda plan: replace(plan, paused=paused))
        self._note("paused" if paused else "resumed", plan.new.pack, {}, {})

    def again(self) -> None:
        """Try once more what failed, and compare both models anew."""
        plan = self._swapped(lambda plan: replace(plan, name=secrets.token_hex(8)))
        self._store.forgive()
        self._store.keep(None)
        self._note("again", plan.new.pack, {}, {})

    def switch(self) -> Switch:
        """All processes use the other side from now on, within seconds; so this is also the way
        back. Raises Conflict while people are still being embedded."""
        status = self.status()
        if status is None:
            raise Conflict(msgid("No change is under way. Begin one first."))
        if status.stage not in {Stage.READY, Stage.SWITCHED}:
            raise Conflict(
                msgid("Not everybody is embedded with the other model yet. Wait for it.")
            )
        self._refuse_foreign_scores(status.other)
        begun = replace(
            status.plan, switches=status.plan.switches + 1, switching_at=self._clock.now()
        )
        self._swap(status.plan, begun)
        try:
            return self._choose(status.other)
        finally:
            with suppress(Conflict, StoreUnavailable):
                self._swap(begun, replace(begun, switching_at=None))

    def use(self, pack: str) -> Switch:
        """All processes use ``pack`` at once; whoever has no template of its model is not
        recognised until they come in. Raises ModelError, and Conflict during a change."""
        if self._store.plan() is not None:
            raise Conflict(
                msgid("A change of the model is under way. Switch there, or end it first.")
            )
        side = Side(pack, self._packs.beside(pack).contract.digest)
        self._refuse_foreign_scores(side)
        return self._choose(side)

    def end(self) -> None:
        """Remove the templates of the side that is not in use: the way back goes with them."""
        status = self.status()
        if status is None:
            return
        plan = status.plan
        if plan.switching(self._clock.now()):
            raise Conflict(
                msgid("The pack is being switched at this moment. Try again in a minute.")
            )
        ending = replace(plan, paused=False, switching_at=None, dropped=status.other.contract)
        self._swap(plan, ending)
        self._note("ended", plan.new.pack, {}, {"in use": status.running.pack})

    # --- steps

    def _choose(self, side: Side) -> Switch:
        """One write, which every process follows."""
        before, was = self.switched(), self._packs.wanted
        number = before.number + 1 if before else 1
        made = Switch(number, side.contract, self._clock.now(), side.pack)
        self._options.change({"model": made.text()}, self._options.version)
        self._packs.follow()
        self._note("used", side.pack, {"pack": was}, {"pack": side.pack})
        return made

    def _refuse_foreign_scores(self, side: Side) -> None:
        """Raises Conflict where a threshold was set for the model in use: with another one it
        could name strangers."""
        used = self._packs.current()
        if self._by_hand and used is not None and used.contract.digest != side.contract:
            raise Conflict(
                msgid(
                    "MATCH_THRESHOLD or MATCH_MARGIN is set, for the scores of the "
                    "pack in use. With another model it could name strangers. "
                    "Remove both from the environment or .env on every machine, "
                    "restart the app, and switch then."
                )
            )

    def _plan(self) -> Plan:
        plan = self._store.plan()
        if plan is None:
            raise Conflict(msgid("This change has ended meanwhile. Load the page again."))
        return plan

    def _used(self) -> FaceModels:
        """The models in use here, which must be the site's: those of a machine that is behind
        are not what everybody's templates in use were made by."""
        used, switch = self._packs.current(), self.switched()
        if used is None:
            raise PackMissing(msgid("No model is in use yet: use this pack at once."))
        if switch is not None and switch.contract != used.contract.digest:
            raise Conflict(
                sentence(
                    "The site uses the pack '{pack}', and this machine does not. "
                    "Install it here first, or begin the change on a machine that "
                    "uses it.",
                    pack=switch.pack,
                )
            )
        return used

    def _swap(self, was: Plan, becomes: Plan) -> None:
        if not self._store.swap(was, becomes):
            raise Conflict(msgid("Somebody else has changed this meanwhile. Load the page again."))

    def _swapped(self, change: Callable[[Plan], Plan]) -> Plan:
        def swap() -> Plan:
            was = self._plan()
            becomes = change(was)
            self._swap(was, becomes)
            return becomes

        return until_first(swap)


def _stage(plan: Plan, progress: Progress, trial: Trial | None, *, switched: bool) -> Stage:
    if plan.dropped:
        return Stage.ENDING
    if switched:
        return Stage.SWITCHED
    if trial is not None:
        return Stage.READY
    return Stage.TRYING if progress.complete else Stage.MAKING
