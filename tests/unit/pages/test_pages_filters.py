"""Filters of Records, People and Reports: kept, shared, opened by a link; never with a name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

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


def asked(page: AppTest) -> str:
    return urlencode(page.query_params, doseq=True)


def test_the_address_of_records_follows_from_the_first_change_on(fake: FakeSystem) -> None:
    page = opened("records.py")
    assert asked(page) == "", "or the browser's Back would lead nowhere but here"
    page.button_group(key="records_view").set_value("Days").run()
    assert asked(page) == "view=Days&span=7+days"
    page.button_group(key="days_span").set_value("30 days").run()
    page.multiselect(key="days_groups").set_value(["Day", "Night"]).run()
    page.text_input(key="days_person").set_value("Person Day").run()
    assert asked(page) == "view=Days&span=30+days&group=Day&group=Night", "and never a name"
    again = opened("records.py", **page.query_params)
    assert again.button_group(key="days_span").value == "30 days"
    assert again.multiselect(key="days_groups").value == ["Day", "Night"]
    page.button_group(key="records_view").set_value("Review").run()
    assert asked(page) == "view=Review&span=30+days"
    page.button_group(key="records_view").set_value("Requests").run()
    assert asked(page) == "view=Requests"
    assert opened("records.py", view="Requests").button_group(key="records_view").value == (
        "Requests"
    )


def test_back_takes_a_choice_back_and_a_second_time_leads_away(fake: FakeSystem) -> None:
    page = opened("records.py")
    page.button_group(key="records_view").set_value("Days").run()
    page.button_group(key="days_span").set_value("30 days").run()
    page.query_params = {"view": "Days", "span": "7 days"}  # as the browser's Back does
    page.run()
    assert page.button_group(key="days_span").value == "7 days"
    assert asked(page) == "view=Days&span=7+days"
    page.query_params = {}
    page.run()
    assert page.button_group(key="records_view").value == "Marks"
    assert asked(page) == ""


def test_whoever_comes_back_to_an_address_finds_what_it_says(fake: FakeSystem) -> None:
    """What a page's own widgets said is forgotten while another one is open."""
    page = opened("records.py", view="Days", span="30 days", group="Night")
    page.query_params = {"person": "subject1"}
    page.run()
    assert "days_span" not in page.session_state
    page.query_params = {"view": "Days", "span": "30 days", "group": "Night"}
    page.run()
    assert page.button_group(key="records_view").value == "Days"
    assert page.button_group(key="days_span").value == "30 days"
    assert page.multiselect(key="days_groups").value == ["Night"]


def test_one_day_that_the_search_asks_for_is_a_period_like_another(fake: FakeSystem) -> None:
    day = fake.service.timesheets.today() - timedelta(days=3)
    page = opened("records.py", view="Days", day=day.isoformat())
    assert page.button_group(key="days_span").value == "Dates"
    assert page.date_input(key="days_dates").value == (day, day)
    assert asked(page) == f"view=Days&day={day}"
    page.button_group(key="days_span").set_value("7 days").run()
    assert asked(page) == "view=Days&span=7+days"
    later = opened("records.py", view="Days", day="2999-01-01")
    today = fake.service.timesheets.today()
    assert later.date_input(key="days_dates").value == (today, today)


def test_what_a_filter_asks_for_and_is_not_there_any_more_is_said(
    fake: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.views.create(NIGHTS)
    page = opened("records.py", filter="f1")
    assert ["it is left out" in one.value for one in page.toast] == [True], "a later status"
    known = NIGHTS.chosen[:3]
    fake.views.update(replace(NIGHTS, chosen=known, version=1))
    assert not opened("records.py", filter="f1").toast
    as_manager(monkeypatch, "Day")
    page = opened("records.py", filter="f1")
    assert page.toast
    assert "Night" not in words(page) + page.toast[0].value
