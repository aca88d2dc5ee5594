"""Chapters as HTML. Files are read when they are asked for, and again when they have changed."""

import re
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
