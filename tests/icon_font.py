"""``python -m tests.icon_font``: writes the icons that pages need, out of Streamlit's font.

Streamlit's Material Symbols hold 4,000 icons in 375 KB, of which a page shows twenty. The part
kept is generous: each icon whose name occurs as a word in our pages or in Streamlit's own
scripts. The file bears the name of the one it stands for, which carries a hash: with another
font of Streamlit's the whole one is served until this is run again.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import streamlit
from fontTools import subset
from fontTools.ttLib import TTFont

from config import ROOT

STATIC: Final = Path(streamlit.__file__).parent / "static/static"
SOURCE: Final = next((STATIC / "media").glob("MaterialSymbols-Rounded.*.woff2"))
LETTERS: Final = next((STATIC / "media").glob("SourceSansVF-Upright.*.woff2"))
MADE: Final = ROOT / "face_rec/web/server/fonts" / SOURCE.name
_WORD: Final = re.compile(r"[a-z0-9_]{2,40}")
_ICON: Final = re.compile(r":material/([a-z0-9_]+):")
_QUOTED: Final = re.compile(r"[\"'`](?::material/)?([a-z0-9_]{2,40}):?[\"'`]")
_LARGEST_SCRIPT: Final = 3_000_000
"""Bytes; what is larger draws plots and maps, which have icons of their own."""


def icons(font: TTFont) -> dict[str, str]:
    """The glyph of each icon, by the name whose letters it replaces."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    found: dict[str, str] = {}
    for first, rest, glyph in _ligatures(font):
        word = "".join(letters.get(part, " ") for part in (first, *rest))
        found[word] = glyph
    return found


def _ligatures(font: TTFont) -> Iterator[tuple[str, list[str], str]]:
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for outer in lookup.SubTable:
            table: Any = getattr(outer, "ExtSubTable", outer)
            for first, ligatures in getattr(table, "ligatures", {}).items():
                for ligature in ligatures:
                    yield first, ligature.Component, ligature.LigGlyph


def words() -> set[str]:
    """Whatever may be an icon's name, in our pages and in Streamlit's scripts."""
    return set(_WORD.findall(_pages())) | needed()


def needed() -> set[str]:
    """Of them, what our pages surely name as icons, and whatever Streamlit's scripts may."""
    found = set(_ICON.findall(_pages()))
    for script in (STATIC / "js").glob("*.js"):
        if script.stat().st_size < _LARGEST_SCRIPT:
            found |= set(_QUOTED.findall(script.read_text("utf-8")))
    return found


def _pages() -> str:
    files = [ROOT / "face_rec/access/pages.py", *(ROOT / "pages").rglob("*.py")]
    return "\n".join(path.read_text("utf-8") for path in files)


def make() -> bytes:
    """The font with those icons only."""
    font = TTFont(SOURCE)
    known = icons(font)
    options = subset.Options(
        flavor="woff2", layout_features=["*"], layout_closure=False, notdef_outline=True
    )
    cutter = subset.Subsetter(options)
    cutter.populate(
        glyphs=[known[name] for name in sorted(words() & set(known))],
        text="abcdefghijklmnopqrstuvwxyz0123456789_ ",
    )
    cutter.subset(font)
    font.flavor, made = "woff2", io.BytesIO()
    font.save(made)
    return made.getvalue()


def make_letters() -> bytes:
    """Source Sans without a letter: for a moment before our theme comes Streamlit asks for it,
    and the browser takes its next font, as our theme has it do anyway."""
    font = TTFont(LETTERS)
    cutter = subset.Subsetter(subset.Options(flavor="woff2", notdef_outline=True))
    cutter.populate(text=" ")
    cutter.subset(font)
    font.flavor, made = "woff2", io.BytesIO()
    font.save(made)
    return made.getvalue()


if __name__ == "__main__":
    for old in MADE.parent.glob("*.woff2"):
        old.unlink()
    MADE.write_bytes(make())
    (MADE.parent / LETTERS.name).write_bytes(make_letters())
    print(f"{MADE.name}: {MADE.stat().st_size:,} of {SOURCE.stat().st_size:,} bytes")  # noqa: T201
