"""The book over stores in memory: what is kept, what invalidates it, who is in it."""

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from face_rec.attendance.days.today import arrivals, overview
from face_rec.attendance.rules.calendar import Holiday
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.shift import PRESENCE, Shift
from face_rec.attendance.terms.filters import Filters
from face_rec.attendance.terms.status import Flag, Status
from face_rec.domain.errors import PersonMissing, RuleRefused
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.domain.liveness import Cue, Finding, Liveness
from face_rec.domain.marks import Event, EventKind
from face_rec.domain.people import Person
from face_rec.kiosks.kiosk import KioskRecord
from tests.attendance_days import ADA, DAY_SHIFT, LONG_AGO, MONDAY, at, punches, shift
from tests.attendance_world import BOB, World, statuses
from tests.fakes.rules import EVERYTHING


def test_everybody_expected_is_in_the_report_also_those_never_seen() -> None:
    world = World()
    world.mark("09:00 17:00")
    assert statuses(world.service()) == {"Ada": Status.PRESENT, "Bob": Status.ABSENT}


def test_without_any_settings_one_mark_makes_the_day() -> None:
    world = World(Holiday("h", date(2024, 12, 25), "far away"))
    world.mark("11:11")
    assert statuses(world.service()) == {"Ada": Status.PRESENT, "Bob": Status.ABSENT}


def test_a_closed_day_is_read_once() -> None:
    world = World()
    world.mark("09:00 17:00")
    service = world.service()
    first = service.timesheets.day(MONDAY)
    world.attendance.read.clear()

    assert service.timesheets.day(MONDAY) == first
    assert service.timesheets.person(ADA.subject, MONDAY, MONDAY) == first[:1]
    assert world.attendance.read == []


def test_a_late_replay_invalidates_its_day_only() -> None:
    world = World()
    world.mark("09:00 17:00")
    world.mark("09:00 17:00", MONDAY + timedelta(days=1))
    service = world.service()
    assert statuses(service)["Bob"] is Status.ABSENT
    world.attendance.read.clear()

    late = replace(punches("09:00")[0], id="late", subject=BOB.subject)
    world.attendance.apply(late, 0.0, replay=True)

    assert statuses(service)["Bob"] is Status.MISSING_OUT
    assert world.attendance.read == [MONDAY]


def test_a_correction_is_seen_at_once() -> None:
    world = World()
    came, _ = world.mark("09:30 17:00")
    service = world.service()
    assert statuses(service)["Ada"] is Status.LATE

    service.corrections.correct(EventKind.VOID, came, "boss", "someone else", within=ALL_GROUPS)
    service.corrections.add(
        ADA.subject, at(MONDAY, "09:00"), EventKind.PUNCH, "boss", "was here", within=ALL_GROUPS
    )

    assert statuses(service)["Ada"] is Status.PRESENT
    assert Flag.CORRECTED in service.timesheets.day(MONDAY)[0].flags


def test_changed_rules_judge_the_past_anew() -> None:
    world = World()
    world.mark("09:08 17:00")
    service = world.service()
    assert statuses(service)["Ada"] is Status.PRESENT
    service.rules.save(shift(late_grace=5), authority=EVERYTHING)
    assert statuses(service)["Ada"] is Status.LATE


def test_a_new_person_is_in_the_report_at_once() -> None:
    world = World()
    service = world.service()
    service.timesheets.day(MONDAY)
    world.people.create(
        Person("s-cy", "9", "Cy", created_at=LONG_AGO), (), world.people.revision()
    )
    assert statuses(service)["Cy"] is Status.ABSENT


def test_who_joined_in_mid_month_is_not_absent_before() -> None:
    world = World(DAY_SHIFT, Employment(BOB.subject, MONDAY + timedelta(days=2)))
    service = world.service()
    days = service.timesheets.person(BOB.subject, MONDAY, MONDAY + timedelta(days=3))
    assert [day.status for day in days] == [Status.NOT_EMPLOYED] * 2 + [Status.ABSENT] * 2


def test_without_a_record_employment_begins_with_registration() -> None:
    world = World()
    world.people.create(
        Person("s-cy", "9", "Cy", created_at=at(MONDAY, "23:30")), (), world.people.revision()
    )
    days = world.service().timesheets.person("s-cy", MONDAY - timedelta(days=3), MONDAY)
    assert [day.status for day in days][-1] is Status.ABSENT
    assert {day.status for day in days[:-1]} == {Status.NOT_EMPLOYED}


def test_a_deactivated_person_is_expected_up_to_that_day() -> None:
    world = World(now=at(MONDAY + timedelta(days=1), "10:00"))
    bob = world.people.get(BOB.subject)
    assert bob is not None
    world.people.update(replace(bob, active=False))
    world.clock.advance(timedelta(days=10).total_seconds())
    days = world.service().timesheets.person(BOB.subject, MONDAY, MONDAY + timedelta(days=2))
    assert [day.status for day in days] == [Status.ABSENT, Status.ABSENT, Status.NOT_EMPLOYED]


def test_no_later_change_turns_the_days_after_leaving_into_absences() -> None:
    world = World(now=at(MONDAY, "10:00"))
    service = world.service()
    switch(world, BOB.subject, active=False)
    world.clock.advance(timedelta(days=8).total_seconds())
    before = service.timesheets.day(MONDAY + timedelta(days=2))
    bob = world.people.get(BOB.subject)
    assert bob is not None
    world.people.update(replace(bob, name="Robert"))
    world.people.put_templates(BOB.subject, (), bob.version + 1, world.people.revision())
    after = service.timesheets.day(MONDAY + timedelta(days=2))
    assert [day.status for day in before] == [day.status for day in after]
    assert statuses(service, MONDAY + timedelta(days=2))["Robert"] is Status.NOT_EMPLOYED


def test_somebody_who_left_and_returned_was_not_employed_between() -> None:
    world = World(now=at(MONDAY, "10:00"))
    switch(world, BOB.subject, active=False)
    world.clock.advance(timedelta(days=3).total_seconds())
    switch(world, BOB.subject, active=True)
    world.clock.advance(timedelta(days=10).total_seconds())
    days = world.service().timesheets.person(BOB.subject, MONDAY, MONDAY + timedelta(days=4))
    away, there = Status.NOT_EMPLOYED, Status.ABSENT
    assert [day.status for day in days] == [there, away, away, there, there]


def test_another_group_holds_from_its_day_and_leaves_the_past_alone() -> None:
    late = Shift("late", "Late", time(11), time(19))
    world = World(
        DAY_SHIFT, late, Assignment("a", "late", group="Office"),
        Holiday("h", MONDAY + timedelta(days=1), "Shop day", frozenset({"Shop"})),
        now=at(MONDAY + timedelta(days=3), "10:00"),
    )  # fmt: skip
    ada = world.people.get(ADA.subject)
    assert ada is not None
    moved = world.people.update(replace(ada, group="Shop"))
    world.people.update(replace(moved, name="Ada L.", moved=()))
    days = world.service().timesheets.person(ADA.subject, MONDAY, MONDAY + timedelta(days=4))
    assert [day.shift for day in days] == ["Late", "Late", "Late", "Day", "Day"]
    assert days[1].status is Status.ABSENT, "the holiday is of the group that came later"
    explained = world.service().mark_queries.explain(ADA.subject, MONDAY)
    assert explained.record.shift == "Late"


def test_a_group_put_right_on_the_day_of_registration_leaves_no_trace_in_the_days() -> None:
    world = World(
        Shift("late", "Late", time(11), time(19)), Assignment("a", "late", group="Ofice")
    )
    world.people.create(Person("s-cy", "9", "Cy", group="Ofice"), (), world.people.revision())
    world.clock.advance(600)
    cy = world.people.get("s-cy")
    assert cy is not None
    world.people.update(replace(cy, group="Office"))
    today = world.clock.now().date()
    (day,) = world.service().timesheets.person("s-cy", today, today)
    assert day.shift == PRESENCE.name


def test_a_last_day_that_was_entered_stands_for_itself() -> None:
    world = World(DAY_SHIFT, Employment(BOB.subject, None, MONDAY + timedelta(days=1)))
    switch(world, BOB.subject, active=False)
    days = world.service().timesheets.person(BOB.subject, MONDAY, MONDAY + timedelta(days=2))
    assert [day.status for day in days][1:] == [Status.ABSENT, Status.NOT_EMPLOYED]


def switch(world: World, subject: str, *, active: bool) -> None:
    person = world.people.get(subject)
    assert person is not None
    world.people.update(replace(person, active=active))


def test_marks_of_somebody_deleted_are_nobodys() -> None:
    world = World()
    world.mark("09:00 17:00")
    world.people.delete(ADA.subject)
    service = world.service()
    assert statuses(service) == {"Bob": Status.ABSENT}
    with pytest.raises(PersonMissing):
        service.timesheets.person(ADA.subject, MONDAY, MONDAY)


def test_filters_choose_people_and_statuses() -> None:
    world = World()
    world.mark("09:30 17:00")
    book = world.service().timesheets
    assert [r.person.name for r in book.day(MONDAY, Filters(only("Shop")))] == ["Bob"]
    assert [r.person.name for r in book.day(MONDAY, Filters(ALL_GROUPS, text="ADA"))] == ["Ada"]
    late = Filters(ALL_GROUPS, statuses=frozenset({Status.LATE}))
    assert [r.person.name for r in book.day(MONDAY, late)] == ["Ada"]


def test_many_people_are_judged_as_few_are() -> None:
    world = World()
    for number in range(40):
        person = Person(f"s{number}", f"{number}x", f"P{number}", created_at=LONG_AGO)
        world.people.create(person, (), world.people.revision())
        for event in punches(f"09:{number:02d} 17:00"):
            world.attendance.apply(
                replace(event, id=f"{event.id}-{number}", subject=person.subject), 0.0, replay=True
            )
    book = world.service().timesheets
    for record in book.day(MONDAY):
        assert [record] == book.person(record.person.subject, MONDAY, MONDAY)
    assert sum(record.status is Status.LATE for record in book.day(MONDAY)) == 29


def test_closed_days_on_disk_serve_the_next_start(tmp_path: Path) -> None:
    world = World(folder=tmp_path)
    world.mark("09:00 17:00")
    before = world.service().timesheets.day(MONDAY)
    world.attendance.read.clear()

    assert world.service().timesheets.day(MONDAY) == before
    assert MONDAY not in world.attendance.read


def test_a_day_that_was_looked_at_while_it_went_on_is_on_disk_when_it_is_closed(
    tmp_path: Path,
) -> None:
    """So that the first report of a month reads no day that somebody has looked at."""
    world = World(now=at(MONDAY, "18:00"), folder=tmp_path)
    world.mark("09:00 17:00")
    service = world.service()
    service.timesheets.day(MONDAY)
    assert not list(tmp_path.rglob("*.day"))
    world.attendance.read.clear()
    world.clock.advance(2 * 86_400)
    service.timesheets.day(MONDAY + timedelta(days=2))  # as an Overview asks
    assert [file.stem for file in tmp_path.rglob("*.day")] == [str(MONDAY)]
    assert statuses(world.service())["Ada"] is Status.PRESENT
    assert MONDAY not in world.attendance.read


def test_a_late_replay_outdates_the_file_too(tmp_path: Path) -> None:
    world = World(folder=tmp_path)
    world.mark("09:00 17:00")
    world.service().timesheets.day(MONDAY)
    late = replace(punches("09:00")[0], id="late", subject=BOB.subject)
    world.attendance.apply(late, 0.0, replay=True)
    assert statuses(world.service())["Bob"] is Status.MISSING_OUT


def test_a_broken_file_only_costs_time(tmp_path: Path) -> None:
    world = World(folder=tmp_path)
    world.mark("09:00 17:00")
    before = world.service().timesheets.day(MONDAY)
    files = list(tmp_path.rglob("*.day"))
    assert files
    for file in files:
        file.write_bytes(b"not numpy")
    assert world.service().timesheets.day(MONDAY) == before


def test_a_bit_that_the_disk_flipped_in_a_file_only_costs_time(tmp_path: Path) -> None:
    world = World(folder=tmp_path)
    world.mark("09:00 17:00")
    before = world.service().timesheets.day(MONDAY)
    files = {file: file.read_bytes() for file in tmp_path.rglob("*.day")}
    for step in range(40):
        for file, good in files.items():
            bad = bytearray(good)
            bad[step * len(bad) // 40] ^= 1 << step % 8
            file.write_bytes(bad)
        assert world.service().timesheets.day(MONDAY) == before


def test_no_flipped_bit_passes_for_a_mark_where_everybody_is_read(tmp_path: Path) -> None:
    """Of many people the file is read as a whole, of a few their part of it."""
    world = World(folder=tmp_path)
    for number in range(30):
        who = Person(f"s{number}", f"{number}x", f"P{number}", created_at=LONG_AGO)
        world.people.create(who, (), world.people.revision())
        event = replace(punches("09:00")[0], id=f"{number}", subject=who.subject)
        world.attendance.apply(event, 0.0, replay=True)
    before = world.service().timesheets.day(MONDAY)
    (file,) = tmp_path.rglob(f"{MONDAY}.day")
    good = file.read_bytes()
    for step in range(40):
        bad = bytearray(good)
        bad[step * len(bad) // 40] ^= 1 << step % 8
        file.write_bytes(bad)
        assert world.service().timesheets.day(MONDAY) == before
    file.write_bytes(good)
    world.attendance.read.clear()
    assert world.service().timesheets.day(MONDAY) == before
    assert MONDAY not in world.attendance.read


def test_files_of_another_database_are_never_read(tmp_path: Path) -> None:
    world = World(folder=tmp_path)
    world.mark("09:00 17:00")
    world.service().timesheets.day(MONDAY)
    (tmp_path / "fake").rename(tmp_path / "other")

    emptied = World(folder=tmp_path)
    emptied.mark("10:00 17:00")

    assert statuses(emptied.service())["Ada"] is Status.LATE
    assert not (tmp_path / "other").exists()


def test_a_malformed_event_is_shown_and_takes_nothing_down() -> None:
    world = World()
    world.mark("09:00 17:00")
    world.attendance.broken[MONDAY].append('{"no": "event"}')
    service = world.service()
    assert statuses(service)["Ada"] is Status.PRESENT
    assert service.mark_queries.malformed(MONDAY, MONDAY) == {MONDAY: ['{"no": "event"}']}
    assert '{"no": "event"}' in service.mark_queries.explain(ADA.subject, MONDAY).malformed


def test_an_outage_is_never_an_absence() -> None:
    world = World(DAY_SHIFT, KioskRecord("gate"))
    for minute in range(0, 120, 2):
        world.rules.beat("gate", at(MONDAY, "07:00") + timedelta(minutes=minute))
    assert statuses(world.service())["Bob"] is Status.KIOSK_DOWN


def test_an_invented_kiosk_excuses_nobody() -> None:
    world = World(DAY_SHIFT, KioskRecord("gate"))
    world.rules.beat("gate", at(MONDAY, "21:00"), since=at(MONDAY, "06:00"))
    world.rules.beat("test", at(MONDAY, "08:00"))
    assert statuses(world.service()) == {"Ada": Status.ABSENT, "Bob": Status.ABSENT}


def test_the_overview_counts_who_is_where() -> None:
    world = World(now=at(MONDAY, "12:00"))
    world.mark("09:20")
    table = world.service().timesheets.table(MONDAY, MONDAY)
    seen = overview(table)
    assert (seen.expected, seen.arrived, seen.inside, seen.late, seen.absent) == (2, 1, 1, 1, 1)
    assert [moment.time() for moment in arrivals(table)] == [time(9, 20)]


def test_a_preview_names_whose_status_would_change_and_saves_nothing() -> None:
    world = World()
    world.mark("09:08 17:00")
    world.mark("09:00 17:00", MONDAY + timedelta(days=1))
    service = world.service()

    changes = service.rules.preview([shift(late_grace=5)], MONDAY, MONDAY + timedelta(days=4))

    assert [(c.person.name, c.day, c.before, c.after) for c in changes] == [
        ("Ada", MONDAY, Status.PRESENT, Status.LATE)
    ]
    assert statuses(service)["Ada"] is Status.PRESENT


def test_a_preview_of_rules_that_make_no_sense_is_refused() -> None:
    with pytest.raises(RuleRefused, match="same time"):
        World().service().rules.preview([shift(end=time(9))], MONDAY, MONDAY)


def test_nobody_at_all_makes_an_empty_table() -> None:
    world = World()
    for person in (ADA, BOB):
        world.people.delete(person.subject)
    service = world.service()
    assert service.timesheets.day(MONDAY) == []
    assert overview(service.timesheets.table(MONDAY, MONDAY)).expected == 0
    assert service.rules.preview([shift(late_grace=5)], MONDAY, MONDAY) == []


def test_a_shift_that_nobody_is_assigned_to_holds_for_nobody() -> None:
    world = World(Shift("other", "Other"))
    world.mark("13:00")
    assert statuses(world.service())["Ada"] is Status.PRESENT
    assert world.service().timesheets.day(MONDAY)[0].shift == PRESENCE.name


def seen(
    name: str,
    who: Person,
    clock: str,
    *,
    score: float = 0.7,
    margin: float = 0.5,
    liveness: float | None = None,
) -> Event:
    return replace(
        punches(clock)[0],
        id=name,
        subject=who.subject,
        score=score,
        margin=margin,
        liveness=liveness,
    )


def test_what_may_be_a_picture_waits_for_review_with_its_reason_whatever_its_scores() -> None:
    world = World()
    found = (
        Finding(Cue.TEXTURE, 0.9, Liveness.LIVE),
        Finding(Cue.BACKGROUND, 0.9, Liveness.ATTACK),
    )
    doubted = replace(seen("held-up", ADA, "09:00"), live=Liveness.ATTACK, found=found)
    unsure = replace(seen("near", BOB, "10:00"), live=Liveness.UNSURE)
    live = replace(seen("live", BOB, "12:00", liveness=0.9), live=Liveness.LIVE, found=found[:1])
    for event in (doubted, unsure, live):
        world.attendance.apply(event, 0.0, replay=True)
    service = world.service()
    (doubt,) = service.mark_queries.review(MONDAY, MONDAY)
    assert doubt.entry.event.id == "held-up"
    assert doubt.reasons == ("may be a picture: what is around the face moves with it",)
    service.corrections.correct(
        EventKind.CONFIRM, doubted, "boss", "stood before a window", within=ALL_GROUPS
    )
    assert service.mark_queries.review(MONDAY, MONDAY) == []


def test_doubtful_marks_wait_for_review_until_confirmed_or_void() -> None:
    world = World()
    doubtful = [
        seen("low", ADA, "09:00", score=0.3),
        seen("close", ADA, "12:00", margin=0.05),
        seen("flat", BOB, "13:00", liveness=0.2),
        seen("fine", BOB, "14:00"),
    ]
    for event in doubtful:
        world.attendance.apply(event, 0.0, replay=True)
    service = world.service()

    queue = service.mark_queries.review(MONDAY, MONDAY)
    assert [(doubt.entry.event.id, doubt.reasons[0].split()[0]) for doubt in queue] == [
        ("flat", "liveness"),
        ("close", "margin"),
        ("low", "score"),
    ]

    service.corrections.correct(
        EventKind.CONFIRM, doubtful[0], "boss", "it is her", within=ALL_GROUPS
    )
    service.corrections.correct(EventKind.VOID, doubtful[2], "boss", "a photo", within=ALL_GROUPS)
    left = service.mark_queries.review(MONDAY, MONDAY)
    assert [doubt.entry.event.id for doubt in left] == ["close"]


def test_who_was_held_has_no_mark_and_waits_for_review_with_the_reason(tmp_path: Path) -> None:
    world = World(folder=tmp_path)
    held = [
        replace(seen(name, who, clock), kind=EventKind.HELD, reason="the head did not turn")
        for name, who, clock in (("ada", ADA, "09:00"), ("bob", BOB, "10:00"))
    ]
    for event in held:
        world.attendance.apply(event, 60.0)
    service = world.service()
    assert service.mark_queries.marks(MONDAY) == []
    assert statuses(service)["Ada"] is Status.ABSENT
    assert [one.reasons for one in service.mark_queries.review(MONDAY, MONDAY)] == [
        ("not marked: the head did not turn",)
    ] * 2
    again = world.service()  # from the file
    assert len(again.mark_queries.review(MONDAY, MONDAY)) == 2

    queries, correct = service.mark_queries, service.corrections.correct
    correct(EventKind.VOID, held[1], "boss", "a photo", within=ALL_GROUPS)
    assert [one.entry.event.id for one in queries.review(MONDAY, MONDAY)] == ["ada"]
    correct(EventKind.CONFIRM, held[0], "boss", "I saw her", within=ALL_GROUPS)
    assert queries.review(MONDAY, MONDAY) == []
    (entry,) = queries.marks(MONDAY)
    assert (entry.event.id, entry.kind, entry.voided) == ("ada", EventKind.PUNCH, False)
    assert statuses(service)["Ada"] is not Status.ABSENT
    told = [(line.before, line.after, line.author) for line in queries.audit(MONDAY, MONDAY)]
    assert ("nothing", "held back", f"kiosk {held[0].kiosk}") in told
    assert ("held back", "confirmed", "boss") in told
