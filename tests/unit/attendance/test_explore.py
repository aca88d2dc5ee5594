"""What managers put together themselves, with numbers that were worked out by hand."""

from datetime import timedelta
from itertools import product
from math import isnan

import pytest

from face_rec.attendance.explore.breakdown import Answer, answer, marks_of
from face_rec.attendance.explore.question import By, Measure, Question, bys_of, splits_of
from face_rec.attendance.reports.reports import Wanted, make
from face_rec.attendance.rules.calendar import Leave
from face_rec.attendance.terms.filters import EVERYBODY, Filters
from face_rec.domain.groups import only
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Person
from tests.attendance_days import ADA, LONG_AGO, MONDAY, at, shift
from tests.attendance_world import World

TUESDAY, WEDNESDAY, FRIDAY = (MONDAY + timedelta(days=n) for n in (1, 2, 4))
LAST = MONDAY + timedelta(days=8)  # Tuesday of the week after
OTHER_ADA = Person("s-ada2", "9", "Ada", group="Shop", created_at=LONG_AGO)


@pytest.fixture(scope="module")
def world() -> World:
    """Ada: 8:30 of which 0:30 beyond, late by 30 minutes, half a day, nothing, leave; then two
    days nothing. Bob: one day at the gate. Another Ada: never."""
    made = World(
        shift(half_day_below=240, overtime_after=480), Leave("l", ADA.subject, FRIDAY, FRIDAY)
    )
    made.people.create(OTHER_ADA, (), made.people.revision())
    for offset, text in enumerate(("08:50 17:20", "09:30 17:00", "09:00 12:00")):
        made.mark(text, MONDAY + timedelta(days=offset))
    for number, (clock, kiosk) in enumerate(
        (("08:59", "gate"), ("12:00", "main"), ("17:00", "gate"))
    ):
        made.attendance.apply(
            Event(f"b{number}", "s-bob", at(TUESDAY, clock), EventKind.PUNCH, Source.VIDEO, kiosk),
            0.0,
        )
    return made


def asked(
    world: World, measure: Measure, by: By, split: By | None = None, filters: Filters = EVERYBODY
) -> Answer:
    timesheets = world.service().timesheets
    table = timesheets.table(MONDAY, LAST, filters)
    return answer(table, marks_of(timesheets, MONDAY, LAST), Question(measure, by, split))


def values(found: Answer) -> dict[str, float]:
    return dict(zip(found.frame["label"], found.frame["value"], strict=True))


def days(*numbers: float) -> dict[str, float]:
    return {f"{MONDAY + timedelta(days=n)}": number for n, number in enumerate(numbers)}


def test_people_present_are_counted_once_however_often_they_came(world: World) -> None:
    by_day = asked(world, Measure.PEOPLE, By.DAY)
    assert values(by_day) == days(1, 2, 1, 0, 0, 0, 0, 0, 0)
    assert by_day.total == 2
    by_week = asked(world, Measure.PEOPLE, By.WEEK)
    assert values(by_week) == {"2024-03-04": 2, "2024-03-11": 0}


def test_hours_and_overtime_are_those_of_the_days(world: World) -> None:
    hours = asked(world, Measure.HOURS, By.PERSON)
    assert values(hours) == {
        "Ada (7)": 8.5 + 7.5 + 3.0,
        "Bob": pytest.approx(8 + 1 / 60, abs=1e-6),
    }
    assert hours.total == pytest.approx(27.016667)
    assert values(asked(world, Measure.OVERTIME, By.MONTH)) == {
        "2024-03-01": pytest.approx(0.516667)
    }


def test_lateness_and_absences_fall_on_their_days(world: World) -> None:
    assert values(asked(world, Measure.LATE_MINUTES, By.WEEKDAY))["Tue"] == 30
    assert values(asked(world, Measure.LATE, By.GROUP)) == {"Office": 1, "Shop": 0}
    absences = asked(world, Measure.ABSENCES, By.DAY)
    # Both of the shop on Monday, one of them on Tuesday; on Thursday all, on Friday Ada has leave.
    assert values(absences) == days(2, 1, 2, 3, 2, 0, 0, 3, 3)


def test_shares_are_of_what_was_expected_and_of_nothing_there_is_none(world: World) -> None:
    attendance = asked(world, Measure.ATTENDANCE, By.GROUP)
    assert values(attendance) == {"Office": 50.0, "Shop": pytest.approx(7.1)}
    by_day = values(asked(world, Measure.ATTENDANCE, By.DAY))
    assert by_day[f"{TUESDAY}"] == pytest.approx(66.7)
    assert isnan(by_day[f"{MONDAY + timedelta(days=5)}"])
    assert asked(world, Measure.ON_TIME, By.GROUP).total == 75.0


def test_a_day_belongs_to_the_kiosk_at_which_it_begins_and_a_mark_to_its_own(world: World) -> None:
    assert values(asked(world, Measure.DAYS, By.KIOSK)) == {"gate": 1, "main": 3}
    marks = asked(world, Measure.MARKS, By.KIOSK)
    assert values(marks) == {"gate": 2, "main": 7}
    assert By.KIOSK not in bys_of(Measure.ABSENCES)


def test_bars_are_split_and_the_parts_make_the_whole(world: World) -> None:
    found = asked(world, Measure.MARKS, By.DAY, By.GROUP)
    assert found.parts == ("Office", "Shop")
    tuesday = found.frame[found.frame["label"] == f"{TUESDAY}"]
    assert dict(zip(tuesday["part"], tuesday["value"], strict=True)) == {"Office": 2, "Shop": 3}
    assert found.frame["value"].sum() == found.total == 9


def test_only_people_of_the_readers_groups_count(world: World) -> None:
    shop = Filters(only("Shop"))
    for measure, by in product(
        (Measure.MARKS, Measure.HOURS, Measure.ABSENCES), (By.GROUP, By.PERSON)
    ):
        whole, part = asked(world, measure, by), asked(world, measure, by, filters=shop)
        assert "Office" not in part.labels
        assert "Ada (7)" not in part.labels
        assert 0 < part.total < whole.total


def test_what_is_explored_is_what_the_reports_say(world: World) -> None:
    timesheets = world.service().timesheets
    summary = make(timesheets, Wanted("summary", MONDAY, LAST, EVERYBODY)).frame.sum(
        numeric_only=True
    )
    for measure, column, unit in (
        (Measure.DAYS, "Present", 1), (Measure.LATE, "Late", 1), (Measure.ABSENCES, "Absent", 1),
        (Measure.HOURS, "Worked", 3600), (Measure.LATE_MINUTES, "Late time", 60),
        (Measure.MISSING, "Missing punch", 1),
    ):  # fmt: skip
        assert asked(world, measure, By.DAY).total == pytest.approx(
            summary[column] / unit, abs=1e-5
        )
    assert asked(world, Measure.MARKS, By.DAY).total == len(timesheets.marks(MONDAY, LAST))


@pytest.mark.heavy
def test_every_question_that_is_offered_has_an_answer(world: World) -> None:
    for measure in Measure:
        for by in bys_of(measure):
            for split in (None, *splits_of(measure, by)):
                found = asked(world, measure, by, split)
                assert len(found.frame) == len(found.labels) * len(found.parts)


def test_a_company_without_anybody_has_an_answer() -> None:
    empty = World(now=at(LAST, "12:00"))
    for subject in ("s-ada", "s-bob"):
        empty.people.delete(subject)
    assert asked(empty, Measure.HOURS, By.KIOSK).labels == ()
    assert asked(empty, Measure.MARKS, By.DAY).total == 0
