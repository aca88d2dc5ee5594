"""Signing out at the identity provider, and being told by it that somebody has.

OpenID Connect RP-Initiated Logout 1.0 and Back-Channel Logout 1.0.
"""

import logging
from collections.abc import Callable
from typing import Final

from anyio import to_thread
from authlib.common.errors import AuthlibBaseError
from httpx import HTTPError
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from face_rec.access.access_control import SESSION, Access
from face_rec.access.signin.provider_sessions import ProviderLogout as Logout
from face_rec.domain.errors import LogoutRefused, StoreError
from face_rec.web.base import cookies
from face_rec.web.base.forms import checked_form
from face_rec.web.base.html import render
from face_rec.web.gate.gate import actor_of
from face_rec.web.signin.login import Site
from face_rec.web.signin.oidc_client import LogoutToken, OidcClient

log = logging.getLogger(__name__)

TOLD: Final = "/login/oidc/backchannel"
"""Where the provider tells it; to be registered there as backchannel_logout_uri."""
BACK: Final = "/login/oidc/out"
"""Where the browser comes back to; to be registered there as post_logout_redirect_uri."""
_NO_ANSWER: Final = (AuthlibBaseError, JoseError, HTTPError, ValueError, KeyError, TypeError)
_REFUSED: Final = {
    "error": "invalid_request",
    "error_description": "The logout token was refused.",
}
_NO_STORE: Final = {"Cache-Control": "no-store"}


class ProviderLogout:
    """The routes."""

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
        door, secret = self._access().sign_in, cookies.read(request, SESSION)
        provider = await to_thread.run_sync(door.provider_session, secret)
        await to_thread.run_sync(door.sign_out, secret, actor_of(request))
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
            log.warning("provider_logout_failed error=%s: %s", type(error).__name__, error)
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
            log.warning("logout_token_refused error=%s: %s", type(error).__name__, error)
            return JSONResponse(_REFUSED, 400, _NO_STORE)
        except StoreError as error:
            log.warning("logout_token_waits error=%s", error)
            return Response(status_code=503, headers={"Retry-After": "5", **_NO_STORE})
        log.info("logout_token_taken accounts=%d", ended)
        return Response(status_code=200, headers=_NO_STORE)

    def _end(self, token: LogoutToken, now: float) -> int:
        """How many accounts it concerned. Raises LogoutRefused for a token that came before."""
        access = self._access()
        said = Logout(token.issuer, token.number, token.until - now, token.subject, token.sid)
        ended = access.provider_sessions.end(said)
        access.authenticator.forget()
        return ended
