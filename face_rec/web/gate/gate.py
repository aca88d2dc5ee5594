"""The gate: ASGI middleware in front of everything, HTTP and WebSocket alike.

It knows who asks before anything else runs, and refuses what the table of
:mod:`face_rec.web.gate.route_rules` does not allow. It judges ``scope["path"]``, by which the
router chooses, never ``request.url``, which is put together from the visitor's ``Host``; that
host and path are in proper form is the work of :mod:`face_rec.web.server.strict_http` before it.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Final

import anyio
from anyio import to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from face_rec.access.audit import actor
from face_rec.access.audit.actor import asking
from face_rec.access.control.access_control import Access
from face_rec.access.principal import Principal
from face_rec.domain.errors import StoreError
from face_rec.languages.translator import ENGLISH
from face_rec.web.base import cookies
from face_rec.web.base.problem import is_api, told
from face_rec.web.base.reader import Words, speaks
from face_rec.web.gate.admission import Admission
from face_rec.web.gate.asking import (
    actor_of,
    address_of,
    arriving,
    asked_by,
    path_of,
    still_stands,
)
from face_rec.web.gate.hosts import is_loopback, own_pages
from face_rec.web.gate.refusals import (
    Refusals,
    api_refusal,
    foreign,
    kiosk_only,
    sign_in_first,
    wants_page,
)
from face_rec.web.gate.route_rules import (
    SAFE,
    STREAM,
    Rule,
    Way,
    below,
    is_page,
    rule_for,
    upload_size,
)
from face_rec.web.gate.shedding import Overload
from face_rec.web.gate.tab_socket import (
    Handed,
    Sieve,
    SocketWatch,
    comes_back,
    of_its_own,
    unaccepted,
)
from face_rec.web.gate.verdict import Asked, Verdict, verdict

log = logging.getLogger(__name__)

_RECONNECTING: Final = frozenset({"/_stcore/health", "/_stcore/host-config"})
_NO_STORE: Final = {"Cache-Control": "no-store"}


Useful = Callable[[bytes, Principal], bool]


def _everything(_data: bytes, _principal: Principal) -> bool:
    return True


def _no_files(_data: bytes) -> tuple[str, ...]:
    return ()


class Gate:
    """Wraps the application. ``access`` is asked at every request; None: not built yet.
    ``useful``: whether a principal has a use for what it sends over the WebSocket. ``handed``:
    which files what it is sent hands out; without it, none. ``title``: the site's.
    ``words``: what is said in a language."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        access: Callable[[], Access | None],
        useful: Useful | None = None,
        handed: Handed | None = None,
        title: Callable[[], str] = lambda: "Attendance",
        admission: Admission | None = None,
        words: Words = lambda _: ENGLISH,
    ) -> None:
        self._words = words
        self._refusals = Refusals(title)
        self._handed = handed or _no_files
        self._app = app
        self._access = access
        self._useful = useful or _everything
        self._admission = admission or Admission(Overload)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    # --- HTTP

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        speaks(request, self._words)
        try:
            refusal = await self._refusal(request)
        except StoreError as error:
            log.warning("gate_without_store error=%s", error)
            refusal = self._refusals.away(request)
        who, size = request.state.principal, upload_size(request)
        refusal = refusal or self._full(request, who, size)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        with actor.acting(actor_of(request)), self._admission.uploading(who, size):
            await self._app(scope, arriving(receive, self._access(), request), send)

    async def _refusal(self, request: Request) -> Response | None:
        """What is wrong with the request; None if it may pass. Notes who asks."""
        request.state.principal = None
        access, rule = self._access(), rule_for(path_of(request), request.method)
        if access is None:
            return None if _is_health(request) else told(path_of(request), 503, "Starting …")
        if not _is_code(rule) and await self._closed(access, request):
            return self._refusals.not_set_up(request)
        asked = await to_thread.run_sync(asked_by, access, request, rule)
        request.state.principal = asked.principal
        return kiosk_only(request, asked.principal) or self._judge(request, rule, asked)

    def _full(self, request: Request, who: Principal | None, size: int) -> Response | None:
        """Why there is no room for it now; None: there is."""
        if who is None:
            return None
        full = self._admission.upload(who, size) if size else None
        if is_api(path_of(request)):
            full = full or self._admission.program()
        elif wants_page(request) and is_page(path_of(request)):
            full = self._admission.page(who)
        return self._refusals.full(request, full) if full else None

    async def _closed(self, access: Access, request: Request) -> bool:
        """Whether nobody is let in from outside because no account exists yet."""
        if is_loopback(address_of(request)) or _is_health(request):
            return False
        return await to_thread.run_sync(access.sign_in.needs_setup)

    def _judge(self, request: Request, rule: Rule | None, asked: Asked) -> Response | None:
        match verdict(rule, asked):
            case Verdict.MISSING:
                return self._refusals.missing(request, asked.principal)
            case Verdict.SIGN_IN | Verdict.DENIED:
                return self._refused(request, asked.principal)
            case Verdict.CLOSED:
                return PlainTextResponse("This kiosk is closed at this hour.", 403, _NO_STORE)
        by_cookie = rule is not None and rule.way not in {Way.BEARER, Way.SIGNED}
        ours = own_pages(request.headers, https=cookies.is_https(request))
        if by_cookie and request.method not in SAFE and not ours:
            return foreign()
        return None

    def _refused(self, request: Request, principal: Principal | None) -> Response:
        if is_api(path_of(request)) or request.headers.get("authorization"):
            return api_refusal(principal)
        if principal is not None:
            log.info("gate_denied path=%s", path_of(request)[:200])
            return self._refusals.denied(request, principal)
        if wants_page(request):
            return sign_in_first(request)
        # An open page asks these before it connects anew. After 401 it would never try again; so
        # whoever signs in again in another window finds it as they left it.
        status = 503 if path_of(request) in _RECONNECTING else 401
        return PlainTextResponse("Sign in first.", status, _NO_STORE)

    # --- WebSocket

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HTTPConnection(scope)
        opened = await self._may_open(request)
        if opened is None:
            await unaccepted(receive, send)
            return
        access, principal = opened
        request.state.principal = principal
        still = partial(to_thread.run_sync, still_stands, access, request, principal)
        passed = self._sifted(receive, principal) if _is_streamlit(request) else receive
        watch = SocketWatch(passed, send, still, access.changes)
        sending: Send = watch.send
        if _is_streamlit(request):
            scope, sending = of_its_own(scope, sending, principal, access, self._handed)
        async with anyio.create_task_group() as group:
            group.start_soon(watch.watch)
            counted = self._admission.counted(principal, page=_is_streamlit(request))
            with counted, actor.acting(actor_of(request)), asking(principal):
                await self._app(scope, watch.receive, sending)
            group.cancel_scope.cancel()

    def _sifted(self, receive: Receive, principal: Principal) -> Receive:
        return Sieve(receive, lambda data: self._useful(data, principal))

    async def _may_open(self, request: HTTPConnection) -> tuple[Access, Principal] | None:
        headers, access = request.headers, self._access()
        rule = rule_for(path_of(request))
        good = headers.get("origin") and own_pages(headers, https=cookies.is_https(request))
        if access is None or rule is None or not good:
            log.warning(
                "socket_refused origin=%r host=%r", headers.get("origin"), headers.get("host")
            )
            return None
        try:
            asked = await to_thread.run_sync(asked_by, access, request, rule)
        except StoreError:
            return None
        who = asked.principal
        if who is None or verdict(rule, asked) is not Verdict.FINE:
            return None
        back = comes_back(request.scope, who, access.tabs)
        room = self._admission.socket(who, page=_is_streamlit(request), back=back)
        return (access, who) if room else None


def _is_streamlit(request: HTTPConnection) -> bool:
    """Whether the socket is Streamlit's, whose protocol names tabs and files."""
    return below(path_of(request)) == STREAM


def _is_code(rule: Rule | None) -> bool:
    """What our own pages are drawn with, wherever they are shown."""
    return rule is not None and rule.way is Way.OPEN and rule.keep


def _is_health(request: Request) -> bool:
    return path_of(request) in {"/healthz", "/readyz"}
