"""Marks and days as Parquet and CSV: what stands in them, read by pyarrow, DuckDB and pandas."""

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from config import ROOT
from face_rec.__main__ import parser
from face_rec.attendance.exports import data_rows
from face_rec.attendance.exports.columns import DAYS, MARKS
from face_rec.attendance.exports.export import CONTENTS, Exporter
from face_rec.attendance.exports.stretch import Stretch, months
from face_rec.attendance.terms.filters import EVERYBODY, Filters
from face_rec.domain.errors import AttendanceError
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Person
from tests.attendance_days import LONG_AGO, MONDAY, at, shift
from tests.attendance_world import World

TUESDAY, MAY_DAY = MONDAY + timedelta(days=1), date(2024, 5, 1)
EVE = Person("s-eve", "=1+1", "=HYPERLINK(1)", group="Shop", created_at=LONG_AGO)
DOCS = (ROOT / "docs" / "data-files.md").read_text("utf-8")


@pytest.fixture(scope="module")
def world() -> World:
    """Ada on time on Monday and late on Tuesday, Eve once; and a mark of nobody who is here."""
    made = World(shift(overtime_after=480), now=at(MONDAY + timedelta(days=40), "12:00"))
    made.people.create(EVE, (), made.people.revision())
    made.mark("09:00 17:30")
    made.mark("09:40:30 17:00", TUESDAY)
    for number, subject in enumerate(("s-eve", "s-gone")):
        made.attendance.apply(
            Event(
                f"x{number}", subject, at(MONDAY, "09:05"), EventKind.PUNCH, Source.STILL, "gate",
                score=0.61, margin=0.2,
            ),
            0.0,
        )  # fmt: skip
    wrong, added = f"{TUESDAY}-1", at(TUESDAY, "16:50")
    for event in (
        Event("c1", "s-ada", at(TUESDAY, "17:00"), EventKind.VOID, Source.MANUAL, "", target=wrong,
              author="boss", reason="wrong", recorded_at=added),
        Event("c2", "s-ada", added, EventKind.OUT, Source.MANUAL, "", author="boss",
              reason="forgot", recorded_at=added),
    ):  # fmt: skip
        made.attendance.apply(event, 0.0, replay=True)
    return made


def exporter(world: World) -> Exporter:
    return Exporter(lambda: world.service().timesheets)


def written(world: World, name: str, suffix: str, filters: Filters = EVERYBODY) -> bytes:
    out = io.BytesIO()
    made = exporter(world)
    made.write(made.within_reason(name, MONDAY, MONDAY + timedelta(days=60), filters), suffix, out)
    return out.getvalue()


@pytest.fixture(scope="module")
def files(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for name in CONTENTS:
        (folder / f"{name}.parquet").write_bytes(written(world, name, ".parquet"))
    return folder


def test_marks_have_typed_columns_and_times_with_their_zone(files: Path) -> None:
    table = pq.read_table(files / "marks.parquet")
    assert table.schema.names == [column.name for column in MARKS]
    first, *_, last = table.to_pylist()
    assert first["marked_at"] == at(MONDAY, "09:00")
    assert str(table.schema.field("marked_at").type) == "timestamp[us, tz=Europe/Berlin]"
    assert (first["day"], first["name"], first["group_name"]) == (MONDAY, "Ada", "Office")
    assert (first["score"], first["by_hand"], first["confirmed"]) == (None, False, False)
    assert (last["kind"], last["by_hand"], last["remark"]) == ("out", True, "added by hand")


def test_marks_are_those_that_count_and_name_nobody_who_is_gone(files: Path) -> None:
    rows = pq.read_table(files / "marks.parquet").to_pylist()
    assert [row["name"] for row in rows if row["kiosk"] == "gate"] == [EVE.name, "(deleted)"]
    assert f"{TUESDAY}-1" not in [row["event"] for row in rows]
    assert b"s-gone" not in (files / "marks.parquet").read_bytes()


def test_days_say_what_the_page_says(world: World, files: Path) -> None:
    rows = pq.read_table(files / "days.parquet").to_pylist()
    records = list(world.service().timesheets.table(MONDAY, MONDAY + timedelta(days=40)).records())
    assert len(rows) == len(records) == 3 * 41
    for row, record in zip(rows, records, strict=True):
        assert (row["day"], row["id"]) == (record.day, record.person.id)
        assert (row["status"], row["shift"]) == (record.status.value, record.shift)
        assert (row["first_in"], row["last_out"]) == (record.first, record.last)
        assert row["worked_minutes"] == record.worked // 60
        assert row["remarks"] == "; ".join(record.remarks)
    late = next(row for row in rows if row["late"])
    assert (late["day"], late["late_minutes"], late["corrected"]) == (TUESDAY, 41, True)


def test_a_csv_says_the_same_and_runs_nothing(world: World) -> None:
    text = written(world, "marks", ".csv").decode("utf-8-sig")
    assert text.count("\r\n") == text.count("\n")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert rows[0]["marked_at"] == "2024-03-04T09:00:00+01:00"
    eve = next(row for row in rows if row["source"] == "still")
    assert (eve["name"], eve["id"]) == ("'=HYPERLINK(1)", "'=1+1")
    assert (eve["score"], eve["by_hand"], rows[0]["score"]) == ("0.61", "false", "")
    days = written(world, "days", ".csv").decode("utf-8-sig").splitlines()
    assert days[0].split(",") == [column.name for column in DAYS]
    assert "2024-03-04T17:30:00+01:00" in days[1]


def test_a_group_is_all_that_is_in_a_file_of_that_group(world: World) -> None:
    for name in CONTENTS:
        table = pq.read_table(io.BytesIO(written(world, name, ".parquet", Filters(only("Shop")))))
        assert set(table.column("group_name").to_pylist()) == {"Shop"}


def test_each_month_is_a_row_group_and_what_is_to_come_is_left_out(files: Path) -> None:
    file = pq.ParquetFile(files / "days.parquet")
    assert file.num_row_groups == 2
    assert file.read_row_group(1).column("day").to_pylist()[-1] == date(2024, 4, 13)
    assert list(months(date(2024, 12, 30), date(2025, 2, 1))) == [
        (date(2024, 12, 30), date(2024, 12, 31)),
        (date(2025, 1, 1), date(2025, 1, 31)),
        (date(2025, 2, 1), date(2025, 2, 1)),
    ]


def test_a_long_month_is_written_in_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_rows, "ROWS", 2)
    timesheets, over = world.service().timesheets, list[date]()
    stretch = Stretch(MONDAY, date(2024, 3, 31), day_done=over.append)
    sizes = [batch.num_rows for batch in data_rows.mark_batches(timesheets, stretch)]
    assert sizes == [4, 2, 0]
    assert over[-1] == date(2024, 3, 31)


@pytest.mark.parametrize(
    ("first", "last", "groups", "says"),
    [(TUESDAY, MONDAY, (), "lies before"), (MAY_DAY, MAY_DAY, (), "still to come"),
     (MONDAY, TUESDAY, ("Ofice",), r"'Ofice'.*Office, Shop")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(
    world: World, first: date, last: date, groups: tuple[str, ...], says: str
) -> None:
    with pytest.raises(AttendanceError, match=says):
        exporter(world).within_reason("marks", first, last, Filters(ALL_GROUPS.narrowed(groups)))


def test_another_kind_of_file_is_refused_before_anything_starts() -> None:
    line = "export days --from 2024-03-01 --to 2024-03-02 --out days.xlsx"
    options = parser().parse_args(line.split())
    with pytest.raises(AttendanceError, match=r"\.parquet or \.csv"):
        options.run(options)


# --- what the documentation shows ---------------------------------------------------------------


def _shown(kind: str) -> str:
    (found,) = re.findall(rf"```{kind}\n(.*?)```", DOCS, re.DOTALL)
    return str(found)


def test_the_query_for_duckdb_runs(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)
    found = duckdb.sql(_shown("sql"))
    assert found is not None
    assert found.fetchall() == [("Office", 0.5, 1), ("Shop", 0.0, 0)]


def test_the_lines_for_pandas_run(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)
    seen: list[Any] = []
    exec(_shown("python"), {"print": seen.append})  # noqa: S102 - our own page's
    (frame,) = seen
    assert isinstance(frame, pd.DataFrame | pd.Series)
    assert frame.to_dict() == {"": 1, "gate": 2, "main": 3}


def test_the_table_for_athena_has_the_columns_of_the_file(files: Path) -> None:
    """Nothing here runs Athena's SQL; what it must agree with is the file."""
    table = _shown("athena").split(";")[0]
    declared = re.findall(r"^  `(\w+)` (\w+)", table, re.MULTILINE)
    assert declared == [(column.name, column.type.value) for column in DAYS]


def test_the_page_says_what_each_column_is() -> None:
    for columns in (MARKS, DAYS):
        for column in columns:
            assert f"| `{column.name}` | {column.type.value} | {column.meaning} |" in DOCS
