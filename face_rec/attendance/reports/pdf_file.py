"""A report as a PDF for printing, in the words of its reader: landscape A4, head and legend on
every page. Where the language runs from the right, the columns do, too.

Of a letter that no font has (:mod:`face_rec.lettering`) a box is printed; the ID beside each name
still tells people apart, and the foot of the page says so.
"""

import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from cachetools import LRUCache
from fpdf import FPDF
from fpdf.output import OutputProducer, PDFPage
from fpdf.syntax import Name

from face_rec.attendance.reports.report import Kind, Report
from face_rec.attendance.reports.status_colours import COLOURS, rgb
from face_rec.attendance.reports.wording import IN_ENGLISH, Wording
from face_rec.attendance.terms.status import CODES
from face_rec.lettering.font import FONT
from face_rec.lettering.lettering import MAIN, MISSING, Lettering
from face_rec.protocols.models import Progress

_T = TypeVar("_T")
_MARGIN: Final = 10.0  # mm
_LINE: Final = 5.0
_FIXED: Final = {Kind.CODE: 5.0, Kind.DATE: 17.0, Kind.TIME: 17.0}
_WORDS: Final = frozenset({Kind.TEXT, Kind.WORDS, Kind.REMARKS, Kind.DATE})
_SHARES: Final = {"Name": 3.0, "Remarks": 5.0}  # of what is left, in parts; others 1.5
_FILLS: Final = {CODES[status]: rgb(colour) for status, colour in COLOURS.items()}


def pdf_file(
    report: Report,
    progress: Progress | None = None,
    font: Path = FONT,
    wording: Wording = IN_ENGLISH,
) -> bytes:
    """The report; ``font`` is a TrueType file that is taken before ours."""
    page = _Page(report, wording, font)
    page.add_page()
    for number, row in enumerate(report.frame.itertuples(index=False, name=None)):
        page.row(row)
        if progress is not None and number % 20 == 19:
            progress(number + 1, len(report.frame))
    page.totals()
    return page.file()


class _Fitted(NamedTuple):
    """A text as it fits, whether fonts lack something of it, and whether it is to be joined."""

    text: str
    lacking: bool
    joins: bool


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

    def __init__(self, report: Report, wording: Wording, font: Path = FONT) -> None:
        super().__init__(orientation="landscape", unit="mm", format="A4")
        self._report = report
        self._wording = wording
        self._mirrored = wording.words.language.direction == "rtl"
        self._lacking = False
        self._fitted: LRUCache[tuple[str, float, float], _Fitted] = LRUCache(5_000)
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=14)
        self.set_title(wording.title(report))
        self.set_line_width(0.1)
        self.set_draw_color(150)
        self.set_creation_date(report.about.made_at)
        self._letters = Lettering(self, font, from_right=self._mirrored)
        self._headings = wording.headings(report)
        self._columns = self._ordered(zip(
            report.kinds.values(), _widths(report, self._headings, self.w - 2 * _MARGIN),
            strict=True,
        ))  # fmt: skip
        self._of = 0
        self.set_compression(False)  # it is done page by page
        self.str_alias_nb_pages = ""  # how many pages there are is known at the first one

    def file(self) -> bytes:
        """All of it, once everything is drawn."""
        made = self.output(output_producer_class=_Packed)
        self.pages.clear()
        return bytes(made)

    def header(self) -> None:
        self.set_font(MAIN, size=13)
        self._line(self._wording.title(self._report), 7)
        self.set_font(MAIN, size=7)
        self._line(" · ".join(self._wording.about(self._report.about)), 4)
        if self._report.legend:
            self._line(self._wording.legend(self._report), 4)
        self.ln(1)
        self._head()
        self.set_font(MAIN, size=7)
        self._of = self._of or self._count()

    def _count(self) -> int:
        """How many pages there will be, told at the first row: all pages have the same head."""
        fits, y = 0, self.y
        while not self.will_page_break(y + _LINE - self.y):
            fits, y = fits + 1, y + _LINE
        return -(-(len(self._report.frame) + 1) // fits)  # with the totals

    def footer(self) -> None:
        self.set_y(-11)
        self.set_font(MAIN, size=6)
        self._line(self._wording.foot(self.page_no(), self._of, lacking=self._lacking), 4)
        page = self.pages[self.page]
        page.contents = bytearray(zlib.compress(bytes(page.contents)))  # type: ignore[arg-type]

    def row(self, values: tuple[object, ...]) -> None:
        """One row of the table."""
        for value, (kind, width) in zip(self._ordered(values), self._columns, strict=True):
            text = self._wording.cell(value, kind)
            fill = _FILLS.get(text) if kind is Kind.CODE else None
            if fill is not None:
                self.set_fill_color(*fill)
            self._cell(text, width, kind, filled=fill is not None)
        self.ln(_LINE)

    def totals(self) -> None:
        """The sums below their columns."""
        sums, kinds = self._report.totals(), self._report.kinds
        cell = self._wording.cell
        texts = [cell(sums[name], kinds[name]) if name in sums else "" for name in kinds]
        texts[0] = texts[0] or self._wording.words.gettext("Total")
        for text, (kind, width) in zip(self._ordered(texts), self._columns, strict=True):
            self._cell(text, width, kind, filled=False)
        self.ln(_LINE)

    def _ordered(self, values: Iterable[_T]) -> list[_T]:
        """The columns as they are drawn, from the left."""
        found = list(values)
        return found[::-1] if self._mirrored else found

    def _head(self) -> None:
        self.set_font(MAIN, size=6)
        self.set_fill_color(34, 49, 63)
        self.set_text_color(255)
        titles = self._ordered(self._headings.values())
        for title, (kind, width) in zip(titles, self._columns, strict=True):
            text = title.split(" ")[0] if kind is Kind.CODE else title
            self._cell(text, width, kind, filled=True)
        self.ln(_LINE)
        self.set_text_color(0)

    def _cell(self, text: str, width: float, kind: Kind, *, filled: bool) -> None:
        align = "C" if kind is Kind.CODE else "LR"[(kind in _WORDS) is self._mirrored]
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
            0,
            height,
            self._fitting(text, self.w - 2 * _MARGIN),
            new_x="LMARGIN",
            new_y="NEXT",
            align="R" if self._mirrored else "L",
        )

    def _fitting(self, text: str, width: float) -> str:
        """The text with what the font lacks replaced, cut to ``width`` mm; most texts come again
        and again, and measuring one takes longer than drawing it."""
        key = (text, width, self.font_size)
        known = self._fitted.get(key)
        if known is None:
            known = self._fitted[key] = self._cut(text, width)
        self._lacking |= known.lacking
        self._letters.join(known.joins)
        return known.text

    def _cut(self, text: str, width: float) -> _Fitted:
        shown = self._letters.writable(text)
        lacking, joins = MISSING in shown, self._letters.joins(shown)
        self._letters.join(joins)
        if self.get_string_width(shown) > width:
            while shown and self.get_string_width(shown + "…") > width:
                shown = shown[:-1]
            shown = shown + "…" if shown else ""
        return _Fitted(shown, lacking, joins)


def _widths(report: Report, titles: Mapping[str, str], available: float) -> list[float]:
    """mm of each column: numbers take what they need, texts share the rest."""
    fixed = {
        name: _FIXED.get(kind, max(10.0, 4.0 + 1.15 * len(titles[name])))
        for name, kind in report.kinds.items()
        if kind not in _WORDS or kind is Kind.DATE
    }
    shares = {name: _SHARES.get(name, 1.5) for name in report.kinds if name not in fixed}
    left = max(available - sum(fixed.values()), 20.0 * len(shares))
    part = left / sum(shares.values())
    wide = [fixed.get(name, shares.get(name, 0.0) * part) for name in report.kinds]
    return [width * min(1.0, available / sum(wide)) for width in wide]
