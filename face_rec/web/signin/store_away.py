"""Pages of the entrance while the database is away: said in words, not as a fault of the app."""

import logging

from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from face_rec.domain.errors import StoreUnavailable
from face_rec.web.signin.html import render
from face_rec.web.signin.login import Site

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
