"""Streamlit's own files, compressed once and kept by browsers; and its start page.

Streamlit sends them as they lie, since it would compress anew for each request: 3 MB a page,
which a proxy may squeeze and an office without one downloads in 20 s. Here each file is
compressed when it is first asked for (brotli at quality 9 makes 8 MB a second and more) and
held in memory, about 6 MB for all there are. Their names carry a hash of their content, so
that nobody asks twice.

What is compressed here is the same for everybody, so its length tells nothing (BREACH needs a
secret and words of the attacker's in one answer). What Streamlit compresses besides holds no
secret that another site could have asked for: the session's cookie never comes with a foreign
page's own requests (``SameSite=Lax``), and the token of our forms not even when a foreign page
leads somebody here (``Strict``), so that each such answer holds a fresh one.
"""

import gzip
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import brotli
from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from face_rec.access.pages import Page
from face_rec.web.server import mending
from face_rec.web.server.start_script import StartScript

_TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_PACKED: Final = frozenset({".gif", ".png", ".woff2"})
"""Compressed already."""
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"
_HASHED: Final = re.compile(r"/component/[\w.-]+/assets/[\w.-]+-[\w-]{8}\.(?:css|js)")
"""Files of components as Vite names them; Streamlit has browsers fetch them at each visit."""
_OURS: Final = Path(__file__).parent / "fonts"
"""Smaller files that stand for Streamlit's of the same name. The name tells nothing of their
own content, so that browsers ask each time whether it is still the same."""


@dataclass(frozen=True, slots=True)
class _File:
    """``content``: read when asked for."""

    path: Path
    cache: str
    content: bytes | None = None


class Assets:
    """Wraps the application and answers for ``/static/`` and the start page in its place."""

    def __init__(
        self, app: ASGIApp, *, folder: Path, first: Mapping[Page, str] | None = None
    ) -> None:
        """``folder``: Streamlit's, with ``index.html`` and ``static``. ``first``: what a page's
        start page runs at once, as JavaScript."""
        self._app = app
        self._files = {
            f"/{path.relative_to(folder).as_posix()}": _File(path, _FOR_EVER)
            for path in (folder / "static").rglob("*")
            if path.is_file() and path.suffix in _TYPES
        }
        self._files |= {
            path: _File(_OURS / file.path.name, _ASK_AGAIN)
            for path, file in self._files.items()
            if (_OURS / file.path.name).is_file()
        }
        begins = {page: StartScript.of("first", text) for page, text in (first or {}).items()}
        for script in (mending.SCRIPT, *begins.values()):
            where = folder / "static" / "js" / script.name
            self._files[f"/static/js/{script.name}"] = _File(where, _FOR_EVER, script.content)
        index = folder / "index.html"
        self._files |= {
            path: _File(index, _ASK_AGAIN, content)
            for path, content in shells(folder, begins).items()
        }
        self._made: dict[tuple[_File, str], tuple[bytes, str]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        file = self._files.get(path)
        if file is not None:
            answer = await self._answer(file, Headers(scope=scope), scope["method"] == "HEAD")
            await answer(scope, receive, send)
        elif path.startswith("/static/"):
            await PlainTextResponse("There is no such file.", 404)(scope, receive, send)
        else:
            kept = _HASHED.fullmatch(path) is not None
            await self._app(scope, receive, _for_ever(send) if kept else send)

    async def _answer(self, file: _File, asked: Headers, head: bool) -> Response:
        coding = "" if file.path.suffix in _PACKED else _coding(asked.get("accept-encoding", ""))
        body, tag = await self._variant(file, coding)
        headers = {"Cache-Control": file.cache, "ETag": tag, "Vary": "Accept-Encoding"}
        if tag in asked.get("if-none-match", "").split(", "):
            return Response(status_code=304, headers=headers)
        if coding:
            headers["Content-Encoding"] = coding
        headers |= {"Content-Type": _TYPES[file.path.suffix], "Content-Length": str(len(body))}
        return Response(b"" if head else body, headers=headers)

    async def _variant(self, file: _File, coding: str) -> tuple[bytes, str]:
        """The file's bytes in ``coding``, and their entity tag. Two that ask at once may both
        make it; it is the same."""
        key = (file, coding)
        if key not in self._made:
            made = await to_thread.run_sync(_make, file, coding)
            if not coding and file.content is None:
                return made  # whoever cannot read compressed files gets them from the disk
            self._made[key] = made
        return self._made[key]


def _for_ever(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            MutableHeaders(scope=message)["Cache-Control"] = _FOR_EVER
        await send(message)

    return sending


def _make(file: _File, coding: str) -> tuple[bytes, str]:
    content = file.path.read_bytes() if file.content is None else file.content
    tag = f'"{hashlib.sha256(content).hexdigest()[:20]}{coding}"'
    if coding == "br":
        return brotli.compress(content, quality=9), tag
    return (gzip.compress(content, 9, mtime=0) if coding == "gzip" else content), tag


def _coding(accepted: str) -> str:
    """The best of what the browser takes (RFC 9110 section 12.5.3); empty: as it is."""
    taken = set()
    for entry in accepted.lower().split(","):
        name, _, weight = entry.partition(";")
        if weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            taken.add(name.strip())
    return next((coding for coding in ("br", "gzip") if coding in taken), "")


# Streamlit's start page as each of our pages needs it.
#
# Streamlit asks for the code of an element when the script has named it: the browser fetches its
# core, waits for the script, and only then fetches the table that nearly every page of ours has.
# The start page names that code beforehand (``modulepreload``), so that it comes beside the
# core. It also loads what :mod:`face_rec.web.server.mending` has, before Streamlit's own scripts
# run, and what a page wants to begin with by a script of its own.

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
