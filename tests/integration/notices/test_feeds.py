"""What is noted of marks, days and checks: once, whatever the lists and clocks do."""

from datetime import date, timedelta

import pytest

from face_rec.notices.notice import NoticeKind
from face_rec.notices.sources.conditions import Condition, ConditionFeed
from face_rec.notices.sources.feeds import Missed
from face_rec.stores.notices.outbox import RedisOutbox
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from tests.fakes.clock import MORNING
from tests.integration.notices.a_site import Site
from tests.integration.notices.receiver import Receiver


def test_what_was_marked_before_anybody_could_be_told_is_told_to_nobody(
    redis_client: Client, receiver: Receiver
) -> None:
    site = Site(redis_client)
    site.mark("old", "older")
    site.opened().look()
    site.hook(receiver)
    site.mark("new")
    site.mark("next day", seconds=86_400)
    site.clock.advance(86_400)
    process = site.opened()
    process.look()
    process.send()
    assert set(receiver.got) == {"new", "next day"}
    site.close()


def test_an_absence_is_told_once_however_often_and_by_whomever_it_is_seen(
    site: Site, receiver: Receiver
) -> None:
    site.hook(receiver)
    site.missed = [Missed(NoticeKind.ABSENT, MORNING.date(), "s1")]
    for _ in range(3):
        process = site.opened()
        process.look()
        process.send()
    (name,) = receiver.got
    assert receiver.got[name] == 1
    assert receiver.said[name]["data"]["details"] == "on 2025-03-10"


def test_what_goes_wrong_and_is_right_again_is_told_if_it_lasts(
    site: Site, receiver: Receiver
) -> None:
    site.hook(receiver)
    feed = ConditionFeed(lambda: site.wrong, RedisOutbox(site.client, "main"), site.clock)
    for wrong, told in [(False, 0), (True, 0), (False, 0), (True, 0), (True, 1), (True, 0),
                        (False, 0), (False, 1), (False, 0)]:  # fmt: skip
        site.wrong = [Condition("disk", wrong, "disk: 0.1 GB free")]
        assert feed.read() == told
        site.clock.advance(20)
    process = site.opened()
    process.look()
    process.send()
    kinds = [said["type"] for said in receiver.said.values()]
    assert sorted(kinds) == ["site.problem", "site.solved"]


def test_where_a_failover_took_the_end_of_a_day_what_comes_again_is_told(
    site: Site, receiver: Receiver
) -> None:
    site.hook(receiver)
    site.mark("e1", "e2", "e3")
    process = site.opened()
    process.look()
    site.client.ltrim(keys.attendance("main", MORNING.date()), 0, 0)
    site.client.delete(keys.seen("main", MORNING.date()))
    site.mark("e3", "e2", "e4")
    process.look()
    process.send(3)
    assert set(receiver.got) == {"e1", "e2", "e3", "e4"}
    assert set(receiver.got.values()) == {1}


def test_what_the_outbox_still_holds_is_not_told_again_where_a_list_went_back(
    site: Site, receiver: Receiver
) -> None:
    site.hook(receiver)
    site.mark("e1", "e2", "e3")
    process = site.opened()
    process.look()
    process.send()
    site.client.ltrim(keys.attendance("main", MORNING.date()), 0, 0)
    site.client.delete(keys.seen("main", MORNING.date()))
    site.mark("e4", "e3", "e2")
    process.look()
    process.send()
    assert receiver.got == {"e1": 1, "e2": 1, "e3": 1, "e4": 1}


def test_a_mark_that_a_kiosk_kept_for_three_days_is_told(site: Site, receiver: Receiver) -> None:
    site.hook(receiver)
    site.clock.advance(3 * 86_400 - 60)
    site.mark("kept")
    process = site.opened()
    process.look()
    process.send()
    assert receiver.got == {"kept": 1}


def test_a_clock_that_jumps_ahead_and_back_tells_nothing_twice(
    site: Site, receiver: Receiver
) -> None:
    site.hook(receiver)
    site.mark("e1")
    process = site.opened()
    for days in (0, 40, -40, 4000, -4000):
        site.clock.set(site.clock.now() + timedelta(days=days))
        process.look()
        process.send()
    assert receiver.got == {"e1": 1}


def test_who_was_missed_before_anybody_could_be_told_is_told_to_nobody(
    redis_client: Client, receiver: Receiver
) -> None:
    site = Site(redis_client)
    site.hook(receiver)
    site.missed = [Missed(NoticeKind.ABSENT, MORNING.date(), "s1")]
    process = site.opened()
    process.look()
    site.missed.append(Missed(NoticeKind.MISSING_OUT, MORNING.date(), "s1"))
    process.look()
    process.send()
    assert list(receiver.got) == ["2025-03-10-attendance-missing-out-s1"]
    site.close()


def test_whatever_cannot_be_read_nothing_else_waits_for_it(site: Site, receiver: Receiver) -> None:
    site.hook(receiver)
    site.mark("e1")
    site.opened().service._marks.read()
    process = site.opened()
    process.service._marks._late_by = _broken
    site.mark("e2")
    with pytest.raises(ZeroDivisionError):
        process.service.note()
    process.send()
    assert set(receiver.got) == {"e1"}


def _broken(_: object) -> int:
    raise ZeroDivisionError


def test_the_more_the_days_cost_the_less_often_they_are_judged(site: Site) -> None:
    service, asked = site.opened().service, []

    def slow(_: date) -> list[Missed]:
        site.clock.advance(15)
        return []

    def turn(seconds: float) -> bool:
        asked.append(seconds)
        return True

    service._turn = turn
    service._days._missed = slow
    assert service.pause == 20
    service.judge()
    assert service.pause == 270  # of two days
    service.judge()
    assert asked == [15, 202.5]
