"""Changed rules hold from a day, no change is overwritten unseen, HR keeps to its groups."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.rules import Item, Limits, Rules
from face_rec.attendance.rules.shift import DEFAULT_ID, PRESENCE, DayHours, Reading, Shift
from face_rec.attendance.terms.status import Status
from face_rec.domain.errors import RuleRefused
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.kiosks.kiosk import Direction, KioskRecord
from tests.attendance_days import ADA, DAY_SHIFT, LONG_AGO, MONDAY, at, judged, punches, shift
from tests.attendance_world import BOB, World, statuses
from tests.fakes.rules import EVERYTHING, FakeRules

TUESDAY, WEDNESDAY = (MONDAY + timedelta(days=n) for n in (1, 2))
FRIDAY = MONDAY + timedelta(days=4)
OFFICE = Authority(only("Office"))
EVERY_GROUP = Authority(ALL_GROUPS)


def ada(world: World) -> list[Status]:
    days = world.service().timesheets.person(ADA.subject, MONDAY, WEDNESDAY)
    return [day.status for day in days]


def came_at(clock: str, *items: Item) -> World:
    world = World(*items)
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        world.mark(f"{clock} 17:00", day)
    return world


# --- from a day on ----------------------------------------------------------------


def test_a_changed_shift_holds_from_its_day_and_leaves_the_past_alone() -> None:
    world = came_at("09:08")
    world.service().rules.save(shift(late_grace=5), since=TUESDAY, authority=EVERYTHING)
    assert ada(world) == [Status.PRESENT, Status.LATE, Status.LATE]


def test_a_change_again_adds_a_version_and_one_of_the_same_day_replaces_it() -> None:
    world = came_at("09:08")
    service = world.service().rules
    service.save(shift(late_grace=5), since=TUESDAY, authority=EVERYTHING)
    service.save(shift(late_grace=20), since=WEDNESDAY, authority=EVERYTHING)
    assert ada(world) == [Status.PRESENT, Status.LATE, Status.PRESENT]
    service.save(shift(late_grace=0), since=WEDNESDAY, authority=EVERYTHING)
    assert ada(world) == [Status.PRESENT, Status.LATE, Status.LATE]
    (stored,) = world.rules.load().shifts
    assert [one.valid_from for one in (stored, *stored.earlier)] == [WEDNESDAY, TUESDAY, None]


def test_the_past_is_judged_anew_when_that_is_asked_for() -> None:
    world = came_at("09:08")
    service = world.service().rules
    service.save(shift(late_grace=20), since=TUESDAY, authority=EVERYTHING)
    service.save(shift(late_grace=5), since=None, authority=EVERYTHING)
    assert ada(world) == [Status.LATE] * 3
    assert world.rules.load().shifts[0].earlier == ()


def test_what_changes_nothing_makes_no_version() -> None:
    world = came_at("09:08")
    world.service().rules.save(DAY_SHIFT, since=TUESDAY, authority=EVERYTHING)
    assert world.rules.load().shifts == (DAY_SHIFT,)


def test_the_first_hours_that_are_ever_entered_leave_the_days_of_presence_alone() -> None:
    world = World(Holiday("h", date(2024, 12, 25), "far away"))
    for day in (MONDAY, TUESDAY):
        world.mark("11:00 17:00", day)
    world.service().rules.save(DAY_SHIFT, since=TUESDAY, authority=EVERYTHING)
    assert ada(world)[:2] == [Status.PRESENT, Status.LATE]


def test_taking_the_hours_away_again_leaves_the_measured_days_alone() -> None:
    world = came_at("11:00")
    world.service().rules.remove(DAY_SHIFT, since=TUESDAY, authority=EVERYTHING)
    assert ada(world) == [Status.LATE, Status.PRESENT, Status.PRESENT]


def test_a_preview_shows_only_what_the_day_lets_change() -> None:
    world = came_at("09:08")
    service = world.service().rules
    changes = service.preview([shift(late_grace=5)], MONDAY, WEDNESDAY, since=TUESDAY)
    assert [one.day for one in changes if one.person == changes[0].person] == [TUESDAY, WEDNESDAY]
    assert len(service.preview([shift(late_grace=5)], MONDAY, WEDNESDAY)) == 3


def test_another_shift_for_a_group_begins_on_its_day() -> None:
    late, early = Shift("late", "Late", time(11), time(19)), Shift("early", "Early")
    group = Assignment("a", "early", group="Office")
    world = came_at("11:00", late, early, group)
    world.service().rules.save(replace(group, shift="late"), since=TUESDAY, authority=EVERYTHING)
    shifts = [
        day.shift for day in world.service().timesheets.person(ADA.subject, MONDAY, WEDNESDAY)
    ]
    assert shifts == ["Early", "Late", "Late"]
    assert len(world.rules.load().assignments) == 2


def test_an_assignment_that_is_removed_ends_and_its_past_stays() -> None:
    late = Shift("late", "Late", time(11), time(19))
    group = Assignment("a", "late", group="Office")
    world = came_at("11:00", late, group)
    world.service().rules.remove(group, since=TUESDAY, authority=EVERYTHING)
    shifts = [
        day.shift for day in world.service().timesheets.person(ADA.subject, MONDAY, WEDNESDAY)
    ]
    assert shifts == ["Late", PRESENCE.name, PRESENCE.name]


def test_a_kiosk_that_is_turned_round_keeps_the_direction_of_the_past() -> None:
    typed = shift(reading=Reading.TYPED)
    gate = KioskRecord("gate", direction=Direction.IN, watched_from=LONG_AGO)
    world = World(typed, gate)
    for day in (MONDAY, TUESDAY):
        for event in punches("09:00/gate", day):
            world.attendance.apply(event, 0.0)
    world.service().rules.save(
        replace(gate, direction=Direction.OUT), since=TUESDAY, authority=EVERYTHING
    )
    assert ada(world)[:2] == [Status.MISSING_OUT, Status.MISSING_IN]
    (stored,) = world.rules.load().kiosks
    assert stored.watched_from == LONG_AGO


def test_a_kiosk_that_is_no_longer_watched_still_excuses_the_days_before() -> None:
    gate = KioskRecord("gate", watched_from=LONG_AGO)
    world = World(DAY_SHIFT, gate)
    world.service().rules.save(replace(gate, watched=False), since=TUESDAY, authority=EVERYTHING)
    assert ada(world)[:2] == [Status.KIOSK_DOWN, Status.ABSENT]


def test_another_limit_for_outages_leaves_the_past_alone() -> None:
    world = World(DAY_SHIFT, KioskRecord("gate", watched_from=LONG_AGO))
    for day in (MONDAY, TUESDAY):
        world.rules.beat("gate", at(day, "12:00"), at(day, "06:00"))
        world.rules.beat("gate", at(day, "21:00"), at(day, "12:30"))
    world.service().rules.save(Limits(outage=60), since=TUESDAY, authority=EVERYTHING)
    assert ada(world)[:2] == [Status.KIOSK_DOWN, Status.ABSENT]


def test_a_change_entered_before_its_day_does_not_hold_yet() -> None:
    world = came_at("09:08")
    tomorrow = world.clock.now().date() + timedelta(days=1)
    service = world.service().rules
    service.save(Limits(score=0.9), since=tomorrow, authority=EVERYTHING)
    service.save(shift(late_grace=0), since=tomorrow, authority=EVERYTHING)
    assert world.service().mark_queries.limits() == Limits()
    assert ada(world) == [Status.PRESENT] * 3
    world.clock.advance(86_400)
    assert world.service().mark_queries.limits().score == 0.9


# --- hours of a day of the week -----------------------------------------------------


def test_a_short_friday_has_its_own_end() -> None:
    short = shift(weekdays=(DayHours(4, time(9), time(13)),))
    assert judged("09:00 13:00", short, day=FRIDAY).status is Status.PRESENT
    assert judged("09:00 12:00", short, day=FRIDAY).status is Status.EARLY
    assert judged("09:00 13:00", short, day=MONDAY).status is Status.EARLY


def test_limits_of_hours_are_taken_in_proportion_on_a_short_day() -> None:
    half = {"half_day_below": 240, "absent_below": 120, "overtime_after": 480}
    short = shift(weekdays=(DayHours(4, time(9), time(13)),), **half)
    assert judged("09:00 11:05", short, day=FRIDAY).status is Status.EARLY
    assert judged("09:00 10:55", short, day=FRIDAY).status is Status.HALF_DAY
    assert judged("09:00 09:55", short, day=FRIDAY).status is Status.ABSENT
    assert judged("09:00 14:00", short, day=FRIDAY).overtime == 3600


def test_a_night_on_one_day_of_the_week_ends_in_the_morning() -> None:
    night = shift(weekdays=(DayHours(4, time(22), time(6)),), closes_after=120)
    assert judged("22:00 06:00+1", night, day=FRIDAY).worked == 8 * 3600


@pytest.mark.parametrize(
    "hours",
    [
        (DayHours(4, time(9), time(9)),),
        (DayHours(7, time(9), time(10)),),
        (DayHours(4, time(9), time(13)), DayHours(4, time(9), time(12))),
        (DayHours(4, time(9), time(9, 15)),),  # as short as the graces
    ],
)
def test_hours_of_a_day_that_make_no_sense_are_refused(hours: tuple[DayHours, ...]) -> None:
    with pytest.raises(RuleRefused):
        World().service().rules.save(shift(weekdays=hours), authority=EVERYTHING)


# --- two at once --------------------------------------------------------------------


def test_the_second_of_two_admins_is_told_and_overwrites_nothing() -> None:
    world = World()
    service, begun = world.service().rules, world.rules.load()
    service.save(shift(late_grace=5), begun=begun, authority=EVERYTHING)
    with pytest.raises(RuleRefused, match="Somebody else changed this entry"):
        service.save(shift(late_grace=30), begun=begun, authority=EVERYTHING)
    with pytest.raises(RuleRefused, match="Somebody else changed this entry"):
        service.remove(DAY_SHIFT, begun=begun, authority=EVERYTHING)
    assert world.rules.load().shifts[0].late_grace == 5


def test_changes_of_different_entries_do_not_disturb_each_other() -> None:
    world = World()
    service, begun = world.service().rules, world.rules.load()
    service.save(shift(late_grace=5), begun=begun, authority=EVERYTHING)
    service.save(Leave("l", ADA.subject, MONDAY, MONDAY), begun=begun, authority=EVERYTHING)
    assert len(world.rules.load().leaves) == 1


def test_a_first_heartbeat_is_no_change_by_somebody_else() -> None:
    gate = KioskRecord("gate")
    world = World(DAY_SHIFT, gate)
    begun = world.rules.load()
    world.rules.beat("gate", at(MONDAY, "09:00"))
    world.service().rules.save(replace(gate, site="East"), begun=begun, authority=EVERYTHING)
    (stored,) = world.rules.load().kiosks
    assert (stored.site, stored.watched_from) == ("East", at(MONDAY, "09:00"))


class Hurried(FakeRules):
    """Somebody else is always a little faster, ``times`` times."""

    def __init__(self, times: int) -> None:
        super().__init__(DAY_SHIFT)
        self.times = times

    def load(self) -> Rules:
        seen = super().load()
        if self.times:
            self.times -= 1
            super().put(Leave(f"other{self.times}", BOB.subject, MONDAY, MONDAY))
        return seen


def test_what_was_checked_is_what_stands_when_it_is_written() -> None:
    """Two leaves of one person that overlap are refused, also when they come at once."""
    world = World()
    world.rules = Hurried(1)
    with pytest.raises(RuleRefused, match="overlaps"):
        world.service().rules.save(
            Leave("mine", BOB.subject, MONDAY, MONDAY), authority=EVERYTHING
        )
    assert [one.id for one in world.rules.load().leaves] == ["other0"]


# --- whose rules ----------------------------------------------------------------------

MINE: list[Item] = [
    Leave("l", ADA.subject, MONDAY, MONDAY),
    Employment(ADA.subject, MONDAY),
    Holiday("h", MONDAY, "Office party", frozenset({"Office"})),
    Assignment("a", "mine", group="Office"),
    Assignment("a", "mine", ADA.subject),
    Shift("new", "New"),
    Shift("mine", "Changed"),
]
OTHERS: list[Item] = [
    Leave("l", BOB.subject, MONDAY, MONDAY),
    Leave("l", "nobody", MONDAY, MONDAY),
    Employment(BOB.subject, MONDAY),
    Holiday("h", MONDAY, "Shop party", frozenset({"Shop", "Office"})),
    Holiday("h", MONDAY, "Christmas"),
    Assignment("a", "mine", group="Shop"),
    Assignment("a", "mine", BOB.subject),
    Shift("theirs", "Changed"),
    DAY_SHIFT,
    KioskRecord("gate"),
    Limits(outage=5),
]


def staffed() -> World:
    return World(
        Shift("mine", "Mine"), Shift("theirs", "Theirs"),
        Assignment("m", "mine", group="Lab"), Assignment("t", "theirs", group="Shop"),
    )  # fmt: skip


@pytest.mark.parametrize("item", MINE)
def test_hr_changes_what_concerns_its_groups(item: Item) -> None:
    hr = Authority(only("Office", "Lab"))
    staffed().service().rules.save(item, authority=hr)


@pytest.mark.parametrize("item", OTHERS)
def test_hr_changes_nothing_outside_of_its_groups(item: Item) -> None:
    world = staffed()
    before = world.rules.load()
    with pytest.raises(RuleRefused, match=r"outside of your groups|whole company|page Kiosks"):
        world.service().rules.save(item, authority=OFFICE)
    assert world.rules.load() == before


def test_hr_cannot_take_over_an_entry_of_others_by_rewriting_it() -> None:
    world = World(Holiday("h", MONDAY, "Christmas"), Leave("l", BOB.subject, MONDAY, MONDAY))
    service = world.service().rules
    with pytest.raises(RuleRefused):
        service.save(Holiday("h", MONDAY, "Mine", frozenset({"Office"})), authority=OFFICE)
    with pytest.raises(RuleRefused):
        service.save(Leave("l", ADA.subject, MONDAY, MONDAY), authority=OFFICE)
    stored: list[Item] = [*world.rules.load().holidays, *world.rules.load().leaves]
    for item in stored:
        with pytest.raises(RuleRefused):
            service.remove(item, authority=OFFICE)


def test_hr_of_all_groups_still_leaves_the_company_to_admins() -> None:
    service = staffed().service().rules
    service.save(Holiday("h", MONDAY, "Christmas"), authority=EVERY_GROUP)
    service.save(Leave("l", BOB.subject, MONDAY, MONDAY), authority=EVERY_GROUP)
    for item in (Limits(outage=5), KioskRecord("gate"), shift(id=DEFAULT_ID)):
        with pytest.raises(RuleRefused, match=r"whole company|page Kiosks"):
            service.save(item, authority=EVERY_GROUP)


def test_an_empty_set_of_groups_is_nobody() -> None:
    nobody = Authority()
    for item in (*MINE[:5], Holiday("h", MONDAY, "x", frozenset())):
        with pytest.raises(RuleRefused):
            staffed().service().rules.save(item, authority=nobody)


def test_statuses_of_the_others_are_unchanged_by_hr() -> None:
    world = staffed()
    world.service().rules.save(Leave("l", ADA.subject, MONDAY, MONDAY), authority=OFFICE)
    assert statuses(world.service())["Ada"] is Status.LEAVE
