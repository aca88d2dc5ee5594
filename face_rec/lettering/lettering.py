"""Letters on paper: names are written in any script, joined and turned as theirs is (HarfBuzz, and
the bidirectional algorithm, which fpdf2 has)."""

import logging
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from face_rec.lettering.font import FONT

if TYPE_CHECKING:
    from fpdf import FPDF

log = logging.getLogger(__name__)

_OWN: Final = tuple(
    FONT.with_name(name)
    for name in (
        FONT.name,
        "NotoSansArabic-Regular.ttf",
        "NotoSansDevanagari-Regular.ttf",
        "NotoSansHebrew-Regular.ttf",
        "DroidSansFallback-subset.ttf",  # Chinese, as far as GB 2312 has it
    )
)
_OF_THE_MACHINE: Final = tuple(
    Path("/usr/share/fonts") / name
    for name in (
        "truetype/droid/DroidSansFallbackFull.ttf",
        "opentype/noto/NotoSansCJK-Regular.ttc",
        "google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
        "truetype/noto/NotoSansThai-Regular.ttf",
        "truetype/noto/NotoSansBengali-Regular.ttf",
        "truetype/noto/NotoSansTamil-Regular.ttf",
    )
)
"""All of Chinese, Japanese and Korean needs more letters than can come with the app."""
MISSING: Final = "□"
MAIN: Final = "letters"
_FROM_RIGHT: Final = frozenset({"R", "AL"})
_BLANK: Final = 0x20
_TURNS: Final = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""What sets a part of a line apart (Unicode UAX 9, 2.1 to 2.5): fpdf2 puts blanks beside isolates
into the wrong place, and an override in a name would turn the line about."""
_UNSEEN: Final = frozenset({"Cf", "Zs", "Cc"})


class Lettering:
    """Of one document: fonts are read as what is written needs them. ``main``: a TrueType file
    whose letters need neither joining nor turning. What is written goes through :meth:`writable`;
    who writes a lot tells :meth:`join` whether it :meth:`joins`, for to ask HarfBuzz about a text
    takes longer than to draw one."""

    def __init__(self, page: "FPDF", main: Path = FONT, *, from_right: bool = False) -> None:
        """``from_right``: whether the document is in a language that runs from there."""
        self._page = page
        self._way = "rtl" if from_right else None
        self._known: set[int] = set()
        self._waiting = [
            path for path in (*_OWN, *_OF_THE_MACHINE) if path != main and path.is_file()
        ]
        self._fallbacks = list[str]()
        self._add(MAIN, main)
        self._plain = frozenset(sign for sign in self._known if _seen(chr(sign)) or sign == _BLANK)
        self._joining = False
        self.join(True)

    def writable(self, text: str) -> str:
        """``text`` with a sign in the place of each letter that no font here has."""
        text = text.translate(_TURNS)
        signs = {ord(sign) for sign in text if _seen(sign)}
        while self._waiting and signs - self._known:
            self._next()
        return "".join(
            sign if not _seen(sign) or ord(sign) in self._known else MISSING for sign in text
        )

    def joins(self, text: str) -> bool:
        """Whether some of it is joined, turned or of another font than the main one."""
        return not self._plain.issuperset(map(ord, text))

    def join(self, on: bool) -> None:
        """For what is measured or written next."""
        if on is not self._joining:
            self._page.set_text_shaping(use_shaping_engine=on, direction=self._way)
            self._joining = on

    def _next(self) -> None:
        path = self._waiting.pop(0)
        name = f"{MAIN}{len(self._waiting)}"
        try:
            self._add(name, path)
        except Exception as error:
            log.warning("font_unreadable file=%s reason=%s", path.name, error)
            return
        self._fallbacks.append(name)
        self._page.set_fallback_fonts(self._fallbacks, exact_match=False)

    def _add(self, name: str, path: Path) -> None:
        from fpdf.fonts import TTFFont

        self._page.add_font(name, fname=path)
        loaded = self._page.fonts[name]
        self._known |= set(loaded.cmap) if isinstance(loaded, TTFFont) else set()


def from_right(text: str) -> bool:
    """Whether it begins in a script that runs from the right (Unicode UAX 9, P2 and P3)."""
    ways = (unicodedata.bidirectional(sign) for sign in text)
    return next((way for way in ways if way == "L" or way in _FROM_RIGHT), "L") in _FROM_RIGHT


def _seen(sign: str) -> bool:
    """Blanks and marks of direction need no font."""
    return unicodedata.category(sign) not in _UNSEEN
