"""The outbox in a real Redis and in a cluster: each step is one, whoever is killed in between."""

from dataclasses import replace
from datetime import timedelta

import pytest

from face_rec.notices.delivery import Delivery, Outcome, Queued
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.stores.notices import outbox_keys
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.stores.redis.client import Client
from tests.fakes.clock import MORNING

LEASE = timedelta(minutes=2)


def a_notice(name: str = "e1", kind: NoticeKind = NoticeKind.MARK) -> Notice:
    return Notice(name, kind, MORNING, "s1", "door", "e1", "Zoë 😀\nlate")


def a_delivery(name: str = "e1") -> Delivery:
    return Delivery(f"hook:{name}", "hook", "r1", a_notice(name))


@pytest.fixture(params=["redis_client", "cluster_client"])
def client(request: pytest.FixtureRequest) -> Client:
    found: Client = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def outbox(client: Client) -> RedisOutbox:
    return RedisOutbox(client, "main")


def test_notices_come_out_as_they_went_in(outbox: RedisOutbox) -> None:
    notices = [a_notice(f"e{number}", kind) for number, kind in enumerate(NoticeKind)]
    assert outbox.publish("reader", "", "1", notices)
    assert [entry.notice for entry in outbox.after("0", 100)] == notices
    first, *_, last = outbox.after("0", 100)
    assert outbox.newest() == last.number
    assert [entry.notice for entry in outbox.after(first.number, 100)] == notices[1:]
    assert outbox.after(last.number, 100) == []


def test_of_two_processes_that_read_the_same_place_one_tells(outbox: RedisOutbox) -> None:
    assert outbox.publish("reader", "", "1", [a_notice()])
    assert not outbox.publish("reader", "", "1", [a_notice()])
    assert not outbox.publish("reader", "0", "2", [a_notice("e2")])
    assert outbox.publish("reader", "1", "2", [a_notice("e2")])
    assert [entry.notice.id for entry in outbox.after("0", 9)] == ["e1", "e2"]
    assert outbox.places() == {"reader": "2"}
    outbox.forget(["reader"])
    assert outbox.places() == {}


def test_what_is_told_of_a_day_is_told_once(outbox: RedisOutbox, client: Client) -> None:
    assert outbox.publish_once("2025-03-10", [a_notice("a"), a_notice("b")]) == 2
    assert outbox.publish_once("2025-03-10", [a_notice("b"), a_notice("c")]) == 1
    assert outbox.publish_once("2025-03-11", [a_notice("a")]) == 1
    assert outbox.publish_once("2025-03-11", []) == 0
    assert client.ttl(outbox_keys.outbox_told("main", "2025-03-10")) > 0


def test_an_entry_is_sorted_by_one_process_and_by_another_where_that_one_died(
    client: Client, outbox: RedisOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outbox.unsorted(9) == []
    outbox.publish("reader", "", "1", [a_notice()])
    other = RedisOutbox(client, "main")
    (taken,) = outbox.unsorted(9)
    assert other.unsorted(9) == []
    monkeypatch.setattr("face_rec.stores.notices.outbox._ABANDONED_MS", 0)
    assert other.unsorted(9) == [taken]
    other.sort([taken], [Queued(a_delivery(), MORNING)], MORNING)
    assert outbox.unsorted(9) == []
    outbox.sort([taken], [Queued(a_delivery(), MORNING)], MORNING)  # it was only slow
    assert outbox.take(MORNING, LEASE, 9) == [a_delivery()]
    assert outbox.waiting() == 1


def test_a_delivery_is_taken_by_one_until_its_lease_is_over(outbox: RedisOutbox) -> None:
    outbox.sort([], [Queued(a_delivery(), MORNING + timedelta(seconds=1))], MORNING)
    assert outbox.take(MORNING, LEASE, 9) == []
    now = MORNING + timedelta(seconds=1)
    assert outbox.take(now, LEASE, 9) == [a_delivery()]
    assert outbox.take(now, LEASE, 9) == []
    assert outbox.take(now + LEASE, LEASE, 9) == [a_delivery()]


def test_what_is_settled_is_settled_once_and_remembered(outbox: RedisOutbox) -> None:
    outbox.sort([], [Queued(a_delivery(), MORNING)], MORNING)
    failed = a_delivery().failed("no answer in time")
    later = MORNING + timedelta(hours=1)
    assert outbox.hold(failed, later)
    assert outbox.take(MORNING, LEASE, 9) == []
    assert outbox.take(later, LEASE, 9) == [failed]
    outcome = Outcome(later, "hook", a_notice())
    assert outbox.settle(failed, outcome)
    assert not outbox.settle(failed, outcome)
    assert not outbox.hold(failed, later)
    assert outbox.recent() == [outcome]
    assert (outbox.waiting(), outbox.dead()) == (0, [])


def test_what_was_given_up_can_be_sent_again_or_dropped(outbox: RedisOutbox) -> None:
    for name in ("e1", "e2"):
        outbox.sort([], [Queued(a_delivery(name), MORNING)], MORNING)
        outcome = Outcome(MORNING, "hook", a_notice(name), "no")
        assert outbox.settle(replace(a_delivery(name), tries=10), outcome, dead=True)
    assert {one.id for one in outbox.dead()} == {"hook:e1", "hook:e2"}
    assert outbox.again("hook:e1", MORNING)
    assert not outbox.again("hook:e1", MORNING)  # a double click
    assert outbox.take(MORNING, LEASE, 9) == [a_delivery("e1")]
    assert outbox.drop("hook:e2")
    assert not outbox.drop("hook:e2")
    assert outbox.dead() == []


def test_what_is_cooled_is_not_told_again_before_its_time(outbox: RedisOutbox) -> None:
    until = MORNING + timedelta(minutes=10)
    for number, seconds in enumerate((0, 599, 600)):
        queued = Queued(a_delivery(f"e{number}"), MORNING, "r1|hook|late|s1", until)
        outbox.sort([], [queued], MORNING + timedelta(seconds=seconds))
    taken = outbox.take(until, LEASE, 9)
    assert {one.id for one in taken} == {"hook:e0", "hook:e2"}


def test_what_a_later_version_wrote_holds_nobody_up(outbox: RedisOutbox, client: Client) -> None:
    client.xadd(outbox_keys.outbox("main"), {"notice": b'{"id":"x","kind":"of.tomorrow"}'})
    outbox.publish("reader", "", "1", [a_notice()])
    assert [entry.notice.id for entry in outbox.unsorted(9)] == ["e1"]
    client.hset(outbox_keys.deliveries("main"), "x", b"{}")
    client.zadd(outbox_keys.deliveries_due("main"), {"x": 0})
    assert outbox.take(MORNING, LEASE, 9) == []


def test_what_is_not_sorted_stays_however_much_there_is_and_then_the_oldest_go(
    outbox: RedisOutbox, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("face_rec.stores.notices.outbox._KEPT", 10)
    names = [f"e{number}" for number in range(2500)]
    outbox.publish("reader", "", "1", [a_notice(name) for name in names])
    waits = outbox.unsorted(100)
    told: list[str] = []
    while found := outbox.unsorted(100):
        told += [entry.notice.id for entry in found]
        outbox.sort(found, [], MORNING)
    assert told == names[100:]
    assert len(outbox.after("0", 9999)) == 2500  # somebody still works at the oldest
    outbox.sort(waits, [], MORNING)
    outbox.sort([], [], MORNING)
    left = [entry.notice.id for entry in outbox.after("0", 9999)]
    assert left == names[-len(left) :]
    assert 10 <= len(left) < 1010


def test_what_is_noted_silently_is_not_told(outbox: RedisOutbox) -> None:
    assert outbox.told("2025-03-10") == 0
    outbox.publish_once("2025-03-10", [a_notice("a")], silent=True)
    assert outbox.after("0", 9) == []
    assert outbox.publish_once("2025-03-10", [a_notice("a"), a_notice("b")]) == 1
    assert outbox.told("2025-03-10") == 2
    assert outbox.latest(9) == {"b"}


def test_where_one_rule_is_cooled_another_takes_its_place(outbox: RedisOutbox) -> None:
    until, whose = MORNING + timedelta(minutes=10), "r1|hook|late|s1"
    other = replace(a_delivery("e2"), rule="r2")
    first = Queued(a_delivery("e1"), MORNING, whose, until)
    outbox.sort([], [first, Queued(replace(a_delivery("e1"), rule="r2"), MORNING)], MORNING)
    outbox.sort(
        [], [Queued(a_delivery("e2"), MORNING, whose, until), Queued(other, MORNING)], MORNING
    )
    found = outbox.take(MORNING, LEASE, 9)
    assert {(one.notice.id, one.rule) for one in found} == {("e1", "r1"), ("e2", "r2")}
