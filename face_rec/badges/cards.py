"""The badge as a card (ISO/IEC 7810 ID-1, 85.6 × 54 mm): on A4 with marks to cut by, or one a page
for a printer of cards."""

import io
from collections.abc import Sequence
from typing import Final

import numpy as np
import segno
from fpdf import FPDF
from PIL import Image as Pillow

from face_rec.badges.card import Card, Look
from face_rec.lettering.lettering import MAIN, Lettering

WIDE, HIGH = 85.6, 54.0  # mm
_COLUMNS, _ROWS = 2, 5
_APART: Final = (6.0, 3.0)
_A4: Final = (210.0, 297.0)
_TICK: Final = 1.2
_BAND: Final = 10.5
_CODE: Final = 35.0
"""With the four dots that are left free around it each dot is a millimetre wide: a camera of 640
pixels reads it at a hand's breadth, one of 1280 at arm's length."""
_PHOTO: Final = (19.0, 23.0)
_POINT: Final = 0.3528  # mm


def sheets(look: Look, cards: Sequence[Card]) -> bytes:
    """A4, ten a page, with marks to cut by."""
    paper = _Paper(look, _A4)
    left = (_A4[0] - _COLUMNS * WIDE - (_COLUMNS - 1) * _APART[0]) / 2
    top = (_A4[1] - _ROWS * HIGH - (_ROWS - 1) * _APART[1]) / 2
    for number, card in enumerate(cards):
        place = number % (_COLUMNS * _ROWS)
        if place == 0:
            paper.add_page()
        x = left + place % _COLUMNS * (WIDE + _APART[0])
        y = top + place // _COLUMNS * (HIGH + _APART[1])
        paper.card(card, x, y)
        paper.marks(x, y)
    return bytes(paper.output())


def single(look: Look, cards: Sequence[Card]) -> bytes:
    """A page for each, of the card's size."""
    paper = _Paper(look, (WIDE, HIGH))
    for card in cards:
        paper.add_page()
        paper.card(card, 0, 0)
    return bytes(paper.output())


class _Paper(FPDF):
    def __init__(self, look: Look, size: tuple[float, float]) -> None:
        super().__init__(unit="mm", format=size)
        self.set_auto_page_break(auto=False)
        self.set_margin(0)
        self.c_margin = 0.0
        self.set_title(look.title)
        self._look = look
        self._letters = Lettering(self)
        self._logo = Pillow.open(io.BytesIO(look.logo)) if look.logo else None

    def card(self, card: Card, x: float, y: float) -> None:
        self._band(x, y)
        beside = WIDE - _CODE - 3
        self._written(card.name, (x + 4, y + 13, beside - 5), 15, lines=2)
        inner = x + 4
        if card.photo:
            picture = io.BytesIO(card.photo)
            self.image(picture, x + 4, y + 28, *_PHOTO, keep_aspect_ratio=True)
            inner += _PHOTO[0] + 2
        top = y + 29
        for line in card.lines:
            if line:
                self._written(line, (inner, top, x + beside - inner), 8.5)
                top += 4.6
        self.image(_code(card.code), x + WIDE - _CODE - 1.5, y + _BAND + 1.5, _CODE, _CODE)
        if card.note:
            self._written(card.note, (x + WIDE - _CODE + 2.5, y + HIGH - 5.5, _CODE - 5), 8.5)

    def marks(self, x: float, y: float) -> None:
        """Beside the corners: what is cut by is not on the card."""
        self.set_draw_color(120)
        self.set_line_width(0.1)
        for cx, way in ((x, -1), (x + WIDE, 1)):
            for cy, down in ((y, -1), (y + HIGH, 1)):
                self.line(cx + 0.2 * way, cy, cx + (0.2 + _TICK) * way, cy)
                self.line(cx, cy + 0.2 * down, cx, cy + (0.2 + _TICK) * down)

    def _band(self, x: float, y: float) -> None:
        self.set_fill_color(self._look.accent)
        self.rect(x, y, WIDE, _BAND, style="F")
        inner = x + 4
        if self._logo is not None:
            wide = min(26.0, 7.0 * self._logo.width / max(1, self._logo.height))
            self.set_fill_color(255)
            self.rect(x + 3, y + 1, wide + 2, _BAND - 2, style="F", round_corners=True,
                      corner_radius=1)  # fmt: skip
            self.image(self._logo, x + 4, y + 1.75, wide, 7.0, keep_aspect_ratio=True)
            inner += wide + 3
        self.set_text_color(255)
        self._written(self._look.title, (inner, y + 2.9, x + WIDE - 4 - inner), 11)
        self.set_text_color(20)

    def _written(
        self, text: str, box: tuple[float, float, float], size: float, lines: int = 1
    ) -> None:
        """From the left, the top and within the width of ``box`` as large as ``size`` points where
        it fits into so many lines, else smaller; what is still too long at half of it is cut."""
        x, y, wide = box
        shown, points = self._letters.writable(text), size
        while points > size / 2 and self._lines(shown, wide, points) > lines:
            points -= 0.5
        while self._lines(shown, wide, points) > lines and len(shown) > 1:
            shown = shown[:-2] + "…"
        self.set_xy(x, y)
        self.multi_cell(wide, points * _POINT * 1.2, shown, align="L", padding=0)

    def _lines(self, text: str, wide: float, points: float) -> int:
        self.set_font(MAIN, size=points)
        found = self.multi_cell(
            wide, points * _POINT, text, align="L", dry_run=True, output="LINES", padding=0
        )
        return len(found) if isinstance(found, list) else 1


def _code(text: str) -> Pillow.Image:
    """Each dot 8 px wide, so that no printer makes it grey, with four dots free around it."""
    code = segno.make_qr(text, error="m")
    dark = np.array([list(row) for row in code.matrix], np.uint8)
    framed = np.pad(1 - np.minimum(dark, 1), 4, constant_values=1)
    return Pillow.fromarray(np.kron(framed, np.full((8, 8), 255, np.uint8))).convert("1")
