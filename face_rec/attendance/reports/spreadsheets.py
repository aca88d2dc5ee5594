"""Tables and reports for spreadsheets, as CSV and as Excel workbooks: they open right and do
nothing there."""

import io
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from face_rec.attendance.reports.report import SUMMED, Clock, Kind, Report
from face_rec.attendance.reports.status_colours import COLOURS
from face_rec.attendance.reports.wording import IN_ENGLISH, Wording
from face_rec.attendance.terms.duration import h_mm
from face_rec.attendance.terms.status import CODES
from face_rec.formulas import BOM, as_text, is_formula
from face_rec.protocols.models import Progress

if TYPE_CHECKING:
    import pandas as pd

_HEADINGS = {
    "date": "Date",
    "clock": "Time",
    "offset": "Time zone",
    "name": "Name",
    "id": "ID",
    "group": "Group",
    "kiosk": "Kiosk",
    "kind": "Kind",
    "source": "Source",
    "score": "Score",
    "margin": "Margin",
    "remark": "Remark",
    "snapshot": "Snapshot",
    "event": "Event",
}


def to_csv(table: "pd.DataFrame") -> bytes:
    """The table of :func:`face_rec.attendance.marks.records.marks_table` as a CSV file.

    UTF-8 with a byte order mark, CRLF, local date and time in columns of their
    own. A text that a spreadsheet would run as a formula begins with an
    apostrophe. What faces were taken for has a column where any of them was checked. Subjects stay
    inside: a file that names them would undo a later
    erasure.
    """
    local = table["time"].dt
    sheet = table.assign(
        date=local.strftime("%Y-%m-%d"),
        clock=local.strftime("%H:%M:%S"),
        offset="UTC" + local.strftime("%z").str.replace(r"(\d\d)$", r":\1", regex=True),
        score=table["score"].round(4),
        margin=table["margin"].round(4),
    )
    checked = {"live": "Liveness"} if table["live"].ne("").any() else {}
    headings = _HEADINGS | checked
    named = neutralised(sheet)[list(headings)].rename(columns=headings)
    return (BOM + named.to_csv(index=False, lineterminator="\r\n")).encode()


def neutralised(table: "pd.DataFrame") -> "pd.DataFrame":
    """``table`` with every text that begins like a formula behind an apostrophe."""
    safe = table.copy()
    for name in safe.select_dtypes(include=["str", "object"]).columns:
        safe[name] = safe[name].map(
            lambda value: as_text(value) if isinstance(value, str) else value
        )
    return safe


_AT_ONCE: Final = 2_000
"""Rows that are made ready at a time; a file of any number needs no more memory beside itself."""


def csv_file(report: Report, progress: Progress | None = None) -> bytes:
    """The report. Durations as h:mm, times of day with their date, so that both Excel and
    pandas read them as what they are."""
    buffer, rows = io.BytesIO(), len(report.frame)
    buffer.write(BOM.encode())
    for start in range(0, max(rows, 1), _AT_ONCE):
        part = _readable(report.frame.iloc[start : start + _AT_ONCE], report.kinds)
        text = neutralised(part).to_csv(index=False, header=start == 0, lineterminator="\r\n")
        buffer.write(text.encode())
        if progress is not None and start + _AT_ONCE <= rows:
            progress(start + _AT_ONCE, rows)
    return buffer.getvalue()


def _readable(frame: "pd.DataFrame", kinds: Mapping[str, Kind]) -> "pd.DataFrame":
    written: dict[Kind, Callable[[Any], str]] = {
        Kind.DURATION: lambda seconds: h_mm(seconds) or "0:00",
        Kind.TIME: _moment,
        Kind.REMARKS: str,
    }
    return frame.assign(
        **{name: frame[name].map(written[kind]) for name, kind in kinds.items() if kind in written}
    )


def _moment(cell: object) -> str:
    return f"{cell.at:%Y-%m-%d %H:%M}" if isinstance(cell, Clock) else ""


_FORMATS: Final[dict[Kind, dict[str, object]]] = {
    Kind.TEXT: {"align": "left"},
    Kind.WORDS: {"align": "left"},
    Kind.REMARKS: {"align": "left"},
    Kind.DATE: {"num_format": "yyyy-mm-dd", "align": "left"},
    Kind.CODE: {"align": "center"},
    Kind.COUNT: {"num_format": "0"},
    Kind.NUMBER: {"num_format": "0"},
    Kind.DAYS: {"num_format": "0.0"},
    Kind.DURATION: {"num_format": "[h]:mm"},
    Kind.TIME: {"num_format": "hh:mm", "align": "right"},
    Kind.PERCENT: {"num_format": "0.0%"},
}
_TEXTS: Final = frozenset({Kind.TEXT, Kind.WORDS, Kind.REMARKS})
_WIDTHS: Final = {Kind.TEXT: 16, Kind.WORDS: 16, Kind.DATE: 11, Kind.CODE: 5.5}
_WIDE: Final = {"Name": 26, "Remarks": 40, "In": 11, "Out": 11}
# Cells hold texts as texts, so that a name like "=1+1" is never a formula; with the quote
# prefix it stays none when somebody edits the cell.
_SAFE: Final = {"strings_to_formulas": False, "strings_to_urls": False}
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\]")
"""What Excel takes in no name of a sheet."""
_LONG: Final = 5_000
"""Rows from which a workbook is written row by row into a file beside it, which has no name and is
gone when the workbook is made."""


def xlsx_file(
    report: Report, progress: Progress | None = None, wording: Wording = IN_ENGLISH
) -> bytes:
    """The workbook, in the words of its reader; hours are durations and times of day are moments,
    so that Excel can go on counting: Out less In is a duration, over midnight too."""
    import xlsxwriter

    buffer = io.BytesIO()
    way = "constant_memory" if len(report.frame) > _LONG else "in_memory"
    with xlsxwriter.Workbook(buffer, {**_SAFE, way: True}) as workbook:
        _Sheet(workbook, report, wording).write(progress)
        comments = "\n".join(wording.about(report.about))
        workbook.set_properties({"title": wording.title(report), "comments": comments})
    return buffer.getvalue()


class _Sheet:
    """One worksheet being written."""

    def __init__(self, workbook: Any, report: Report, wording: Wording) -> None:  # noqa: ANN401 - xlsxwriter is untyped
        self._report = report
        self._wording = wording
        self._words = wording.words
        self._sheet = workbook.add_worksheet(_NOT_IN_NAMES.sub(" ", wording.title(report))[:31])
        if self._words.language.direction == "rtl":
            self._sheet.right_to_left()
        self._title = workbook.add_format({"bold": True, "font_size": 14})
        self._head = workbook.add_format(
            {"bold": True, "bg_color": "#22313F", "font_color": "#FFFFFF", "align": "center"}
        )
        dated = {**_FORMATS[Kind.DATE], "num_format": self._words.formats.sheet_pattern}
        styles = {**_FORMATS, Kind.DATE: dated}
        self._cells = {kind: workbook.add_format(style) for kind, style in styles.items()}
        self._quoted = workbook.add_format({**_FORMATS[Kind.TEXT], "quote_prefix": True})
        self._sums = {
            kind: workbook.add_format({**style, "bold": True, "top": 1})
            for kind, style in _FORMATS.items()
        }
        self._beside = {
            away: workbook.add_format(
                {**_FORMATS[Kind.TIME], "num_format": f'hh:mm" ({away:+d})"'}
            )
            for away in (-2, -1, 1, 2)
        }
        self._codes = {
            CODES[status]: workbook.add_format({"align": "center", "bg_color": f"#{colour}"})
            for status, colour in COLOURS.items()
        }
        self._top = len(self._about()) + 2

    def write(self, progress: Progress | None) -> None:
        self._write_about()
        self._write_columns()
        kinds, count = list(self._report.kinds.values()), len(self._report.frame)
        for number, row in enumerate(self._report.frame.itertuples(index=False, name=None)):
            for column, (value, kind) in enumerate(zip(row, kinds, strict=True)):
                self._write_cell(self._top + 1 + number, column, value, kind)
            if progress is not None and number % 100 == 99:
                progress(number + 1, count)
        self._write_totals(count)
        self._freeze(count)

    def _about(self) -> list[str]:
        legend = [self._wording.legend(self._report)] if self._report.legend else []
        return [*self._wording.about(self._report.about), *legend]

    def _write_about(self) -> None:
        self._sheet.write_string(0, 0, self._wording.title(self._report), self._title)
        for number, line in enumerate(self._about()):
            self._sheet.write_string(
                1 + number, 0, line, self._quoted if is_formula(line) else None
            )

    def _write_columns(self) -> None:
        for number, (name, kind) in enumerate(self._report.kinds.items()):
            heading = self._wording.heading(self._report, name)
            self._sheet.write_string(self._top, number, heading, self._head)
            width = _WIDE.get(name, _WIDTHS.get(kind, max(9, len(heading) + 3)))
            self._sheet.set_column(number, number, width)

    def _write_cell(self, row: int, column: int, value: Any, kind: Kind) -> None:  # noqa: ANN401
        if kind is Kind.CODE:
            self._sheet.write_string(row, column, value, self._codes.get(value, self._cells[kind]))
        elif kind in _TEXTS:
            text = self._wording.text(value, kind)
            style = self._quoted if is_formula(text) else self._cells[kind]
            self._sheet.write_string(row, column, text, style)
        elif kind is Kind.TIME:
            self._write_time(row, column, value)
        elif kind is Kind.DATE:
            self._sheet.write_datetime(row, column, value, self._cells[kind])
        else:
            self._sheet.write_number(row, column, _number(value, kind), self._cells[kind])

    def _write_time(self, row: int, column: int, value: object) -> None:
        if not isinstance(value, Clock):
            self._sheet.write_blank(row, column, None, self._cells[Kind.TIME])
            return
        style = self._beside.get(value.away, self._cells[Kind.TIME])
        # Excel knows no zones: the wall clock's time is what the reader means.
        self._sheet.write_datetime(row, column, value.at.replace(tzinfo=None), style)

    def _write_totals(self, count: int) -> None:
        from xlsxwriter.utility import xl_range

        row = self._top + 1 + count
        totals = self._report.totals()
        self._sheet.write_string(row, 0, self._words.gettext("Total"), self._sums[Kind.TEXT])
        for column, (name, kind) in enumerate(self._report.kinds.items()):
            if kind not in SUMMED or not count:
                continue
            cells = xl_range(self._top + 1, column, row - 1, column)
            value = _number(totals[name], kind)
            self._sheet.write_formula(row, column, f"=SUM({cells})", self._sums[kind], value)

    def _freeze(self, count: int) -> None:
        kinds = list(self._report.kinds.values())
        fixed = 1 if kinds[0] is Kind.TEXT else 2
        self._sheet.freeze_panes(self._top + 1, fixed)
        self._sheet.autofilter(self._top, 0, self._top + count, len(kinds) - 1)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(self._top)


def _number(value: float, kind: Kind) -> float:
    """Excel counts durations in days and percents from 0 to 1."""
    if kind is Kind.DURATION:
        return value / 86_400
    return value / 100 if kind is Kind.PERCENT else value
