"""One's own week on My attendance, and the address at which a calendar program reads it."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.attendance.rules.roster_week import OFF, week_of, weeks_of
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.domain.people import Person
from face_rec.domain.site.own_ways import OwnLogin, OwnWay
from tests.fakes.access import OneVisitor
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words


@pytest.fixture
def access() -> OneVisitor:
    return OneVisitor()


@pytest.fixture
def fake(access: OneVisitor) -> Iterator[FakeSystem]:
    with FakeSystem(access=access).running() as running:
        running.add_person(1, "Ann", "Day")
        running.rules.put(
            Shift("default", "Office", time(9), time(17)), Shift("n", "Night", time(22), time(6))
        )
        access.principal = Principal(
            PrincipalKind.PERSON, "subject1", "Ann", rights_of(Role.PERSON)
        )
        yield running


def test_a_week_says_shifts_with_their_hours_and_may_be_turned(fake: FakeSystem) -> None:
    today = fake.service.timesheets.today()
    monday = week_of(today + timedelta(days=7))[0]
    fake.rules.put(
        *weeks_of({("subject1", monday): "n", ("subject1", monday + timedelta(days=1)): OFF})
    )
    page = opened("my_attendance.py")
    assert not page.exception
    assert "09:00 – 17:00" in words(page)
    assert "Night" not in words(page)
    page.button(key="own_week_after").click().run()
    assert "Night" in words(page)
    assert "22:00 – 06:00 (" in words(page), "the day on which it ends is another one"


def test_an_address_is_shown_once_and_switched_off(fake: FakeSystem) -> None:
    page = opened("my_attendance.py")
    page.button(key="own_calendar_make").click().run()
    (address,) = [one.value for one in page.code]
    assert address.startswith("https://door.example.org/calendar/subject1.")
    assert fake.system.calendars.own("subject1") is not None
    assert not opened("my_attendance.py").code, "not shown again"
    fake.clock.advance(60)
    other = opened("my_attendance.py")
    other.button(key="own_calendar_make").click().run()
    assert not page.run().code, "this one leads nowhere any more"
    page.button(key="own_calendar_make").click().run()
    assert page.code[0].value != address
    page.button(key="own_calendar_end").click().run()
    assert fake.system.calendars.own("subject1") is None
    assert not page.code


def test_a_day_is_reckoned_in_the_language_of_whose_it_is(
    fake: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.own.said.accepted", lambda _: "de")
    page = opened("my_attendance.py")
    assert not page.exception
    assert "Wie es berechnet wird" in {one.label for one in page.expander}
    text = words(page)
    assert "Keine Buchung im Zeitfenster." in text
    assert "So the day is" not in text


def a_manager(group: str, proved_at: datetime | None) -> Principal:
    return Principal(
        PrincipalKind.USER, "u", "u", rights_of(Role.MANAGER), only(group), proved_at=proved_at
    )


def test_a_manager_makes_one_of_their_group_and_loses_the_button_with_the_right(
    fake: FakeSystem, access: OneVisitor
) -> None:
    now = fake.clock.now()
    fake.calendars.demand = access.step_up.demand
    access.principal = a_manager("Day", None)
    fake.add_person(2, "Bob", "Night")
    asked = opened("records.py", view="Requests")
    assert "group_calendar_make" not in {one.key for one in asked.button}, "who sits there?"
    access.principal = a_manager("Day", now)
    page = opened("records.py", view="Requests")
    box = page.selectbox(key="group_calendar_of")
    assert box.options == ["Day"]
    page.button(key="group_calendar_make").click().run()
    assert "/calendar/group-" in page.code[0].value
    before = {one.group: one.digest for one in fake.calendars.records.all()}
    access.principal = a_manager("Night", now)
    page.button(key="group_calendar_make").click().run()
    after = {one.group: one.digest for one in fake.calendars.records.all()}
    assert after.keys() == {"Day", "Night"}, "the button is of a group that they see now"
    assert before.items() <= after.items()
    access.principal = a_manager("Night", now - timedelta(minutes=6))
    page.run()
    assert "group_calendar_make" not in {one.key for one in page.button}


class Door:
    """A way in that is open, with nobody in."""

    def ways(self) -> frozenset[OwnWay]:
        return frozenset({OwnWay.PIN})

    def logins(self, _subject: str) -> list[OwnLogin]:
        return []

    def waiting(self, _subject: str) -> None:
        return None

    def end(self, _person: Person) -> int:
        return 0


def test_the_office_reads_that_there_is_an_address_and_ends_it(
    access: OneVisitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "own_sign_in", Door())
    access.principal = Principal(
        PrincipalKind.USER, "u", "u", rights_of(Role.REGISTRAR), ALL_GROUPS
    )
    with FakeSystem(access=access).running() as fake:
        fake.add_person(1, "Ann", "Day")
        fake.system.calendars.renew_own("subject1")
        page = opened("people.py", person="subject1")
        assert "A calendar program reads their shifts and leave" in words(page)
        page.button(key="own_end_subject1").click().run()
        assert not page.exception
        assert fake.system.calendars.own("subject1") is None
        assert "A calendar program" not in words(page)


def test_of_two_colleagues_of_one_name_the_one_is_asked_who_was_chosen(fake: FakeSystem) -> None:
    fake.add_person(2, "Bob", "Day")
    fake.add_person(3, "Bob", "Day")
    fake.options.decide("swaps", "ask")
    day = week_of(fake.service.timesheets.today() + timedelta(days=7))[0]
    cells = {("subject2", day): OFF, ("subject3", day): OFF}
    fake.rules.put(*weeks_of({("subject1", day): "n", **cells}))
    page = opened("my_attendance.py")
    next(one for one in page.selectbox if one.label == "My shift").set_value(day).run()
    box = next(one for one in page.selectbox if one.label == "Colleague")
    assert box.options == ["Bob (E2)", "Bob (E3)"]
    box.set_value("subject2").run()
    page.button(key="own_swap_0_send").click().run()
    (asked,) = fake.system.swaps.of("subject1")
    assert asked.request.other == "subject2"


def test_a_swap_is_asked_for_agreed_to_and_let_through(
    fake: FakeSystem, access: OneVisitor
) -> None:
    fake.add_person(2, "Bob", "Day")
    day = week_of(fake.service.timesheets.today() + timedelta(days=7))[0]
    fake.rules.put(*weeks_of({("subject1", day): "n", ("subject2", day): OFF}))
    assert not [one for one in opened("my_attendance.py").subheader if "Swap" in one.value]
    fake.options.decide("swaps", "ask")
    page = opened("my_attendance.py")
    box = next(one for one in page.selectbox if one.label == "My shift")
    box.set_value(day).run()
    next(one for one in page.selectbox if one.label == "Colleague").set_value("subject2").run()
    page.button(key="own_swap_0_send").click().run()
    assert not page.exception
    assert "waits for your colleague" in words(page)
    rights = rights_of(Role.PERSON)
    access.principal = Principal(PrincipalKind.PERSON, "subject2", "Bob", rights)
    page = opened("my_attendance.py")
    assert "Ann asks you to take the shift of" in " ".join(one.value for one in page.info)
    next(one for one in page.button if one.label == "Agree").click().run()
    assert not page.info
    access.principal = Principal(
        PrincipalKind.USER, "u", "u", rights_of(Role.MANAGER), only("Day")
    )
    page = opened("records.py", view="Requests")
    assert "Bob takes the shift of" in words(page)
    next(one for one in page.button if one.label == "Approve").click().run()
    assert not page.exception
    told = {(one.subject, one.days[0]) for one in fake.rules.load().rosters}
    assert told == {("subject1", OFF), ("subject2", "n")}
