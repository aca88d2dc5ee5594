"""Everything that answers before and around the sign-in, also while the database is away."""

import logging
from collections.abc import Callable

from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from face_rec.access.access_control import Access
from face_rec.domain.errors import StoreUnavailable
from face_rec.web.factors import own_factors, second_pages, second_step
from face_rec.web.gate.route_rules import KIOSK_PAGE
from face_rec.web.signin import confirm, html, kiosk_device, login, own_sessions, setup
from face_rec.web.signin.html import render
from face_rec.web.signin.login import Site
from face_rec.web.signin.oidc import Provider, SingleSignOn

log = logging.getLogger(__name__)

_AWAY = (
    "The database does not answer at this moment, so this could not be done. Nothing was changed. "
    "Try again in a few seconds."
)


class StoreAway:
    """A route's application, which answers 503 where the database does not answer it."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except StoreUnavailable as error:
            if begun:
                raise
            log.warning("entrance_without_store path=%s error=%s", scope["path"], error)
            title, request = self._site.title, Request(scope)
            answer = render(request, "message.html", title, 503, heading="Not now", text=_AWAY)
            answer.headers["Retry-After"] = "5"
            await answer(scope, receive, send)


def said(routes: list[BaseRoute], site: Site) -> list[BaseRoute]:
    """The same routes, each with that answer."""
    for route in routes:
        if isinstance(route, Route):
            route.app = StoreAway(route.app, site)
    return routes


def routes(
    access: Callable[[], Access],
    title: Callable[[], str],
    provider: Provider | None,
    key: Callable[[], str],
) -> list[BaseRoute]:
    """``key`` signs what a browser carries to the identity provider and back."""
    site = Site(title, single_sign_on=provider is not None)
    found: list[BaseRoute] = [
        *html.routes(),
        *second_pages.routes(),
        *login.routes(access, site),
        *second_step.routes(access, site),
        *confirm.routes(access, site),
        *own_factors.routes(access, site),
        *own_sessions.routes(access, site),
        *setup.routes(access, site),
        *kiosk_device.routes(access, site, KIOSK_PAGE),
        *(SingleSignOn(access, site, provider, key).routes() if provider else ()),
    ]
    return said(found, site)
