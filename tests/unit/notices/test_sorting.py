"""Which notices go where, and when."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_rec.domain.groups import only
from face_rec.domain.people import Person
from face_rec.notices.channel import Channel, ChannelKind, NoticeRule
from face_rec.notices.delivery import Delivery, next_try
from face_rec.notices.notice import Notice, NoticeKind, words_of
from face_rec.notices.sorting import Facts, queue
from tests.fakes.clock import MORNING
from tests.samples import a_person

BERLIN = ZoneInfo("Europe/Berlin")
HOOK = Channel("hook", "Hook", ChannelKind.WEBHOOK, "", "x.example", "root", MORNING)
MAIL = Channel("mail", "Mail", ChannelKind.MESSAGE, "", "E-Mail", "root", MORNING)
CHANNELS = {one.id: one for one in (HOOK, MAIL)}
RULE = NoticeRule("r1", "All", frozenset(NoticeKind), frozenset({"hook", "mail"}))
YEAR = datetime(2025, 1, 1)  # noqa: DTZ001 - hypothesis wants none
LATE = Notice("e1.late", NoticeKind.LATE, MORNING, "s1", "door")


def _sent(
    rule: NoticeRule, notice: Notice = LATE, person: Person | None = None, now: datetime = MORNING
) -> dict[str, datetime]:
    found = queue(notice, person or a_person(), Facts([rule], CHANNELS, now, BERLIN))
    return {one.delivery.channel: one.due for one in found}


def test_a_notice_goes_out_by_every_channel_of_its_rule_at_once() -> None:
    assert _sent(RULE) == {"hook": MORNING, "mail": MORNING}


def test_a_rule_may_be_about_some_kinds_groups_and_kiosks_only() -> None:
    assert not _sent(replace(RULE, kinds=frozenset({NoticeKind.ABSENT})))
    assert not _sent(replace(RULE, groups=only("Workshop")))
    assert _sent(replace(RULE, groups=only("Office")))
    assert not _sent(replace(RULE, kiosks=frozenset({"yard"})))
    assert _sent(replace(RULE, kiosks=frozenset({"door"})))
    assert not _sent(replace(RULE, active=False))


def test_nobody_is_told_of_people_of_other_groups_nor_of_the_erased() -> None:
    narrowed = replace(RULE, groups=only("Office"))
    assert not list(queue(LATE, None, Facts([narrowed], CHANNELS, MORNING, BERLIN)))
    problem = Notice("p", NoticeKind.PROBLEM, MORNING)
    assert list(queue(problem, None, Facts([narrowed], CHANNELS, MORNING, BERLIN)))


def test_several_rules_send_one_notice_once_and_the_earliest_counts() -> None:
    slow = replace(RULE, id="r2", digest=60)
    found = list(queue(LATE, a_person(), Facts([slow, RULE], CHANNELS, MORNING, BERLIN)))
    assert {one.delivery.id: one.due for one in found} == {
        "hook:e1.late": MORNING, "mail:e1.late": MORNING
    }  # fmt: skip


def test_a_digest_collects_until_the_end_of_its_minutes_and_webhooks_do_not_wait() -> None:
    rule = replace(RULE, digest=30)
    for minute in (0, 7, 29):
        sent = _sent(rule, now=MORNING + timedelta(minutes=minute))
        assert sent["mail"] == MORNING + timedelta(minutes=30)
        assert sent["hook"] == MORNING + timedelta(minutes=minute)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2025-03-10T22:59:59", None),
        ("2025-03-10T23:00:00", "2025-03-11T06:30:00"),
        ("2025-03-11T03:00:00", "2025-03-11T06:30:00"),
        ("2025-03-11T06:30:00", None),
        ("2025-03-30T01:59:00", "2025-03-30T06:30:00"),  # the night that has 23 hours
    ],
)
def test_messages_wait_until_the_quiet_hours_are_over(now: str, until: str | None) -> None:
    rule = replace(RULE, quiet_from=time(23), quiet_until=time(6, 30))
    moment = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
    end = datetime.fromisoformat(until or now).replace(tzinfo=BERLIN)
    sent = _sent(rule, now=moment.astimezone(UTC))
    assert sent == {"hook": moment, "mail": end}


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2025-03-10T18:59:59", False), ("2025-03-10T19:00:00", True),
        ("2025-03-11T00:00:00", True), ("2025-03-11T05:59:59", True),
        ("2025-03-11T06:00:00", False),
    ],
)  # fmt: skip
def test_a_rule_of_the_night_tells_of_what_happens_at_night_whenever_it_is_sorted(
    at: str, told: bool
) -> None:
    rule = replace(RULE, only_from=time(19), only_until=time(6))
    moment = datetime.fromisoformat(at).replace(tzinfo=BERLIN)
    late = replace(LATE, at=moment.astimezone(UTC))
    for now in (moment, moment + timedelta(hours=12)):
        assert bool(_sent(rule, late, now=now.astimezone(UTC))) is told


@given(
    st.datetimes(YEAR, YEAR + timedelta(days=365)), st.times(), st.times(),
    st.integers(0, 1440),
)  # fmt: skip
def test_whatever_the_rule_nothing_goes_out_early_or_in_quiet_hours(
    at: datetime, begin: time, end: time, digest: int
) -> None:
    now = at.replace(tzinfo=UTC)
    rule = replace(RULE, quiet_from=begin, quiet_until=end, digest=digest)
    due = rule.due(now, BERLIN)
    local = due.astimezone(BERLIN).time()
    assert now <= due <= now + timedelta(days=2, hours=1)
    quiet = begin <= local < end if begin <= end else local >= begin or local < end
    assert not quiet or due.astimezone(BERLIN).fold or begin == end


def test_the_same_of_one_person_is_cooled_by_rule_and_channel() -> None:
    rule = replace(RULE, cooldown=10)
    found = list(queue(LATE, a_person(), Facts([rule], CHANNELS, MORNING, BERLIN)))
    assert len({one.cooled for one in found}) == 2
    assert {one.until for one in found} == {MORNING + timedelta(minutes=10)}


def test_what_one_rule_does_not_tell_again_another_may_still_want() -> None:
    cooled, collected = replace(RULE, cooldown=10), replace(RULE, id="r2", digest=30)
    found = list(
        queue(LATE, a_person(), Facts([collected, cooled, RULE], CHANNELS, MORNING, BERLIN))
    )
    assert [one.cooled for one in found] == [""] * 2  # at once, and never held back
    found = list(queue(LATE, a_person(), Facts([collected, cooled], CHANNELS, MORNING, BERLIN)))
    mail = [one for one in found if one.delivery.channel == "mail"]
    assert [(bool(one.cooled), one.delivery.rule) for one in mail] == [(True, "r1"), (False, "r2")]


def test_a_delivery_is_tried_for_three_days_and_then_given_up() -> None:
    delivery, moment, tries = Delivery("hook:e1", "hook", "r1", LATE), MORNING, 1
    while (again := next_try(delivery := delivery.failed("no"), moment)) is not None:
        assert again > moment
        moment, tries = again, tries + 1
    assert tries == 10
    assert timedelta(days=2.5) < moment - MORNING < timedelta(days=4)


def test_a_rule_about_something_broader_is_told_of_what_lies_within() -> None:
    disk = Notice("d", NoticeKind.DISK, MORNING)
    assert _sent(replace(RULE, kinds=frozenset({"site.problem"})), disk)
    assert not _sent(replace(RULE, kinds=frozenset({"site.solved"})), disk)


def test_a_kind_that_a_later_version_has_added_stops_nothing() -> None:
    rule = replace(RULE, kinds=frozenset({"of.tomorrow", "attendance.late"}))
    assert _sent(rule)
    assert not _sent(replace(RULE, kinds=frozenset({"of.tomorrow"})))
    assert words_of("of.tomorrow") == "of.tomorrow (of a later version)"
