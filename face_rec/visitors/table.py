"""A table as CSV: what a spreadsheet would run stands behind an apostrophe."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from face_rec.formulas import as_text

_BOM: Final = "\ufeff"  # without it Excel reads UTF-8 as the machine's old code page


def csv_of(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with a byte order mark, CRLF."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(heads)
    table.writerows([as_text(cell) for cell in line] for line in lines)
    return (_BOM + text.getvalue()).encode()
