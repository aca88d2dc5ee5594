"""The records page: filters, pages of rows, the download."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.attendance.reports.spreadsheets import to_csv
from face_rec.domain.clock_state import ClockChange, Stamp
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.facades.attendance.attendance import AttendanceFacade
from pages.ui.records.records_table import table_of
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        yield running


def shown(page: AppTest) -> list[str]:
    return list(page.dataframe[0].value["name"])


def test_marks_of_today_are_listed_newest_first_in_local_time(fake: FakeSystem) -> None:
    fake.mark(fake.add_person(1, "Ann"), minutes=30)
    fake.mark(fake.add_person(2, "<b>Bob</b>"), minutes=10)
    page = opened("records.py")
    assert shown(page) == ["<b>Bob</b>", "Ann"]
    assert list(page.dataframe[0].value["clock"]) == ["08:50:00", "08:30:00"]
    assert "times in Europe/Berlin" in words(page)


def test_marks_are_filtered_by_person_group_and_period(fake: FakeSystem) -> None:
    ann, bob = fake.add_person(1, "Ann", "Day"), fake.add_person(2, "Bob", "Night")
    for minutes in (10.0, 3 * 24 * 60.0):
        fake.mark(ann, minutes)
        fake.mark(bob, minutes + 1)
    page = opened("records.py")
    assert shown(page) == ["Ann", "Bob"]
    page.button_group(key="records_span").set_value("7 days").run()
    assert shown(page) == ["Ann", "Bob", "Ann", "Bob"]
    page.text_input(key="records_person").set_value("e2").run()
    assert shown(page) == ["Bob", "Bob"]
    page.text_input(key="records_person").set_value("")
    page.selectbox(key="records_group").set_value("Day").run()
    assert shown(page) == ["Ann", "Ann"]


def test_an_empty_period_says_what_to_do(fake: FakeSystem) -> None:
    page = opened("records.py")
    assert "No marks in this period" in words(page)
    assert "Open the kiosk" in [button.label for button in page.button]


def test_a_page_of_rows_is_shown_while_the_table_has_them_all(fake: FakeSystem) -> None:
    people = [fake.add_person(number, f"Person {number}") for number in range(25)]
    for number in range(250):
        fake.mark(people[number % 25], minutes=number)
    page = opened("records.py")
    assert len(shown(page)) == 100
    assert "250 marks of 25 people" in words(page)
    today = fake.clock.now().date()
    assert len(table_of(AttendanceFacade.current(), today, today)) == 250


def test_somebody_who_lingers_is_one_row_that_opens(fake: FakeSystem) -> None:
    ann, bob = fake.add_person(1, "Ann"), fake.add_person(2, "Bob")
    for minutes in range(30, 55):
        fake.mark(ann, minutes)
    fake.mark(bob, 40)
    page = opened("records.py")
    rows = page.dataframe[0].value
    assert list(rows["name"]) == ["Bob", "Ann"]
    assert list(rows["clock"]) == ["08:20:00", "08:06–08:30"]
    assert list(rows["marks"]) == [1, 25]
    assert "26 marks in 2 visits of 2 people" in words(page)


def test_the_file_has_every_mark_of_a_visit(fake: FakeSystem) -> None:
    ann = fake.add_person(1, "Ann")
    for minutes in range(30, 55):
        fake.mark(ann, minutes)
    today = fake.clock.now().date()
    assert to_csv(table_of(AttendanceFacade.current(), today, today)).count(b"Ann") == 25


def test_a_mark_that_is_replayed_late_is_seen(fake: FakeSystem) -> None:
    ann = fake.add_person(1, "Ann")
    fake.mark(ann, minutes=1)
    today = fake.clock.now().date()
    assert len(fake.service.timesheets.marks(today, today)) == 1
    fake.mark(ann, minutes=200)
    assert len(fake.service.timesheets.marks(today, today)) == 2


@pytest.mark.parametrize(
    ("hour", "day"), [(22, date(2026, 3, 28)), (23, date(2026, 3, 29)), (46, date(2026, 3, 30))]
)
def test_a_mark_belongs_to_the_local_day(fake: FakeSystem, hour: int, day: date) -> None:
    """In Berlin midnight is 23:00 UTC in winter, 22:00 UTC from 29 March 2026 on."""
    at = datetime(2026, 3, 28, tzinfo=UTC) + timedelta(hours=hour, minutes=30)
    fake.attendance.apply(
        Event("e1", "s1", at, EventKind.PUNCH, Source.VIDEO, "main"), cooldown=0.0
    )
    for number in range(3):
        asked = date(2026, 3, 28) + timedelta(days=number)
        found = fake.service.timesheets.marks(asked, asked)
        assert bool(found) == (asked == day)


def test_the_review_says_when_the_clock_was_set_and_which_marks_that_leaves_in_doubt(
    fake: FakeSystem,
) -> None:
    person = fake.add_person(1, "Ann")
    at = fake.clock.now() - timedelta(minutes=30)
    stamp = Stamp("0123abcd", 500.0)
    event = Event(
        "e", person.subject, at, EventKind.PUNCH, Source.VIDEO, "main", 0.7, 0.4, clock=stamp
    )
    fake.attendance.apply(event, cooldown=0.0)
    noticed = fake.clock.now()
    fake.clock_changes.found.append(
        ClockChange("0123abcd", 0.0, 900.0, -180.0, noticed, "gate-pc", sure=True)
    )
    page = opened("records.py")
    page.button_group(key="records_view").set_value("Review").run()
    said = words(page)
    assert "the clock of gate-pc was set: it was 3 min behind" in said
    assert "marked while the clock was wrong, by about 3 min behind when it was set" in said
    assert "rather at 2025-03-10 08:33" in said


def test_a_clock_that_is_set_all_the_time_does_not_push_the_review_off_the_page(
    fake: FakeSystem,
) -> None:
    now = fake.clock.now()
    fake.clock_changes.found += [
        ClockChange("0123abcd", n, n + 60, -100.0 - n, now - timedelta(seconds=500 - n))
        for n in range(200)
    ]
    page = opened("records.py")
    page.button_group(key="records_view").set_value("Review").run()
    assert len(page.info) == 3
    assert "Clocks were set 197 more times" in words(page)
