"""A people store: the fake, Redis, and a cluster; a site whose model is changed."""

from pathlib import Path

import pytest

from face_rec.protocols.people_store import PeopleStore
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock
from tests.fakes.people import FakePeople
from tests.integration.people.change_site import ChangingSite


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["fake", "redis_client", "cluster_client"])
def people(request: pytest.FixtureRequest, clock: FakeClock) -> PeopleStore:
    if request.param == "fake":
        return FakePeople(clock)
    return RedisPeople(request.getfixturevalue(request.param), "main", clock)


@pytest.fixture
def site(redis_client: Client, tmp_path: Path) -> ChangingSite:
    clock = FakeClock()
    return ChangingSite(redis_client, tmp_path / "pictures", clock=clock)


@pytest.fixture
def beside(site: ChangingSite, redis_client: Client, tmp_path: Path) -> ChangingSite:
    """Another process of the site, whose options were read before anything was switched."""
    other = ChangingSite(redis_client, tmp_path / "pictures", clock=site.clock)
    other.options.refresh()
    return other
