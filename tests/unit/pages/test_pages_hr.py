"""HR in the settings: what concerns people, for the groups that were said, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Right, Role, rights_of
from face_rec.attendance.leave.balance import Span
from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.leave_type import LeaveType
from face_rec.attendance.rules.mobile import MobilePunch, Place
from face_rec.attendance.rules.roster import Assignment
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.groups import ALL_GROUPS, Groups, only
from tests.fakes.access import OneVisitor
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words

DAY = date(2025, 3, 10)
DAY_ONLY = only("Day")


@pytest.fixture
def access() -> OneVisitor:
    return OneVisitor()


@pytest.fixture
def fake(access: OneVisitor) -> Iterator[FakeSystem]:
    with FakeSystem(access=access).running() as running:
        running.add_person(1, "Ann", "Day")
        running.add_person(2, "Bob", "Night")
        yield running


def signed_in(access: OneVisitor, role: Role = Role.HR, groups: Groups = DAY_ONLY) -> None:
    access.principal = Principal(PrincipalKind.USER, "u", "u", rights_of(role), groups)


def part(name: str) -> AppTest:
    return opened("settings.py").button_group(key="settings_part").set_value(name).run()


def pressed(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click()
    return page.run()


def people_offered(page: AppTest) -> list[str]:
    return list(next(box for box in page.selectbox if box.label == "Person").options)


def test_hr_sees_the_parts_about_people_and_none_of_the_company(
    fake: FakeSystem, access: OneVisitor
) -> None:
    signed_in(access)
    parts = opened("settings.py").button_group(key="settings_part").options
    shown = [getattr(one, "content", one) for one in parts]
    assert shown == [
        "Shifts", "Who works when", "Roster", "Holidays", "Leave", "Leave types", "Allowances",
        "Employment", "Punch by phone",
    ]  # fmt: skip


def test_hr_enters_leave_for_its_own_people_only(fake: FakeSystem, access: OneVisitor) -> None:
    signed_in(access)
    page = part("Leave")
    assert people_offered(page) == ["Ann (E1)"]
    next(box for box in page.selectbox if box.label == "Person").set_value("subject1").run()
    page = pressed(page, "Add")
    assert not page.error
    (leave,) = fake.rules.load().leaves
    assert (leave.subject, leave.author) == ("subject1", "u")


def test_an_allowance_is_entered_for_ones_own_group_and_types_are_an_admin_s(
    fake: FakeSystem, access: OneVisitor
) -> None:
    fake.rules.put(LeaveType("h", "Annual leave", counted=True))
    signed_in(access)
    page = part("Leave types")
    assert "An administrator changes these." in words(page)
    page = part("Allowances")
    assert "Choose whom it is for." in words(page)
    next(box for box in page.selectbox if box.label == "Group").set_value("Day").run()
    assert not pressed(page, "Add").error
    (made,) = fake.rules.load().allowances
    assert (made.type, made.group, made.days) == ("h", "Day", 30)


def _typed(page: AppTest, at: str) -> None:
    for field in page.text_input:
        if field.label in {"Place 1", "Latitude, longitude"}:
            field.set_value("Main gate" if field.label == "Place 1" else at)


def test_a_group_is_let_punch_by_phone_by_who_may_decide_for_it_and_by_nobody_else(
    fake: FakeSystem, access: OneVisitor
) -> None:
    fake.rules.put(MobilePunch("n", "Night", (Place("Dock", 1.5, 2.5),)))
    signed_in(access)
    page = part("Punch by phone")
    assert "Dock" not in words(page)
    group = next(box for box in page.selectbox if box.label == "Group")
    assert list(group.options) == ["Day"]
    page = group.set_value("Day").run()
    _typed(page, "52.5163 13.3777")
    page = pressed(page, "Add")
    assert "give latitude and longitude as a map shows them" in page.error[0].value
    _typed(page, " 52.5163,13.3777")
    signed_in(access, groups=only("Night"))  # while the page was open
    pressed(page, "Add")
    assert [one.group for one in fake.rules.load().mobiles] == ["Night"]
    signed_in(access)
    page = part("Punch by phone")
    page = next(b for b in page.selectbox if b.label == "Group").set_value("Day").run()
    _typed(page, "52.5163, 13.3777")
    assert not pressed(page, "Add").error
    (made,) = (one for one in fake.rules.load().mobiles if one.group == "Day")
    assert made.places == (Place("Main gate", 52.5163, 13.3777, 100),)
    assert (made.on, made.live, made.accuracy) == (True, True, 100)


def test_who_lost_the_right_or_the_group_decides_nothing_with_requests_still_open(
    fake: FakeSystem, access: OneVisitor
) -> None:
    fake.rules.put(LeaveType("h", "Annual leave"), Shift("default", "Office"))
    service, day = fake.leave_service(), DAY + timedelta(days=7)
    service.ask("subject1", "h", Span(day, day), "To the sea")
    signed_in(access, Role.MANAGER)
    page = opened("records.py", view="Requests")
    assert "To the sea" in words(page)
    for role, groups in ((Role.MANAGER, only("Night")), (Role.REGISTRAR, DAY_ONLY)):
        signed_in(access, role, groups)
        pressed(page, "Approve")
        signed_in(access, Role.MANAGER)
        page = opened("records.py", view="Requests")
    assert fake.rules.load().leaves == ()
    assert not pressed(page, "Approve").error
    (leave,) = fake.rules.load().leaves
    assert (leave.author, leave.subject) == ("u", "subject1")


def test_files_beside_a_request_are_offered_to_who_decides_about_it(
    fake: FakeSystem, access: OneVisitor
) -> None:
    fake.rules.put(LeaveType("h", "Annual leave"), Shift("default", "Office"))
    service, day = fake.leave_service(), DAY + timedelta(days=7)
    one = service.ask("subject1", "h", Span(day, day), "")
    named = replace(one, attached=("0.pdf", "1.jpg"))
    service.records.change("subject1", lambda found: found.having(named))

    def offered(groups: Groups) -> list[str]:
        signed_in(access, Role.MANAGER, groups)
        found = opened("records.py", view="Requests").get("download_button")
        return [button.proto.label for button in found if "request_file" in button.proto.id]

    assert offered(DAY_ONLY) == ["PDF file 1", "Picture 2"]
    assert offered(only("Night")) == []


def test_leave_of_others_is_not_shown(fake: FakeSystem, access: OneVisitor) -> None:
    fake.rules.put(
        Leave("a", "subject1", DAY, DAY, "Sick leave", reason="flu"),
        Leave("b", "subject2", DAY, DAY, "Sick leave", reason="secret"),
        Leave("c", "gone", DAY, DAY, "Sick leave"),
    )
    signed_in(access)
    page = part("Leave")
    assert list(page.dataframe[0].value["Name"]) == ["Ann"]
    signed_in(access, groups=ALL_GROUPS)
    assert len(part("Leave").dataframe[0].value) == 3


def test_shifts_of_other_groups_are_not_shown(fake: FakeSystem, access: OneVisitor) -> None:
    fake.rules.put(
        Shift("early", "Early"), Assignment("a", "early", group="Day"),
        Assignment("b", "early", group="Night"), Assignment("c", "early", "subject2"),
    )  # fmt: skip
    signed_in(access)
    page = part("Who works when")
    assert list(page.dataframe[0].value["Group"]) == ["Day"]
    assert list(page.dataframe[1].value["For"]) == ["Day"]
    assert list(next(b for b in page.selectbox if b.label == "Group").options) == ["Day"]


def test_a_preview_tells_nothing_of_other_groups(fake: FakeSystem, access: OneVisitor) -> None:
    fake.rules.put(Shift("early", "Early"), Assignment("a", "early", group="Day"))
    signed_in(access)
    page = opened("settings.py")
    page.selectbox[0].set_value("early").run()
    next(one for one in page.toggle if one.label == "Presence only").set_value(True).run()
    page = pressed(page, "Show what would change")
    assert "Bob" not in words(page)


def test_the_shift_that_holds_for_all_is_not_hrs(fake: FakeSystem, access: OneVisitor) -> None:
    signed_in(access, groups=ALL_GROUPS)
    page = opened("settings.py")
    page.toggle[0].set_value(False).run()
    page = pressed(page, "Save")
    assert "whole company" in page.error[0].value
    assert fake.rules.version() == 0


def test_a_holiday_of_several_groups_names_those_alone_that_are_seen(
    fake: FakeSystem, access: OneVisitor
) -> None:
    fake.rules.put(Holiday("h", DAY, "Feast", frozenset({"Day", "Layoffs"})))
    signed_in(access, Role.HR, DAY_ONLY)
    page = part("Holidays")
    (shown,) = page.dataframe
    assert list(shown.value["For"]) == ["Day"]
    signed_in(access, Role.ADMIN, ALL_GROUPS)
    (shown,) = part("Holidays").dataframe
    assert list(shown.value["For"]) == ["Day, Layoffs"]


def test_a_holiday_of_hr_is_for_its_groups(fake: FakeSystem, access: OneVisitor) -> None:
    signed_in(access)
    page = part("Holidays")
    page.text_input[0].set_value("Team day").run()
    page = pressed(page, "Add")
    (holiday,) = fake.rules.load().holidays
    assert holiday.groups == frozenset({"Day"})


def test_somebody_who_lost_the_role_saves_nothing_with_the_page_still_open(
    fake: FakeSystem, access: OneVisitor
) -> None:
    signed_in(access)
    page = part("Holidays")
    page.text_input[0].set_value("Team day").run()
    signed_in(access, Role.MANAGER)
    pressed(page, "Add")
    assert fake.rules.load().holidays == ()


def test_somebody_whose_groups_were_narrowed_saves_nothing_for_the_others(
    fake: FakeSystem, access: OneVisitor
) -> None:
    signed_in(access, groups=ALL_GROUPS)
    fake.rules.put(Holiday("h", DAY, "Christmas"))
    page = part("Leave")
    next(box for box in page.selectbox if box.label == "Person").set_value("subject2").run()
    signed_in(access)
    page = pressed(page, "Add")
    assert fake.rules.load().leaves == ()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.REGISTRAR, Role.KIOSK])
def test_no_other_role_opens_the_settings(
    fake: FakeSystem, access: OneVisitor, role: Role
) -> None:
    signed_in(access, role)
    assert not opened("settings.py").title or "Settings" not in words(opened("settings.py"))


def test_hr_may_correct_as_a_manager_may() -> None:
    theirs = rights_of(Role.MANAGER) - {Right.VISITORS_SEE}  # whom they expect
    assert theirs < rights_of(Role.HR)
