"""Widths as a terminal shows them: a sign of Chinese takes two columns, an accent that is written
by itself none (Unicode UAX 11, "East Asian Width")."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_NONE: Final = {"Mn", "Me", "Cf"}
_WIDE: Final = {"W", "F"}
_HANGS: Final = "，。、；：！？）》”"
"""What does not begin a line."""
_PART: Final = re.compile(r"\s*(\S+)")


def width(text: str) -> int:
    """In columns."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(sign: str) -> int:
    if unicodedata.category(sign) in _NONE:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in _WIDE else 1


def padded(text: str, columns: int) -> str:
    """With so many spaces behind it that what follows begins at ``columns``."""
    return text + " " * (columns - width(text))


def wrapped(text: str, columns: int) -> list[str]:
    """Lines of at most so many columns; Chinese breaks between signs, other scripts at spaces."""
    lines = [""]
    for part in _parts(text):
        if width(lines[-1]) + width(part.rstrip()) > columns and lines[-1]:
            lines.append("")
        lines[-1] += part if lines[-1] else part.lstrip()
    return [line.rstrip() for line in lines]


def _parts(text: str) -> Iterator[str]:
    """What a line may end behind: words with the space before them, and each wide sign."""
    for word in _PART.finditer(text):
        begun = " " if word.start() != word.start(1) else ""
        for sign in word[1]:
            if (
                begun.strip()
                and (_columns(sign) == 2 or _columns(begun[-1]) == 2)
                and (sign not in _HANGS)
            ):
                yield begun
                begun = ""
            begun += sign
        yield begun
