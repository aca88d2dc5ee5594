"""Single sign-on: ``/login/oidc`` and its callback, by Authlib's Starlette client.

Authlib does the protocol: discovery, state, nonce, PKCE, the exchange of the code, and the check
of the ID token's signature, issuer, audience and time.
"""

import logging
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from anyio import to_thread
from authlib.common.errors import AuthlibBaseError
from httpx import HTTPError
from joserfc.errors import JoseError
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from face_rec.access.access import Access
from face_rec.access.rights import Role
from face_rec.errors import AccessError, SignInRefused
from face_rec.groups import NO_GROUPS
from face_rec.web import cookies
from face_rec.web.gate import actor_of
from face_rec.web.login import Site, local_path, signed_in
from face_rec.web.templates import render

with warnings.catch_warnings(record=True):  # Authlib announces that it will leave httpx
    from authlib.integrations.starlette_client import OAuth

log = logging.getLogger(__name__)

_MINUTES: Final = 600  # seconds to sign in at the provider
_ORDER: Final = (Role.ADMIN, Role.REGISTRAR, Role.MANAGER, Role.KIOSK)
_AWAY: Final = (
    "The sign-in provider gave no usable answer. Try again; if it stays so, tell your "
    "administrator, who finds the reason in the application's log."
)


@dataclass(frozen=True, slots=True)
class Provider:
    """The OpenID Connect provider. ``roles``: role by the provider's group; of several the
    first of admin, registrar, manager and kiosk counts."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    roles: Mapping[str, Role]
    groups_claim: str = "groups"
    name_claim: str = "email"

    def role_of(self, claims: Mapping[str, Any]) -> Role:
        """Raises SignInRefused where none of the groups has a role."""
        listed = claims.get(self.groups_claim) or ()
        groups = {listed} if isinstance(listed, str) else {str(one) for one in listed}
        found = {role for group, role in self.roles.items() if group in groups}
        for role in _ORDER:
            if role in found:
                return role
        raise SignInRefused("None of your groups may use this app. Ask an administrator.")

    def name_of(self, claims: Mapping[str, Any]) -> str:
        """Raises SignInRefused without a name, or with an address that is not verified."""
        name = claims.get(self.name_claim)
        unverified = self.name_claim == "email" and claims.get("email_verified") is False
        if not isinstance(name, str) or not name or unverified:
            raise SignInRefused(
                f"The sign-in provider sent no usable {self.name_claim}. Ask an administrator."
            )
        return name

    def external_of(self, claims: Mapping[str, Any]) -> str:
        """The provider's own, lasting name for the person."""
        return f"{claims['iss']}|{claims['sub']}"


class SingleSignOn:
    """The two routes."""

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
        oauth: Any = OAuth()
        oauth.register(
            "provider",
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
        )
        self._client = oauth.create_client("provider")

    def routes(self) -> list[BaseRoute]:
        start = _Remembered(Route("/login/oidc", self._start), self._key)
        back = _Remembered(Route("/login/oidc/callback", self._back, name="oidc_back"), self._key)
        return [start.route(), back.route()]

    async def _start(self, request: Request) -> Response:
        request.session["next"] = local_path(request.query_params.get("next", "/"))
        back = str(request.url.replace(path="/login/oidc/callback", query=""))
        try:
            answer: Response = await self._client.authorize_redirect(request, back)
        except (AuthlibBaseError, HTTPError, ValueError, KeyError) as error:
            return self._failed(request, error)
        return answer

    async def _back(self, request: Request) -> Response:
        to = str(request.session.pop("next", "/"))
        try:
            token = await self._client.authorize_access_token(request)
            claims = token["userinfo"]
        except (AuthlibBaseError, JoseError, HTTPError, ValueError, KeyError, TypeError) as error:
            return self._failed(request, error)
        return await self._let_in(request, claims, to)

    async def _let_in(self, request: Request, claims: Mapping[str, Any], to: str) -> Response:
        provider, address = self._provider, actor_of(request).address
        try:
            role, name = provider.role_of(claims), provider.name_of(claims)
            external = provider.external_of(claims)
            secret = await to_thread.run_sync(
                self._access().door.sign_in_external, external, name, role, NO_GROUPS,
                address,
            )  # fmt: skip
        except AccessError as error:
            return self._refused(request, str(error))
        self._access().identify.forget()
        return signed_in(request, secret, local_path(to))

    def _failed(self, request: Request, error: Exception) -> Response:
        log.warning("single_sign_on_failed error=%s: %s", type(error).__name__, error)
        return self._refused(request, _AWAY)

    def _refused(self, request: Request, text: str) -> Response:
        title = self._site.title
        return render(request, "message.html", title, 403, heading="Not signed in", text=text)


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
                self._route.app, secret_key=key, session_cookie="fr_oidc", max_age=_MINUTES,
                same_site="lax", https_only=https,
            )  # fmt: skip
        # A copy: Streamlit's own session middleware around this one keeps its scope.
        await self._wrapped[https](dict(scope), receive, send)
