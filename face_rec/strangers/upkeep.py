"""What is done about unknown people as time goes on: the old are forgotten, who was taken for
several is put together."""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from face_rec.background import Background, step_back
from face_rec.domain.errors import Conflict, StoreError
from face_rec.domain.faces import Vector
from face_rec.domain.strangers import MOST_VISITS, Standing, Stranger
from face_rec.protocols.models import ModelSource
from face_rec.strangers.alarms import Alarms
from face_rec.strangers.alike import joins
from face_rec.strangers.forgetting import Forgetting
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


# Putting together again who was taken for several people.
#
# A new visit joins the nearest person at once, whoever comes first deciding who somebody is.
# That leaves one person in two now and then; DBSCAN over all visits, in the background, finds
# those. It only ever joins, and only people nobody has decided about: what an admin has seen
# stays as it is.

CORE: Final = 3
"""Visits near each other that hold together: single ones that lie between two people join none."""
MOST: Final = 20_000
"""Visits looked at together, the newest people first: of 512 numbers 10 CPU seconds and 130 MB,
measured."""


def joined(
    people: Sequence[Stranger], faces: Mapping[str, Vector], limit: float
) -> list[tuple[Stranger, ...]]:
    """Those of ``people`` who are one person, the one seen first before the others. ``faces``: the
    embeddings of visits by id, of one contract; ``limit``: cosine."""
    from sklearn.cluster import DBSCAN

    open_ones = [one for one in people if one.standing is Standing.OPEN]
    owners = [one for one in open_ones for visit in one.visits if visit in faces]
    rows = [faces[visit] for one in open_ones for visit in one.visits if visit in faces]
    if len(rows) < CORE:
        return []
    labels = DBSCAN(eps=1 - limit, min_samples=CORE, metric="cosine").fit_predict(np.stack(rows))
    together: dict[int, dict[str, Stranger]] = defaultdict(dict)
    for owner, label in zip(owners, labels.tolist(), strict=True):
        if label >= 0:
            together[label][owner.id] = owner
    return [tuple(each) for each in _apart(list(together.values())) if len(each) > 1]


def _apart(together: Sequence[Mapping[str, Stranger]]) -> list[list[Stranger]]:
    """Each person in one group only: who is in two clusters holds visits of two people, so
    neither draws in the others by them."""
    counted: dict[str, int] = defaultdict(int)
    for one in together:
        for stranger in one:
            counted[stranger] += 1
    return [
        sorted((s for s in one.values() if counted[s.id] == 1), key=lambda s: s.began)
        for one in together
    ]


def as_one(people: Sequence[Stranger]) -> tuple[Stranger, tuple[str, ...]]:
    """The first of ``people`` with the visits of all, and the ids of visits that are too many."""
    first, newest = people[0], max(people, key=lambda one: one.ended)
    visits = tuple(v for one in sorted(people, key=lambda one: one.ended) for v in one.visits)
    made = replace(
        first,
        ended=newest.ended,
        kiosk=newest.kiosk,
        times=sum(one.times for one in people),
        kiosks=tuple(sorted({kiosk for one in people for kiosk in one.kiosks})),
        visits=visits[-MOST_VISITS:],
        told=any(one.told for one in people),
    )
    return made, visits[:-MOST_VISITS]
