"""The roster as its page sets it: for one's own groups, over nobody's change, and taken back."""

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.roster_week import OFF, cells_of, week_of, weeks_of
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.groups import only
from tests.fakes.access import OneVisitor
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words

WEEK = timedelta(days=7)


@pytest.fixture
def access() -> OneVisitor:
    return OneVisitor()


@pytest.fixture
def fake(access: OneVisitor) -> Iterator[FakeSystem]:
    with FakeSystem(access=access).running() as running:
        running.add_person(1, "Ann", "Day")
        running.add_person(2, "Ben", "Day")
        running.add_person(3, "Cara", "Night")
        running.rules.put(
            Shift("default", "Office"), Shift("early", "Early", time(6), time(14)),
            Shift("night", "Night shift", time(22), time(6)),
        )  # fmt: skip
        access.principal = Principal(PrincipalKind.USER, "u", "u", rights_of(Role.HR), only("Day"))
        yield running


def roster() -> AppTest:
    return opened("settings.py").button_group(key="settings_part").set_value("Roster").run()


def days_of(fake: FakeSystem) -> dict[tuple[str, date], str]:
    return {key: told for key, told in cells_of(fake.rules.load().rosters).items() if told}


def test_the_table_shows_what_is_rostered_what_holds_by_itself_and_who_is_away(
    fake: FakeSystem,
) -> None:
    monday, tuesday, *_, sunday = week_of(fake.service.timesheets.today())
    fake.rules.put(
        *weeks_of({("subject1", monday): OFF, ("subject1", sunday): "night"}),
        *weeks_of({("subject1", sunday + timedelta(days=1)): "early"}),
        Leave("l", "subject2", monday, monday, "Annual leave"),
        Leave("h", "subject2", tuesday, tuesday, "Half day", half=True),
        Holiday("h", tuesday, "Feast"),
    )
    page = roster()
    assert not page.exception
    assert page.selectbox(key="roster_group").options == ["Day"], "Night is not theirs"
    table = page.dataframe[0].value
    assert table["name"].tolist() == ["Ann", "Ben"]
    assert table[monday.isoformat()].tolist() == [OFF, "~Annual leave"]
    assert table[tuesday.isoformat()].tolist() == ["=default", "=default"]
    assert table[sunday.isoformat()].tolist() == ["night", "=off"]
    said = words(page)
    assert "Less than 11 hours of rest before the shift" in said
    assert "0:00" in said
    assert "Half day" in said


def test_rows_are_set_and_copied_and_what_was_saved_last_is_taken_back(fake: FakeSystem) -> None:
    week = week_of(fake.service.timesheets.today())
    page = roster()
    page.multiselect(key="roster_whom").set_value(["subject1"])
    page.selectbox(key="roster_shift").set_value("early").run()
    page.button_group(key="roster_days").set_value([0, 5]).run()
    page.button(key="roster_set").click().run()
    first = {("subject1", week[place]): "early" for place in (0, 5)}
    assert days_of(fake) == first
    page.number_input(key="roster_weeks").set_value(2)
    page.button(key="roster_copy").click().run()
    assert not page.exception
    assert days_of(fake) == {
        (who, day + n * WEEK): told for (who, day), told in first.items() for n in range(3)
    }
    page.button(key="roster_undo").click().run()
    assert days_of(fake) == first
    assert not [one for one in page.button if one.key == "roster_undo"]


def test_of_two_of_one_name_the_chosen_one_is_rostered_by_the_chosen_shift(
    fake: FakeSystem,
) -> None:
    fake.add_person(4, "Ann", "Day")
    fake.rules.put(Shift("late", "Early", time(14), time(22)), Shift("off2", "Day off"))
    monday = week_of(fake.service.timesheets.today())[0]
    page = roster()
    for subject, shift in (("subject1", "early"), ("subject4", "off2")):
        assert len(set(page.dataframe[0].value["name"])) == 3, "the table tells them apart, too"
        assert len(set(page.selectbox(key="roster_shift").options)) == 7
        page.multiselect(key="roster_whom").set_value([subject])
        page.selectbox(key="roster_shift").set_value(shift).run()
        page.button_group(key="roster_days").set_value([0]).run()
        page.button(key="roster_set").click().run()
        assert not page.exception
        assert days_of(fake)[subject, monday] == shift
    assert ("subject2", monday) not in days_of(fake)


def test_neither_another_tab_nor_a_lost_right_is_overwritten(
    fake: FakeSystem, access: OneVisitor
) -> None:
    week = week_of(fake.service.timesheets.today())
    page, other = roster(), roster()
    for one, shift in ((other, "early"), (page, "night")):
        one.selectbox(key="roster_shift").set_value(shift).run()
        one.button(key="roster_set").click().run()
    assert set(days_of(fake).values()) == {"early"}
    assert "Somebody else changed these weeks" in " ".join(one.value for one in page.error)
    access.principal = Principal(PrincipalKind.USER, "u", "u", rights_of(Role.HR), only("Night"))
    other.button(key="roster_undo").click().run()
    assert days_of(fake)["subject1", week[0]] == "early"
