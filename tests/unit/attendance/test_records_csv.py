"""The CSV export: opens right in a spreadsheet, and runs nothing there."""

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from face_rec.attendance.marks.effective_marks import entries
from face_rec.attendance.marks.records import marks_table
from face_rec.attendance.reports.spreadsheets import to_csv
from face_rec.domain.liveness import Cue, Finding, Liveness
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Person

AT = datetime(2026, 7, 1, 22, 5, 9, tzinfo=UTC)


def _export(
    name: str = "Ann", person_id: str = "1", group: str = "", kiosk: str = "main"
) -> bytes:
    event = Event(
        "e1", "s1", AT, EventKind.PUNCH, Source.VIDEO, kiosk, score=0.612345, snapshot="m/e1.jpg"
    )
    people = {"s1": Person("s1", person_id, name, group=group)}
    return to_csv(marks_table(entries([event]).marks, people, ZoneInfo("Europe/Berlin")))


def _row(content: bytes) -> dict[str, str]:
    text = content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == 1
    return rows[0]


def test_the_row_says_when_who_where_and_how_sure() -> None:
    assert _row(_export("Zoë Ångström 😀", "007", "Lab")) == {
        "Date": "2026-07-02",
        "Time": "00:05:09",
        "Time zone": "UTC+02:00",
        "Name": "Zoë Ångström 😀",
        "ID": "007",
        "Group": "Lab",
        "Kiosk": "main",
        "Kind": "punch",
        "Source": "video",
        "Score": "0.6123",
        "Margin": "",
        "Remark": "",
        "Snapshot": "m/e1.jpg",
        "Event": "e1",
    }


def test_what_a_face_was_taken_for_has_a_column_where_that_was_checked() -> None:
    found = (Finding(Cue.TEXTURE, 0.1, Liveness.ATTACK),)
    event = Event(
        "e1", "s1", AT, EventKind.PUNCH, Source.VIDEO, "main", live=Liveness.ATTACK, found=found
    )
    people = {"s1": Person("s1", "1", "Ann")}
    row = _row(to_csv(marks_table(entries([event]).marks, people, ZoneInfo("Europe/Berlin"))))
    assert row["Liveness"] == "attack"
    assert row["Remark"] == f"may be a picture: {Cue.TEXTURE.words}"


def test_a_byte_order_mark_tells_excel_that_it_is_utf_8() -> None:
    assert _export().startswith(b"\xef\xbb\xbfDate,")


def test_lines_end_as_the_csv_standard_says() -> None:
    content = _export()
    assert content.count(b"\r\n") == content.count(b"\n") == 2


FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\tx", "  =1", "\u00a0=1", "'=1",
    '"=1', " \t'\"=1", "\x00=1", "＝1", "＋1", "＠x", "\u200b=1", "=cmd|' /C calc'!A0",
    "﹦1", "﹢1", "﹣1", "－1", "﹫x", "\u22121", "\ufeff=1", "\ufeff\ufeff =1", "\u2060=1",
    "\u00ad=1", "\u200e=1", "\u202e=1", "\u2066=1", "\u2003=1", "\u3000=1", "\u202f-1",
    "\u180e=1", "\u115f=1", "\u3164=1", "\u2800=1", "\ufe0f=1", "\u034f=1", "\U000e0020=1",
    "\x1f=1", "\x7f=1", "\x85=1", "\xa0\u200b\t@x", "«=1", "‘=1", "\x0b=1", "\u2028=1",
]  # fmt: skip


@pytest.mark.heavy
@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
@pytest.mark.parametrize("column", ["Name", "ID", "Group", "Kiosk"])
def test_a_text_like_a_formula_is_held_by_an_apostrophe(text: str, column: str) -> None:
    options = {"Name": "name", "ID": "person_id", "Group": "group", "Kiosk": "kiosk"}
    assert _row(_export(**{options[column]: text}))[column] == "'" + text


@pytest.mark.parametrize(
    "text",
    [
        "O'Neil",
        "a=b",
        "Anne-Marie",
        "x@y",
        "1+1",
        'say "hi"',
        "a,b;c",
        "two\nlines",
        "√",
        "–",
        "李=1",
        "§-1",
        "",
        " ",
        "\u200b",
    ],
)
def test_a_harmless_text_comes_back_unchanged(text: str) -> None:
    assert _row(_export(text))["Name"] == text


def test_an_export_names_no_subject() -> None:
    assert b"s1" not in _export()


def test_an_empty_table_still_has_its_headings() -> None:
    content = to_csv(marks_table([], {}, ZoneInfo("UTC"))).decode("utf-8-sig")
    assert content.startswith("Date,Time,Time zone,Name,")
    assert content.count("\n") == 1
