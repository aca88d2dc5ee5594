"""Streamlit's start page as each of our pages needs it.

Streamlit asks for the code of an element when the script has named it: the browser fetches its
core, waits for the script, and only then fetches the table that nearly every page of ours has.
The start page names that code beforehand (``modulepreload``), so that it comes beside the core.
It also loads what :mod:`face_rec.web.server.mending` has, before Streamlit's own scripts run, and
what a page wants to begin with by a script of its own.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from face_rec.access.pages import Page
from face_rec.web.server import mending
from face_rec.web.server.start_script import StartScript

_ALWAYS: Final = ("Html", "Button")
_TABLE: Final = ("DataFrame", "ButtonGroup", "Selectbox")
_FORM: Final = ("TextInput", "Selectbox", "ButtonGroup")
AHEAD: Final[Mapping[Page, tuple[str, ...]]] = {
    Page.OVERVIEW: (*_TABLE, "Metric", "PageLink"),
    Page.TAKE_ATTENDANCE: ("BidiComponent", "ButtonGroup"),
    Page.RECORDS: (*_TABLE, "TextInput", "DownloadButton"),
    Page.REPORTS: (*_TABLE, "TextInput", "Multiselect", "DownloadButton", "ArrowVegaLiteChart"),
    Page.PEOPLE: (*_FORM, "Pagination"),
    Page.REGISTER: (*_FORM, "BidiComponent", "Checkbox"),
    Page.SETTINGS: _FORM,
    Page.SYSTEM: ("DataFrame",),
    Page.AUDIT: _TABLE,
}
"""The elements that each page draws at first sight, by the names of Streamlit's files."""

_FONT_AHEAD: Final = re.compile(r"<link\s+rel=\"preload\"[^>]*\bas=\"font\"[^>]*>\s*")
"""Of Source Sans, which our theme does not use: it takes the system's own letters."""
_MENDING: Final = f'<script defer src="./static/js/{mending.SCRIPT.name}"></script>'
"""Runs before Streamlit's modules, which are deferred as well, because it stands before them."""
_IMPORT: Final = re.compile(r'(?:from|import)\s*"\./([\w.-]+\.js)"')
_NAMED: Final = re.compile(r"static/js/([\w.-]+\.js)")


def shells(folder: Path, first: Mapping[Page, StartScript]) -> dict[str, bytes]:
    """The start page by its path. ``folder``: Streamlit's, with ``index.html`` and ``static``.
    ``first``: scripts that run as soon as they are there."""
    index = _FONT_AHEAD.sub("", (folder / "index.html").read_text(encoding="utf-8"))
    index = index.replace("<head>", f"<head>\n{_MENDING}", 1)
    scripts = folder / "static" / "js"
    known = set(_NAMED.findall(index))
    made = {
        f"/{page.path}": _with(
            _begun(index, first.get(page)), _files(scripts, AHEAD.get(page, ()), known)
        )
        for page in Page
    }
    return {"/": made["/overview"], "/index.html": made["/overview"], **made}


def _begun(index: str, script: StartScript | None) -> str:
    """Streamlit's scripts are deferred; an ``async`` one waits for none of them."""
    if script is None:
        return index
    tag = f'<script async src="./static/js/{script.name}"></script>'
    return index.replace("<head>", f"<head>\n{tag}", 1)


def _with(index: str, files: Iterable[str]) -> bytes:
    links = "".join(
        f'<link rel="modulepreload" crossorigin href="./static/js/{name}">\n' for name in files
    )
    return index.replace("</head>", f"{links}</head>", 1).encode()


def _files(scripts: Path, elements: Iterable[str], known: Iterable[str]) -> list[str]:
    """The files of ``elements`` and all that they import, without those ``known``. An element
    that this Streamlit has no file for comes when it is asked for, as before."""
    found, waiting = dict.fromkeys(known), [_file(scripts, one) for one in (*_ALWAYS, *elements)]
    first = len(found)
    while waiting:
        name = waiting.pop()
        if name is not None and name not in found and (scripts / name).is_file():
            found[name] = None
            waiting += _IMPORT.findall((scripts / name).read_text(encoding="utf-8"))
    return list(found)[first:]


def _file(scripts: Path, element: str) -> str | None:
    return next((path.name for path in sorted(scripts.glob(f"{element}.*.js"))), None)
