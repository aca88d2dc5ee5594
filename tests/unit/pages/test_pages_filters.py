"""Filters of Records, People and Reports: kept, shared, opened by a link; never with a name."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.access.principal import THIS_COMPUTER
from face_rec.access.rights import Role, rights_of
from face_rec.attendance.explore.view import View
from face_rec.attendance.terms.status import Status
from face_rec.domain.groups import only
from face_rec.facades.people.registrar import RegistrarFacade
from pages.ui.frame import identity
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words

NIGHTS = View(
    "f1", "boss", "Nights", "", "", shared=True, page="records",
    chosen=(("view", "Days"), ("span", "30 days"), ("group", "Night"), ("group", "Secret"),
            ("status", "absent"), ("status", "of a later version")),
)  # fmt: skip


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        for number, group in enumerate(("Day", "Night", "Secret"), 1):
            running.mark(running.add_person(number, f"Person {group}", group), minutes=number)
        yield running


def as_manager(monkeypatch: pytest.MonkeyPatch, *groups: str) -> None:
    seen = replace(THIS_COMPUTER, id="max", rights=rights_of(Role.MANAGER), groups=only(*groups))
    monkeypatch.setattr(identity, "THIS_COMPUTER", seen)


def keep(page: AppTest, name: str, title: str) -> AppTest:
    page.text_input(key=f"filter_title_{name}").set_value(title)
    next(one for one in page.button if one.label == "Keep it").click()
    page.run()
    assert not page.exception
    assert not page.error
    return page


def link(page: AppTest) -> str:
    return page.code[0].value


def test_what_is_chosen_of_marks_is_kept_without_the_name_that_was_typed(fake: FakeSystem) -> None:
    page = opened("records.py")
    page.text_input(key="records_person").set_value("Person Night").run()
    page.selectbox(key="records_group").set_value("Night").run()
    page.button_group(key="records_span").set_value("7 days").run()
    assert link(page).endswith("?view=Marks&span=7+days&group=Night")
    keep(page, "records", " My  nights ")
    (kept,) = fake.views.all()
    assert (kept.title, kept.owner, kept.page) == ("My nights", "local", "records")
    assert kept.chosen == (("view", "Marks"), ("span", "7 days"), ("group", "Night"))
    again = opened("records.py", filter=kept.id)
    assert again.selectbox(key="records_group").value == "Night"
    assert again.button_group(key="records_span").value == "7 days"
    again.selectbox(key="records_group").set_value("Day").run()
    assert again.selectbox(key="records_group").value == "Day", "a link opens once"
    again.button(key=f"filter_remove_{kept.id}").click().run()
    assert not fake.views.all()


def test_a_shared_filter_shows_its_reader_of_it_what_they_may_see(
    fake: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.views.create(NIGHTS)
    as_manager(monkeypatch, "Night", "Day")
    page = opened("records.py", filter="f1")
    assert page.button_group(key="records_view").value == "Days"
    assert page.multiselect(key="days_groups").value == ["Night"]
    assert page.multiselect(key="days_statuses").value == [Status.ABSENT]
    assert "Secret" not in words(page) + str(page.multiselect(key="days_groups").options)
    assert not [one for one in page.button if one.key == "filter_remove_f1"]
    fake.views.update(replace(NIGHTS, shared=False))
    page = opened("records.py", filter="f1")
    assert page.button_group(key="records_view").value == "Marks"


def test_a_report_and_people_have_filters_of_their_own(fake: FakeSystem) -> None:
    assert RegistrarFacade.current().views is fake.system.views
    people = opened("people.py")
    people.selectbox(key="people_group").set_value("Day").run()
    keep(people, "people", "Day people")
    report = opened(
        "reports.py", report="daily", span="Dates", first="2025-03-10", last="2025-03-10"
    )
    report.multiselect(key="report_groups").set_value(["Night"]).run()
    assert link(report).endswith(
        "?report=daily&span=Dates&first=2025-03-10&last=2025-03-10&group=Night"
    )
    keep(report, "reports", "Away")
    titles = {page: [one.title for one in fake.system.views.of("local", page)]
              for page in ("", "records", "people", "reports")}  # fmt: skip
    assert titles == {"": [], "records": [], "people": ["Day people"], "reports": ["Away"]}
    (kept,) = fake.system.views.of("local", "reports")
    again = opened("reports.py", filter=kept.id)
    assert set(again.dataframe[0].value["Name"]) == {"Person Night"}
    (kept,) = fake.system.views.of("local", "people")
    assert opened("people.py", filter=kept.id).selectbox(key="people_group").value == "Day"


def test_an_address_that_makes_no_sense_opens_the_page_as_it_is(fake: FakeSystem) -> None:
    for page in ("records.py", "people.py", "reports.py"):
        shown = opened(
            page, filter="none", view="Nowhere", span="ever", group="Nobody's", report="else",
            first="x", status="<b>",
        )  # fmt: skip
        assert not shown.exception
        assert not shown.error
        shown = opened(page, view="Days", span="ever", group="Nobody's", first="2025-99-01")
        assert not shown.exception
