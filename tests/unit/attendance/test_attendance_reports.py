"""Reports and their files, read back."""

import io
import re
import zlib
from dataclasses import replace
from datetime import date, time, timedelta

import openpyxl
import pandas as pd
import pytest

from face_rec.attendance.reports.pdf_file import _Page, pdf_file
from face_rec.attendance.reports.report import Kind, Report
from face_rec.attendance.reports.reports import REPORTS, Wanted, make, written
from face_rec.attendance.reports.status_colours import COLOURS
from face_rec.attendance.reports.wording import IN_ENGLISH
from face_rec.attendance.rules.calendar import Leave
from face_rec.attendance.terms.duration import h_mm
from face_rec.attendance.terms.filters import EVERYBODY, Filters
from face_rec.attendance.terms.status import Status
from face_rec.domain.errors import AttendanceError
from face_rec.domain.groups import ALL_GROUPS
from face_rec.domain.people import Person
from face_rec.formulas import is_formula
from face_rec.lettering.lettering import MAIN
from tests.attendance_days import ADA, LONG_AGO, MONDAY, shift
from tests.attendance_world import World

SUNDAY = MONDAY + timedelta(days=6)


@pytest.fixture
def world() -> World:
    """Ada: present, late, half day, absent, leave; Bob: never."""
    world = World(
        shift(half_day_below=240, overtime_after=480),
        Leave("l", ADA.subject, MONDAY + timedelta(days=4), MONDAY + timedelta(days=4)),
    )
    for offset, text in enumerate(("08:50 17:20", "09:30 17:00", "09:00 12:00")):
        world.mark(text, MONDAY + timedelta(days=offset))
    return world


def report(world: World, name: str, filters: Filters | None = None) -> Report:
    return make(world.service().timesheets, Wanted(name, MONDAY, SUNDAY, filters or EVERYBODY))


def row(found: Report, name: str) -> dict[str, object]:
    rows = found.frame[found.frame["Name"] == name].to_dict("records")
    assert len(rows) == 1
    return {str(key): value for key, value in rows[0].items()}


def test_the_muster_has_a_code_for_every_day_and_totals(world: World) -> None:
    ada = row(report(world, "muster"), "Ada")
    assert [v for k, v in ada.items() if k[:2].isdigit()] == [
        "P",
        "L",
        "HD",
        "A",
        "LV",
        "WO",
        "WO",
    ]
    assert [ada[t] for t in ("Present", "Late", "Half days", "Absent", "Leave", "Off")] == [
        2, 1, 1, 1, 1, 2,
    ]  # fmt: skip


def test_the_summary_adds_up(world: World) -> None:
    ada = row(report(world, "summary"), "Ada")
    assert (ada["Expected"], ada["Present"], ada["Absent"], ada["Leave"]) == (4, 3, 1, 1)
    assert (ada["Late"], ada["Late time"]) == (1, 30 * 60)
    assert (ada["Worked"], ada["Overtime"]) == (19 * 3600, 1800)
    assert ada["Attendance"] == 75.0


def test_muster_and_summary_agree(world: World) -> None:
    muster, summary = report(world, "muster").frame, report(world, "summary").frame
    assert (muster["Present"] + muster["Half days"]).tolist() == summary["Present"].tolist()
    assert muster["Late"].tolist() == summary["Late"].tolist()


def test_the_lists_hold_who_was_late_and_who_was_absent(world: World) -> None:
    late, absent = report(world, "late").frame, report(world, "absences").frame
    assert late[["Name", "Late"]].to_numpy().tolist() == [["Ada", 1800]]
    assert absent["Name"].value_counts().to_dict() == {"Bob": 5, "Ada": 1}


def test_groups_are_compared(world: World) -> None:
    groups = report(world, "groups").frame.set_index("Group")
    assert groups.loc["Office", "Attendance"] == 75.0
    assert groups.loc["Shop", "Attendance"] == 0.0
    assert groups.loc["Shop", "On time"] == 0.0


def test_the_register_takes_the_filters_statuses(world: World) -> None:
    chosen = Filters(ALL_GROUPS, statuses=frozenset({Status.HALF_DAY}))
    assert report(world, "daily", chosen).frame["Status"].tolist() == ["half day"]


def test_a_night_ends_on_the_next_day() -> None:
    world = World(shift(start=time(22), end=time(6)))
    world.mark("21:55 06:02+1")
    found = make(world.service().timesheets, Wanted("daily", MONDAY, MONDAY, EVERYBODY)).frame
    assert [str(found[name].iloc[0]) for name in ("In", "Out")] == ["21:55", "06:02 (+1)"]


def test_a_muster_over_two_months_tells_the_months_apart(world: World) -> None:
    first = date(2024, 2, 28)
    found = make(world.service().timesheets, Wanted("muster", first, date(2024, 3, 28), EVERYBODY))
    assert "02-28" in found.frame
    assert "03-28" in found.frame


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".pdf"])
def test_every_report_can_be_written_in_every_form(world: World, name: str, suffix: str) -> None:
    starts = {".csv": b"\xef\xbb\xbf", ".xlsx": b"PK", ".pdf": b"%PDF"}
    assert written(report(world, name), suffix).startswith(starts[suffix])


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_of_nobody_is_written_all_the_same(world: World, name: str) -> None:
    empty = report(world, name, Filters(ALL_GROUPS, text="nobody of this name"))
    for suffix in (".csv", ".xlsx", ".pdf"):
        assert written(empty, suffix)


@pytest.mark.parametrize("name", REPORTS)
def test_the_csv_has_its_headings_in_line_one_and_nothing_beside_the_table(
    world: World, name: str
) -> None:
    found = report(world, name)
    table = pd.read_csv(io.BytesIO(written(found, ".csv")))
    assert list(table) == list(found.frame)
    assert len(table) == len(found.frame)


def test_hours_and_times_in_the_csv_are_read_as_what_they_are() -> None:
    world = World(shift(start=time(22), end=time(6)))
    world.mark("21:55 06:02+1")
    found = make(world.service().timesheets, Wanted("daily", MONDAY, MONDAY, EVERYBODY))
    table = pd.read_csv(io.BytesIO(written(found, ".csv")), parse_dates=["In", "Out"])
    ada = table[table["Name"] == "Ada"].iloc[0]
    assert ada["Out"] - ada["In"] == timedelta(hours=8, minutes=7)
    assert pd.to_timedelta(f"{ada['Worked']}:00") == timedelta(hours=8, minutes=7)


def test_a_duration_is_the_same_in_every_report_and_file(world: World) -> None:
    """19 h 0 min of three days, with seconds that no table shows."""
    world.mark("09:00:30 12:00:10", MONDAY + timedelta(days=3))  # 2:59 in whole minutes
    daily = report(world, "daily").frame
    summed = daily[daily["Name"] == "Ada"]["Worked"].sum()
    assert summed == row(report(world, "summary"), "Ada")["Worked"]
    assert h_mm(summed) == "21:59"
    data = written(report(world, "summary"), ".xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    shown = {cell.value for cells in sheet.iter_rows() for cell in cells}
    assert timedelta(hours=21, minutes=59) in shown
    text = written(report(world, "summary"), ".csv").decode("utf-8-sig")
    assert ",21:59," in text


def test_somebody_late_by_seconds_is_late_by_a_begun_minute() -> None:
    world = World(shift(late_grace=0))
    world.mark("09:00:40 17:00")
    found = make(world.service().timesheets, Wanted("late", MONDAY, MONDAY, EVERYBODY))
    assert h_mm(row(found, "Ada")["Late"]) == "0:01"  # type: ignore[arg-type]


def test_in_and_out_in_the_workbook_are_times_that_excel_can_subtract() -> None:
    world = World(shift(start=time(22), end=time(6)))
    world.mark("21:55 06:02+1")
    found = make(world.service().timesheets, Wanted("daily", MONDAY, MONDAY, EVERYBODY))
    sheet = openpyxl.load_workbook(io.BytesIO(written(found, ".xlsx"))).active
    head = next(r for r in sheet.iter_rows() if r[1].value == "Name")
    names = [cell.value for cell in head]
    ada = next(r for r in sheet.iter_rows() if r[1].value == "Ada")
    came, left = ada[names.index("In")], ada[names.index("Out")]
    assert (came.is_date, left.is_date) == (True, True)
    assert left.value - came.value == timedelta(hours=8, minutes=7)
    assert (came.number_format, left.number_format) == ("hh:mm", 'hh:mm" (+1)"')


def test_the_pdf_cuts_no_time_of_day() -> None:
    world = World(shift(start=time(22), end=time(6)))
    world.mark("21:55 06:02+1")
    found = make(world.service().timesheets, Wanted("daily", MONDAY, MONDAY, EVERYBODY))
    sheet = _Page(found, IN_ENGLISH)
    sheet.add_page()
    sheet.set_font(MAIN, size=7)
    width = dict(zip(found.kinds, sheet._columns, strict=True))["Out"][1]
    assert sheet._fitting("06:02 (+1)", width - 1.6) == "06:02 (+1)"


def evil(world: World) -> World:
    person = Person("s-evil", "=1+1", '=HYPERLINK("x")', "@SUM(1)", created_at=LONG_AGO)
    world.people.create(person, (), world.people.revision())
    return world


def test_no_name_becomes_a_formula_in_csv(world: World) -> None:
    text = written(report(evil(world), "summary"), ".csv").decode("utf-8-sig")
    assert "'=1+1" in text
    assert ",=1+1" not in text


def test_a_filters_text_is_not_in_the_csv(world: World) -> None:
    odd = Filters(ALL_GROUPS, text='x",=1+1\n=2')
    text = written(report(world, "daily", odd), ".csv").decode("utf-8-sig")
    assert "=1+1" not in text


def test_the_workbook_has_formats_colours_frozen_panes_and_totals(world: World) -> None:
    data = written(report(evil(world), "muster"), ".xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    head = next(r for r in sheet.iter_rows() if r[0].value == "Name")
    names = [cell.value for cell in head]
    rows = {r[0].value: r for r in sheet.iter_rows(min_row=head[0].row + 1)}

    assert sheet.freeze_panes == f"B{head[0].row + 1}"
    monday = rows["Ada"][names.index("04 Mo")]
    assert (monday.value, monday.fill.fgColor.rgb) == ("P", f"FF{COLOURS[Status.PRESENT]}")
    assert rows["Total"][names.index("Present")].value.startswith("=SUM(")
    assert rows['=HYPERLINK("x")'][1].data_type == "s"
    about = [sheet.cell(number, 1).value for number in range(1, head[0].row)]
    assert "Time zone: Europe/Berlin" in about


def test_hours_in_the_workbook_are_durations(world: World) -> None:
    data = written(report(world, "summary"), ".xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    head = next(r for r in sheet.iter_rows() if r[0].value == "Name")
    column = [cell.value for cell in head].index("Worked")
    ada = next(r for r in sheet.iter_rows() if r[0].value == "Ada")
    assert ada[column].value == timedelta(hours=19)
    assert ada[column].number_format == "[h]:mm"


def test_the_pdf_prints_names_of_any_script_and_says_what_it_cannot(world: World) -> None:
    plain = report(world, "summary")
    known = replace(plain, frame=plain.frame.assign(Name=["Ευγενία Łucja 李雷", "Иван नीमा סלמה"]))
    other = replace(plain, frame=plain.frame.assign(Name=["Ada", "\N{CUNEIFORM SIGN A}"]))
    assert _characters(pdf_file(known)) >= set("ΕυγενίαŁИвн李雷नסלמה")
    assert "□" in _characters(pdf_file(other))
    assert "□" not in _characters(pdf_file(known))


def _characters(pdf: bytes) -> set[str]:
    """What the PDF says its glyphs are, from the fonts' ToUnicode maps."""
    codes = re.findall(rb"^<[0-9A-F]{4}> <([0-9A-F]{4})>$", pdf, re.MULTILINE)
    return {chr(int(code, 16)) for code in codes}


def test_a_pdf_knows_beforehand_how_many_pages_it_has_and_packs_each(world: World) -> None:
    plain = report(world, "daily")
    for rows in (1, 32, 33, 65):
        frame = pd.concat([plain.frame.head(1)] * rows)
        page = _Page(replace(plain, frame=frame), IN_ENGLISH)
        page.add_page()
        for row in frame.itertuples(index=False, name=None):
            page.row(row)
        page.totals()
        assert page.pages_count == page._of
        streams = re.findall(
            rb"/Filter /FlateDecode\n/Length \d+\n>>\nstream\n(.*?)\nendstream",
            page.file(),
            re.DOTALL,
        )
        drawn = [zlib.decompress(one) for one in streams]
        assert sum(b" Tj" in one or b" TJ" in one for one in drawn) == page._of


def test_the_making_tells_how_far_it_is(world: World) -> None:
    for number in range(120):
        person = Person(f"s{number}", f"{number}x", f"P{number}", created_at=LONG_AGO)
        world.people.create(person, (), world.people.revision())
    seen: list[tuple[int, int]] = []
    found = make(
        world.service().timesheets,
        Wanted("muster", MONDAY, SUNDAY, EVERYBODY),
        lambda *at: seen.append(at),
    )
    written(found, ".pdf", lambda *at: seen.append(at))
    assert (122, 122) not in seen  # shown in steps, not for every row
    assert {total for _, total in seen} >= {11, 122}


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (Wanted("daily", SUNDAY, MONDAY, EVERYBODY), "lies before"),
        (Wanted("muster", date(2024, 1, 1), date(2024, 12, 31), EVERYBODY), "at most 62"),
        (Wanted("payroll", MONDAY, MONDAY, EVERYBODY), "no report"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused(
    world: World, wanted: Wanted, reason: str
) -> None:
    with pytest.raises(AttendanceError, match=reason):
        make(world.service().timesheets, wanted)


def test_another_file_form_is_refused(world: World) -> None:
    with pytest.raises(AttendanceError, match=r"\.csv, \.xlsx or \.pdf"):
        written(report(world, "daily"), ".docx")


def test_every_column_has_a_kind(world: World) -> None:
    for name in REPORTS:
        found = report(world, name)
        assert list(found.frame) == list(found.kinds)
        assert set(found.kinds.values()) <= set(Kind)


def test_a_name_like_a_formula_stays_a_text_when_its_cell_is_edited(world: World) -> None:
    data = written(report(evil(world), "muster"), ".xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    texts = [cell for cell in cells if cell.data_type == "s"]
    assert any(cell.value.startswith("=") for cell in texts)
    assert all(cell.quotePrefix == is_formula(cell.value) for cell in texts)
