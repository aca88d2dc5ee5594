"""A roster by week: what is stored of it, whose it is to set, and that days are judged by it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.duty import Duties, short_rests
from face_rec.attendance.rules.roster import Roster
from face_rec.attendance.rules.roster_week import (
    OFF,
    RosterWeek,
    cells_of,
    changed,
    copied,
    empty_week,
    week_of,
    weeks_of,
    with_days,
)
from face_rec.attendance.rules.rule_changes import Concerned, concerned
from face_rec.attendance.rules.rules import Rules
from face_rec.attendance.rules.shift import Shift
from face_rec.attendance.rules.validation import flaws, removal_conflicts
from face_rec.attendance.terms.status import Status
from face_rec.domain.errors import RuleRefused
from face_rec.domain.groups import only
from face_rec.domain.people import Person
from tests.fakes.system import FakeSystem

ALL = Authority(company=True)
MONDAY = date(2025, 3, 24)  # the Sunday after it has 23 hours in Berlin
DAY, WEEK = timedelta(days=1), timedelta(days=7)
EARLY = Shift("early", "Early", time(6), time(14))
NIGHT = Shift("night", "Night", time(22), time(6))


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        running.rules.put(Shift("default", "Office"), EARLY, NIGHT)
        yield running


@pytest.fixture
def ada(fake: FakeSystem) -> Person:
    return fake.add_person(1, "Ada", "Day")


def of(person: Person, days: Mapping[date, str]) -> tuple[RosterWeek, ...]:
    return weeks_of({(person.subject, day): told for day, told in days.items()})


def seen(fake: FakeSystem) -> dict[str, RosterWeek]:
    return {one.id: one for one in fake.rules.load().rosters}


def test_a_week_begins_on_monday_and_is_copied_as_it_is() -> None:
    assert week_of(MONDAY + 6 * DAY) == tuple(MONDAY + n * DAY for n in range(7))
    week = weeks_of({("s", MONDAY): "early", ("t", MONDAY + 6 * DAY): OFF})
    after = copied(week, 2)
    assert {one.first for one in after} == {MONDAY + WEEK, MONDAY + 2 * WEEK}
    assert cells_of(after)["t", MONDAY + 6 * DAY + 2 * WEEK] == OFF
    assert changed({one.id: one for one in after}, after) == []
    emptied = with_days(week[0], {MONDAY: ""})
    assert emptied == empty_week("s", MONDAY)
    assert changed({}, [emptied]) == [], "a week without anything is as one that is not there"


def test_whether_a_week_is_rostered_is_found_in_one_week_and_in_a_year_alike() -> None:
    year = [replace(one, days=("early",) * 7)
            for one in copied([empty_week("s", MONDAY)], 52) if one.first.month != 6]  # fmt: skip
    roster = Roster(ZoneInfo("UTC"), [EARLY], [], [], year)
    there = {day for one in year for day in week_of(one.first)}
    for start in range(-10, 380, 3):
        for length in (0, 1, 8, 90, 500):
            first = MONDAY + start * DAY
            days = {first + n * DAY for n in range(length + 1)}
            near = {day for one in days for day in week_of(one)}
            assert roster.rostered("s", first, first + length * DAY) is bool(near & there)
    assert not roster.rostered("t", MONDAY, MONDAY + 400 * DAY)


def test_whom_a_change_concerns_is_the_same_for_rules_that_were_read_anew() -> None:
    before = Rules(rosters=weeks_of({(who, MONDAY): "early" for who in "abc"}))
    after = replace(before, rosters=(before.rosters[0], *weeks_of({("b", MONDAY): OFF}),
                                     *weeks_of({("d", MONDAY): OFF})))  # fmt: skip
    anew = replace(after, rosters=tuple(replace(one) for one in after.rosters))
    assert concerned(before, after) == concerned(before, anew)
    assert concerned(before, after).subjects == {"b", "c", "d"}
    assert concerned(after, anew) == Concerned()


def test_an_entry_is_of_one_person_and_one_week_from_its_monday() -> None:
    week = empty_week("s", MONDAY)
    assert not flaws(week)
    for wrong in (
        replace(week, first=MONDAY + DAY), replace(week, days=week.days[:6]),
        replace(week, id="another"), replace(week, subject=""),
    ):  # fmt: skip
        assert flaws(wrong)


def test_days_are_judged_by_the_roster_and_as_before_when_it_is_taken_out(
    fake: FakeSystem, ada: Person
) -> None:
    service, saturday = fake.service.rosters, MONDAY + 5 * DAY

    def judged(day: date) -> tuple[str, Status]:
        (one,) = fake.service.timesheets.person(ada.subject, day, day)
        return one.shift, one.status

    fake.clock.advance(30 * 86_400)
    weeks = of(ada, {MONDAY: OFF, saturday: "early"})
    service.save(weeks, authority=ALL, seen={})
    assert judged(MONDAY)[1] is Status.WEEKLY_OFF
    assert judged(saturday) == ("Early", Status.ABSENT)
    service.save([empty_week(ada.subject, MONDAY)], authority=ALL, seen=seen(fake))
    assert judged(MONDAY) == ("Office", Status.ABSENT)
    assert judged(saturday)[1] is Status.WEEKLY_OFF


def test_a_roster_is_set_for_groups_of_ones_own_and_over_nobody_elses_change(
    fake: FakeSystem, ada: Person
) -> None:
    service, weeks = fake.service.rosters, of(ada, {MONDAY: OFF})
    bob = fake.add_person(2, "Bob", "Night")
    with pytest.raises(RuleRefused, match="outside of your groups"):
        service.save([*weeks, *of(bob, {MONDAY: OFF})], authority=Authority(only("Day")), seen={})
    assert not fake.rules.load().rosters, "all of them or none"
    service.save(weeks, authority=Authority(only("Day")), seen={})
    with pytest.raises(RuleRefused, match="Somebody else changed"):
        service.save(of(ada, {MONDAY: "early"}), authority=ALL, seen={})
    assert cells_of(fake.rules.load().rosters)[ada.subject, MONDAY] == OFF
    fake.people.delete(ada.subject)
    with pytest.raises(RuleRefused, match="removed meanwhile"):
        service.save([empty_week(ada.subject, MONDAY)], authority=ALL, seen=seen(fake))


def test_who_is_erased_while_a_roster_is_saved_leaves_nothing_in_it(
    fake: FakeSystem, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = fake.rules.put

    def put_late(*items: RosterWeek, seen: int | None = None) -> None:
        fake.people.delete(ada.subject)
        put(*items, seen=seen)

    monkeypatch.setattr(fake.rules, "put", put_late)
    with pytest.raises(RuleRefused):
        fake.service.rosters.save(of(ada, {MONDAY: OFF}), authority=ALL, seen={})
    assert not fake.rules.load().rosters


def test_a_shift_of_a_roster_exists_and_stays_and_is_nobody_elses_to_change(
    fake: FakeSystem, ada: Person
) -> None:
    service = fake.service.rosters
    with pytest.raises(RuleRefused, match="does not exist"):
        service.save(of(ada, {MONDAY: "gone"}), authority=ALL, seen={})
    service.save(of(ada, {MONDAY: "early"}), authority=ALL, seen={})
    assert removal_conflicts(fake.rules.load(), EARLY)
    with pytest.raises(RuleRefused, match="outside of your groups"):
        fake.service.rules.save(replace(EARLY, name="x"), authority=Authority(only("Night")))


def test_two_shifts_at_once_are_refused_also_with_the_day_beside_and_where_weeks_meet(
    fake: FakeSystem, ada: Person
) -> None:
    service, sunday = fake.service.rosters, MONDAY + 6 * DAY
    late_start = Shift("five", "Five", time(5), time(13))
    fake.rules.put(late_start)
    nights = of(ada, {sunday: "night"})
    service.save(nights, authority=ALL, seen={})
    for days in ({MONDAY + WEEK: "five"}, {sunday: "five", sunday - DAY: "night"}):
        with pytest.raises(RuleRefused, match="two shifts at once"):
            service.save(of(ada, days), authority=ALL, seen=seen(fake))
    fake.rules.put(Holiday("h", MONDAY + WEEK, "Feast"))
    service.save(of(ada, {MONDAY + WEEK: "five"}), authority=ALL, seen=seen(fake))


def test_rest_is_measured_on_the_clock_that_changes_meanwhile(ada: Person) -> None:
    """From Saturday 22:00 to Sunday 06:00 are seven hours where the clocks go forward."""
    zone = FakeSystem().system.site.timezone
    assert zone.key == "Europe/Berlin"
    late = Shift("late", "Late", time(14), time(22))
    saturday = MONDAY + 5 * DAY
    rosters = of(ada, {saturday: "late", saturday + DAY: "early"})
    rules = Rules(shifts=(EARLY, late), rosters=rosters)
    (rest,) = short_rests(Duties(rules, zone), ada, week_of(MONDAY))
    assert (rest.day, rest.seconds) == (saturday + DAY, 7 * 3600)
    away = replace(rules, leaves=(Leave("l", ada.subject, saturday, saturday),))
    assert not list(short_rests(Duties(away, zone), ada, week_of(MONDAY))), "who is on leave rests"
