"""One reading of corrections: what the days count, every list, file and export counts too."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from face_rec.attendance.marks.kept_marks import EffectiveMarks, bounds
from face_rec.attendance.reports.spreadsheets import to_csv
from face_rec.attendance.terms.filters import Filters
from face_rec.attendance.terms.status import Status
from face_rec.domain.groups import ALL_GROUPS
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Person
from face_rec.facades.attendance.attendance import AttendanceFacade
from pages.ui.records.records_table import table_of
from tests.attendance_days import MONDAY, at
from tests.attendance_world import CountedAttendance, World
from tests.fakes.privacy import PrivacyOf
from tests.fakes.system import FakeSystem
from tests.unit.pages.pages_app import opened, words

BOSS = ("boss", "seen by the porter")


@pytest.fixture
def fake() -> Iterator[FakeSystem]:
    with FakeSystem().running() as running:
        yield running


def void_then_confirm(fake: FakeSystem, event: Event) -> None:
    service = fake.service.corrections
    service.correct(EventKind.VOID, event, *BOSS, within=ALL_GROUPS)
    fake.clock.advance(1)
    service.correct(EventKind.CONFIRM, event, *BOSS, within=ALL_GROUPS)


def today(fake: FakeSystem) -> date:
    return fake.service.timesheets.today()


def kiosk_list() -> str:
    """The list beside the video, without the camera."""

    def script() -> None:
        from pages.ui.kiosk.still import marks_today  # noqa: PLC0415 - runs as a script

        marks_today("main", listed=False)

    return words(AppTest.from_function(script, default_timeout=60).run())


def exported(fake: FakeSystem, person: Person) -> list[dict[str, str]]:
    out = io.BytesIO()
    PrivacyOf(fake).privacy.export.write(person.subject, out)
    with zipfile.ZipFile(out) as archive:
        text = archive.read("attendance.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_mark_that_was_voided_and_confirmed_counts_everywhere(fake: FakeSystem) -> None:
    ann = fake.add_person(1, "Ann")
    void_then_confirm(fake, fake.mark(ann, minutes=10))
    (day,) = fake.service.timesheets.person(ann.subject, today(fake), today(fake))
    assert day.status is Status.PRESENT
    table = table_of(AttendanceFacade.current(), today(fake), today(fake))
    assert list(table["name"]) == ["Ann"]
    assert table["remark"].iloc[0] == "confirmed"
    assert b"Ann" in to_csv(table)
    assert list(opened("records.py").dataframe[0].value["name"]) == ["Ann"]
    assert "08:50:00" in words(opened("overview.py"))
    assert "1 mark" in kiosk_list()
    assert [row["Remark"] for row in exported(fake, ann)] == ["confirmed"]


def test_a_void_that_a_confirmation_came_before_stands_everywhere(fake: FakeSystem) -> None:
    ann = fake.add_person(1, "Ann")
    event = fake.mark(ann, minutes=10)
    service = fake.service.corrections
    service.correct(EventKind.CONFIRM, event, *BOSS, within=ALL_GROUPS)
    fake.clock.advance(1)
    service.correct(EventKind.VOID, event, *BOSS, within=ALL_GROUPS)
    assert table_of(AttendanceFacade.current(), today(fake), today(fake)).empty
    assert "Ann" not in words(opened("overview.py"))
    assert "0 marks" in kiosk_list()
    assert exported(fake, ann) == []


def test_a_mark_counted_as_a_check_out_is_one_in_every_list_and_file(fake: FakeSystem) -> None:
    ann = fake.add_person(1, "Ann")
    event = fake.mark(ann, minutes=10)
    fake.service.corrections.correct(
        EventKind.RETYPE, event, *BOSS, becomes=EventKind.OUT, within=ALL_GROUPS
    )
    table = table_of(AttendanceFacade.current(), today(fake), today(fake))
    assert list(table["kind"]) == ["out"]
    assert list(opened("records.py").dataframe[0].value["kind"]) == ["Check-out"]
    assert b",out," in to_csv(table)
    (row,) = exported(fake, ann)
    assert (row["Kind"], row["Remark"]) == ("out", "was punch")


def test_the_fold_is_read_again_only_when_the_day_has_grown() -> None:
    world = World()
    event = world.mark("09:00 17:00")[0]
    book = world.service().timesheets
    assert len(book.marks(MONDAY, MONDAY)) == 2
    world.attendance.read.clear()
    assert len(book.marks(MONDAY, MONDAY)) == 2
    assert world.attendance.read == []
    world.service().corrections.correct(EventKind.VOID, event, *BOSS, within=ALL_GROUPS)
    assert len(book.marks(MONDAY, MONDAY)) == 1
    assert world.attendance.read.count(MONDAY) >= 1


def test_a_closed_day_is_kept_as_columns_only() -> None:
    world = World()
    world.mark("09:00 17:00")
    book = world.service().timesheets
    book.day(MONDAY)
    world.attendance.read.clear()
    book.day(MONDAY, Filters(ALL_GROUPS, text="ada"))
    assert world.attendance.read == [], "the columns are enough"
    book.marks(MONDAY, MONDAY)
    assert MONDAY in world.attendance.read


def test_days_read_a_day_once_and_lists_read_it_once() -> None:
    """Days take a glance at it, which costs a fifth of what lists need."""
    world = World(now=at(MONDAY, "18:00"))
    world.mark("09:00 17:00")
    book = world.service().timesheets
    for _ in range(2):
        book.day(MONDAY)
        book.marks(MONDAY, MONDAY)
    assert world.attendance.read.count(MONDAY) == 2


def test_the_cache_holds_no_more_marks_than_it_may_and_the_newest_day_stays() -> None:
    store = CountedAttendance()
    days = [MONDAY + timedelta(days=n) for n in range(4)]
    world = World()
    world.attendance = store
    for day in days:
        world.mark("09:00 17:00", day)
    standing = EffectiveMarks(store, most=4)
    standing.days(days)
    store.read.clear()
    assert [len(day.marks) for day in standing.days(days[2:])] == [2, 2]
    assert store.read == []
    standing.days(days[:1])
    assert store.read == days[:1]


def test_a_correction_of_a_mark_that_is_not_there_counts_nowhere(fake: FakeSystem) -> None:
    ann = fake.add_person(1, "Ann")
    stray = Event(
        "c1", ann.subject, fake.clock.now(), EventKind.CONFIRM, Source.MANUAL, "", target="gone"
    )
    fake.attendance.apply(stray, 0.0)
    assert fake.service.timesheets.marks(today(fake), today(fake)) == []


def test_a_local_day_has_23_hours_when_the_clocks_go_forward() -> None:
    start, end = bounds(date(2026, 3, 29), date(2026, 3, 29), ZoneInfo("Europe/Berlin"))
    assert start == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert end == datetime(2026, 3, 29, 22, tzinfo=UTC)
