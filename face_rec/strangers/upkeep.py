"""What is done about unknown people as time goes on: the old are forgotten, who was taken for
several is put together."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from face_rec.background import Background, step_back
from face_rec.domain.errors import Conflict, StoreError
from face_rec.domain.strangers import Stranger
from face_rec.protocols.models import ModelSource
from face_rec.strangers.alarms import Alarms
from face_rec.strangers.alike import joins
from face_rec.strangers.forgetting import Forgetting
from face_rec.strangers.grouping import MOST, as_one, joined
from face_rec.strangers.index import StrangerIndex
from face_rec.strangers.storage import Change, StrangerStore

log = logging.getLogger(__name__)

_LOOK_EVERY: Final = 30.0
_GROUP_EVERY: Final = 3600.0
_NICE: Final = 10


class StrangerUpkeep:
    """A thread of each process; one of them works at a time. ``days``: see ``StrangerKeeper``."""

    def __init__(
        self,
        store: StrangerStore,
        index: StrangerIndex,
        forgetting: Forgetting,
        *,
        days: Callable[[], int],
        models: ModelSource,
        alarms: Alarms,
    ) -> None:
        self._alarms = alarms
        self._store = store
        self._index = index
        self._forgetting = forgetting
        self._days = days
        self._models = models
        self._grouped = -1
        self._thread = Background("strangers-upkeep", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._thread.stop(2)

    def _run(self) -> None:
        step_back(_NICE)
        while not self._thread.stopping.wait(_LOOK_EVERY):
            try:
                self.look()
            except (StoreError, Conflict) as error:
                log.info("strangers_upkeep_waits reason=%s", error)

    def look(self) -> None:
        """Nothing is left where nobody is to be kept; else join what belongs together, once an
        hour where anything has changed. Raises StoreError, Conflict."""
        if not self._days():
            if self._store.count() or self._store.all()[1]:
                self.erase()
            return
        revision = self._store.revision()
        if revision != self._grouped and self._store.first("grouping", _GROUP_EVERY):
            self.group()
            self._grouped = self._store.revision()

    def erase(self) -> int:
        """Everything, and out of the database's files."""
        forgotten = self._forgetting.everything()
        self._forgetting.purge()
        log.info("strangers_erased visits=%d", forgotten)
        return forgotten

    def group(self) -> int:
        """Put together who is one person; how many people fewer there are."""
        models = self._models.current()
        if models is None:
            return 0
        contract = models.contract.digest
        people = sorted(
            (one for one in self._index.people() if one.contract == contract),
            key=lambda one: one.ended, reverse=True,
        )  # fmt: skip
        chosen, count = [], 0
        for one in people:
            count += len(one.visits)
            if count > MOST:
                break
            chosen.append(one)
        faces = self._store.faces([visit for one in chosen for visit in one.visits])
        limit = joins(models.calibration, self._store.count())
        return sum(self._join(each) for each in joined(chosen, faces, limit))

    def _join(self, people: tuple[Stranger, ...]) -> int:
        """How many fewer they are; none where one of them was seen or decided about meanwhile: the
        others are joined all the same."""
        try:
            return self._joined(people)
        except Conflict:
            return 0

    def _joined(self, people: tuple[Stranger, ...]) -> int:
        made, beyond = as_one(people)
        known = self._store.visits([visit for one in people for visit in one.visits])
        self._store.write(
            Change(
                put=(self._alarms.seen(made),),
                gone=people[1:],
                visits=tuple(replace(known[v], group=made.id) for v in made.visits if v in known),
                forgotten=beyond,
            )
        )
        self._forgetting.pictures(known[visit] for visit in beyond if visit in known)
        return len(people) - 1
