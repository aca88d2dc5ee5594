"""Strict HTTP: what is wrong with a request whoever sends it, and what every answer says.

The outermost layer, with accounts and without. Nothing that depends on who asks is decided
here; what passes has one host, one reading of its path, and a body within bounds.
"""

import logging
import re
import time
from collections.abc import Iterable, Sequence
from typing import Final

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from face_rec.web.base import cookies
from face_rec.web.base.headers import HSTS, secure
from face_rec.web.base.problem import is_api, told
from face_rec.web.gate.hosts import host_allowed, hostname
from face_rec.web.gate.route_rules import PAGES, Rule, Way, rule_for

log = logging.getLogger(__name__)

# What no route serves is said to be missing, instead of Streamlit's start page with a 200.

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


class BoundedBody:
    """Receives for one request and raises HTTPException 413 or 408."""

    def __init__(self, receive: Receive, most: int, within: float) -> None:
        """``most``: bytes; ``within``: seconds for the whole body."""
        self._receive = receive
        self._left = most
        self._until = time.monotonic() + within
        self._complete = False

    async def __call__(self) -> Message:
        if self._complete:
            return await self._receive()  # waits for the disconnect, however long
        with anyio.move_on_after(max(0.0, self._until - time.monotonic())):
            message = await self._receive()
            self._count(message)
            return message
        raise HTTPException(408, "The request came too slowly. Try again.")

    def _count(self, message: Message) -> None:
        if message["type"] != "http.request":
            return
        self._left -= len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._left < 0:
            raise HTTPException(413, "The request is too large.")


_ODD_PATH: Final = re.compile(r"(?!/)|.*(?://|\\|[\x00-\x1f\x7f]|/\.\.?(?:/|$))", re.DOTALL)
"""No path of this app is empty, begins otherwise, doubles a slash, or climbs (RFC 3986 section
5.2.4): two programs may read such a path differently."""
_NEEDLESS_ESCAPE: Final = re.compile(
    rb"%(?:2[ef]|5c|3[0-9]|[46][1-9a-f]|[57][0-9a])", re.IGNORECASE
)
"""Slashes, dots, letters and digits in disguise: a proxy that hides ``/metrics`` by its letters
would not know it again (RFC 3986 section 6.2.2.2: they mean the same unescaped)."""


class StrictHttp:
    """Wraps the application and whatever judges who may ask."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], tls: bool) -> None:
        """``hosts``: names the app answers to. ``tls``: the app speaks HTTPS itself, so that
        browsers may be told never to come without it."""
        self._app = app
        self._hosts = hosts
        self._tls = tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket" and _wrong(scope, self._hosts):
            await receive()  # the handshake; closing it unaccepted answers 403
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        rule = rule_for(scope["path"], scope["method"]) or Rule(Way.NEVER)
        send = self._with_headers(HTTPConnection(scope), rule, send)
        refusal = _wrong(scope, self._hosts) or _too_long(scope, rule)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        try:
            await self._app(scope, BoundedBody(receive, rule.most, rule.within), send)
        except HTTPException as error:  # of a body that nobody else has caught
            await told(scope["path"], error.status_code, error.detail)(scope, receive, send)
        except ClientDisconnect:  # whoever sent half a request hears no answer
            log.debug("request_cut_off path=%s", scope["path"][:200])

    def _with_headers(self, request: HTTPConnection, rule: Rule, send: Send) -> Send:
        host = request.headers.get("host", "")

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                secure(headers, host if hostname(host) else "", cookies.is_https(request))
                if not rule.keep:  # a shared computer remembers nothing of anybody
                    headers["Cache-Control"] = "no-store"
                # Of localhost it would hold for every other program there, too.
                if self._tls and hostname(host) != "localhost":
                    headers.setdefault("Strict-Transport-Security", HSTS)
            await send(message)

        return sending


def _wrong(scope: Scope, allowed: Iterable[str]) -> Response | None:
    """What is wrong with the request line and the host (RFC 9112 section 3.2)."""
    hosts, path = Headers(scope=scope).getlist("host"), scope["path"]
    if len(hosts) != 1 or not hostname(hosts[0]):
        return PlainTextResponse("Send one Host header with a host name or address.", 400)
    if _ends_unclearly(scope):
        return told(path, 400, "The body has two ends. Send one length.", {"Connection": "close"})
    if _ODD_PATH.match(path) or scope.get("root_path"):
        return told(path, 400, "The path is not in its plain form: no //, /./, /../ or \\.")
    if _NEEDLESS_ESCAPE.search(scope.get("raw_path") or b""):
        return told(path, 400, "The path escapes a slash, a dot, a letter or a digit.")
    if not host_allowed(hosts[0], allowed):
        text = "This app does not answer to that name. Add it to ALLOWED_HOSTS."
        return told(path, 421, text)
    return None


def _ends_unclearly(scope: Scope) -> bool:
    """Whether two programs may read the end of the body differently (RFC 9112 section 6.1). What
    lies behind it could be a request of somebody else's, and is read by nobody."""
    headers = Headers(scope=scope)
    pieces, length = "transfer-encoding" in headers, "content-length" in headers
    return pieces and (length or scope.get("http_version") == "1.0")


def _too_long(scope: Scope, rule: Rule) -> Response | None:
    """A body that says itself that it is too large is not even begun."""
    length = Headers(scope=scope).get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or len(length) > 15 or int(length) > rule.most:
        return told(scope["path"], 413, "The request is too large.")
    return None
