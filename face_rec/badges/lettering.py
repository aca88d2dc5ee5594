"""Letters on a badge: names are written in any script, joined and turned as theirs is (HarfBuzz,
and the bidirectional algorithm, which fpdf2 has)."""

import logging
import unicodedata
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.fonts import TTFFont

from face_rec.attendance.reports.report_font import FONT

log = logging.getLogger(__name__)

_FOLDER: Final = Path(__file__).with_name("fonts")
_OWN: Final = tuple(
    _FOLDER / f"NotoSans{script}-Regular.ttf" for script in ("Arabic", "Devanagari", "Hebrew")
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
"""Chinese, Japanese and Korean need more letters than can come with the app."""
_MISSING: Final = "□"
MAIN: Final = "badge"


class Lettering:
    """Of one document: fonts are read as what is written needs them."""

    def __init__(self, page: FPDF) -> None:
        self._page = page
        self.family = MAIN
        self._known: set[int] = set()
        self._waiting = [path for path in (*_OWN, *_OF_THE_MACHINE) if path.is_file()]
        self._fallbacks = list[str]()
        self._add(MAIN, FONT)
        page.set_text_shaping(use_shaping_engine=True)

    def writable(self, text: str) -> str:
        """``text`` with a sign in the place of each letter that no font here has. What is never
        seen stays: it says where a direction ends."""
        signs = {ord(sign) for sign in text if not _unseen(sign)}
        while self._waiting and signs - self._known:
            self._next()
        return "".join(
            sign if _unseen(sign) or ord(sign) in self._known else _MISSING for sign in text
        )

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
        self._page.add_font(name, fname=path)
        loaded = self._page.fonts[name]
        self._known |= set(loaded.cmap) if isinstance(loaded, TTFFont) else set()


def _unseen(sign: str) -> bool:
    """A space, or one of those that only say in which direction to read."""
    return sign.isspace() or unicodedata.category(sign) == "Cf"
