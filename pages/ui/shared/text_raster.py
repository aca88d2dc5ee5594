"""Names as pictures: any script, emoji included, with whatever fonts the machine has.

OpenCV draws ASCII only. Here each run of characters is drawn with the first font that has
them; what no font has is left to the page, which shows every name in the browser's own fonts.
"""

import unicodedata
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from face_rec.domain.faces import Image

Font = ImageFont.FreeTypeFont

_FOLDERS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts",
    "/System/Library/Fonts", "/Library/Fonts", "C:/Windows/Fonts",
)  # fmt: skip
# In order of preference; the bundled face of Pillow is the last for plain Latin.
_FILES = (
    "DejaVuSans-Bold.ttf", "NotoSans-Bold.ttf", "LiberationSans-Bold.ttf", "segoeuib.ttf",
    "Arial Bold.ttf", "NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc", "wqy-zenhei.ttc",
    "msyh.ttc", "PingFang.ttc", "Arial Unicode.ttf", "Nirmala.ttf",
    "NotoSansDevanagari-Bold.ttf", "NotoColorEmoji.ttf", "seguiemj.ttf", "Apple Color Emoji.ttc",
)  # fmt: skip
_MISSING = "\U0010fffe"  # a character that no font may have: what it draws is "not there"
_PROBE = 20  # px; any size tells whether a font has a character
_STRIKE = 109  # the one size in which bitmap emoji fonts come


@lru_cache(maxsize=1)
def _found() -> tuple[Path, ...]:
    """The known fonts that are installed; looked for once."""
    here: dict[str, Path] = {}
    for folder in _FOLDERS:
        for path in Path(folder).expanduser().rglob("*.tt[fc]"):
            here.setdefault(path.name, path)
    return tuple(here[name] for name in _FILES if name in here)


@lru_cache(maxsize=8)
def _fonts(size: int) -> tuple[Font, ...]:
    fonts: list[Font] = []
    for path in _found():
        for pixels in (size, _STRIKE):
            try:
                fonts.append(ImageFont.truetype(path, pixels))
                break
            except OSError:  # a bitmap font without this size
                continue
    bundled = ImageFont.load_default(size)
    return (*fonts, bundled) if isinstance(bundled, Font) else tuple(fonts)


@lru_cache(maxsize=4096)
def _font_for(character: str, size: int) -> int | None:
    """Index of the first font that draws ``character``; None when there is none."""
    for index, font in enumerate(_fonts(size)):
        missing = font.getmask(_MISSING)
        mask = font.getmask(character)
        if character.isspace() or (mask.size, bytes(mask)) != (missing.size, bytes(missing)):
            return index
    return None


@lru_cache(maxsize=512)
def can_draw(text: str) -> bool:
    """Whether every character that shows has a font here."""
    return all(_font_for(c, _PROBE) is not None for c in text if not _silent(c))


def _silent(character: str) -> bool:
    """Joiners, variation selectors and the like: nothing to draw."""
    return unicodedata.category(character) in {"Cf", "Mn", "Me", "Cc"}


@lru_cache(maxsize=512)
def picture(text: str, size: int, colour: tuple[int, int, int]) -> Image:
    """``text`` as (H, W, 4) uint8 BGRA, ``size`` px high letters in ``colour`` (BGR)."""
    runs = [_run(part, font, size, colour) for part, font in _runs(text, size)]
    width = sum(run.width for run in runs)
    strip = Pictures.new("RGBA", (max(1, width), round(size * 1.4)))
    left = 0
    for run in runs:
        strip.alpha_composite(run, (left, 0))
        left += run.width
    rgba = np.asarray(strip, dtype=np.uint8)
    return np.ascontiguousarray(rgba[:, :, [2, 1, 0, 3]])


def _runs(text: str, size: int) -> list[tuple[str, Font]]:
    """Stretches of one font; silent characters stay with the stretch before them."""
    fonts, chosen, last = _fonts(size), [], 0
    for character in unicodedata.normalize("NFC", text):
        found = None if _silent(character) else _font_for(character, _PROBE)
        last = last if found is None else found
        chosen.append((character, last))
    return [
        ("".join(character for character, _ in group), fonts[index])
        for index, group in groupby(chosen, key=lambda pair: pair[1])
    ]


def _run(text: str, font: Font, size: int, colour: tuple[int, int, int]) -> Pictures.Image:
    """One stretch, ``1.4 * size`` px high, letters on a common base line."""
    width, height = max(1, round(font.getlength(text))), round(font.size * 1.4)
    drawn = Pictures.new("RGBA", (width, height))
    blue, green, red = colour
    ImageDraw.Draw(drawn).text(
        (0, round(font.size * 1.06)), text, font=font, fill=(red, green, blue, 255),
        anchor="ls", embedded_color=True,
    )  # fmt: skip
    if font.size == size:
        return drawn
    scale = size / font.size
    return drawn.resize((max(1, round(width * scale)), round(size * 1.4)))
