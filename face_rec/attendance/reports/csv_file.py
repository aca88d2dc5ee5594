"""Tables and reports as CSV that Excel and LibreOffice open right, and that do nothing there."""

import unicodedata

import pandas as pd

from face_rec.attendance.reports.report import Clock, Kind, Report
from face_rec.attendance.terms.duration import h_mm

_BOM = "\ufeff"  # without it Excel reads UTF-8 as the machine's old code page

# What a spreadsheet takes for a formula (OWASP, "CSV Injection"), in any width: NFKC makes
# ＝ ﹦ － ﹣ ＠ and the like plain, and U+2212 is the typographer's minus.
_FORMULA = frozenset("=+-@\u2212")
# Quotes are stripped by programs that read the file again.
_QUOTES = frozenset("\"'`´‘’‚‛“”„‟«»")
_BREAKS = ("\t", "\r", "\n")

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


def to_csv(table: pd.DataFrame) -> bytes:
    """The table of :func:`face_rec.attendance.marks.records.marks_table` as a CSV file.

    UTF-8 with a byte order mark, CRLF, local date and time in columns of their
    own. A text that a spreadsheet would run as a formula begins with an
    apostrophe. Subjects stay inside: a file that names them would undo a later
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
    named = neutralised(sheet)[list(_HEADINGS)].rename(columns=_HEADINGS)
    return (_BOM + named.to_csv(index=False, lineterminator="\r\n")).encode()


def neutralised(table: pd.DataFrame) -> pd.DataFrame:
    """``table`` with every text that begins like a formula behind an apostrophe."""
    safe = table.copy()
    for name in safe.select_dtypes(include=["str", "object"]).columns:
        texts = safe[name]
        risky = texts.map(lambda value: isinstance(value, str) and is_formula(value))
        safe[name] = texts.mask(risky.astype(bool), "'" + texts.astype("str"))
    return safe


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might run ``text``: it begins with the sign of a formula, with or
    without anything before it that nobody sees, or with what some split a cell at."""
    if text[:1].isalnum() and not _unseen(text[0]):
        return False  # what nearly every cell is
    if text.startswith(_BREAKS):
        return True
    seen = (s for s in unicodedata.normalize("NFKC", text) if not (s in _QUOTES or _unseen(s)))
    return next(seen, "") in _FORMULA


def _unseen(sign: str) -> bool:
    """Blanks, control and format characters, marks without a letter, fillers: all of them are
    passed over by some program that looks for the beginning of a cell."""
    return unicodedata.category(sign)[0] in "CZM" or sign in "\u115f\u1160\u3164\uffa0\u2800"


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
