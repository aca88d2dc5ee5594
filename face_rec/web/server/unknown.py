"""What no route serves is said to be missing, instead of Streamlit's start page with a 200."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from face_rec.web.gate.route_rules import PAGES
from face_rec.web.server.problem import is_api, told

_FILES: Final = ("", "index.html", "favicon.png", "manifest.json")
_FOLDERS: Final = ("static/", "media/", "component/", "_stcore/")


def routes(known: Sequence[BaseRoute]) -> list[BaseRoute]:
    """To stand behind ``known``, the app's own routes, and before Streamlit's."""
    return [Elsewhere("/{path:path}", _Missing(known))]


def of_streamlit(path: str) -> bool:
    """Whether Streamlit serves ``path``. It asks for its own paths below that of a page, too."""
    inner = path.removeprefix("/")
    if inner in _FILES or inner.startswith(_FOLDERS):
        return True
    first, _, rest = inner.partition("/")
    return first in PAGES and (rest in _FILES or rest.startswith(_FOLDERS))


class Elsewhere(Route):
    """Matches what is not Streamlit's."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and of_streamlit(scope["path"]):
            return Match.NONE, {}
        return super().matches(scope)


class _Missing:
    """404, or 405 with the methods that the path knows (RFC 9110 section 15.5.6)."""

    def __init__(self, known: Sequence[BaseRoute]) -> None:
        self._known = [route for route in known if isinstance(route, Route)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(scope)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        allow = ", ".join(sorted(self._methods(scope)))
        headers = {"Cache-Control": "no-store", **({"Allow": allow} if allow else {})}
        missing = _NO_OPERATION if is_api(scope["path"]) else _NO_PAGE
        status, text = (405, f"This path answers to {allow}.") if allow else (404, missing)
        return told(scope["path"], status, text, headers)

    def _methods(self, scope: Scope) -> set[str]:
        partly = [route for route in self._known if route.matches(scope)[0] is Match.PARTIAL]
        return {method for route in partly for method in route.methods or ()}


_NO_PAGE: Final = "There is no such page."
_NO_OPERATION: Final = "There is no such operation. GET /api/v1/openapi.json lists them all."
