"""Unknown people over a store in memory, in Redis, and in a cluster."""

from collections.abc import Callable

import pytest

from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.rights import Act
from face_rec.people.duplicates import DuplicateCheck
from face_rec.people.enrolment import Enrolment
from face_rec.people.kept_photos import KeptPhotos
from face_rec.stores.sealing.keyring import Keyring, derived
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.stores.strangers.stranger_store import RedisStrangers
from face_rec.strangers.storage import StrangerStore
from tests.fakes.access import MemoryAudit, nothing_to_prove
from tests.fakes.attendance import FakeAttendance
from tests.fakes.clock import FakeClock
from tests.fakes.gallery import FakeGallery
from tests.fakes.models import FakeModelSource
from tests.fakes.options import live_options
from tests.fakes.people import FakePeople
from tests.fakes.snapshots import MemorySnapshots
from tests.fakes.strangers import MemoryStrangers, StrangerWorld
from tests.fakes.system import good_quality

KEY = "k" * 44
Demand = Callable[[Act], None]


def a_keyring() -> Keyring:
    return derived([KEY], "data")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["memory", "redis_client", "cluster_client"])
def store(request: pytest.FixtureRequest, clock: FakeClock) -> StrangerStore:
    if request.param == "memory":
        return MemoryStrangers(clock)
    client = request.getfixturevalue(request.param)
    return RedisStrangers(client, "main", DataSealer(a_keyring()))


@pytest.fixture
def world(store: StrangerStore, clock: FakeClock) -> StrangerWorld:
    return a_world(store, clock)


def a_world(
    store: StrangerStore, clock: FakeClock, demand: Demand = nothing_to_prove
) -> StrangerWorld:
    """A site at which unknown people are kept for 30 days."""
    models, people, pictures = FakeModelSource(), FakePeople(clock), MemorySnapshots()
    gallery = FakeGallery()
    enrolment = Enrolment(
        people=people, writer=people, models=models, assess=good_quality,
        duplicates=DuplicateCheck(people, models, gallery, lambda *_: True),
        photos=KeptPhotos(pictures), clock=clock,
    )  # fmt: skip
    return StrangerWorld(
        store, clock, live_options(chosen={"stranger_days": "30"}), models, gallery, people,
        enrolment, pictures, FakeAttendance(), AuditLog(MemoryAudit(), clock),
        demand,
    )  # fmt: skip
