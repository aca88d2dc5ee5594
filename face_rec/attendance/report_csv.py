"""A report as CSV: UTF-8 with a byte order mark, harmless in a spreadsheet."""

from face_rec.attendance.csv_export import neutralised
from face_rec.attendance.report import Report

_BOM = "\ufeff"


def csv_file(report: Report) -> bytes:
    """The report; lines beginning with ``#`` say what it is about."""
    head = [report.title, *report.about.lines(), *([report.legend] if report.legend else [])]
    lines = "".join(f"{_cell(text)}\r\n" for text in head)
    body = neutralised(report.frame).to_csv(index=False, lineterminator="\r\n")
    return (_BOM + lines + body).encode()


def _cell(text: str) -> str:
    """One quoted cell, whatever a filter's text holds."""
    flat = " ".join(text.split()).replace('"', '""')
    return f'"# {flat}"'
