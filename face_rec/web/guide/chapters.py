"""Chapters as HTML, and the search in them. Files are read when they are asked for, and again when
they have changed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypedDict, cast

from markdown import Markdown

from face_rec.web.guide.contents import (
    PICTURES,
    ROOT,
    anchor_of,
    relinked,
    slug_of,
    sources,
    titles,
)

EXTENSIONS: Final = ("tables", "fenced_code", "toc")
"""Of Python-Markdown itself; the site for the web has the same."""


class _Heading(TypedDict):
    level: int
    id: str
    name: str
    children: "list[_Heading]"


@dataclass(frozen=True, slots=True)
class Page:
    """``html``: the chapter below its heading. ``parts``: anchor and title of its sections."""

    title: str
    html: str
    parts: tuple[tuple[str, str], ...]


def page(slug: str) -> Page | None:
    """The chapter of that name; None: there is none. Takes up to a second when first asked."""
    path = sources().get(slug)
    if path is None or not (ROOT / path).is_file():
        return None
    return _page(path, (ROOT / path).stat().st_mtime_ns)


@cache
def _page(path: str, _changed: int) -> Page:
    markdown = Markdown(
        extensions=list(EXTENSIONS),
        extension_configs={"toc": {"slugify": lambda title, _separator: anchor_of(title)}},
    )
    found = markdown.convert(relinked((ROOT / path).read_text("utf-8"), path, _address))
    # Of the extension toc, whose types do not know it.
    tops = cast("list[_Heading]", vars(markdown)["toc_tokens"])
    first = tops[0]
    html = re.sub(r"^<h1.*?</h1>\s*", "", found, count=1, flags=re.DOTALL)
    parts = tuple((one["id"], one["name"]) for one in first["children"])
    return Page(first["name"], _reached(html), parts)


def _reached(html: str) -> str:
    """What may be wider than a phone can be scrolled by keyboard, too."""
    frame = '<div class="table" role="group" aria-label="Table" tabindex="0"><table>'
    html = html.replace("<table>", frame).replace("</table>", "</table></div>")
    return html.replace("<pre>", '<pre tabindex="0">')


def _address(path: str) -> str | None:
    """Where the app serves a file of the project."""
    if path.startswith(PICTURES):
        name = path.removeprefix(PICTURES)
        return f"/guide/pictures/{name}" if picture(name) else None
    slug = slug_of(path)
    return f"/guide/{slug}" if sources().get(slug) == path else None


def picture(name: str) -> Path | None:
    """The file of a picture; None: there is none of that name."""
    folder = ROOT / PICTURES
    found = folder / name
    try:
        inside = found.is_file() and found.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError):  # longer than a file's name, or none that a disk has
        return None
    return found if inside else None


# The search in the guide: by words, in the sections of all chapters of the menu.

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
