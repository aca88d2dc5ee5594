"""What a cluster of three does differently; the contract tests run there as well."""

from datetime import timedelta

import pytest

from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.marks import Outcome
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client, RedisAddress, connect
from tests.fakes.clock import MORNING, FakeClock
from tests.redis_servers import Server, all_agree, wait_until
from tests.samples import a_person, a_template, an_event, events_between


def test_days_are_spread_over_the_nodes_and_read_together(
    cluster_client: Client, redis_cluster: list[Server]
) -> None:
    attendance = RedisAttendance(cluster_client, "main")
    for day in range(20):
        attendance.apply(an_event(f"e{day}", seconds=86400 * day), 60)
    end = MORNING + timedelta(days=20)
    assert len(events_between(attendance, MORNING, end)) == 20
    days = [MORNING.date() + timedelta(days=n) for n in range(20)]
    assert attendance.lengths(days) == [1] * 20
    for server in redis_cluster:
        assert list(server.client().scan_iter("attendance:*"))


def test_a_site_lies_whole_on_one_node(
    cluster_client: Client, redis_cluster: list[Server]
) -> None:
    people = RedisPeople(cluster_client, "main", FakeClock())
    for number in range(10):
        people.create(a_person(str(number)), [a_template()], people.revision())
    with_people = [s for s in redis_cluster if list(s.client().scan_iter("person:*"))]
    assert len(with_people) == 1


def test_scripts_come_back_after_the_servers_forgot_them(
    cluster_client: Client, redis_cluster: list[Server]
) -> None:
    attendance = RedisAttendance(cluster_client, "main")
    attendance.apply(an_event("e1"), 60)
    for server in redis_cluster:
        server.client().script_flush()
    assert attendance.apply(an_event("e2", seconds=99), 60).outcome is Outcome.MARKED


def test_the_replicas_asked_for_are_missed_on_a_cluster_too(cluster_client: Client) -> None:
    attendance = RedisAttendance(cluster_client, "main", wait_replicas=1)
    with pytest.raises(StoreUnavailable, match="0 of 1 replicas"):
        attendance.apply(an_event(), 60)
    assert attendance.length(MORNING.date()) == 1


def test_one_node_that_is_there_leads_to_the_others(redis_cluster: list[Server]) -> None:
    nodes = (("127.0.0.1", 1), ("127.0.0.1", redis_cluster[1].port))
    client = connect(RedisAddress(mode="cluster", nodes=nodes))
    people = RedisPeople(client, "elsewhere", FakeClock())
    assert people.count() == 0
    client.close()


def test_user_text_reaches_no_key_name(
    cluster_client: Client, redis_cluster: list[Server]
) -> None:
    people = RedisPeople(cluster_client, "main", FakeClock())
    person = people.create(a_person("}x"), [], 0)
    RedisAttendance(cluster_client, "main").apply(an_event("}y", "}z"), 60)
    names = {name for s in redis_cluster for name in s.client().scan_iter("*")}
    day = MORNING.date()
    of_day = (keys.attendance, keys.seen, keys.last)
    expected = {keys.person("main", person.subject), keys.ids("main")}
    expected |= {keys.revision("main"), keys.changes("main")}
    expected |= {name("main", day) for name in of_day}
    assert names == {name.encode() for name in expected}


def test_a_node_that_dies_is_said_and_used_again_when_it_is_back(
    cluster_client: Client, redis_cluster: list[Server]
) -> None:
    attendance = RedisAttendance(cluster_client, "main")
    attendance.apply(an_event("e1"), 60)
    key = keys.attendance("main", MORNING.date())
    holder = next(s for s in redis_cluster if list(s.client().scan_iter(key)))
    holder.kill()
    with pytest.raises(StoreUnavailable):
        attendance.apply(an_event("e2"), 60)
    holder.start()
    wait_until(lambda: all_agree(redis_cluster))
    assert attendance.apply(an_event("e3", seconds=999), 60).outcome is Outcome.MARKED
