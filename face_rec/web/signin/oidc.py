"""Single sign-on at an OpenID Connect provider: ``/login/oidc`` and its callback; signing out
there, and being told by it that somebody has (RP-Initiated Logout 1.0, Back-Channel Logout 1.0).
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from anyio import to_thread
from authlib.common.errors import AuthlibBaseError
from httpx import HTTPError
from joserfc.errors import JoseError
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from face_rec.access.control.access_control import Access
from face_rec.access.control.cookie_names import HOST_ONLY, SESSION
from face_rec.access.principal import PrincipalKind
from face_rec.access.signin.provider_sessions import ProviderLogout as Logout
from face_rec.domain.errors import AccessError, Conflict, LogoutRefused, SignInRefused, StoreError
from face_rec.domain.site.own_ways import OwnWay
from face_rec.languages.language import msgid
from face_rec.web.base import cookies
from face_rec.web.base.forms import checked_form
from face_rec.web.base.html import render
from face_rec.web.gate.asking import actor_of
from face_rec.web.gate.browsers import visitor_of
from face_rec.web.signin.login import Site, account_of, local_path, signed_in
from face_rec.web.signin.own import KIOSK, at_kiosk, let_in
from face_rec.web.signin.person_claims import person_of
from face_rec.web.signin.provider import NoRole, Provider, session_of
from face_rec.web.signin.provider_client import LogoutToken, OidcClient

log = logging.getLogger(__name__)

TOLD: Final = "/login/oidc/backchannel"
"""Where the provider tells it; to be registered there as backchannel_logout_uri."""
BACK: Final = "/login/oidc/out"
"""Where the browser comes back to; to be registered there as post_logout_redirect_uri."""
_REFUSED: Final = {
    "error": "invalid_request",
    "error_description": "The logout token was refused.",
}
_NO_STORE: Final = {"Cache-Control": "no-store"}
_SKEW: Final = 30.0  # seconds between the provider's clock and ours
_NO_ANSWER: Final = (AuthlibBaseError, JoseError, HTTPError, ValueError, KeyError, TypeError)
_MINUTES: Final = 600  # seconds to sign in at the provider
_AWAY: Final = msgid(
    "The sign-in provider gave no usable answer. Try again; if it stays so, tell your "
    "administrator, who finds the reason in the application's log."
)


class SingleSignOn:
    """The routes."""

    def __init__(
        self,
        access: Callable[[], Access],
        site: Site,
        provider: Provider,
        key: Callable[[], str],
    ) -> None:
        self._access = access
        self._site = site
        self._provider = provider
        self._key = key
        self._client = OidcClient(provider.issuer, provider.client_id, provider.client_secret)

    def routes(self) -> list[BaseRoute]:
        start = _Remembered(Route("/login/oidc", self._start), self._key)
        back = _Remembered(Route("/login/oidc/callback", self._back, name="oidc_back"), self._key)
        out = ProviderLogout(self._access, self._site, self._client)
        return [start.route(), back.route(), *out.routes()]

    async def _start(self, request: Request) -> Response:
        request.session["own"] = bool(request.query_params.get("own"))
        request.session["next"] = local_path(request.query_params.get("next", "/"))
        asked: dict[str, Any] = {}
        if request.query_params.get("confirm"):
            asked = {"prompt": "login", "max_age": 0}
            request.session["confirm"] = self._access().clock.now().timestamp()
        else:
            request.session.pop("confirm", None)
        back = str(request.url.replace(path="/login/oidc/callback", query=""))
        try:
            return await self._client.redirect(request, back, **asked)
        except _NO_ANSWER as error:
            return self._failed(request, error)

    async def _back(self, request: Request) -> Response:
        to = str(request.session.pop("next", "/"))
        since = request.session.pop("confirm", None)
        own = bool(request.session.pop("own", False))
        try:
            token = await self._client.token(request)
            claims = token["userinfo"]
        except _NO_ANSWER as error:
            return self._failed(request, error)
        if since is not None:
            return await self._confirmed(request, claims, to, float(since))
        if own:
            return await self._let_person_in(request, claims)
        return await self._let_in(request, token, to)

    async def _confirmed(
        self, request: Request, claims: Mapping[str, Any], to: str, since: float
    ) -> Response:
        """Whoever is signed in here has just proved there who they are: OpenID Connect Core,
        3.1.2.1, has the provider say when, and an answer without that is none."""
        access, principal = self._access(), request.state.principal
        if principal is None or principal.kind is not PrincipalKind.USER:
            return self._refused(request, msgid("Your sign-in here has ended. Sign in again."))
        try:
            vouched = self._provider.vouched(claims)
            if vouched.proved_at is None or vouched.proved_at.timestamp() < since - _SKEW:
                raise SignInRefused(
                    msgid(
                        "The sign-in provider did not ask you again who you are, "
                        "so nothing is confirmed. Try again; if it stays so, tell "
                        "your administrator."
                    )
                )
            account = await to_thread.run_sync(account_of, access, request)
            opened = await to_thread.run_sync(
                access.confirm.by_provider, cookies.read(request, SESSION), account,
                vouched.external, actor_of(request),
            )  # fmt: skip
        except AccessError as error:
            return self._refused(request, error.said)
        access.authenticator.forget()
        return signed_in(request, opened, local_path(to))

    async def _let_in(self, request: Request, token: Mapping[str, Any], to: str) -> Response:
        provider = self._provider
        try:
            vouched = provider.vouched(token["userinfo"])
            vouched = replace(vouched, session=session_of(token))
            opened = await to_thread.run_sync(
                self._access().sign_in.sign_in_external, vouched, visitor_of(request, vouched.name)
            )
        except NoRole as error:
            if OwnWay.SSO in self._access().own_sign_in.ways():
                return await self._let_person_in(request, token["userinfo"])
            return self._refused(request, error.said)
        except (AccessError, Conflict) as error:
            return self._refused(request, error.said)
        self._access().authenticator.forget()
        return signed_in(request, opened, local_path(to))

    async def _let_person_in(self, request: Request, claims: Mapping[str, Any]) -> Response:
        """To their own page and nothing else, whatever account they may have besides."""
        if at_kiosk(request):
            return self._refused(request, KIOSK)
        access = self._access()
        try:
            claimed = person_of(claims, self._provider.person_claim)
            secret = await to_thread.run_sync(
                access.own_sign_in.by_provider, claimed, visitor_of(request, "")
            )
        except AccessError as error:
            log.info("own_page_refused reason=%s", type(error).__name__)
            return self._refused(request, error.said)
        return await let_in(request, access, secret)

    def _failed(self, request: Request, error: Exception) -> Response:
        log.warning("single_sign_on_failed error=%s reason=%s", type(error).__name__, error)
        return self._refused(request, _AWAY)

    def _refused(self, request: Request, text: str) -> Response:
        title = self._site.title
        return render(
            request, "message.html", title, 403, heading=msgid("Not signed in"), text=text
        )


class _Remembered:
    """A route with a signed cookie of its own for state and nonce, short-lived and apart from
    every other session."""

    def __init__(self, route: Route, key: Callable[[], str]) -> None:
        self._route = route
        self._key = key
        self._wrapped: dict[bool, ASGIApp] = {}

    def route(self) -> Route:
        """Starlette takes an object for a whole ASGI application."""
        return Route(self._route.path, self, methods=["GET"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        https = cookies.is_https(Request(scope))
        if https not in self._wrapped:
            key = await to_thread.run_sync(self._key)
            self._wrapped[https] = SessionMiddleware(
                self._route.app, secret_key=key, session_cookie=_cookie(https), max_age=_MINUTES,
                same_site="lax", https_only=https,
            )  # fmt: skip
        # A copy: Streamlit's own session middleware around this one keeps its scope.
        await self._wrapped[https](dict(scope), receive, send)


def _cookie(https: bool) -> str:
    """Its name; under HTTPS of this host only, as all of ours are."""
    return f"{HOST_ONLY}fr_oidc" if https else "fr_oidc"


class ProviderLogout:
    """The routes of signing out."""

    def __init__(self, access: Callable[[], Access], site: Site, client: OidcClient) -> None:
        self._access = access
        self._site = site
        self._client = client

    def routes(self) -> list[Route]:
        return [
            Route("/logout/provider", self._leave, methods=["POST"]),
            Route(BACK, self._out, methods=["GET"]),
            Route(TOLD, self._told, methods=["POST"]),
        ]

    async def _leave(self, request: Request) -> Response:
        """End the session here first, then send the browser on to end it there as well.

        Not by a redirect: the policy of the page that holds the form forbids it to lead to
        another site.
        """
        await checked_form(request)
        sign_in, secret = self._access().sign_in, cookies.read(request, SESSION)
        provider = await to_thread.run_sync(sign_in.provider_session, secret)
        await to_thread.run_sync(sign_in.sign_out, secret, actor_of(request))
        self._access().authenticator.forget()
        there = await self._place(request, provider.id_token if provider else "")
        answer: Response = RedirectResponse(BACK, 303)
        if there:
            title = self._site.title
            answer = render(request, "leaving.html", title, 200, there=there)
            answer.headers["Refresh"] = f"0; url={there}"
            answer.headers["Referrer-Policy"] = "no-referrer"
        cookies.clear(answer, request, SESSION)
        return answer

    async def _place(self, request: Request, id_token: str) -> str | None:
        back = str(request.url.replace(path=BACK, query=""))
        try:
            return await self._client.sign_out_at(id_token, back)
        except _NO_ANSWER as error:
            log.warning("provider_logout_failed error=%s reason=%s", type(error).__name__, error)
            return None

    async def _out(self, _: Request) -> Response:
        return RedirectResponse("/login?note=out", 303, _NO_STORE)

    async def _told(self, request: Request) -> Response:
        """Answers as section 2.8 says. The token is the proof; nobody need be signed in."""
        form = await request.form(max_files=0, max_fields=5)
        text = form.get("logout_token")
        now = self._access().clock.now().timestamp()
        try:
            token = await self._client.logout_token(text if isinstance(text, str) else "", now)
            ended = await to_thread.run_sync(self._end, token, now)
        except (LogoutRefused, *_NO_ANSWER) as error:
            log.warning("logout_token_refused error=%s reason=%s", type(error).__name__, error)
            return JSONResponse(_REFUSED, 400, _NO_STORE)
        except StoreError as error:
            log.warning("logout_token_waits error=%s", error)
            return Response(status_code=503, headers={"Retry-After": "5", **_NO_STORE})
        log.info("logout_token_taken concerned=%d", ended)
        return Response(status_code=200, headers=_NO_STORE)

    def _end(self, token: LogoutToken, now: float) -> int:
        """How many accounts and people it concerned. Raises LogoutRefused for a token that came
        before."""
        access = self._access()
        said = Logout(token.issuer, token.number, token.until - now, token.subject, token.sid)
        ended = access.provider_sessions.end(said)
        access.authenticator.forget()
        return ended
