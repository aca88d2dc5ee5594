"""Stands where the gate stands, while accounts are off: everybody at this computer may do
everything, and yet no foreign web page that is open in the same browser may."""

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from face_rec.access.principal import THIS_COMPUTER
from face_rec.web.base import cookies
from face_rec.web.gate.origin import same_origin
from face_rec.web.gate.refusals import foreign
from face_rec.web.gate.route_rules import SAFE, Way, rule_for
from face_rec.web.gate.tab_socket import unaccepted


class GateOff:
    """Wraps the application; lets nothing in that would change something from elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HTTPConnection(scope)
        request.state.principal = THIS_COMPUTER
        if request.headers.get("origin") and _ours(request):
            await self._app(scope, receive, send)
            return
        await unaccepted(receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, rule = HTTPConnection(scope), rule_for(scope["path"], scope["method"])
        request.state.principal = THIS_COMPUTER
        if rule is not None and rule.way is Way.NEVER:
            await PlainTextResponse("There is no such page.", 404)(scope, receive, send)
        elif scope["method"] not in SAFE and not _ours(request):
            await foreign()(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _ours(request: HTTPConnection) -> bool:
    return same_origin(request.headers, https=cookies.is_https(request))
