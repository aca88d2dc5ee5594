"""What the gate says to who may not pass: a page with a way on for people, a line for programs."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from face_rec.access.control.cookie_names import KIOSK
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.languages.language import msgid
from face_rec.web.base import cookies
from face_rec.web.base.html import render
from face_rec.web.base.problem import WAITS, is_api, problem, told
from face_rec.web.gate.admission import Full
from face_rec.web.gate.route_rules import KIOSK_PAGE, OWN_PAGE, PAGES

DENIED: Final = msgid(
    "You are not allowed to open this. Ask an administrator for the right to do so."
)
NO_PAGE: Final = msgid("There is no such page.")
AWAY: Final = msgid(
    "The database does not answer, so nobody can be let in. This page tries again by itself."
)
NOT_SET_UP: Final = msgid(
    "This app is not set up yet, and until then answers only on its own machine. Open the set-up "
    "link there, or run: python -m face_rec users add"
)
_NO_STORE: Final = {"Cache-Control": "no-store"}
_WAITING: Final = msgid("This kiosk waits for its database")


class Refusals:
    """``title`` is the site's, asked at every answer."""

    def __init__(self, title: Callable[[], str]) -> None:
        self._title = title

    def denied(self, request: Request, who: Principal) -> Response:
        """For somebody who is known and lacks the right."""
        return self._say(request, 403, msgid("You may not open this page"), DENIED, who=who)

    def missing(self, request: Request, who: Principal | None) -> Response:
        return self._say(request, 404, msgid("There is no such page"), NO_PAGE, who=who)

    def not_set_up(self, request: Request) -> Response:
        return self._say(request, 403, msgid("Not set up yet"), NOT_SET_UP)

    def away(self, request: Request) -> Response:
        """The page asks again by itself, whoever waits before it."""
        kiosk = bool(cookies.read(request, KIOSK))
        heading = _WAITING if kiosk else msgid("The database does not answer")
        return self._say(request, 503, heading, AWAY, headers={"Refresh": "5", **WAITS})

    def full(self, request: Request, why: Full) -> Response:
        """There is no room now; a page asks again by itself."""
        wait = {"Retry-After": str(why.wait)}
        again = {"Refresh": str(why.wait)} if wants_page(request) else {}
        return self._say(request, why.status, why.heading, why.text, headers=wait | again)

    def _say(
        self,
        request: Request,
        status: int,
        heading: str,
        text: str,
        *,
        headers: Mapping[str, str] | None = None,
        who: Principal | None = None,
    ) -> Response:
        if not wants_page(request):
            return told(request.scope["path"], status, str(text), {**(headers or {}), **_NO_STORE})
        answer = render(
            request, "refusal.html", self._title(), status, heading=heading, text=text,
            who=who.name if who is not None and who.kind is PrincipalKind.USER else "",
            to=_home(who) if who is not None else "",
        )  # fmt: skip
        answer.headers.update(headers or {})
        return answer


def wants_page(request: Request) -> bool:
    """Whether a person waits for the answer in a window of a browser. HEAD is told what GET would
    be (RFC 9110 section 9.3.2): some look at a link by it before somebody opens it."""
    reads = "text/html" in request.headers.get("accept", "")
    read = request.method in {"GET", "HEAD"}
    return read and reads and not is_api(request.scope["path"])


def sign_in_first(request: Request) -> Response:
    """The way in for a window of a browser that nobody is signed in with."""
    path = request.scope["path"]
    if path in (f"/{OWN_PAGE}", "/my/punch"):
        return RedirectResponse("/my", 303, _NO_STORE)
    query = request.scope["query_string"].decode("latin-1")
    asked = path + (f"?{query}" if query else "")
    # A device that was linked proves itself first; everybody else signs in.
    way = "/kiosk/start" if cookies.read(request, KIOSK) else "/login"
    to = way if asked == "/" else f"{way}?next={quote(asked)}"
    return RedirectResponse(to, 303, _NO_STORE)


def _home(who: Principal) -> str:
    """Where whoever this is may always go."""
    return f"/{KIOSK_PAGE}?kiosk={quote(who.kiosk)}" if who.kiosk else "/"


def foreign() -> Response:
    """To what some other site's page sent in somebody's name."""
    return PlainTextResponse("This request did not come from this app's own pages.", 403)


def kiosk_only(request: Request, device: Principal | None) -> Response | None:
    """Sends a device to its page, where it asks for the start page or another one."""
    if device is None or device.kind is not PrincipalKind.DEVICE:
        return None
    page = request.scope["path"].removeprefix("/")
    if page not in ("", "index.html") and page not in PAGES:
        return None
    if page == KIOSK_PAGE and request.query_params.get("kiosk") == device.kiosk:
        return None
    return RedirectResponse(f"/{KIOSK_PAGE}?kiosk={quote(device.kiosk or '')}", 303)


def api_refusal(principal: Principal | None) -> Response:
    """To a program that lacks a token, or whose token lacks the scope."""
    if principal is not None:
        return problem(403, "The token's scopes do not allow this.")
    text = "Send a valid token: Authorization: Bearer TOKEN."
    return problem(401, text, headers={"WWW-Authenticate": "Bearer"})
