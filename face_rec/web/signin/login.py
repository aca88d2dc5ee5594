"""Signing in and out: ``/login``, ``/logout``, ``/account``, ``/session``."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from face_rec import __version__
from face_rec.access.accounts.account import Account
from face_rec.access.accounts.known_browsers import LIFE, cookie_of
from face_rec.access.control.access_control import Access
from face_rec.access.control.cookie_names import HALF, SESSION
from face_rec.access.principal import Principal, PrincipalKind
from face_rec.access.secrets import digest
from face_rec.access.signin.session import Opened
from face_rec.domain.errors import AccessError, SignInRefused, StoreError, TryLater
from face_rec.domain.site.own_ways import OwnWay
from face_rec.languages.language import LANGUAGES, msgid
from face_rec.languages.sentence import sentence
from face_rec.web.base import cookies
from face_rec.web.base.forms import checked_form
from face_rec.web.base.headers import FORMS_WITH_SCRIPT
from face_rec.web.base.html import render
from face_rec.web.base.reader import words_of
from face_rec.web.base.relying import party
from face_rec.web.gate.asking import actor_of
from face_rec.web.gate.browsers import visitor_of

_NOTES = {
    "out": msgid("You are signed out."),
    "password": msgid("Your password was changed. Sign in with the new one."),
    "ended": msgid("Your sign-in has ended. Sign in again."),
    "kiosk": msgid("This device is no longer a kiosk. Ask an administrator for a new link."),
}
STANDING: Final = "X-Standing"
"""What an open page depends on; a page that was drawn under another one draws itself anew."""
_OWN_PATH: Final = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?")
"""Visible ASCII after exactly one slash, without a backslash, which browsers read as a slash."""


@dataclass(frozen=True, slots=True)
class Site:
    """What these pages say of the site."""

    titled: Callable[[], str]
    single_sign_on: bool = False

    @property
    def title(self) -> str:
        return self.titled()


def routes(access: Callable[[], Access], site: Site) -> list[Route]:
    """``access`` is asked at every request, which the gate lets through only once it is there."""
    pages = _Pages(access, site)
    return [
        Route("/login", pages.login, methods=["GET"]),
        Route("/login", pages.sign_in, methods=["POST"]),
        Route("/logout", pages.leave, methods=["GET"]),
        Route("/logout", pages.sign_out, methods=["POST"]),
        Route("/account", pages.account, methods=["GET"]),
        Route("/account", pages.change, methods=["POST"]),
        Route("/session", pages.session, methods=["GET"]),
        Route("/signed-in", pages.back, methods=["GET"]),
    ]


def signed_in(request: Request, opened: Opened, to: str = "/") -> Response:
    """Hand the browser its new session; whatever it carried before is worth nothing now. Half
    a session leads to the second factor."""
    if opened.half:
        answer = RedirectResponse(f"/login/factor?next={quote(to)}", 303)
        cookies.write(answer, request, HALF, opened.secret)
        return answer
    answer = RedirectResponse(to, 303)
    hand_over(answer, request, opened)
    return answer


def later(answer: Response, problem: Exception | None) -> Response:
    """The answer as it stands, or 429 with the time to wait (RFC 6585) where it was too fast."""
    if isinstance(problem, TryLater):
        answer.status_code = 429
        answer.headers["Retry-After"] = str(math.ceil(problem.seconds))
    return answer


def hand_over(answer: Response, request: Request, opened: Opened) -> None:
    """The cookie of a whole session; half a one is over."""
    cookies.write(answer, request, SESSION, opened.secret)
    if opened.known:
        name, seconds = cookie_of(opened.account), int(LIFE.total_seconds())
        cookies.write(answer, request, name, opened.known, seconds=seconds)
    if cookies.read(request, HALF):
        cookies.clear(answer, request, HALF)


def local_path(given: str) -> str:
    """``given`` if it is a path of this app, else the start page: never somebody else's site."""
    if not _OWN_PATH.fullmatch(given):
        return "/"
    return "/" if given.startswith(("/login", "/logout", "/session")) else given


class _Pages:
    def __init__(self, access: Callable[[], Access], site: Site) -> None:
        self._access = access
        self._site = site

    async def login(self, request: Request) -> Response:
        if user(request):
            return RedirectResponse(local_path(request.query_params.get("next", "/")), 303)
        note = _NOTES.get(request.query_params.get("note", ""), "")
        return await self._form(request, note=note, to=request.query_params.get("next", "/"))

    async def sign_in(self, request: Request) -> Response:
        form = await checked_form(request)
        name, to = form.get("name", ""), form.get("next", "/")
        sign_in, visitor = self._access().sign_in, visitor_of(request, name)
        try:
            opened = await to_thread.run_sync(
                sign_in.sign_in, name, form.get("password", ""), visitor
            )
        except AccessError as error:
            return await self._form(request, problem=error, to=to, name=name)
        await self._drop(request)
        return signed_in(request, opened, local_path(to))

    async def leave(self, request: Request) -> Response:
        secret = cookies.read(request, SESSION)
        provider = await to_thread.run_sync(self._access().sign_in.provider_session, secret)
        return render(
            request, "logout.html", self._site.title, who=_name(request),
            provider=provider is not None and self._site.single_sign_on,
        )  # fmt: skip

    async def sign_out(self, request: Request) -> Response:
        await checked_form(request)
        await self._drop(request)
        answer = RedirectResponse("/login?note=out", 303)
        cookies.clear(answer, request, SESSION)
        return answer

    async def account(self, request: Request) -> Response:
        return await self._account(request)

    async def change(self, request: Request) -> Response:
        form = await checked_form(request)
        access, name = self._access(), _name(request)
        if form.get("do") == "reading":
            return await self._read_in(request, form)
        if form.get("do") == "everywhere":
            await to_thread.run_sync(access.sign_in.sign_out_everywhere, name)
            note = "out"
        else:
            old, new = form.get("old", ""), form.get("new", "")
            try:
                await to_thread.run_sync(access.accounts.change_own_password, name, old, new)
            except AccessError as error:
                return await self._account(request, error)
            note = "password"
        access.authenticator.forget()
        answer = RedirectResponse(f"/login?note={note}", 303)
        cookies.clear(answer, request, SESSION)
        return answer

    async def _read_in(self, request: Request, form: Mapping[str, str]) -> Response:
        """The language of their pages; the sign-in stays."""
        access, name = self._access(), _name(request)
        decimal = form.get("hours") == "decimal"
        work = partial(access.accounts.read_in, name, form.get("language", ""))
        try:
            await to_thread.run_sync(partial(work, decimal_hours=decimal))
        except AccessError as error:
            return await self._account(request, error)
        access.authenticator.forget()
        return RedirectResponse("/account", 303)

    async def session(self, request: Request) -> Response:
        """Whether the browser is signed in, and as the one it was before, for pages that are
        open; a kiosk's heartbeat."""
        principal: Principal | None = request.state.principal
        headers = {"Cache-Control": "no-store"}
        if principal is None:
            return Response(status_code=401, headers=headers)
        if principal.kind is PrincipalKind.DEVICE:
            await self._beat(principal, actor_of(request).address)
        headers["X-Signed-In"] = digest(f"{principal.kind}:{principal.id}")[:16]
        headers[STANDING] = principal.standing
        return Response(status_code=204, headers=headers)

    async def back(self, request: Request) -> Response:
        """After signing in again in a window of its own: the page that waits closes it."""
        return render(request, "back.html", self._site.title)

    async def _beat(self, device: Principal, address: str) -> None:
        try:
            await to_thread.run_sync(self._access().devices.beat, device.id, address, __version__)
        except StoreError:
            return  # the database is away: the kiosk works on and says so by itself

    async def _form(
        self,
        request: Request,
        *,
        problem: AccessError | None = None,
        note: str = "",
        to: str = "/",
        name: str = "",
    ) -> Response:
        sign_in = self._access().sign_in
        fresh = problem is None and await to_thread.run_sync(sign_in.needs_setup)
        passkeys = sign_in.local and party(request, self._site.title) is not None
        answer = render(
            request, "login.html", self._site.title, 401 if problem else 200,
            problem=problem.said if problem else "", note=note, next=local_path(to),
            name=name[:64], fresh=fresh, local=sign_in.local, passkeys=passkeys,
            single_sign_on=self._site.single_sign_on,
            own=OwnWay.PIN in self._access().own_sign_in.ways(),
        )  # fmt: skip
        if passkeys or note:
            answer.headers["Content-Security-Policy"] = FORMS_WITH_SCRIPT
        return later(answer, problem)

    async def _account(self, request: Request, problem: AccessError | None = None) -> Response:
        access, name = self._access(), _name(request)
        account = await to_thread.run_sync(access.accounts.get, name)
        password = access.sign_in.local and not (account and account.external)
        answer = render(
            request, "account.html", self._site.title, 400 if problem else 200,
            who=name, problem=problem.said if problem else "", local=password,
            languages=list(LANGUAGES.values()), chosen=account.language if account else "",
            decimal=account is not None and account.decimal_hours,
            half=words_of(request).formats.number(7.5, 1),
        )  # fmt: skip
        return later(answer, problem)

    async def _drop(self, request: Request) -> None:
        """End the session that the browser came with."""
        secret = cookies.read(request, SESSION)
        access = self._access()
        if secret and user(request):
            await to_thread.run_sync(access.sign_in.sign_out, secret, actor_of(request))
            access.authenticator.forget()
        elif secret:
            await to_thread.run_sync(access.own_sign_in.sign_out, secret)
            access.authenticator.forget()


def user(request: Request) -> bool:
    """Whether somebody with an account is signed in."""
    principal: Principal | None = request.state.principal
    return principal is not None and principal.kind is PrincipalKind.USER


def _name(request: Request) -> str:
    principal: Principal = request.state.principal
    return principal.id


def account_of(access: Access, request: Request) -> Account:
    """The account that is signed in. Raises SignInRefused."""
    account = access.accounts.get(request.state.principal.id)
    if account is None:
        raise SignInRefused(sentence("This sign-in has ended. Sign in again."))
    return account
