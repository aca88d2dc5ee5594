"""Forgetting unknown people: the old, those whom somebody asked for, all of them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from face_rec.clock import Clock
from face_rec.domain.strangers import FOLDER, SEVERAL, Standing, Visit
from face_rec.privacy.ports import NoPurge, Purge
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.retry import until_first
from face_rec.strangers.storage import Change, StrangerStore

MOST_KEPT: Final = 100_000
"""Visits in all; the oldest give way."""
_AT_ONCE: Final = 500


class Forgetting:
    """Takes visits and people away, with their pictures. Safe from any thread; raises
    StoreUnavailable, and then it is to be done again."""

    def __init__(
        self,
        store: StrangerStore,
        pictures: SnapshotStore,
        clock: Clock,
        purge: Purge | None = None,
    ) -> None:
        self._store = store
        self._pictures = pictures
        self._clock = clock
        self._purge = purge or NoPurge()

    def visits(self, ids: Iterable[str]) -> int:
        """Forget these visits, and whoever has none left; how many. Pictures go first: what is
        interrupted is begun again, and none is left of nobody."""
        known = self._store.visits(list(ids))
        if not known:
            return 0
        self._purge.want()
        for one in known.values():
            self._pictures.delete(one.picture)
        for stranger in {one.group for one in known.values()}:
            until_first(partial(self._without, stranger, known))
        return len(known)

    def people(self, ids: Iterable[str]) -> int:
        """Forget these people, with all that is kept of them; how many."""
        found = self._store.many(list(ids))
        self.visits([visit for one in found.values() for visit in one.visits])
        left = self._store.many(found)
        for one in left.values():
            self._store.write(Change(gone=(one,)))
        self._store.stay_forgotten(found.values())
        return len(found)

    def older(self, days: int) -> int:
        """Forget visits that ended more than ``days`` days ago, and the oldest beyond what is kept
        at all. The last visits of who is blocked stay as long as the block does."""
        before, forgotten = self._clock.now() - timedelta(days=days), 0
        held = self._held()
        while True:
            old = [v for v in self._store.oldest(_AT_ONCE + len(held), before) if v not in held]
            if not old:
                break
            forgotten += self.visits(old)
        beyond = self._store.count() - MOST_KEPT
        if beyond > 0:
            wanted = self._store.oldest(beyond + len(held))
            forgotten += self.visits([v for v in wanted if v not in held])
        self._empty()
        return forgotten

    def everything(self) -> int:
        """Forget all; how many visits there were."""
        self._purge.want()
        for key in list(self._pictures.keys(FOLDER)):
            self._pictures.delete(key)
        return self._store.clear()

    def pictures(self, visits: Iterable[Visit]) -> None:
        """Of visits that are not kept any more."""
        for one in visits:
            self._pictures.delete(one.picture)

    def purge(self) -> tuple[str, ...]:
        """Take what was forgotten out of the database's files; what was done, in sentences."""
        return self._purge.run()

    def stray_pictures(self) -> int:
        """Remove pictures of visits that are not there; how many."""
        keys = {
            key.rpartition("/")[2].partition(".")[0]: key for key in self._pictures.keys(FOLDER)
        }
        known = self._store.visits(list(keys))
        stray = [key for name, key in keys.items() if name not in known]
        for key in stray:
            self._pictures.delete(key)
        return len(stray)

    def _without(self, stranger: str, gone: dict[str, Visit]) -> None:
        ids = tuple(one.id for one in gone.values() if one.group == stranger)
        known = self._store.many([stranger]).get(stranger)
        if known is None:
            self._store.write(Change(forgotten=ids))
            return
        left = tuple(visit for visit in known.visits if visit not in gone)
        if left:
            self._store.write(Change(put=(replace(known, visits=left),), forgotten=ids))
        else:
            self._store.write(Change(gone=(known,), forgotten=ids))

    def _held(self) -> frozenset[str]:
        now = self._clock.now()
        _, people = self._store.all()
        return frozenset(
            visit
            for one in people
            if one.standing is Standing.BLOCKED
            and one.decision.until is not None
            and one.decision.until > now
            for visit in one.visits[-SEVERAL:]
        )

    def _empty(self) -> None:
        """People of whom nothing is left: of the dismissed no visits are kept any more."""
        for one in self._store.all()[1]:
            if not one.visits:
                self._store.write(Change(gone=(one,)))
