"""Unknown people in memory, and all that is done about them over it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

import numpy as np

from face_rec.access.audit.audit_log import AuditLog
from face_rec.domain.errors import Conflict
from face_rec.domain.faces import Vector
from face_rec.domain.strangers import Decision, Passing, Stranger, Visit
from face_rec.notices.delivery import Outbox
from face_rec.notices.notice import Notice
from face_rec.people.enrolment import Enrolment
from face_rec.protocols.marks import MarkWriter
from face_rec.protocols.models import ModelSource
from face_rec.protocols.people_store import Gallery, PeopleReader
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.site_options import LiveOptions
from face_rec.strangers.alarms import Alarms
from face_rec.strangers.alike import Registered, limit_of
from face_rec.strangers.forgetting import Forgetting
from face_rec.strangers.index import StrangerIndex
from face_rec.strangers.keeper import StrangerKeeper
from face_rec.strangers.policy import StrangerPolicy
from face_rec.strangers.seen_before import Proposals, Seen
from face_rec.strangers.storage import Change, StrangerStore
from face_rec.strangers.stranger_service import StrangerService
from face_rec.strangers.unknown_people import Strangers
from face_rec.strangers.upkeep import StrangerUpkeep
from tests.fakes.clock import FakeClock


class MemoryStrangers:
    """A ``StrangerStore``."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._people: dict[str, Stranger] = {}
        self._visits: dict[str, Visit] = {}
        self._faces: dict[str, Vector] = {}
        self._log: list[tuple[int, frozenset[str]]] = []
        self._revision = 0
        self._told: dict[str, datetime] = {}

    def revision(self) -> int:
        return self._revision

    def all(self) -> tuple[int, list[Stranger]]:
        return self._revision, list(self._people.values())

    def many(self, ids: Collection[str]) -> dict[str, Stranger]:
        return {one: self._people[one] for one in ids if one in self._people}

    def changes(self, since: int) -> tuple[int, frozenset[str]] | None:
        later = [(number, ids) for number, ids in self._log if number > since]
        if since != self._revision and (not later or later[0][0] != since + 1):
            return None
        return self._revision, frozenset(one for _, ids in later for one in ids)

    def visits(self, ids: Collection[str]) -> dict[str, Visit]:
        return {one: self._visits[one] for one in ids if one in self._visits}

    def faces(self, ids: Collection[str]) -> dict[str, Vector]:
        return {one: self._faces[one] for one in ids if one in self._faces}

    def count(self) -> int:
        return len(self._visits)

    def oldest(self, count: int, before: datetime | None = None) -> list[str]:
        found = sorted(self._visits.values(), key=lambda one: one.ended)
        return [one.id for one in found if before is None or one.ended < before][:count]

    def decide(self, known: Stranger, decision: Decision) -> None:
        self.write(Change(put=(replace(known, decision=decision),)))

    def stay_forgotten(self, strangers: Iterable[Stranger]) -> None:
        """This memory loses nothing."""

    def write(self, change: Change) -> None:
        for one in (*change.put, *change.gone):
            known = self._people.get(one.id)
            if (known.version if known else 0) != one.version:
                raise Conflict("Somebody else was faster.")
        self._people |= {one.id: replace(one, version=one.version + 1) for one in change.put}
        for one in change.gone:
            self._people.pop(one.id, None)
        self._faces |= {visit.id: face for visit, face in change.kept}
        self._visits |= {visit.id: visit for visit, _ in change.kept}
        self._visits |= {visit.id: visit for visit in change.visits}
        for name in change.forgotten:
            self._visits.pop(name, None)
            self._faces.pop(name, None)
        self._revision += 1
        self._log.append(
            (self._revision, frozenset(one.id for one in (*change.put, *change.gone)))
        )

    def clear(self) -> int:
        count = self.count()
        self._people, self._visits, self._faces, self._log = {}, {}, {}, []
        self._revision += 1
        return count

    def lately(self, name: str) -> bool:
        return self._told.get(name, self._clock.now()) > self._clock.now()

    def first(self, name: str, seconds: float) -> bool:
        now = self._clock.now()
        if self._told.get(name, now) > now:
            return False
        self._told[name] = now + timedelta(seconds=seconds)
        return True


@dataclass
class ToldOutbox:
    """What was published once, by id; the rest of an ``Outbox`` is not asked."""

    told: dict[str, Notice] = field(default_factory=dict)

    def publish_once(self, day: str, notices: list[Notice], *, silent: bool = False) -> int:
        fresh = [one for one in notices if one.id not in self.told]
        self.told |= {one.id: one for one in fresh}
        return len(fresh)

    @property
    def kinds(self) -> list[str]:
        return [one.kind.value for one in self.told.values()]


@dataclass
class StrangerWorld:
    """The parts of a site, and all about unknown people over them."""

    store: StrangerStore
    clock: FakeClock
    options: LiveOptions
    models: ModelSource
    gallery: Gallery
    people: PeopleReader
    enrolment: Enrolment
    pictures: SnapshotStore
    marks: MarkWriter
    audit: AuditLog
    demand: Any = lambda _: None
    outbox: ToldOutbox = field(default_factory=ToldOutbox)

    def __post_init__(self) -> None:
        self.index = StrangerIndex(self.store)
        self.alarms = Alarms(cast("Outbox", self.outbox), self.store, self.clock)
        self.forgetting = Forgetting(self.store, self.pictures, self.clock)
        self.seen = Seen(
            self.store, self.index, self.people,
            lambda contract: limit_of(self.models, contract, self.store.count()),
        )  # fmt: skip
        self.strangers = self._made()

    def days(self) -> int:
        return self.options.current().stranger_days

    def _made(self) -> Strangers:
        upkeep = StrangerUpkeep(
            self.store, self.index, self.forgetting, days=self.days, models=self.models,
            alarms=self.alarms,
        )  # fmt: skip
        return Strangers(
            StrangerKeeper(
                self.store, self.index, days=self.days, models=self.models,
                registered=Registered(self.gallery, self.people), pictures=self.pictures,
                alarms=self.alarms, clock=self.clock,
            ),
            upkeep,
            StrangerService(
                self.store, self.index, self.forgetting, enrolment=self.enrolment,
                people=self.people, pictures=self.pictures, audit=self.audit, clock=self.clock,
                demand=self.demand,
            ),
            Proposals(
                self.seen, people=self.people, marks=self.marks, pictures=self.pictures,
                audit=self.audit, clock=self.clock,
            ),
            StrangerPolicy(self.options, upkeep, self.store.count),
            self.contract,
        )  # fmt: skip

    def contract(self) -> str:
        current = self.models.current()
        return current.contract.digest if current else ""

    def comes(
        self, face: Vector, kiosk: str = "door", *, over: bool = True, first: bool = True
    ) -> None:
        """Somebody unknown came by just now."""
        passing = a_passing(face, self.clock, self.contract(), kiosk, over=over)
        self.strangers.keeper.take(replace(passing, first=first))


def a_passing(
    face: Vector, clock: FakeClock, contract: str, kiosk: str = "door", *, over: bool = True
) -> Passing:
    now = clock.now()
    picture = np.full((90, 90, 3), 128, np.uint8)
    return Passing(kiosk, now - timedelta(seconds=4), now, face, contract, 5, 0.9, picture, over)


def away(clock: FakeClock, seconds: float = 3600) -> None:
    """Long enough for the next time to be another visit."""
    clock.advance(seconds)
