"""Tables as CSV that Excel and LibreOffice open right, and that do nothing there."""

import pandas as pd

_BOM = "\ufeff"  # without it Excel reads UTF-8 as the machine's old code page

# What a spreadsheet takes for a formula, also behind blanks, quotes or control
# characters, and in the full-width forms that some versions treat alike (OWASP,
# "CSV Injection").
_FORMULA = r"^(?:[\s\x00-\x20\x7f\u00a0\u200b\ufeff\"'’‘“”]*[=+\-@＝＋－＠]|[\t\r\n])"

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
    """The table of :func:`face_rec.attendance.records.marks_table` as a CSV file.

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
        risky = texts.astype("str").str.match(_FORMULA)
        safe[name] = texts.mask(risky, "'" + texts.astype("str"))
    return safe
