"""How often the kiosks miss whom: what counts it, and what forgets it."""

from contextlib import ExitStack

from config import Settings
from face_rec.assembly.storage.stores import Stores
from face_rec.background import started
from face_rec.clock import Clock
from face_rec.people.missed.counter import MissCounter
from face_rec.privacy.ports import Purge


def open_miss_counter(
    settings: Settings, stores: Stores, clock: Clock, stack: ExitStack
) -> MissCounter | None:
    """Started, and closed with ``stack``; None where nobody is counted."""
    if not settings.count_missed:
        return None
    return started(MissCounter(stores.missed, stores.people, clock), stack)


def needless_counts(settings: Settings, stores: Stores, purge: Purge) -> None:
    """Forget those of people who may not be recognised any more, and all where nobody is
    counted. The database's files are rewritten without them then."""
    missed = stores.missed
    kept = missed.subjects()
    people = stores.people.many(sorted(kept)) if settings.count_missed and kept else {}
    gone = {one for one in kept if one not in people or not people[one].matchable}
    if gone:
        purge.want()
        missed.forget(gone)
