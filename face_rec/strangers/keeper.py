"""Keeps unknown people who came by: a bounded queue and one thread, off the path of a mark."""

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from cachetools import LRUCache

from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.strangers import MOST_VISITS, Passing, Standing, Stranger, Visit
from face_rec.people.photos.photos import KEPT_QUALITY, jpeg_of
from face_rec.protocols.models import FaceModels, ModelSource
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.retry import until_first
from face_rec.strangers.alarms import Alarms
from face_rec.strangers.alike import Registered, joins
from face_rec.strangers.index import StrangerIndex
from face_rec.strangers.storage import Change, StrangerStore

log = logging.getLogger(__name__)

WAITING: Final = 32
"""People who wait to be looked at, with their pictures; more are not kept."""
SAME_VISIT: Final = timedelta(minutes=5)
"""Who is at the same kiosk again within this time has not been away."""
HOURLY: Final = 120
"""Visits of a kiosk in an hour: a camera on a street would fill everything."""
_KIOSKS: Final = 256
_FOLLOW_EVERY: Final = 30.0


@dataclass(frozen=True, slots=True)
class KeeperCounts:
    """Since the start of this process. ``dropped``: for want of room or beyond the bounds;
    ``registered``: not kept because they may be registered."""

    kept: int = 0
    joined: int = 0
    dropped: int = 0
    registered: int = 0
    alarms: int = 0


class StrangerKeeper:
    """A ``StrangerSink``. Runs from :meth:`start` to :meth:`close`; safe from any thread."""

    def __init__(
        self,
        store: StrangerStore,
        index: StrangerIndex,
        *,
        days: Callable[[], int],
        models: ModelSource,
        registered: Registered,
        pictures: SnapshotStore,
        alarms: Alarms,
        clock: Clock,
    ) -> None:
        """``days``: for how many somebody is kept; 0: nobody is. Asked at every frame."""
        self._store = store
        self._index = index
        self._days = days
        self._models = models
        self._registered = registered
        self._pictures = pictures
        self.alarms = alarms
        self._clock = clock
        self._queue: deque[Passing] = deque()
        self._changed = threading.Condition()
        self._lately: LRUCache[str, deque[datetime]] = LRUCache(_KIOSKS)
        self.counts = KeeperCounts()
        self._thread = Background("strangers", self._run, wake=self._wake)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Who waits is not kept."""
        self._thread.stop(2)

    def wants(self, kiosk: str) -> bool:  # noqa: ARG002 - of the protocol
        return self._days() > 0

    def offer(self, passing: Passing) -> None:
        with self._changed:
            if len(self._queue) < WAITING:
                self._queue.append(passing)
                self._changed.notify_all()
                return
        self._count(dropped=1)

    def _count(self, **more: int) -> None:
        now = self.counts
        self.counts = replace(now, **{name: getattr(now, name) + n for name, n in more.items()})

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _run(self) -> None:
        looked = time.monotonic()
        while not self._thread.stopping.is_set():
            with self._changed:
                if not self._queue:
                    self._changed.wait(1.0)
                passing = self._queue.popleft() if self._queue else None
            if passing is not None:
                self._tried(passing)
            if time.monotonic() - looked > _FOLLOW_EVERY:
                looked = time.monotonic()
                self._follow()

    def _follow(self) -> None:
        """Who was forgotten leaves this process's memory, although nobody comes by."""
        try:
            self._index.refresh()
        except StoreError as error:
            log.info("strangers_not_followed reason=%s", error)

    def _tried(self, passing: Passing) -> None:
        try:
            self.take(passing)
        except StoreError as error:  # nobody is told that they were kept
            self._count(dropped=1)
            log.info("stranger_not_kept kiosk=%s reason=%s", passing.kiosk, error)

    def take(self, passing: Passing) -> None:
        """Look at one, and keep them or raise an alarm. Raises StoreError."""
        models = self._models.current()
        if not self._days() or models is None or models.contract.digest != passing.contract:
            return
        if self._registered.may_be(passing.embedding, models):
            self._count(registered=1)
            return
        limit = joins(models.calibration, self._store.count())
        self._alarm(passing, limit)
        if passing.over:
            until_first(partial(self._keep, passing, models, limit))

    def _alarm(self, passing: Passing, limit: float) -> None:
        found = self._index.nearest_of(Standing.BLOCKED, passing.embedding, passing.contract)
        if found and found[1] >= limit and self.alarms.holds(found[0]):
            told = self.alarms.blocked(found[0], passing)
        else:
            told = self._is_new_here(passing, limit) and self.alarms.came(passing)
        self._count(alarms=int(told))

    def _is_new_here(self, passing: Passing, limit: float) -> bool:
        """Not one who was here a moment ago, nor of whom nothing more is to be kept."""
        found = self._index.nearest(passing.embedding, passing.contract)
        known = found[0] if found and found[1] >= limit else None
        dismissed = known is not None and known.standing is Standing.DISMISSED
        return (
            passing.first and not dismissed and not (known and self._still_there(known, passing))
        )

    def _keep(self, passing: Passing, models: FaceModels, limit: float) -> None:
        found = self._index.nearest(passing.embedding, models.contract.digest)
        known = found[0] if found and found[1] >= limit else None
        if known is not None and self._still_there(known, passing):
            self._extend(known, passing)
            return
        if known is not None and known.standing is Standing.DISMISSED:
            self._store.write(Change(put=(_again(known, passing),)))
            return
        if not self._within_bounds(passing):
            self._count(dropped=1)
            return
        self._write(known, passing)

    def _still_there(self, known: Stranger, passing: Passing) -> bool:
        away = passing.began.astimezone(UTC) - known.ended
        return known.kiosk == passing.kiosk and away < SAME_VISIT

    def _extend(self, known: Stranger, passing: Passing) -> None:
        """The same visit goes on; no other picture is kept of it."""
        ended = max(known.ended, passing.ended.astimezone(UTC))
        kept = known.standing is not Standing.DISMISSED
        last = self._store.visits(known.visits[-1:] if kept else ()).values()
        self._store.write(
            Change(
                put=(replace(known, ended=ended),),
                visits=tuple(replace(one, ended=ended) for one in last),
            )
        )

    def _within_bounds(self, passing: Passing) -> bool:
        lately = self._lately.setdefault(passing.kiosk, deque())
        while lately and abs(passing.ended - lately[0]) > timedelta(hours=1):  # of any clock
            lately.popleft()
        if len(lately) >= HOURLY:
            return False
        lately.append(passing.ended)
        return True

    def _write(self, known: Stranger | None, passing: Passing) -> None:
        visit = _visit_of(passing, known.id if known else secrets.token_hex(12))
        stranger = self.alarms.seen(_again(known, passing) if known else _first(visit))
        visits = (*(known.visits if known else ()), visit.id)
        change = Change(
            put=(replace(stranger, visits=visits[-MOST_VISITS:]),),
            kept=((visit, passing.embedding),),
            forgotten=visits[:-MOST_VISITS],
        )
        old = self._store.visits(change.forgotten)
        self._store.write(change)
        self._count(kept=1, joined=int(known is not None))
        self._keep_picture(visit, passing)
        for one in old.values():
            self._pictures.delete(one.picture)

    def _keep_picture(self, visit: Visit, passing: Passing) -> None:
        """After the visit is written, so that none is left of nobody: who was forgotten in this
        very moment takes it along."""
        self._pictures.put(visit.picture, jpeg_of(passing.picture, KEPT_QUALITY))
        if visit.id not in self._store.visits([visit.id]):
            self._pictures.delete(visit.picture)


def _visit_of(passing: Passing, stranger: str) -> Visit:
    return Visit(
        secrets.token_hex(16), stranger, passing.kiosk, passing.contract,
        passing.began.astimezone(UTC), passing.ended.astimezone(UTC), passing.looks,
        round(passing.quality, 3),
    )  # fmt: skip


def _first(visit: Visit) -> Stranger:
    return Stranger(
        visit.group, visit.contract, visit.began, visit.ended, visit.kiosk, 1, (visit.kiosk,),
        (visit.id,),
    )  # fmt: skip


def _again(known: Stranger, passing: Passing) -> Stranger:
    return replace(
        known,
        ended=max(known.ended, passing.ended.astimezone(UTC)),
        kiosk=passing.kiosk,
        kiosks=tuple(sorted({*known.kiosks, passing.kiosk})),
        times=known.times + 1,
    )
