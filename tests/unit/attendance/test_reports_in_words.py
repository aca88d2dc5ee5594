"""Reports in the words of whoever takes the file: what the house says is translated, what somebody
typed is not, and what programs read is English."""

import io
import re
import unicodedata
from typing import Any

import openpyxl
import pandas as pd
import pytest

from face_rec.attendance.explore.answer_report import report_of
from face_rec.attendance.explore.breakdown import Answer
from face_rec.attendance.explore.question import By, Measure, Question
from face_rec.attendance.reports.pdf_file import _Page
from face_rec.attendance.reports.report import About, Kind, Remarks, Report
from face_rec.attendance.reports.reports import REPORTS, Wanted, make, written
from face_rec.attendance.reports.wording import NONE, Wording
from face_rec.attendance.terms.filters import EVERYBODY
from face_rec.attendance.terms.status import Flag
from face_rec.languages.translator import Translators
from face_rec.lettering.lettering import MISSING
from tests.attendance_days import MONDAY, shift
from tests.attendance_world import World

TRANSLATORS = Translators()
ABOUT = About(MONDAY, MONDAY, "everybody", "Europe/Berlin", World(shift()).clock.now())


@pytest.fixture(scope="module")
def world() -> World:
    made = World(shift(half_day_below=240))
    made.mark("09:30 17:00", MONDAY)
    return made


def report(world: World, name: str) -> Report:
    return make(world.service().timesheets, Wanted(name, MONDAY, MONDAY, EVERYBODY))


def spoken(code: str) -> Wording:
    return Wording(TRANSLATORS.of(code))


def sheet_of(found: Report, code: str) -> Any:  # noqa: ANN401 - openpyxl has no types
    data = written(found, ".xlsx", wording=spoken(code))
    return openpyxl.load_workbook(io.BytesIO(data)).active


def texts_of(sheet: Any) -> set[str]:  # noqa: ANN401
    return {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell}


def test_a_workbook_speaks_its_readers_language(world: World) -> None:
    sheet = sheet_of(report(world, "daily"), "de")
    assert sheet.title == "Tagesliste"
    assert texts_of(sheet) >= {
        "Datum", "Gruppe", "Kommen", "verspätet", "abwesend", "Summe", "Ada", "Office",
        "Zeitraum: 04.03.2024",
    }  # fmt: skip
    assert not texts_of(sheet) & {"Date", "late", "absent", "Total"}
    assert "dd.mm.yyyy" in {cell.number_format for row in sheet.iter_rows() for cell in row}


def test_a_muster_names_its_days_and_explains_its_letters(world: World) -> None:
    found = texts_of(sheet_of(report(world, "muster"), "de"))
    assert "04 Mo" in found
    assert any(text.startswith("P anwesend, L verspätet") for text in found)


def test_an_arabic_workbook_runs_from_the_right(world: World) -> None:
    assert sheet_of(report(world, "summary"), "ar").sheet_view.rightToLeft
    assert not sheet_of(report(world, "summary"), "de").sheet_view.rightToLeft


@pytest.mark.parametrize(
    ("code", "title"), [("hi", "दैनिक सूची"), ("zh-Hans", "每日登记表"), ("ar", "السجل اليومي")]
)
def test_a_pdf_has_the_letters_of_its_readers_language(
    world: World, code: str, title: str
) -> None:
    pdf = written(report(world, "daily"), ".pdf", wording=spoken(code))
    maps = re.findall(rb"^<[0-9A-F]{4}> <([0-9A-F]{4})>$", pdf, re.MULTILINE)
    shown = {chr(int(sign, 16)) for sign in maps}
    bases = {sign for sign in title if unicodedata.category(sign) == "Lo"}
    assert shown >= bases
    assert MISSING not in shown


def test_the_columns_of_an_arabic_pdf_begin_on_the_right(world: World) -> None:
    found = report(world, "daily")
    arabic, english = _Page(found, spoken("ar")), _Page(found, spoken("en"))
    kinds = [kind for kind, _ in english._columns]
    assert [kind for kind, _ in arabic._columns] == kinds[::-1]
    assert [kind for kind, _ in english._columns] == list(found.kinds.values())


@pytest.mark.parametrize("name", list(REPORTS))
def test_what_programs_read_is_english_in_every_language(world: World, name: str) -> None:
    found = report(world, name)
    assert written(found, ".csv", wording=spoken("ar")) == written(found, ".csv")


def test_a_group_that_is_called_like_a_word_of_ours_keeps_its_name() -> None:
    question = Question(Measure.DAYS, By.PERSON, By.GROUP)
    frame = pd.DataFrame({
        "label": ["Ada", "Ada"], "part": ["Late", NONE], "value": [1.0, 2.0],
    })  # fmt: skip
    answer = Answer(question, frame, 3.0, ("Ada",), ("Late", NONE))
    sheet = sheet_of(report_of(answer, ABOUT), "de")
    assert texts_of(sheet) >= {"Person", "Late", "(keine)", "Zusammen"}


def test_of_remarks_the_note_stays_as_it_was_typed_and_the_rest_is_said() -> None:
    cell = Remarks("disputed", Flag.DISPUTED)
    assert str(cell) == "disputed; disputed"
    note, said = spoken("de").cell(cell, Kind.REMARKS).split("; ")
    assert note == "disputed"
    assert said != "disputed"
