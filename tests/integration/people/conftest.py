"""A people store: the fake, Redis, and a cluster."""

import pytest

from face_rec.protocols.people import PeopleStore
from face_rec.stores.people.people_store import RedisPeople
from tests.fakes.clock import FakeClock
from tests.fakes.people import FakePeople


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["fake", "redis_client", "cluster_client"])
def people(request: pytest.FixtureRequest, clock: FakeClock) -> PeopleStore:
    if request.param == "fake":
        return FakePeople(clock)
    return RedisPeople(request.getfixturevalue(request.param), "main", clock)
