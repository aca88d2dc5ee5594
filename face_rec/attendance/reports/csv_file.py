"""A report as CSV: headings in line one and nothing but the table, harmless in a spreadsheet.

What the table is about stands in the file's name and on the page; XLSX and PDF carry it inside.
UTF-8 with a byte order mark, without which Excel reads the machine's old code page.
"""

import pandas as pd

from face_rec.attendance.duration import h_mm
from face_rec.attendance.reports.csv_export import neutralised
from face_rec.attendance.reports.report import Clock, Kind, Report

_BOM = "\ufeff"


def csv_file(report: Report) -> bytes:
    """The report. Durations as h:mm, times of day with their date, so that both Excel and
    pandas read them as what they are."""
    frame = report.frame.copy()
    for name, kind in report.kinds.items():
        if kind is Kind.DURATION:
            frame[name] = frame[name].map(lambda seconds: h_mm(seconds) or "0:00")
        elif kind is Kind.TIME:
            frame[name] = frame[name].map(_moment)
    return (_BOM + _text(frame)).encode()


def _text(frame: pd.DataFrame) -> str:
    return neutralised(frame).to_csv(index=False, lineterminator="\r\n")


def _moment(cell: object) -> str:
    return f"{cell.at:%Y-%m-%d %H:%M}" if isinstance(cell, Clock) else ""
