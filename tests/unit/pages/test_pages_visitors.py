"""The page Visitors: announced, agreed, in and out by one press each, erased; who may what."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.rights import Role, rights_of
from face_rec.domain.groups import ALL_GROUPS, Groups, only
from face_rec.domain.people import Person
from face_rec.languages.translator import ENGLISH
from face_rec.visitors.visit import Guest, Stage, Visit
from tests.fakes.access import OneVisitor
from tests.fakes.system import FakeSystem
from tests.fakes.visitors import host_of
from tests.unit.pages.pages_app import opened, words

PAGE = "visitors.py"
HOURS = timedelta(hours=2)


def _as(role: Role, groups: Groups = ALL_GROUPS) -> Principal:
    return Principal(PrincipalKind.USER, "max", "Max", rights_of(role), groups)


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem(access=OneVisitor(_as(Role.REGISTRAR))).running() as running:
        running.options.decide("visitors", "on")
        yield running


def _acts(fake: FakeSystem, who: Principal | None) -> None:
    access = fake.access
    assert isinstance(access, OneVisitor)
    access.principal = who


def _announced(fake: FakeSystem, host: Person, name: str = "Zaphod Quartz") -> Visit:
    service, now = fake.system.visitors.service, fake.clock.now()
    made = service.announce(Guest(name, "Quartz & Sons"), host.subject, now, now + HOURS, "max")
    service.agree(made.id, fake.system.visitors.texts.shown(ENGLISH))
    return made


def _keys(page: AppTest) -> set[str]:
    return {str(button.key) for button in page.button}


def _view(page: AppTest, name: str) -> AppTest:
    return page.pills(key="visitors_view").set_value(name).run()


def test_a_visitor_is_announced_agrees_comes_and_goes(fake: FakeSystem) -> None:
    ada = fake.add_person(1, "Ada", group="Sales")
    page = opened(PAGE)
    assert not page.exception
    assert "Nobody is expected" in words(page)
    page.button(key="announce_open").click().run()
    page.button(key="announce_open").click()  # here a run closes a dialog that is not opened in it
    page.text_input(key="announce_name").set_value("Zaphod *Quartz*")
    page.selectbox(key="announce_host").set_value(ada.subject)
    page.button(key="announce_go").click().run()
    assert not page.exception
    (visit,) = fake.system.visitors.service.records.visits.all()
    assert visit.host == ada.subject
    page = opened(PAGE)
    assert "Has not agreed yet" in words(page)
    assert f"in_{visit.id}" not in _keys(page)
    page.button(key=f"agree_{visit.id}").click().run()
    page.button(key=f"agree_{visit.id}").click()
    press = next(key for key in _keys(page) if key.startswith(f"visit_agreed_{visit.id}"))
    page.button(key=press).click().run()
    page = opened(PAGE)
    page.button(key=f"in_{visit.id}").click().run()
    assert not page.exception
    assert host_of(fake.system.visitors).told == [(visit.id, "")]
    page = _view(opened(PAGE), Stage.HERE.value)
    assert r"Zaphod \*Quartz\*" in words(page)
    page = _view(page, "house")
    assert not page.exception
    assert list(page.dataframe[0].value["Name"]) == ["Zaphod *Quartz*"]
    page = _view(page, Stage.HERE.value)
    page.button(key=f"out_{visit.id}").click().run()
    assert "No visitor is here" in words(page)
    page = _view(page, Stage.GONE.value)
    page.button(key=f"erase_{visit.id}").click().run()
    page.button(key=f"erase_{visit.id}").click()
    page.button(key="visits_erase_sure").click().run()
    assert not page.exception
    assert not fake.system.visitors.service.records.visits.all()


def test_what_was_announced_is_changed_in_a_dialog_and_a_name_that_came_is_not(
    fake: FakeSystem,
) -> None:
    visit, eve = _announced(fake, fake.add_person(1, "Ada")), fake.add_person(2, "Eve")
    page = opened(PAGE)
    page.button(key=f"change_{visit.id}").click().run()
    page.button(key=f"change_{visit.id}").click()
    page.selectbox(key=f"change_host_{visit.id}").set_value(eve.subject)
    page.text_input(key=f"change_purpose_{visit.id}").set_value("Lunch")
    page.time_input(key=f"change_from_{visit.id}_at").set_value(time(8, 30))
    page.button(key=f"change_go_{visit.id}").click().run()
    assert not page.exception
    found = fake.system.visitors.service.get(visit.id)
    assert found is not None
    assert (found.host, found.guest.purpose, found.visit.until) == (eve, "Lunch", visit.until)
    there = ZoneInfo("Europe/Berlin")
    assert found.visit.begins == datetime(2025, 3, 10, 8, 30, tzinfo=there)
    fake.system.visitors.service.come(visit.id)
    page = _view(opened(PAGE), Stage.HERE.value)
    page.button(key=f"change_{visit.id}").click().run()
    assert page.text_input(key=f"change_name_{visit.id}").disabled
    assert page.date_input(key=f"change_from_{visit.id}_day").disabled
    assert page.time_input(key=f"change_from_{visit.id}_at").disabled


def test_a_press_in_a_second_tab_tells_nobody_twice(fake: FakeSystem) -> None:
    visit = _announced(fake, fake.add_person(1, "Ada"))
    page = opened(PAGE)
    fake.system.visitors.service.come(visit.id)
    page.button(key=f"in_{visit.id}").click().run()
    assert not page.exception
    assert len(host_of(fake.system.visitors).told) == 1


def test_a_manager_sees_the_visitors_of_their_groups_and_has_no_button(fake: FakeSystem) -> None:
    sales, office = fake.add_person(1, "Ada", "Sales"), fake.add_person(2, "Eve", "Office")
    _announced(fake, sales)
    other = _announced(fake, office, "Ford Prefect")
    fake.system.visitors.service.come(other.id)
    fake.mark(sales)
    fake.mark(office)
    _acts(fake, _as(Role.MANAGER, only("Sales")))
    page = opened(PAGE)
    assert not page.exception
    assert "Zaphod Quartz" in words(page)
    assert "Ford Prefect" not in words(page)
    assert not {
        key
        for key in _keys(page)
        if key.startswith(("in_", "erase", "announce", "agree", "change"))
    }
    page = _view(page, "house")
    assert list(page.dataframe[0].value["Name"]) == ["Ada"]


@pytest.mark.parametrize("role", [Role.HR, Role.KIOSK, Role.PERSON, None])
def test_an_open_page_of_somebody_who_lost_the_right_does_and_shows_nothing(
    fake: FakeSystem, role: Role | None
) -> None:
    visit = _announced(fake, fake.add_person(1, "Ada"))
    page = opened(PAGE)
    _acts(fake, _as(role) if role else None)
    page.button(key=f"in_{visit.id}").click().run()
    assert "Zaphod" not in words(page)
    stored = fake.system.visitors.service.records.visits.get(visit.id)
    assert stored is not None
    assert stored.came_at is None


def test_who_becomes_a_manager_while_the_page_is_open_checks_nobody_in(fake: FakeSystem) -> None:
    visit = _announced(fake, fake.add_person(1, "Ada"))
    page = opened(PAGE)
    _acts(fake, _as(Role.MANAGER))
    page.button(key=f"in_{visit.id}").click().run()
    stored = fake.system.visitors.service.records.visits.get(visit.id)
    assert stored is not None
    assert stored.came_at is None


def test_while_it_is_off_nobody_is_entered_and_the_house_is_known_all_the_same(
    fake: FakeSystem,
) -> None:
    fake.mark(fake.add_person(1, "Ada"))
    fake.options.decide("visitors", "")
    page = opened(PAGE)
    assert not page.exception
    assert "announce_open" not in _keys(page)
    assert any("switch it on" in one.value for one in page.info)
    assert list(page.dataframe[0].value["Name"]) == ["Ada"]


def test_a_host_who_is_erased_is_named_no_more(fake: FakeSystem) -> None:
    ada = fake.add_person(1, "Ada")
    visit = _announced(fake, ada)
    fake.system.visitors.service.records.forget_host(ada.subject)
    page = opened(PAGE)
    assert not page.exception
    assert "The host is not registered any more" in words(page)
    page.button(key=f"in_{visit.id}").click().run()
    assert not page.exception
    stored = fake.system.visitors.service.records.visits.get(visit.id)
    assert stored == replace(stored or visit, host="")


def test_the_overview_says_that_visitors_are_in_the_house(fake: FakeSystem) -> None:
    visit = _announced(fake, fake.add_person(1, "Ada", "Sales"))
    fake.system.visitors.service.come(visit.id)
    for groups, told in ((only("Sales"), True), (only("Office"), False)):
        _acts(fake, _as(Role.MANAGER, groups))
        page = opened("overview.py")
        assert not page.exception
        labels = [str(one.proto.label) for one in page.get("page_link")]
        assert ("1 visitor is in the house" in labels) is told
