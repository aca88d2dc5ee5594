"""The reports page: every report, its filters and its empty states."""

import time
from collections.abc import Iterator

import pytest
from streamlit.delta_generator import DeltaGenerator

from face_rec.attendance.reports.report import Report
from face_rec.attendance.reports.reports import REPORTS, Wanted, make
from face_rec.attendance.rules.shift import Shift
from face_rec.attendance.timesheets import Timesheets
from face_rec.protocols.models import Progress
from pages.ui.frame.jobs import JOBS
from pages.ui.reports import report_files
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        running.clock.advance(-14 * 86400)
        running.add_person(1, "Ann", "Day")
        running.add_person(2, "<b>Bob</b>", "Night")
        running.clock.advance(14 * 86400)
        running.rules.put(Shift("default", "Office"))
        yield running


def test_without_people_the_page_says_what_comes_first() -> None:
    with FakeSystem().running():
        page = opened("reports.py")
    assert "Nothing to report yet" in words(page)
    assert "Register a person" in [button.label for button in page.button]


@pytest.mark.parametrize("name", list(REPORTS))
def test_every_report_is_shown(fake: FakeSystem, name: str) -> None:
    fake.mark(next(fake.people.all()), minutes=3 * 24 * 60 - 30)  # Friday, 09:30: late
    page = opened("reports.py")
    page.button_group(key="report_name").set_value(name).run()
    page.button_group(key=f"report_{name}_span").set_value("This month").run()
    assert not page.exception
    assert not page.error
    assert len(page.dataframe) == 1
    assert len(page.dataframe[0].value) > 0


def test_a_report_is_of_the_groups_and_people_asked_for(fake: FakeSystem) -> None:
    page = opened("reports.py")
    page.button_group(key="report_name").set_value("absences").run()
    page.multiselect(key="report_groups").set_value(["Night"]).run()
    assert set(page.dataframe[0].value["Name"]) == {"<b>Bob</b>"}


def test_a_link_from_a_mail_opens_the_report_that_it_is_about(fake: FakeSystem) -> None:
    asked = {"report": "absences", "first": "2025-03-03", "last": "2025-03-04"}
    page = opened("reports.py", **asked, group="Night")
    assert page.button_group(key="report_name").value == "absences"
    assert set(page.dataframe[0].value["Name"]) == {"<b>Bob</b>"}
    assert sorted({str(day)[:10] for day in page.dataframe[0].value["Date"]}) == [
        "2025-03-03", "2025-03-04",
    ]  # fmt: skip
    assert not opened("reports.py", **asked | {"first": "x"}).exception


def test_an_empty_report_says_so(fake: FakeSystem) -> None:
    page = opened("reports.py")
    page.button_group(key="report_name").set_value("late").run()
    assert "Nobody came late on these days." in words(page)


def test_a_long_file_is_made_as_work_that_can_be_left(
    fake: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_files, "LONG", dict.fromkeys((".csv", ".xlsx", ".pdf"), 0))
    page = opened("reports.py")
    next(one for one in page.button if one.label == "Make XLSX …").click().run()
    (job,) = [job for kind, job in JOBS._jobs.items() if kind.startswith("report.xlsx")]
    assert job.ended.wait(20)
    page.run()
    assert "Download XLSX" in [getattr(one, "label", "") for one in page.get("download_button")]
    assert job.error == ""


def test_a_long_file_can_be_stopped_by_who_began_it(
    fake: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(_report: Report, _suffix: str, progress: Progress, **_: object) -> bytes:
        while True:
            progress(1, 10)
            time.sleep(0.01)

    monkeypatch.setattr(report_files, "LONG", dict.fromkeys((".csv", ".xlsx", ".pdf"), 0))
    monkeypatch.setattr(report_files, "written", endless)
    page = opened("reports.py")
    next(one for one in page.button if one.label == "Make PDF …").click().run()
    (job,) = [job for kind, job in JOBS._jobs.items() if kind.startswith("report.pdf")]
    next(one for one in page.button if one.label == "Stop").click().run()
    assert job.ended.wait(20)
    page.run()
    assert "was stopped. There is no file." in words(page)


def test_a_report_that_takes_long_shows_how_far_it_is_and_leaves_nothing_of_that(
    fake: FakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[float] = []

    def half(timesheets: Timesheets, wanted: Wanted, progress: Progress) -> Report:
        progress(1, 2)
        return make(timesheets, wanted)

    monkeypatch.setattr(report_files, "_PATIENCE", -1.0)
    monkeypatch.setattr(report_files, "make", half)
    monkeypatch.setattr(DeltaGenerator, "progress", lambda _, value: shown.append(value))
    page = opened("reports.py")
    assert shown == [0.5]
    assert not page.get("progress")
    assert not page.exception
