"""What a report of many rows takes in memory while it becomes a file, beside the file itself."""

import tracemalloc
from datetime import UTC, date, datetime, timedelta

import pandas as pd

from face_rec.attendance.reports.report import About, Clock, Kind, Report
from face_rec.attendance.reports.report_tables import TITLES
from face_rec.attendance.reports.reports import written
from tests.benchmarks.report.row import Row

_KINDS = {
    "Date": Kind.DATE, "Name": Kind.TEXT, "ID": Kind.TEXT, "Group": Kind.TEXT, "Shift": Kind.TEXT,
    "Status": Kind.TEXT, "In": Kind.TIME, "Out": Kind.TIME, "Worked": Kind.DURATION,
    "Overtime": Kind.DURATION, "Late": Kind.DURATION, "Early": Kind.DURATION, "Remarks": Kind.TEXT,
}  # fmt: skip
_DAY = date(2024, 12, 2)
_CAME = datetime(2024, 12, 2, 8, tzinfo=UTC)


def run(quick: bool = False) -> list[Row]:
    """Quick mode has a tenth of the rows."""
    short, long = (1_000, 10_000) if quick else (10_000, 100_000)
    return [row for suffix in (".csv", ".xlsx", ".pdf") for row in _rows(suffix, short, long)]


def _rows(suffix: str, short: int, long: int) -> list[Row]:
    (_, less), (size, more) = (_beside(suffix, rows) for rows in (short, long))
    kind = suffix[1:].upper()
    return [
        Row(
            f"{kind} of {long:,} rows: memory beside the file", more / 1e6, "MB",
            note=f"of {short:,} rows {less / 1e6:.1f} MB; the file has {size / 1e6:.1f} MB",
        )
    ]  # fmt: skip


def _beside(suffix: str, rows: int) -> tuple[int, int]:
    """Bytes of the file, and the most that were in use beside report and file."""
    report = _register(rows)
    tracemalloc.start()
    size = len(written(report, suffix))
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return size, max(0, highest - size)


def _register(rows: int) -> Report:
    came = [Clock(_CAME + timedelta(seconds=n % 3600), _DAY) for n in range(rows)]
    frame = pd.DataFrame(
        {
            "Date": [_DAY] * rows, "Name": [f"Person {n}" for n in range(rows)],
            "ID": [f"{n:06}" for n in range(rows)], "Group": "Group 1",
            "Shift": "Day", "Status": "Present", "In": came, "Out": came, "Worked": 28_800,
            "Overtime": 0, "Late": 60, "Early": 0, "Remarks": "",
        }
    )  # fmt: skip
    about = About(_DAY, _DAY, "everybody", "Europe/Berlin", _CAME)
    return Report(TITLES["daily"], about, frame, _KINDS)


if __name__ == "__main__":
    for one in run():
        print(f"{one.name:52} {one.value:10.1f} {one.unit}  {one.note}")
