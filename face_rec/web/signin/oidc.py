"""Single sign-on: ``/login/oidc`` and its callback."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
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

from face_rec.access.access_control import HOST_ONLY, SESSION, Access
from face_rec.access.accounts.external import Vouched
from face_rec.access.principal import PrincipalKind
from face_rec.access.rights import NARROWED, Role
from face_rec.access.signin.session import ProviderSession
from face_rec.domain.errors import AccessError, Conflict, SignInRefused
from face_rec.domain.groups import ALL_GROUPS, Groups
from face_rec.web.base import cookies
from face_rec.web.base.html import render
from face_rec.web.gate.gate import actor_of
from face_rec.web.gate.visitors import visitor_of
from face_rec.web.signin.login import Site, account_of, local_path, signed_in
from face_rec.web.signin.oidc_client import OidcClient
from face_rec.web.signin.provider_logout import ProviderLogout

log = logging.getLogger(__name__)

EVERYBODY: Final = "*"
_SKEW: Final = 30.0  # seconds between the provider's clock and ours
_NO_ANSWER: Final = (AuthlibBaseError, JoseError, HTTPError, ValueError, KeyError, TypeError)
_LONGEST_SID: Final = 500
_LONGEST_HINT: Final = 4000  # it goes into an address; without it the provider asks the person
_MINUTES: Final = 600  # seconds to sign in at the provider
_ORDER: Final = (Role.ADMIN, Role.REGISTRAR, Role.HR, Role.MANAGER, Role.KIOSK)
_AWAY: Final = (
    "The sign-in provider gave no usable answer. Try again; if it stays so, tell your "
    "administrator, who finds the reason in the application's log."
)


@dataclass(frozen=True, slots=True)
class Provider:
    """The OpenID Connect provider. ``roles``: role by the provider's group; of several the
    first of admin, registrar, hr, manager and kiosk counts. ``scopes``: the group of people that a
    manager or HR sees, by the provider's group, ``*``: all; None: the provider does not say."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    roles: Mapping[str, Role]
    groups_claim: str = "groups"
    name_claim: str = "email"
    scopes: Mapping[str, str] | None = None

    def vouched(self, claims: Mapping[str, Any]) -> Vouched:
        """What the checked ID token says. Raises SignInRefused."""
        groups = self._groups(claims)
        role = self._role_of(groups)
        return Vouched(
            f"{claims['iss']}|{claims['sub']}", self._name_of(claims), role,
            self._scope_of(groups) if role in NARROWED else None,
            proved_at=_moment(claims.get("auth_time")), factor=_with_two(claims.get("amr")),
        )  # fmt: skip

    def _groups(self, claims: Mapping[str, Any]) -> frozenset[str]:
        listed = claims.get(self.groups_claim) or ()
        if isinstance(listed, str):
            return frozenset({listed})
        return frozenset(str(one) for one in listed) if isinstance(listed, list) else frozenset()

    def _role_of(self, groups: frozenset[str]) -> Role:
        found = {role for group, role in self.roles.items() if group in groups}
        for role in _ORDER:
            if role in found:
                return role
        raise SignInRefused("None of your groups may use this app. Ask an administrator.")

    def _scope_of(self, groups: frozenset[str]) -> Groups | None:
        if self.scopes is None:
            return None
        seen = {people for group, people in self.scopes.items() if group in groups}
        if not seen:
            raise SignInRefused(
                "Your groups do not say whose records you may see. Ask an administrator."
            )
        return ALL_GROUPS if EVERYBODY in seen else Groups(frozenset(seen))

    def _name_of(self, claims: Mapping[str, Any]) -> str:
        name = claims.get(self.name_claim)
        # OpenID Connect Core, 5.7: an address is nobody's before the provider has verified it.
        unverified = self.name_claim == "email" and claims.get("email_verified") is not True
        if not isinstance(name, str) or not name or unverified:
            raise SignInRefused(
                f"The sign-in provider sent no usable {self.name_claim}: none, or an address that "
                "it has not verified. Ask an administrator."
            )
        return name


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
        self._client = OidcClient(provider.issuer, provider.client_id, provider.client_secret)

    def routes(self) -> list[BaseRoute]:
        start = _Remembered(Route("/login/oidc", self._start), self._key)
        back = _Remembered(Route("/login/oidc/callback", self._back, name="oidc_back"), self._key)
        out = ProviderLogout(self._access, self._site, self._client)
        return [start.route(), back.route(), *out.routes()]

    async def _start(self, request: Request) -> Response:
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
        try:
            token = await self._client.token(request)
            claims = token["userinfo"]
        except _NO_ANSWER as error:
            return self._failed(request, error)
        if since is not None:
            return await self._confirmed(request, claims, to, float(since))
        return await self._let_in(request, token, to)

    async def _confirmed(
        self, request: Request, claims: Mapping[str, Any], to: str, since: float
    ) -> Response:
        """Whoever is signed in here has just proved there who they are: OpenID Connect Core,
        3.1.2.1, has the provider say when, and an answer without that is none."""
        access, principal = self._access(), request.state.principal
        if principal is None or principal.kind is not PrincipalKind.USER:
            return self._refused(request, "Your sign-in here has ended. Sign in again.")
        try:
            vouched = self._provider.vouched(claims)
            if vouched.proved_at is None or vouched.proved_at.timestamp() < since - _SKEW:
                raise SignInRefused(
                    "The sign-in provider did not ask you again who you are, so nothing is "
                    "confirmed. Try again; if it stays so, tell your administrator."
                )
            account = await to_thread.run_sync(account_of, access, request)
            opened = await to_thread.run_sync(
                access.confirm.by_provider, cookies.read(request, SESSION), account,
                vouched.external, actor_of(request),
            )  # fmt: skip
        except AccessError as error:
            return self._refused(request, str(error))
        access.authenticator.forget()
        return signed_in(request, opened, local_path(to))

    async def _let_in(self, request: Request, token: Mapping[str, Any], to: str) -> Response:
        provider = self._provider
        try:
            vouched = provider.vouched(token["userinfo"])
            vouched = replace(vouched, session=_session(token))
            opened = await to_thread.run_sync(
                self._access().sign_in.sign_in_external, vouched, visitor_of(request, vouched.name)
            )
        except (AccessError, Conflict) as error:
            return self._refused(request, str(error))
        self._access().authenticator.forget()
        return signed_in(request, opened, local_path(to))

    def _failed(self, request: Request, error: Exception) -> Response:
        log.warning("single_sign_on_failed error=%s: %s", type(error).__name__, error)
        return self._refused(request, _AWAY)

    def _refused(self, request: Request, text: str) -> Response:
        title = self._site.title
        return render(request, "message.html", title, 403, heading="Not signed in", text=text)


def _moment(auth_time: object) -> datetime | None:
    """When the provider last asked who they are (OpenID Connect Core, 2: ``auth_time``)."""
    if isinstance(auth_time, bool) or not isinstance(auth_time, int | float):
        return None
    try:
        return datetime.fromtimestamp(auth_time, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _with_two(amr: object) -> bool:
    """Whether the provider saw several factors (RFC 8176: ``mfa``)."""
    return isinstance(amr, list) and "mfa" in amr


def _session(token: Mapping[str, Any]) -> ProviderSession:
    """The session there, so that it can be ended from here, and this one from there."""
    sid, id_token = token["userinfo"].get("sid"), token.get("id_token")
    return ProviderSession(
        sid if isinstance(sid, str) and len(sid) <= _LONGEST_SID else "",
        id_token if isinstance(id_token, str) and len(id_token) <= _LONGEST_HINT else "",
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
