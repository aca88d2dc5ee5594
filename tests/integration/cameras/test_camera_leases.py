"""Leases of cameras in a real Redis and in a cluster: shared fairly, and never twice."""

import random
import time
from collections import Counter

import pytest

from face_rec.cameras.serving.leases import Share
from face_rec.stores.cameras.camera_leases import RedisLeases
from face_rec.stores.redis.client import Client
from tests.integration.cameras.site import holders
from tests.redis_servers import wait_until

SHORT = 0.4
"""Seconds: of a lease that is to run out here."""
CAMERAS = [f"c{number:02}" for number in range(10)]


@pytest.fixture(params=["redis_client", "cluster_client"])
def client(request: pytest.FixtureRequest) -> Client:
    found: Client = request.getfixturevalue(request.param)
    return found


class Site:
    """Workers that stop with what they have too many of, and say so."""

    def __init__(self, leases: RedisLeases) -> None:
        self.leases = leases
        self.serves: dict[str, set[str]] = {}

    def turn(self, worker: str, cameras: list[str] = CAMERAS, pool: str = "any") -> Share:
        share = self.leases.share(worker, pool, cameras)
        self.serves[worker] = set(share.cameras) - set(share.surplus)
        self._alone()
        self.leases.release(worker, pool, share.surplus, ends=False)
        return share

    def settle(self, *workers: str) -> list[int]:
        """How many each serves when all have had some turns."""
        for _ in range(3):
            for worker in workers:
                self.turn(worker)
        assert set().union(*(self.serves[one] for one in workers)) == set(CAMERAS)
        return sorted(len(self.serves[one]) for one in workers)

    def _alone(self) -> None:
        counts = Counter(camera for serves in self.serves.values() for camera in serves)
        assert max(counts.values(), default=1) == 1, "a camera is served twice"


@pytest.fixture
def site(client: Client) -> Site:
    return Site(RedisLeases(client, "main", 60))


def test_each_worker_that_joins_or_leaves_changes_the_shares(site: Site) -> None:
    assert site.settle("a") == [10]
    assert site.settle("a", "b") == [5, 5]
    assert site.settle("a", "b", "c") == [3, 3, 4]
    assert site.settle("a", "b", "c", "d") == [2, 2, 3, 3]
    gone = site.serves.pop("b")
    site.leases.release("b", "any", gone, ends=True)
    assert site.settle("a", "c", "d") == [3, 3, 4]


def test_a_share_is_not_taken_from_who_still_serves_it(site: Site, client: Client) -> None:
    site.turn("a")
    share = site.leases.share("b", "any", CAMERAS)
    assert share.cameras == ()  # a has not stopped with any yet
    assert len(site.leases.share("a", "any", CAMERAS).surplus) == 5
    assert site.leases.share("b", "any", CAMERAS).cameras == ()
    assert len(holders(client)) == 10


def test_more_workers_than_cameras_leave_some_idle_until_one_is_needed(site: Site) -> None:
    for worker in "abc":
        site.turn(worker, ["gate"])
    assert site.serves == {"a": {"gate"}, "b": set(), "c": set()}
    site.serves.pop("a")
    site.leases.release("a", "any", ["gate"], ends=True)
    assert site.turn("b", ["gate"]).cameras == ("gate",)


def test_a_worker_that_dies_leaves_its_cameras_to_the_others(client: Client) -> None:
    leases = RedisLeases(client, "main", SHORT)
    assert leases.share("a", "any", CAMERAS).cameras == tuple(CAMERAS)
    assert leases.share("b", "any", CAMERAS).cameras == ()
    begun = time.monotonic()
    wait_until(lambda: leases.share("b", "any", CAMERAS).cameras == tuple(CAMERAS), 10)
    assert time.monotonic() - begun >= SHORT - 0.1
    back = leases.share("a", "any", CAMERAS)  # it was stopped only, and learns what became of it
    assert back.cameras == ()
    leases.release("a", "any", CAMERAS, ends=False)  # nor can it give away what is another's
    assert set(holders(client).values()) <= {"b"}


def test_a_camera_of_a_machine_is_shared_on_that_machine_only(site: Site, client: Client) -> None:
    assert site.leases.share("a", "any", ["gate"]).cameras == ("gate",)
    assert site.leases.share("a", "pc one", ["0"]).cameras == ("0",)
    assert site.leases.share("b", "any", ["gate"]).cameras == ()
    assert holders(client) == {"gate": "a", "0": "a"}


def test_whatever_order_workers_come_go_and_die_in_no_camera_is_served_twice(site: Site) -> None:
    chance = random.Random(7)
    names = iter(f"w{number:03}" for number in range(1000))
    there = [next(names)]
    for _ in range(300):
        deed = chance.random()
        if deed < 0.08 and len(there) < 6:
            there.append(next(names))
        elif deed < 0.14 and len(there) > 1:
            worker = there.pop(chance.randrange(len(there)))
            site.leases.release(worker, "any", site.serves.pop(worker, set()), ends=True)
        site.turn(chance.choice(there), chance.sample(CAMERAS, len(CAMERAS)))
    assert sum(site.settle(*there)) == len(CAMERAS)
