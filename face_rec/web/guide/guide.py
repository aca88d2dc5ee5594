"""``/guide/``: the chapters, their pictures and the search, for whoever is signed in."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from face_rec.web.base.html import FOLDER, render_plain
from face_rec.web.gate.route_rules import GUIDE
from face_rec.web.guide import chapters
from face_rec.web.guide.contents import MENU

_CSS: Final = (FOLDER / "guide.css").read_text(encoding="utf-8")
_KEPT: Final = {"Cache-Control": "private, max-age=300"}
_ASKED_AGAIN: Final = {"Cache-Control": "no-cache"}
_LONGEST: Final = 100  # characters of what is looked for


def routes(title: Callable[[], str]) -> list[BaseRoute]:
    """``title``: the site's."""
    guide = _Guide(title)
    return [
        Route(GUIDE.rstrip("/"), guide.first),
        Route(GUIDE, guide.chapter),
        Route(f"{GUIDE}guide.css", guide.style),
        Route(f"{GUIDE}find", guide.found),
        Route(f"{GUIDE}pictures/{{name:path}}", guide.picture),
        Route(f"{GUIDE}{{slug:path}}", guide.chapter),
    ]


class _Guide:
    def __init__(self, title: Callable[[], str]) -> None:
        self._title = title

    async def first(self, _: Request) -> Response:
        return RedirectResponse(GUIDE, 307)

    async def chapter(self, request: Request) -> Response:
        slug = request.path_params.get("slug") or "index"
        page = await to_thread.run_sync(chapters.page, slug)
        if page is None:
            return self._draw("There is no such chapter", slug, status=404)
        return self._draw(page.title, slug, body=page.html, parts=page.parts)

    async def found(self, request: Request) -> Response:
        asked = request.query_params.get("q", "").strip()[:_LONGEST]
        found = await to_thread.run_sync(chapters.find, asked)
        title = f"Search: {asked}" if asked else "Search"
        return self._draw(title, "", asked=asked, found=found)

    async def style(self, _: Request) -> Response:
        return Response(_CSS, media_type="text/css", headers=_KEPT)

    async def picture(self, request: Request) -> Response:
        name = str(request.path_params["name"])
        file: Path | None = await to_thread.run_sync(chapters.picture, name)
        if file is None:
            return Response("There is no such picture.", 404, media_type="text/plain")
        return FileResponse(file, headers=_KEPT)

    def _draw(  # ``found``: None on a chapter
        self,
        title: str,
        slug: str,
        *,
        status: int = 200,
        body: str = "",
        parts: tuple[tuple[str, str], ...] = (),
        asked: str = "",
        found: list[tuple[chapters.Section, str]] | None = None,
    ) -> Response:
        return render_plain(
            "guide.html", self._title(), status, _ASKED_AGAIN, title=title, slug=slug, menu=MENU,
            body=body, parts=parts, asked=asked, found=found,
        )  # fmt: skip
