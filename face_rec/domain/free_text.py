"""What people write in their own words, made fit to stand beside what others wrote."""

import re
import unicodedata
from typing import Final

TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of all text after them: a reason could rewrite its own line."""
_TURNS: Final = TURNING - frozenset("\u2068\u2069")
_UNFIT: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
_BREAKS: Final = re.compile(r"\s*[\r\n\v\f\x85\u2028\u2029]+\s*")


def free_text(text: str) -> str:
    """``text`` composed and trimmed, on one line, without control characters and marks that turn
    it. All that people send in their own words passes here before it is kept."""
    line = _BREAKS.sub(" ", unicodedata.normalize("NFC", text)).replace("\t", " ")
    kept = (c for c in line if c not in TURNING and unicodedata.category(c) not in _UNFIT)
    return "".join(kept).strip()


def without_turns(text: str) -> str:
    """For whatever shows what an earlier version kept. First strong isolates, which texts of our
    own put around names, stay."""
    return text if _TURNS.isdisjoint(text) else "".join(c for c in text if c not in _TURNS)
