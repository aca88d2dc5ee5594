"""When a report goes out by mail: once a day on which it is due, whatever the clocks do."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from face_rec.attendance.rules.calendar import Holiday
from face_rec.attendance.rules.rules import Rules
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.errors import NoticeRefused
from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS, Groups, only
from face_rec.notices.reports.due import working_days
from face_rec.notices.reports.schedule import (
    Often,
    Schedule,
    Sent,
    begun,
    checked,
    due,
    following,
    sent_of,
)

BERLIN = ZoneInfo("Europe/Berlin")
DAILY = Schedule(
    "s", "ada", "daily", "Yesterday", Often.DAILY, time(7, 30), to=frozenset({"a@b.de"})
)
WORKING = working_days(Rules())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def days_sent(one: Schedule, first: str, days: int, step: timedelta) -> list[date]:
    """Looks again and again, as the app does, by the clock on the wall of the site."""
    now = at(first)
    sent, found = begun(one, now, WORKING), []
    end = now + timedelta(days=days)
    while now < end:
        now = datetime.fromtimestamp((now + step).timestamp(), BERLIN)
        day = due(one, sent, now, WORKING)
        if day is not None:
            found.append(day)
            sent = sent.having(day, now.date())
    return found


def test_it_goes_out_on_each_working_day_once() -> None:
    found = days_sent(DAILY, "2026-03-05T07:30", 7, timedelta(minutes=7))
    assert found == [date(2026, 3, day) for day in (6, 9, 10, 11, 12)]


def test_days_off_of_the_site_are_none_and_those_of_a_group_are() -> None:
    rules = Rules(
        shifts=(Shift("default", "All", days=frozenset({0, 1, 2})),),
        holidays=(Holiday("h", date(2026, 3, 10), "Day"),
                  Holiday("g", date(2026, 3, 11), "Theirs", frozenset({"Office"}))),
    )  # fmt: skip
    working = working_days(rules)
    assert [day for day in range(9, 16) if working(date(2026, 3, day))] == [9, 11]


@pytest.mark.parametrize("wall", ["02:30", "02:00", "03:00", "00:00", "23:59"])
def test_the_changes_of_summer_time_neither_leave_a_day_out_nor_send_it_twice(wall: str) -> None:
    every = replace(DAILY, often=Often.WEEKLY, day=6, at=time.fromisoformat(wall))
    for first, sunday in (("2026-03-27T12:00", 29), ("2026-10-23T12:00", 25)):
        found = days_sent(every, first, 5, timedelta(minutes=20))
        assert [one.day for one in found] == [sunday]


def test_the_last_day_of_a_short_month_stands_for_the_31st() -> None:
    monthly = replace(DAILY, often=Often.MONTHLY, day=31)
    found = days_sent(monthly, "2026-01-15T12:00", 120, timedelta(hours=5))
    assert [f"{one:%m-%d}" for one in found] == ["01-31", "02-28", "03-31", "04-30"]
    assert following(monthly, None, at("2026-02-01T09:00"), WORKING) == at("2026-02-28T07:30")


def test_of_what_was_missed_the_last_is_sent_once_and_nothing_older_than_a_week() -> None:
    sent = Sent(date(2026, 3, 2))
    assert due(DAILY, sent, at("2026-03-08T20:00"), WORKING) == date(2026, 3, 6)
    weekly = replace(DAILY, often=Often.WEEKLY, day=1)
    assert due(weekly, sent, at("2026-03-10T07:29"), WORKING) == date(2026, 3, 3)
    monthly = replace(DAILY, often=Often.MONTHLY, day=3)
    assert due(monthly, sent, at("2026-03-10T23:00"), WORKING) == date(2026, 3, 3)
    assert due(monthly, sent, at("2026-03-11T08:00"), WORKING) is None


def test_what_begins_goes_on_or_is_changed_sends_nothing_of_before() -> None:
    noon = at("2026-03-06T12:00")
    assert due(DAILY, begun(DAILY, noon, WORKING), noon, WORKING) is None
    early = at("2026-03-06T06:00")
    later = due(DAILY, begun(DAILY, early, WORKING), noon, WORKING)
    assert later == date(2026, 3, 6)
    sent = begun(DAILY, early, WORKING).having(date(2026, 3, 6), noon.date())
    moved = replace(DAILY, at=time(14))
    again = begun(moved, noon, WORKING, sent)
    assert due(moved, again, at("2026-03-06T15:00"), WORKING) is None, "it went out that day"


def test_a_clock_that_jumps_sends_no_day_twice_and_keeps_none_back() -> None:
    sent = Sent(date(2026, 3, 1))
    for text, expected in (
        ("2026-03-05T08:00", date(2026, 3, 5)),
        ("2027-03-05T08:00", date(2027, 3, 5)),  # a year ahead
        ("2026-03-05T09:00", None),  # and back
        ("2026-02-20T09:00", None),  # too far
        ("2026-03-06T08:00", date(2026, 3, 6)),
        ("2026-03-06T07:00", None),
        ("2026-03-06T08:00", None),
    ):
        now = at(text)
        day = due(DAILY, sent, now, WORKING)
        assert day == expected, text
        sent = sent.having(day, now.date()) if day else sent
    ahead = begun(DAILY, at("2027-03-05T08:00"), WORKING)
    assert ahead.wrong(date(2026, 3, 5)), "what began while the clock was ahead begins anew"


def test_what_was_sent_is_read_as_it_was_written() -> None:
    sent = Sent(date(2026, 3, 1), frozenset({date(2026, 3, 5)}))
    assert sent_of(sent.text()) == sent
    assert sent_of("") is None


@pytest.mark.parametrize(
    "wrong",
    [{"report": "else"}, {"suffix": ".exe"}, {"span": "Some days"}, {"to": frozenset()},
     {"to": frozenset(str(n) for n in range(51))}, {"report": "muster", "span": "90 days"},
     {"often": Often.WEEKLY, "day": 7}, {"often": Often.MONTHLY, "day": 0}],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused(wrong: dict[str, object]) -> None:
    assert checked(DAILY) == DAILY
    with pytest.raises(NoticeRefused):
        checked(replace(DAILY, **wrong))  # type: ignore[arg-type]


def test_groups_that_two_may_see_are_those_of_both() -> None:
    some = Groups(frozenset({"a", "b"}))
    assert ALL_GROUPS.within(some) == some == some.within(ALL_GROUPS)
    assert some.within(only("b", "c")) == only("b")
    assert some.within(NO_GROUPS) == NO_GROUPS == only("c").within(some)
