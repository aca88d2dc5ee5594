"""Which modules a request and a report run through: few enough to read them. The stores below are
in memory here; those of a mark are named in tests/integration/journey/test_mark_path.py.

Who changes one of the ways changes its list, and thinks twice before one grows.
"""

from datetime import timedelta

import pytest

from face_rec.access.accounts.deciding import Decider
from face_rec.attendance.reports.reports import Wanted, make
from face_rec.attendance.rules.shift import Shift
from face_rec.attendance.terms.filters import EVERYBODY
from face_rec.domain.groups import ALL_GROUPS
from face_rec.domain.marks import EventKind
from face_rec.requests.request import Standing, Wish
from tests.fakes.system import FakeSystem
from tests.recorder import Recorder
from tests.samples import a_person

REQUEST = {
    "requests.request_service", "requests.request", "requests.request_records", "requests.asking",
    "access.accounts.deciding", "access.subject_records",
    "attendance.attendance_service", "attendance.marks.correction",
    "attendance.marks.kept_marks", "attendance.mark_queries",
}  # fmt: skip
"""From what somebody asks to the mark that who decides lets be added."""
REPORT = {
    "attendance.reports.reports", "attendance.reports.report_tables",
    "attendance.marks.effective_marks",
    "attendance.timesheets", "attendance.kept_days", "attendance.row_calculator",
    "attendance.cached_stores", "attendance.marks.columns_cache", "attendance.marks.mark_columns",
    "attendance.days.day_calculator", "attendance.days.planner", "attendance.days.plain_days",
    "attendance.days.day_rules", "attendance.days.pairs", "attendance.days.punches",
    "attendance.days.day_record", "attendance.rules.roster", "attendance.rules.shift",
}  # fmt: skip
"""From the marks of a week to the table that is shown and handed out."""
MOST_BESIDE = 22
"""So many more run, which nobody need open: words, groups, the zone's clock, rules of kinds that
nobody has, what tells that nothing has changed."""


@pytest.fixture
def recorder() -> Recorder:
    return Recorder("MainThread")


def test_a_request_is_followed_from_its_words_to_the_mark_in_ten_modules(
    recorder: Recorder,
) -> None:
    with FakeSystem().running() as world:
        ada = world.people.create(a_person(), [], world.people.revision())
        service = world.requests_service()
        wish = Wish(world.clock.now() - timedelta(hours=2), EventKind.IN)
        boss = Decider("boss", "boss", ALL_GROUPS)
        with recorder.recording():
            asked = service.ask(ada.subject, wish, "The kiosk did not see me")
            service.approve(ada.subject, asked.id, boss, "Seen on the list")
            (told,) = service.of(ada.subject)
    assert told.standing is Standing.APPROVED
    recorder.holds(REQUEST, 10, MOST_BESIDE)


def test_a_report_is_followed_from_the_marks_to_its_table_in_eighteen_modules(
    recorder: Recorder,
) -> None:
    with FakeSystem().running() as world:
        world.clock.advance(-14 * 86_400)
        ann = world.add_person(1, "Ann")
        world.clock.advance(14 * 86_400)
        world.rules.put(Shift("default", "Office"))
        for hours in (80, 76, 72):
            world.mark(ann, minutes=hours * 60)
        sheets = world.service.timesheets
        with recorder.recording():
            week = Wanted("daily", sheets.today() - timedelta(days=7), sheets.today(), EVERYBODY)
            report = make(sheets, week)
    assert len(report.frame) > 0
    recorder.holds(REPORT, 18, MOST_BESIDE)
