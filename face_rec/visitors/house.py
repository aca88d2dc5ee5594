"""Who is in the house at this moment, people and visitors: the list to call out at an evacuation,
on the screen, as a table and on paper."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from face_rec.attendance.days.day_record import DayRecord
from face_rec.lettering.lettering import MAIN, Lettering, from_right
from face_rec.visitors.visit import Stage
from face_rec.visitors.visitor_service import Listed

if TYPE_CHECKING:
    from fpdf import FPDF

_BOX: Final = 6
_WIDTHS: Final = (_BOX, 58, 52, 46, 28)  # of 190 mm
_WIDEST: Final = 800.0
_SHORT: Final = 24
"""What is wider, in mm, makes a row that is higher than a page: so many letters of it fit in any
script."""


@dataclass(frozen=True, slots=True)
class Inside:
    """``of``: a person's group, or a visitor's company; ``host``: whom a visitor visits, "" of
    people. ``since``: None where it is not known."""

    name: str
    of: str
    host: str
    since: datetime | None
    visitor: bool


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on the list, in one language: its ``title``, the ``line`` below it, and the
    heads of its columns but the first, which is for ticks."""

    title: str
    line: str
    heads: tuple[str, str, str, str]


def in_house(people: Iterable[DayRecord], visits: Iterable[Listed], now: datetime) -> list[Inside]:
    """People by group and name, then visitors by name."""
    staff = [
        Inside(one.person.name, one.person.group, "", one.first, visitor=False)
        for one in people
        if one.inside
    ]
    guests = [
        Inside(
            one.guest.name, one.guest.company, one.host.name if one.host else "",
            one.visit.came_at, visitor=True,
        )
        for one in visits
        if one.visit.stage(now) is Stage.HERE
    ]  # fmt: skip
    staff.sort(key=lambda one: (one.of, one.name))
    return staff + sorted(guests, key=lambda one: one.name)


def rows(found: Iterable[Inside], since: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """``since``: of each, in words."""
    return [
        (one.name, one.of, one.host, at) for one, at in zip(found, since, strict=True)
    ]  # fmt: skip


def paper(words: Words, lines: Sequence[tuple[str, str, str, str]]) -> bytes:
    """A4 with a box to tick before each name; in any script that the machine has letters of, and
    from the right where that is so."""
    from fpdf import FPDF
    from fpdf.fonts import FontFace

    mirrored = from_right(words.title)
    side, way = ("R", -1) if mirrored else ("L", 1)
    page = FPDF(unit="mm", format="A4")
    page.set_title(words.title)
    letters = Lettering(page, from_right=mirrored)
    page.add_page()
    page.set_font(MAIN, size=16)
    page.multi_cell(0, 9, letters.writable(words.title), new_x="LMARGIN", new_y="NEXT", align=side)
    page.set_font(MAIN, size=10)
    page.multi_cell(0, 6, letters.writable(words.line), new_x="LMARGIN", new_y="NEXT", align=side)
    page.ln(2)
    plain = FontFace(emphasis=None, fill_color=(235, 235, 235))
    with page.table(
        col_widths=_WIDTHS[::way], text_align=side, headings_style=plain, line_height=7,
        first_row_as_headings=True,
    ) as table:  # fmt: skip
        for line in (words.heads, *lines):
            row = table.row()
            for cell in ("", *line)[::way]:
                row.cell(_cut(page, letters.writable(cell)))
    return bytes(page.output())


def _cut(page: "FPDF", text: str) -> str:
    """Nobody is missing because one name is higher than a page."""
    high = len(text) > _SHORT and page.get_string_width(text) > _WIDEST
    return text[:_SHORT] if high else text
