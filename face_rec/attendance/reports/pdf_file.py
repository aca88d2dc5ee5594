"""A report as a PDF for printing: landscape A4, head and legend on every page.

The font beside this module is a part of DejaVu Sans Condensed: Latin, Greek,
Cyrillic, Armenian and Georgian. Other scripts (Arabic, Hebrew, Indic, Chinese,
Japanese, Korean) print as boxes unless another font is given; the ID beside
each name still tells people apart, and the foot of the page says so. Scripts
whose signs join or reorder (Arabic, Devanagari) need a shaping engine, which
is not here: use XLSX for these.
"""

import zlib
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from cachetools import LRUCache
from fpdf import FPDF
from fpdf.fonts import TTFFont
from fpdf.output import OutputProducer, PDFPage
from fpdf.syntax import Name

from face_rec.attendance.reports.report import Kind, Report
from face_rec.attendance.reports.report_font import FONT
from face_rec.attendance.reports.status_colours import COLOURS, rgb
from face_rec.attendance.reports.wording import IN_ENGLISH
from face_rec.attendance.terms.duration import h_mm
from face_rec.attendance.terms.status import CODES
from face_rec.protocols.models import Progress

_MARGIN: Final = 10.0  # mm
_LINE: Final = 5.0
_MISSING: Final = "□"
_FIXED: Final = {Kind.CODE: 5.0, Kind.DATE: 17.0, Kind.TIME: 17.0}
_SHARES: Final = {"Name": 3.0, "Remarks": 5.0}  # of what is left, in parts; others 1.5
_FILLS: Final = {CODES[status]: rgb(colour) for status, colour in COLOURS.items()}


def pdf_file(report: Report, progress: Progress | None = None, font: Path = FONT) -> bytes:
    """The report; ``font`` is a TrueType file, for scripts that ours lacks."""
    page = _Page(report, font)
    page.add_page()
    for number, row in enumerate(report.frame.itertuples(index=False, name=None)):
        page.row(row)
        if progress is not None and number % 20 == 19:
            progress(number + 1, len(report.frame))
    page.totals()
    return page.file()


class _Packed(OutputProducer):
    """Writes pages that were packed as each of them was full."""

    def _add_pages(self, _slice: slice = slice(0, None)) -> list[PDFPage]:
        found = super()._add_pages(_slice)
        for page in found:
            page.contents.filter = Name("FlateDecode")  # type: ignore[union-attr]
        return found


class _Page(FPDF):
    """The sheet being drawn; fpdf calls header and footer at page breaks.

    A page is packed as soon as it is full, so that a report of any length needs little more memory
    than its file has; fpdf would keep them all as they were drawn, ten times as much."""

    def __init__(self, report: Report, font: Path) -> None:
        super().__init__(orientation="landscape", unit="mm", format="A4")
        self._report = report
        self._lacking = False
        self._fitted: LRUCache[tuple[str, float, float], tuple[str, bool]] = LRUCache(5_000)
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=14)
        self.set_title(report.title)
        self.set_line_width(0.1)
        self.set_draw_color(150)
        self.set_creation_date(report.about.made_at)
        self.add_font("report", fname=font)
        loaded = self.fonts["report"]
        self._known = loaded.cmap if isinstance(loaded, TTFFont) else {}
        self._widths = _widths(report, self.w - 2 * _MARGIN)
        self._of = 0
        self.set_compression(False)  # it is done page by page
        self.str_alias_nb_pages = ""  # how many pages there are is known at the first one

    def file(self) -> bytes:
        """All of it, once everything is drawn."""
        made = self.output(output_producer_class=_Packed)
        self.pages.clear()
        return bytes(made)

    def header(self) -> None:
        self.set_font("report", size=13)
        self._line(self._report.title, 7)
        self.set_font("report", size=7)
        self._line(" · ".join(IN_ENGLISH.about(self._report.about)), 4)
        if self._report.legend:
            self._line(self._report.legend, 4)
        self.ln(1)
        self._headings()
        self.set_font("report", size=7)
        self._of = self._of or self._count()

    def _count(self) -> int:
        """How many pages there will be, told at the first row: all pages have the same head."""
        fits, y = 0, self.y
        while not self.will_page_break(y + _LINE - self.y):
            fits, y = fits + 1, y + _LINE
        return -(-(len(self._report.frame) + 1) // fits)  # with the totals

    def footer(self) -> None:
        self.set_y(-11)
        self.set_font("report", size=6)
        note = f"{_MISSING} stands for a character that this font lacks; see the XLSX file. "
        self._line(f"{note if self._lacking else ''}Page {self.page_no()} of {self._of}", 4)
        page = self.pages[self.page]
        page.contents = bytearray(zlib.compress(bytes(page.contents)))  # type: ignore[arg-type]

    def row(self, values: tuple[object, ...]) -> None:
        """One row of the table."""
        for value, kind, width in zip(
            values, self._report.kinds.values(), self._widths, strict=True
        ):
            text = _text(value, kind)
            fill = _FILLS.get(text) if kind is Kind.CODE else None
            if fill is not None:
                self.set_fill_color(*fill)
            self._cell(text, width, kind, filled=fill is not None)
        self.ln(_LINE)

    def totals(self) -> None:
        """The sums below their columns."""
        sums = self._report.totals()
        for number, (name, kind) in enumerate(self._report.kinds.items()):
            text = _text(sums[name], kind) if name in sums else ("Total" if number == 0 else "")
            self._cell(text, self._widths[number], kind, filled=False)
        self.ln(_LINE)

    def _headings(self) -> None:
        self.set_font("report", size=6)
        self.set_fill_color(34, 49, 63)
        self.set_text_color(255)
        for (name, kind), width in zip(self._report.kinds.items(), self._widths, strict=True):
            text = name.split(" ")[0] if kind is Kind.CODE else name
            self._cell(text, width, kind, filled=True)
        self.ln(_LINE)
        self.set_text_color(0)

    def _cell(self, text: str, width: float, kind: Kind, *, filled: bool) -> None:
        align = {Kind.TEXT: "L", Kind.DATE: "L", Kind.CODE: "C"}.get(kind, "R")
        self.c_margin = 0.2 if kind is Kind.CODE else 0.8
        self.cell(
            width,
            _LINE,
            self._fitting(text, width - 2 * self.c_margin),
            1,
            align=align,
            fill=filled,
        )

    def _line(self, text: str, height: float) -> None:
        self.cell(
            0, height, self._fitting(text, self.w - 2 * _MARGIN), new_x="LMARGIN", new_y="NEXT"
        )

    def _fitting(self, text: str, width: float) -> str:
        """The text with what the font lacks replaced, cut to ``width`` mm; most texts come again
        and again, and measuring one takes longer than drawing it."""
        key = (text, width, self.font_size)
        known = self._fitted.get(key)
        if known is None:
            known = self._fitted[key] = self._cut(text, width)
        self._lacking |= known[1]
        return known[0]

    def _cut(self, text: str, width: float) -> tuple[str, bool]:
        """Such a text, and whether the font lacks something of it."""
        shown = "".join(sign if ord(sign) in self._known else _MISSING for sign in text)
        lacking = shown != text
        if self.get_string_width(shown) <= width:
            return shown, lacking
        while shown and self.get_string_width(shown + "…") > width:
            shown = shown[:-1]
        return shown + "…" if shown else "", lacking


def _widths(report: Report, available: float) -> list[float]:
    """mm of each column: numbers take what they need, texts share the rest."""
    fixed = {
        name: _FIXED.get(kind, max(10.0, 4.0 + 1.15 * len(name)))
        for name, kind in report.kinds.items()
        if kind is not Kind.TEXT
    }
    shares = {name: _SHARES.get(name, 1.5) for name in report.kinds if name not in fixed}
    left = max(available - sum(fixed.values()), 20.0 * len(shares))
    part = left / sum(shares.values())
    wide = [fixed.get(name, shares.get(name, 0.0) * part) for name in report.kinds]
    return [width * min(1.0, available / sum(wide)) for width in wide]


def _text(value: object, kind: Kind) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if kind is Kind.DURATION and isinstance(value, int | float | np.integer):
        return h_mm(float(value))
    if kind is Kind.PERCENT and isinstance(value, float):
        return f"{value:.1f}"
    return f"{value:.0f}" if isinstance(value, float) else str(value)
