"""Texts that a spreadsheet would run as a formula (OWASP, "CSV Injection"), and tables as CSV in
which none is run."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

BOM: Final = "\ufeff"
"""Before a CSV: without it Excel reads UTF-8 as the machine's old code page."""

# In any width: NFKC makes ＝ ﹦ － ﹣ ＠ and the like plain. U+2212 is the typographer's minus.
_FORMULA = frozenset("=+-@\u2212")
# Quotes are stripped by programs that read the file again.
_QUOTES = frozenset("\"'`´‘’‚‛“”„‟«»")
_BREAKS = ("\t", "\r", "\n")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might run ``text``: it begins with the sign of a formula, with or
    without anything before it that nobody sees, or with what some split a cell at."""
    if text[:1].isalnum() and not _unseen(text[0]):
        return False  # what nearly every cell is
    if text.startswith(_BREAKS):
        return True
    seen = (s for s in unicodedata.normalize("NFKC", text) if not (s in _QUOTES or _unseen(s)))
    return next(seen, "") in _FORMULA


def as_text(text: str) -> str:
    """``text`` behind an apostrophe where it would run, so that it is only read."""
    return f"'{text}" if is_formula(text) else text


def from_text(cell: str) -> str:
    """What :func:`as_text` made ``cell`` of."""
    return cell[1:] if cell.startswith("'") and is_formula(cell[1:]) else cell


def csv_of(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    """A table as a spreadsheet or a program reads it: UTF-8 with a byte order mark, CRLF, what
    would run behind an apostrophe."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(heads)
    table.writerows([as_text(cell) for cell in line] for line in lines)
    return (BOM + text.getvalue()).encode()


def _unseen(sign: str) -> bool:
    """Blanks, control and format characters, marks without a letter, fillers: all of them are
    passed over by some program that looks for the beginning of a cell."""
    return unicodedata.category(sign)[0] in "CZM" or sign in "\u115f\u1160\u3164\uffa0\u2800"
