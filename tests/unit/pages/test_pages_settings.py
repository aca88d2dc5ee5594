"""The settings page: rules are checked, explained, previewed and saved."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.attendance.rules.calendar import Holiday
from face_rec.attendance.rules.roster import Assignment
from face_rec.attendance.rules.shift import DayHours, Shift
from tests.fakes.options import live_options
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        running.clock.advance(-14 * 86400)
        running.add_person(1, "Ann", "Day")
        running.clock.advance(14 * 86400)
        yield running


def part(name: str) -> AppTest:
    page = opened("settings.py")
    return page.button_group(key="settings_part").set_value(name).run()


def pressed(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click()
    return page.run()


def test_the_default_shift_can_be_made_to_measure_hours(fake: FakeSystem) -> None:
    page = opened("settings.py")
    page.toggle[0].set_value(False).run()
    page = pressed(page, "Save")
    assert not page.error
    (shift,) = fake.rules.load().shifts
    assert (shift.id, shift.presence_only) == ("default", False)


def test_an_impossible_shift_is_refused_with_every_reason(fake: FakeSystem) -> None:
    page = opened("settings.py")
    page.toggle[0].set_value(False).run()
    page.text_input[0].set_value("")
    page.time_input[1].set_value(time(9))
    page = pressed(page, "Save")
    assert [error.value for error in page.error] == [
        "Give the shift a name.",
        "Start and end are the same time. Move one of them.",
    ]
    assert fake.rules.version() == 0


def test_a_preview_says_whose_days_would_change_and_saves_nothing(fake: FakeSystem) -> None:
    fake.rules.put(Shift("default", "Office"))
    for days in (3, 4):  # Friday and Thursday at 09:05, within the grace
        fake.mark(next(fake.people.all()), minutes=days * 24 * 60 - 5)
        fake.mark(next(fake.people.all()), minutes=days * 24 * 60 - 8 * 60)
    before = fake.rules.version()
    page = opened("settings.py")
    page.number_input[0].set_value(0).run()
    page = pressed(page, "Show what would change")
    assert not page.info, "from today on, nothing of the past changes"
    next(one for one in page.toggle if one.label == "Rewrite the past").set_value(True).run()
    page = pressed(page, "Show what would change")
    assert "2 days of 1 person would change" in page.info[0].value
    assert list(page.dataframe[1].value["Name"]) == ["Ann", "Ann"]
    assert fake.rules.version() == before


def test_a_change_holds_from_today_and_the_past_is_rewritten_only_when_asked(
    fake: FakeSystem,
) -> None:
    fake.rules.put(Shift("default", "Office"))
    page = opened("settings.py")
    page.number_input[0].set_value(0).run()
    page = pressed(page, "Save")
    (stored,) = fake.rules.load().shifts
    assert stored.valid_from == fake.service.timesheets.today()
    assert [one.late_grace for one in (stored, *stored.earlier)] == [0, 10]
    page.number_input[0].set_value(3)
    next(one for one in page.toggle if one.label == "Rewrite the past").set_value(True).run()
    assert "would change" in (page.info[0].value if page.info else page.success[0].value)
    page = pressed(page, "Save and rewrite the past")
    (stored,) = fake.rules.load().shifts
    assert (stored.late_grace, stored.valid_from, stored.earlier) == (3, None, ())


def test_a_change_that_is_planned_keeps_its_day(fake: FakeSystem) -> None:
    planned = fake.service.timesheets.today() + timedelta(days=7)
    old = Shift("default", "Office")
    fake.rules.put(replace(old, late_grace=5, valid_from=planned, earlier=(old,)))
    page = opened("settings.py")
    assert f"These are the values from {planned} on." in words(page)
    page.number_input[0].set_value(7).run()
    page = pressed(page, "Save")
    (stored,) = fake.rules.load().shifts
    assert [(one.late_grace, one.valid_from) for one in (stored, *stored.earlier)] == [
        (7, planned), (10, None),
    ]  # fmt: skip


def test_a_weekday_gets_hours_of_its_own(fake: FakeSystem) -> None:
    fake.rules.put(Shift("default", "Office"))
    page = opened("settings.py")
    others = next(one for one in page.button_group if "own" in one.label)
    others.set_value([4]).run()
    page.time_input[-1].set_value(time(13)).run()
    page = pressed(page, "Save")
    (stored,) = fake.rules.load().shifts
    assert stored.weekdays == (DayHours(4, time(9), time(13)),)


def test_what_somebody_else_saved_meanwhile_is_told_and_not_overwritten(fake: FakeSystem) -> None:
    fake.rules.put(Shift("default", "Office"))
    page = opened("settings.py")
    page.number_input[0].set_value(5).run()
    fake.rules.put(Shift("default", "Office", late_grace=30))
    page = pressed(page, "Save")
    assert "Somebody else changed this entry" in page.error[0].value
    assert fake.rules.load().shifts[0].late_grace == 30
    assert page.number_input[0].value == 5, "what was typed is still there"
    page = pressed(page, "Show what is stored now")
    assert page.number_input[0].value == 30


def test_a_change_of_another_entry_is_no_hindrance(fake: FakeSystem) -> None:
    fake.rules.put(Shift("default", "Office"))
    page = opened("settings.py")
    page.number_input[0].set_value(5).run()
    fake.rules.put(Holiday("h", date(2025, 5, 1), "May Day"))
    page = pressed(page, "Save")
    assert not page.error
    assert fake.rules.load().shifts[0].late_grace == 5


def test_assignments_of_a_group_must_not_overlap(fake: FakeSystem) -> None:
    fake.rules.put(Shift("early", "Early", time(6), time(14)))
    fake.rules.put(Assignment("a", "early", group="Day"))
    page = part("Who works when")
    next(box for box in page.selectbox if box.label == "Group").set_value("Day").run()
    page = pressed(page, "Add")
    assert "overlaps an assignment of the same group" in page.error[0].value
    assert len(fake.rules.load().assignments) == 1


def test_a_holiday_is_added(fake: FakeSystem) -> None:
    page = part("Holidays")
    assert "No holidays yet" in words(page)
    page.text_input[0].set_value("May Day")
    page.date_input[0].set_value(date(2025, 5, 1)).run()
    page = pressed(page, "Add")
    (holiday,) = fake.rules.load().holidays
    assert (holiday.day, holiday.name) == (date(2025, 5, 1), "May Day")


def test_leave_without_a_person_is_refused(fake: FakeSystem) -> None:
    page = pressed(part("Leave"), "Add")
    assert page.error[0].value == "Choose who is on leave."
    assert fake.rules.load().leaves == ()


@pytest.mark.parametrize("name", ["Employment", "Doubts and outages"])
def test_the_other_parts_open(fake: FakeSystem, name: str) -> None:
    page = part(name)
    assert not page.exception
    assert not page.error


def test_entries_that_cannot_be_read_are_told(fake: FakeSystem) -> None:
    fake.rules.put(Holiday("h", date(2025, 5, 1), "May Day"))
    fake.rules.break_entry("Shift 'x': no start")
    assert "no start" in opened("settings.py").warning[0].value


# --- the site ----------------------------------------------------------------


def test_the_time_zone_is_set_in_the_app_and_holds_at_once(fake: FakeSystem) -> None:
    page = part("This site")
    page.selectbox[0].set_value("Asia/Tokyo")
    page = pressed(page, "Save")
    assert not page.error
    assert fake.system.site.timezone.key == "Asia/Tokyo"
    assert fake.service.timesheets.zone.key == "Asia/Tokyo"


def test_what_the_environment_sets_cannot_be_changed_and_the_page_says_so(
    fake: FakeSystem,
) -> None:
    fake.install(options=live_options(given=frozenset({"TIMEZONE"})))
    page = part("This site")
    assert page.selectbox[0].disabled
    assert "TIMEZONE" in words(page)


def test_a_name_that_somebody_else_changed_meanwhile_is_not_overwritten(fake: FakeSystem) -> None:
    page = part("This site")
    fake.options.change({"title": "School"}, fake.options.version)
    page.text_input[0].set_value("Factory")
    page = pressed(page, "Save")
    assert fake.system.site.title == "School"
