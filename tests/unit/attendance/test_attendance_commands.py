"""``report`` and ``demo``, over stores in memory."""

import argparse
import os
import stat
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from face_rec.__main__ import parser
from face_rec.assembly.storage.services import open_service
from face_rec.attendance.attendance_service import AttendanceService
from face_rec.attendance.cached_stores import Stores
from face_rec.attendance.reports.reports import Wanted, make
from face_rec.attendance.terms.filters import EVERYBODY, Filters
from face_rec.attendance.terms.status import Status
from face_rec.cli.demo import fill, refuse_if_used
from face_rec.cli.records.report import write
from face_rec.demo.company import company
from face_rec.domain.errors import AttendanceError, NotEmpty
from face_rec.domain.groups import only
from face_rec.files import PART
from face_rec.people.departures import Departures
from tests.attendance_days import ADA, BERLIN, DAY_SHIFT, at, punches
from tests.fakes.attendance import FakeAttendance
from tests.fakes.clock import FakeClock
from tests.fakes.people import FakePeople
from tests.fakes.rules import FakeRules

TODAY = date(2025, 6, 3)
NOBODY_GOES = Departures(FakePeople(FakeClock()))


class Empty:
    """A system without anything in it."""

    def __init__(self) -> None:
        clock = FakeClock(at(TODAY, "10:00"))
        self.marks, self.people, self.rules = FakeAttendance(), FakePeople(clock), FakeRules()
        stores = Stores(self.marks, self.people, self.rules)
        self.service = open_service(stores, self.marks, self.rules, clock, BERLIN)


@pytest.fixture(scope="module")
def filled() -> AttendanceService:
    here = Empty()
    fill(here.rules, here.marks, here.people, company(TODAY, BERLIN))
    return here.service


def test_the_demo_can_end_in_the_middle_of_today() -> None:
    noon = datetime(2025, 5, 14, 10, tzinfo=UTC)
    made = company(noon.date(), BERLIN, noon)
    today = [event for event in made.events if event.at.date() == noon.date()]
    assert today
    assert max(event.at for event in made.events) <= noon
    assert made.people == company(noon.date(), BERLIN).people


def test_a_demo_that_is_made_by_night_holds_no_mark_that_is_still_to_come() -> None:
    night = datetime.combine(TODAY, time(1, 30), BERLIN).astimezone(UTC)
    made = company(TODAY, BERLIN, night)
    assert max(event.at for event in made.events) <= night
    assert any(event.at > night - timedelta(hours=8) for event in made.events)


def test_the_demo_is_the_same_in_every_run() -> None:
    assert company(TODAY, BERLIN) == company(TODAY, BERLIN)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/Los_Angeles"])
def test_the_demo_ends_yesterday_in_any_zone(zone: str) -> None:
    made = company(TODAY, ZoneInfo(zone))
    assert len(made.people) == 60
    assert max(event.at for event in made.events) < at(TODAY, "09:00", ZoneInfo(zone))


@pytest.mark.heavy
def test_the_demo_shows_every_kind_of_day(filled: AttendanceService) -> None:
    first = TODAY - timedelta(days=90)
    table = filled.timesheets.table(first, TODAY - timedelta(days=1))
    seen = {record.status for record in table.records()}
    assert seen >= set(Status) - {Status.NOT_YET, Status.MISSING_IN}


def test_the_demo_is_believable(filled: AttendanceService) -> None:
    first = TODAY - timedelta(days=90)
    groups = make(
        filled.timesheets, Wanted("groups", first, TODAY - timedelta(days=1), EVERYBODY)
    ).frame
    assert groups["Group"].tolist() == ["Night watch", "Office", "Part-time", "Workshop"]
    assert groups["Attendance"].between(90, 99.9).all()
    assert groups["On time"].between(88, 99.9).all()


def test_the_demo_has_marks_to_review_and_corrections(filled: AttendanceService) -> None:
    first, last = TODAY - timedelta(days=90), TODAY - timedelta(days=1)
    assert 10 <= len(filled.mark_queries.review(first, last)) <= 300
    assert len(filled.mark_queries.audit(first, last)) == 14


def test_the_demo_refuses_a_system_with_people() -> None:
    here = Empty()
    here.people.create(ADA, (), 0)
    with pytest.raises(NotEmpty, match=r"\(1 person\)"):
        refuse_if_used(here.service, company(TODAY, BERLIN))


def test_the_demo_refuses_a_system_with_rules() -> None:
    here = Empty()
    here.rules.put(DAY_SHIFT)
    with pytest.raises(NotEmpty, match="rules"):
        refuse_if_used(here.service, company(TODAY, BERLIN))


def test_the_demo_refuses_a_system_with_marks() -> None:
    here = Empty()
    for event in punches("09:00", TODAY):
        here.marks.apply(event, 0.0)
    with pytest.raises(NotEmpty, match="marks"):
        refuse_if_used(here.service, company(TODAY, BERLIN))


def test_the_demo_takes_an_empty_system() -> None:
    refuse_if_used(Empty().service, company(TODAY, BERLIN))


def test_a_report_is_written_whole(filled: AttendanceService, tmp_path: Path) -> None:
    out = tmp_path / "may.XLSX"
    wanted = Wanted("muster", date(2025, 5, 1), date(2025, 5, 31), EVERYBODY)
    assert write(filled.timesheets, wanted, out, NOBODY_GOES) >= 57
    assert [path.name for path in tmp_path.iterdir()] == ["may.XLSX"]


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such rights")
def test_whom_the_umask_lets_reads_a_report_and_no_part_of_a_killed_one_stays_beside_it(
    filled: AttendanceService, tmp_path: Path
) -> None:
    left = tmp_path / f"{PART}0123456789abcdef"
    left.write_bytes(b"half a report")
    os.utime(left, (0, 0))
    wanted, was = Wanted("daily", TODAY, TODAY, EVERYBODY), os.umask(0o027)
    try:
        write(filled.timesheets, wanted, tmp_path / "day.csv", NOBODY_GOES)
    finally:
        os.umask(was)
    (out,) = tmp_path.iterdir()
    assert (out.name, stat.S_IMODE(out.stat().st_mode)) == ("day.csv", 0o640)


def test_a_group_that_nobody_is_in_is_named(filled: AttendanceService, tmp_path: Path) -> None:
    wanted = Wanted("daily", TODAY, TODAY, Filters(only("Ofice")))
    with pytest.raises(AttendanceError, match=r"'Ofice'.*Office"):
        write(filled.timesheets, wanted, tmp_path / "x.csv", NOBODY_GOES)


def test_a_file_that_cannot_be_written_is_named(filled: AttendanceService, tmp_path: Path) -> None:
    with pytest.raises(AttendanceError, match=r"cannot be written .*Name another file"):
        write(
            filled.timesheets,
            Wanted("daily", TODAY, TODAY, EVERYBODY),
            tmp_path / "no" / "x.csv",
            NOBODY_GOES,
        )


def test_the_command_line_is_as_the_readme_has_it() -> None:
    line = "report muster --from 2025-05-01 --to 2025-05-31 --group A --group B --out m.pdf"
    options = parser().parse_args(line.split())
    assert (options.name, options.first, options.last) == (
        "muster",
        date(2025, 5, 1),
        date(2025, 5, 31),
    )
    assert options.group == ["A", "B"]


@pytest.mark.parametrize(
    "line", ["report nonsense --from 2025-05-01 --to 2025-05-31 --out m.pdf",
             "report daily --from May --to 2025-05-31 --out m.pdf"]
)  # fmt: skip
def test_a_command_line_that_makes_no_sense_is_refused(line: str) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(line.split())


def test_another_file_form_is_refused_before_anything_starts() -> None:
    options = parser().parse_args(
        ["report", "daily", "--from", "2025-05-01", "--to", "2025-05-31", "--out", "m.docx"]
    )
    assert isinstance(options, argparse.Namespace)
    with pytest.raises(AttendanceError, match=r"\.csv, \.xlsx or \.pdf"):
        options.run(options)
