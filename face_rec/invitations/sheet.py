"""Links on paper: a sheet of QR codes to cut apart, a poster, and a table of links."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import segno
from fpdf import FPDF
from PIL import Image as Pillow

from face_rec.formulas import csv_of
from face_rec.lettering.lettering import MAIN, Lettering, from_right

_MARGIN: Final = 10.0  # mm
_WIDE, _HIGH = 95.0, 55.4
_CODE: Final = 42.0
_COLUMNS, _ROWS = 2, 5
_MASK: Final = 3
"""Any of the eight can be read. To look for the best takes two thirds of the time, and is of no
use where a signature makes the dots random already."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What stands on one part of the sheet: whose it is, their ID and group, the link, and until
    when it works, in words."""

    name: str
    id: str
    group: str
    email: str
    link: str
    until: str


def sheet(title: str, slips: Sequence[Slip], lines: Sequence[str]) -> bytes:
    """A4 with ten slips a page; ``lines``: what to do, on each."""
    page = _Paper(title, mirrored=from_right("".join(lines)))
    for number, slip in enumerate(slips):
        place = number % (_COLUMNS * _ROWS)
        if place == 0:
            page.add_page()
        left = _MARGIN + place % _COLUMNS * _WIDE
        page.slip(slip, lines, left, _MARGIN + place // _COLUMNS * _HIGH)
    return bytes(page.output())


def poster(title: str, group: str, link: str, lines: Sequence[str]) -> bytes:
    """One page to hang up."""
    page = _Paper(title, mirrored=from_right("".join(lines)))
    page.add_page()
    page.write_at(title, 10, 25, 190, 26)
    page.write_at(group, 10, 40, 190, 20)
    page.code(link, 45, 60, 120)
    for number, line in enumerate(lines):
        page.write_at(line, 10, 195 + 11 * number, 190, 15)
    return bytes(page.output())


def table(slips: Iterable[Slip]) -> bytes:
    """CSV as a spreadsheet or a program for mailings reads it."""
    heads = ("id", "name", "group", "email", "link", "until")
    return csv_of(heads, ((s.id, s.name, s.group, s.email, s.link, s.until) for s in slips))


class _Paper(FPDF):
    def __init__(self, title: str, *, mirrored: bool) -> None:
        """``mirrored``: whether it is in a language that runs from the right."""
        super().__init__(unit="mm", format="A4")
        self.set_auto_page_break(auto=False)
        self.set_title(title)
        self.set_draw_color(200)
        self._letters = Lettering(self, from_right=mirrored)
        self._align = "R" if mirrored else "L"
        self._title = title

    def slip(self, slip: Slip, lines: Sequence[str], left: float, top: float) -> None:
        self.rect(left, top, _WIDE, _HIGH)
        self.code(slip.link, left + 3, top + (_HIGH - _CODE) / 2, _CODE)
        x, wide = left + _CODE + 6, _WIDE - _CODE - 9
        said = [(self._title, 8), (slip.name, 12), (_beside(slip), 9)]
        said += [(line, 8) for line in (*lines, slip.until) if line]
        y = top + 5
        for text, size in said:
            y = self.write_at(text, x, y, wide, size) + 1

    def write_at(self, text: str, x: float, y: float, wide: float, size: float) -> float:
        """In as many lines as it takes; where the next one begins."""
        self.set_font(MAIN, size=size)
        self.set_xy(x, y)
        shown = self._letters.writable(text)
        self._letters.join(self._letters.joins(shown))
        self.multi_cell(wide, size * 0.45, shown, align=self._align, new_x="LMARGIN", new_y="NEXT")
        return float(self.get_y())

    def code(self, link: str, x: float, y: float, side: float) -> None:
        """The QR code, as a picture: rectangles would take ten times as long."""
        self.image(_picture(link), x, y, side, side)


def _picture(link: str) -> Pillow.Image:
    """Each dot 8 px wide, so that no printer makes it grey; four dots are left free around it
    (ISO/IEC 18004)."""
    dark = np.array(
        [list(row) for row in segno.make(link, error="m", mask=_MASK).matrix], np.uint8
    )
    framed = np.pad(1 - np.minimum(dark, 1), 4, constant_values=1)
    return Pillow.fromarray(np.kron(framed, np.full((8, 8), 255, np.uint8))).convert("1")


def _beside(slip: Slip) -> str:
    return " · ".join(part for part in (slip.id, slip.group) if part)
