"""The search in the guide: by words, in the sections of all chapters of the menu."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from face_rec.web.guide.contents import ROOT, anchor_of, sources, titles

MOST_FOUND: Final = 30
_AROUND: Final = 90  # characters before and behind what was found
_HEADING: Final = re.compile(r"^#{1,4} (.+)$")
_SIGNS: Final = re.compile(r"\]\([^)]*\)|<[^>]+>|[*`#|>\[\]]|-{3,}")


@dataclass(frozen=True, slots=True)
class Section:
    """``text``: its words in one line, Markdown's own signs left out."""

    slug: str
    chapter: str
    anchor: str
    title: str
    text: str


def find(words: str) -> list[tuple[Section, str]]:
    """Sections in which each of ``words`` begins a word, with what stands around the first of
    them: those first whose heading has most of them, then by the menu. 30 at most."""
    wanted = [_begins(word) for word in words.split()]
    if not wanted:
        return []
    found = [one for one in _all_sections() if _count(_whole(one), wanted) == len(wanted)]
    found.sort(key=lambda one: -_count(one.title, wanted))
    return [(one, _around(one.text, wanted)) for one in found[:MOST_FOUND]]


def _begins(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}", re.IGNORECASE)


def _whole(one: Section) -> str:
    return f"{one.chapter} {one.title} {one.text}"


def _count(text: str, wanted: Sequence[re.Pattern[str]]) -> int:
    return sum(word.search(text) is not None for word in wanted)


def _around(text: str, wanted: Sequence[re.Pattern[str]]) -> str:
    """Whole words of ``text`` about the first place."""
    place = min((found.start() for word in wanted if (found := word.search(text))), default=0)
    start = text.find(" ", place - _AROUND) + 1 if place > _AROUND else 0
    end = text.rfind(" ", start, place + _AROUND) if len(text) > place + _AROUND else len(text)
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"


def _all_sections() -> Iterator[Section]:
    """Of the chapters in the menu, in its order."""
    for slug, title in titles().items():
        path = ROOT / sources()[slug]
        if path.is_file():
            yield from _sections(slug, title, path, path.stat().st_mtime_ns)


@cache
def _sections(slug: str, chapter: str, path: Path, _changed: int) -> tuple[Section, ...]:
    made: list[Section] = []
    title, lines, code = chapter, list[str](), False

    def close() -> None:
        text = " ".join(_SIGNS.sub(" ", " ".join(lines)).split())
        if text:
            made.append(Section(slug, chapter, anchor_of(title), title, text))

    for line in path.read_text("utf-8").splitlines():
        if line.lstrip().startswith("```"):
            code = not code
            continue
        heading = None if code else _HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        close()
        title, lines = _SIGNS.sub("", heading[1]), []
    close()
    return tuple(made)
