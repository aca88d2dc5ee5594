"""Daily records: what a day came to, why, and how a manager corrects it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Person
from tests.fakes.access import OneVisitor
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words

FRIDAY = date(2025, 3, 7)  # the fakes' clock says Monday, 10 March 2025, 09:00 in Berlin


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        running.clock.advance(-14 * 86400)
        running.add_person(1, "Ann", "Day")
        running.add_person(2, "<b>Bob</b>", "Night")
        running.clock.advance(14 * 86400)
        running.rules.put(Shift("default", "Office"))
        yield running


def came(fake: FakeSystem, subject: str, clock: str, day: date = FRIDAY) -> Event:
    """A mark at a Berlin time, which is an hour ahead of UTC in March."""
    hour, minute = (int(part) for part in clock.split(":"))
    at = datetime(day.year, day.month, day.day, hour - 1, minute, tzinfo=UTC)
    event = Event(
        f"{subject}-{day}-{clock}", subject, at, EventKind.PUNCH, Source.VIDEO, "gate",
        score=0.31, margin=0.2,
    )  # fmt: skip
    fake.attendance.apply(event, 0.0, replay=True)
    return event


def ann(fake: FakeSystem) -> Person:
    person = fake.people.by_id("E1")
    assert person is not None
    return person


def the_day(fake: FakeSystem) -> AppTest:
    return opened("records.py", person=ann(fake).subject, day=str(FRIDAY))


def pressed(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click()
    return page.run()


def test_the_days_show_everybody_also_those_never_seen(fake: FakeSystem) -> None:
    came(fake, "subject1", "09:30")
    came(fake, "subject1", "17:00")
    page = opened("records.py", view="Days")
    frame = page.dataframe[0].value
    friday = frame[frame["Date"] == "Fri 2025-03-07"].set_index("Name")["Status"]
    assert dict(friday) == {"Ann": "Late", "<b>Bob</b>": "Absent"}


def test_days_are_filtered_by_status_and_person(fake: FakeSystem) -> None:
    came(fake, "subject1", "09:30")
    page = opened("records.py", view="Days")
    page.multiselect(key="days_statuses").set_value(["absent"])
    page.text_input(key="days_person").set_value("ann").run()
    assert set(page.dataframe[0].value["Status"]) == {"Absent"}
    assert set(page.dataframe[0].value["Name"]) == {"Ann"}


def test_a_day_says_why_it_has_its_status(fake: FakeSystem) -> None:
    came(fake, "subject1", "09:30")
    came(fake, "subject1", "17:00")
    text = words(the_day(fake))
    assert "Office: Fri 09:00 to Fri 17:00" in text
    assert "30 min 00 s after Fri 09:00 and beyond the grace of 10 min" in text
    assert "So the day is: late." in text
    assert "09:30:00" in text


def test_a_correction_is_told_with_author_and_reason(fake: FakeSystem) -> None:
    wrong = came(fake, "subject1", "08:55")
    came(fake, "subject1", "09:30")
    came(fake, "subject1", "17:00")
    assert "So the day is: present." in words(the_day(fake))
    fake.service.corrections.correct(
        EventKind.VOID, wrong, "Mia", "That was her <sister>", within=ALL_GROUPS
    )
    text = words(the_day(fake))
    assert "So the day is: late." in text
    assert "“That was her &lt;sister&gt;”" in text
    assert "Mia" in text
    assert "voided" in text


def test_each_mark_and_the_day_can_be_corrected(fake: FakeSystem) -> None:
    came(fake, "subject1", "09:00")
    page = the_day(fake)
    page = pressed(page, "Correct")
    assert [pill.label for pill in page.button_group if pill.label.startswith("What")]
    assert page.text_area(key="correct_reason").value == ""
    page = pressed(the_day(fake), "Add a mark")
    assert page.time_input(key="add_time").value is None


def test_the_totals_of_a_person(fake: FakeSystem) -> None:
    came(fake, "subject1", "09:30")
    came(fake, "subject1", "17:00")
    page = the_day(fake)
    shown = {metric.label: metric.value for metric in page.metric}
    assert (shown["Late"], shown["Hours"]) == ("1 ×", "7:30")


def test_a_person_who_is_gone_is_said_to_be(fake: FakeSystem) -> None:
    assert "This person is not here" in words(opened("records.py", person="nobody"))


def test_doubtful_marks_wait_for_review_until_confirmed(fake: FakeSystem) -> None:
    came(fake, "subject1", "09:00")
    page = opened("records.py", view="Review")
    assert "1 doubtful mark" in words(page)
    page = pressed(page, "Confirm")
    assert "Say why" in page.error[0].value
    page.selectbox(key="review_reason").set_value("Seen by a colleague").run()
    page = pressed(page, "Confirm")
    assert "Nothing to review in this period" in words(page)


def test_many_marks_are_decided_at_once_with_one_reason(fake: FakeSystem) -> None:
    for minute in range(12):
        came(fake, "subject1", f"09:{4 * minute:02d}")
    page = opened("records.py", view="Review")
    page.selectbox(key="review_reason").set_value("Asked the person").run()
    page.checkbox(key="review_all").check().run()
    assert sum(box.value for box in page.checkbox) == 13
    next(box for box in page.checkbox if box.label == "Select").uncheck().run()
    page = pressed(page, "Confirm 11 marks")
    assert "1 doubtful mark" in words(page)
    lines = fake.service.mark_queries.audit(FRIDAY, FRIDAY)
    assert [line.reason for line in lines] == ["Asked the person"] * 11


def test_letting_many_marks_not_count_is_asked_once_more(fake: FakeSystem) -> None:
    came(fake, "subject1", "09:00")
    page = opened("records.py", view="Review")
    page.selectbox(key="review_reason").set_value("Another person").run()
    page.checkbox(key="review_all").check().run()
    page = pressed(page, "1 mark does not count")
    assert "1 doubtful mark" in words(page)
    assert "They do not count" in [button.label for button in page.button]


def test_somebody_who_lingered_is_one_line_of_the_day_that_opens(fake: FakeSystem) -> None:
    for minute in range(25):
        came(fake, "subject1", f"09:{minute:02d}")
    came(fake, "subject1", "17:00")
    page = the_day(fake)
    assert [one.label for one in page.expander] == ["24 more marks of this visit, until 09:24:00"]
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown["Hours"] == "8:00"


def test_a_malformed_entry_is_told_and_takes_no_page_down(fake: FakeSystem) -> None:
    came(fake, "subject1", "09:00")
    fake.attendance.broken[FRIDAY].append("{not json")
    page = the_day(fake)
    assert any("cannot be read" in warning.value for warning in page.warning)
    assert "09:00:00" in words(page)


OPEN_DIALOG = """
from pages.ui.frame.identity import current
from pages.ui.records.correct import correct_mark
from face_rec.facades.attendance.attendance import AttendanceFacade
import streamlit as st

app = AttendanceFacade.current()
today = app.service.timesheets.today()
if "entry" not in st.session_state:
    (st.session_state["entry"],) = app.service.timesheets.marks(today, today)
correct_mark(app, current(), st.session_state["entry"], today)
"""


def test_a_dialog_that_is_open_shows_no_picture_of_who_has_left_the_managers_groups() -> None:
    """As its own run draws it, without the page around it."""
    manager = Principal(PrincipalKind.USER, "max", "max", rights_of(Role.MANAGER), only("Day"))
    with FakeSystem(access=OneVisitor(manager)).running() as fake:
        ann = fake.add_person(1, "Ann", "Day")
        fake.mark(ann, minutes=30)
        page = AppTest.from_string(OPEN_DIALOG).run()
        assert any("Ann" in one.value for one in page.markdown)
        assert page.text_area(key="correct_reason").value == ""
        fake.people.update(replace(ann, group="Board"))
        page.run()
        assert not any("Ann" in one.value for one in page.markdown)
        assert not page.exception
        assert not page.error
        assert not page.toggle
        assert not page.text_area
