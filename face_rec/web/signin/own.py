"""``/my``: the way in for people who are registered, to their own attendance; and out again.

In the language of the browser, else the site's. Opening a personal link changes nothing: mail
programs look at links before a person does; its button uses it.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from face_rec.access.accounts.known_browsers import COOKIE, LIFE
from face_rec.access.control.access_control import Access
from face_rec.access.control.cookie_names import SESSION
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.secrets import digest
from face_rec.domain.errors import AccessError, PinsLocked, TryLater
from face_rec.domain.site.own_ways import OwnWay
from face_rec.languages.language import accepted, msgid
from face_rec.languages.translator import Translator
from face_rec.web.base import cookies
from face_rec.web.base.forms import checked_form
from face_rec.web.base.html import render
from face_rec.web.gate.asking import actor_of
from face_rec.web.gate.browsers import visitor_of
from face_rec.web.gate.route_rules import OWN_PAGE
from face_rec.web.signin.login import Site, later, user

Words = Callable[[str | None], Translator]
"""What is said in the language of a code; None: in the site's."""
_NOTES: Final = {
    "out": msgid("You are signed out."),
    "ended": msgid("Your sign-in has ended. Sign in again."),
}
_LOCKED: Final = msgid("Too many tries. Wait 15 minutes, then try again.")
_LOCKED_TODAY: Final = msgid("Too many tries today. Try again tomorrow, or ask the office.")
KIOSK: Final = msgid("This is a kiosk. Open this page on your own phone or computer.")
_BUSY: Final = msgid("Too many people are signing in at this moment. Try again in a few seconds.")


def routes(access: Callable[[], Access], site: Site, words: Words) -> list[Route]:
    """``access`` is asked at every request."""
    pages = _Own(access, site, words)
    link = "/my/link/{secret}"
    return [
        Route("/my", pages.show, methods=["GET"]),
        Route("/my", pages.sign_in, methods=["POST"]),
        Route(link, pages.linked, methods=["GET"]),
        Route(link, pages.use, methods=["POST"]),
        Route("/my/out", pages.leave, methods=["GET"]),
        Route("/my/out", pages.sign_out, methods=["POST"]),
    ]


async def let_in(request: Request, access: Access, secret: str) -> Response:
    """Hand the browser the session of a person; whatever sign-in it came with is over."""
    await _drop(request, access)
    answer = RedirectResponse(f"/{OWN_PAGE}", 303)
    cookies.write(answer, request, SESSION, secret)
    return answer


async def _drop(request: Request, access: Access) -> None:
    shown = cookies.read(request, SESSION)
    if shown and user(request):
        await to_thread.run_sync(access.sign_in.sign_out, shown, actor_of(request))
    elif shown:
        await to_thread.run_sync(access.own_sign_in.sign_out, shown)
    access.authenticator.forget()


class _Own:
    def __init__(self, access: Callable[[], Access], site: Site, words: Words) -> None:
        self._access = access
        self._site = site
        self._words = words

    async def show(self, request: Request) -> Response:
        if person(request):
            return RedirectResponse(f"/{OWN_PAGE}", 303)
        if at_kiosk(request):
            return self._elsewhere(request)
        return self._form(request, note=_NOTES.get(request.query_params.get("note", ""), ""))

    async def sign_in(self, request: Request) -> Response:
        form = await checked_form(request)
        if at_kiosk(request):
            return self._elsewhere(request)
        typed, pin = form.get("id", ""), form.get("pin", "")
        own, cookie = self._access().own_sign_in, _known_cookie(typed)
        visitor = replace(visitor_of(request, ""), known=cookies.read(request, cookie))
        try:
            secret = await to_thread.run_sync(own.by_pin, typed, pin, visitor)
        except AccessError as error:
            return self._form(request, problem=error, typed=typed)
        answer = await self._in(request, secret)
        text = await to_thread.run_sync(own.remember, typed, visitor.known)
        cookies.write(answer, request, cookie, text, seconds=int(LIFE.total_seconds()))
        return answer

    async def linked(self, request: Request) -> Response:
        if at_kiosk(request):
            return self._elsewhere(request)
        look = partial(self._access().own_sign_in.linked, _secret(request))
        try:
            found = await to_thread.run_sync(look, actor_of(request).address)
        except AccessError as error:
            return self._over(request, error)
        return self._page(request, mode="link", name=found.name)

    async def use(self, request: Request) -> Response:
        await checked_form(request)
        if at_kiosk(request):
            return self._elsewhere(request)
        own, visitor = self._access().own_sign_in, visitor_of(request, "")
        try:
            secret = await to_thread.run_sync(own.by_link, _secret(request), visitor)
        except AccessError as error:
            return self._over(request, error)
        return await self._in(request, secret)

    async def leave(self, request: Request) -> Response:
        if not person(request):
            return RedirectResponse("/my", 303)
        return self._page(request, mode="out")

    async def sign_out(self, request: Request) -> Response:
        await checked_form(request)
        await _drop(request, self._access())
        answer = RedirectResponse("/my?note=out", 303)
        cookies.clear(answer, request, SESSION)
        return answer

    async def _in(self, request: Request, secret: str) -> Response:
        return await let_in(request, self._access(), secret)

    def _form(
        self, request: Request, *, problem: AccessError | None = None, note: str = "",
        typed: str = "",
    ) -> Response:  # fmt: skip
        said, wait = _said(problem)
        answer = self._page(
            request, 401 if problem else 200, mode="form", problem=said, note=note,
            typed=typed[:64],
        )  # fmt: skip
        return later(answer, TryLater(said, wait) if wait else problem)

    def _elsewhere(self, request: Request) -> Response:
        """A kiosk that somebody signed in at would take no attendance until they have left."""
        return self._page(request, 403, mode="kiosk", problem=KIOSK)

    def _over(self, request: Request, error: AccessError) -> Response:
        return self._page(request, 410, mode="over", problem=error.said)

    def _page(self, request: Request, status: int = 200, /, **values: str) -> Response:
        """Texts of ``values`` are said in the language of the browser."""
        words = self._words(accepted(request.headers.get("accept-language", "")))
        ways = self._access().own_sign_in.ways()
        shown = {"problem": "", "note": "", "typed": "", "name": ""} | values
        for name in ("problem", "note"):
            shown[name] = words.gettext(shown[name]) if shown[name] else ""
        return render(
            request, "own.html", self._site.title, status, words=words,
            pin=OwnWay.PIN in ways, link=bool(ways & {OwnWay.LINK, OwnWay.KIOSK}),
            sso=OwnWay.SSO in ways and self._site.single_sign_on, **shown,
        )  # fmt: skip


def _said(problem: AccessError | None) -> tuple[str, float]:
    """In words that are translated; and the seconds to wait, if it says so."""
    if isinstance(problem, PinsLocked):
        return (_LOCKED if problem.minutes <= 60 else _LOCKED_TODAY), 60.0 * problem.minutes
    return (_BUSY if isinstance(problem, TryLater) else problem.said if problem else ""), 0.0


def _known_cookie(typed: str) -> str:
    """Of each ID another: several may use one phone."""
    return f"{COOKIE}own_{digest(unicodedata.normalize('NFC', typed.strip()))[:12]}"


def _secret(request: Request) -> str:
    return str(request.path_params["secret"])


def at_kiosk(request: Request) -> bool:
    """Whether it is a kiosk's browser, in which nobody signs in."""
    principal: Principal | None = request.state.principal
    return principal is not None and principal.kind is PrincipalKind.DEVICE


def person(request: Request) -> bool:
    """Whether somebody is signed in to their own attendance."""
    principal: Principal | None = request.state.principal
    return principal is not None and principal.kind is PrincipalKind.PERSON
