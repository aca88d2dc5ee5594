"""Everything that answers before and around the sign-in, also while the database is away."""

import logging
from collections.abc import Callable

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from face_rec.access.accounts.account import account_name
from face_rec.access.accounts.passwords import SHORTEST
from face_rec.access.audit import actor
from face_rec.access.audit.actor import Actor
from face_rec.access.control.access_control import Access
from face_rec.domain.errors import (
    AccessError,
    FaceRecError,
    JournalError,
    LinkInvalid,
    StoreUnavailable,
)
from face_rec.languages.language import msgid
from face_rec.languages.translator import ENGLISH
from face_rec.web.base import html
from face_rec.web.base.forms import checked_form
from face_rec.web.base.html import render
from face_rec.web.factors import own_account, second_pages, second_step
from face_rec.web.gate.asking import actor_of
from face_rec.web.gate.browsers import visitor_of
from face_rec.web.gate.route_rules import KIOSK_PAGE
from face_rec.web.signin import kiosk_device, login, own
from face_rec.web.signin.login import Site, later, signed_in, user
from face_rec.web.signin.provider import Provider

# ``/setup/SECRET``: makes the first account, once.

_DIFFER = msgid("The two passwords differ. Type the same one twice.")


def _setting_up(
    access: Callable[[], Access], site: Site, begun: Callable[[], None]
) -> list[Route]:
    setup = _Setup(access, site, begun)
    return [
        Route("/setup/{secret}", setup.show, methods=["GET"]),
        Route("/setup/{secret}", setup.make, methods=["POST"]),
    ]


class _Setup:
    def __init__(
        self, access: Callable[[], Access], site: Site, begun: Callable[[], None]
    ) -> None:
        self._access = access
        self._site = site
        self._begun = begun

    async def show(self, request: Request) -> Response:
        sign_in, address = self._access().sign_in, actor_of(request).address
        try:
            await to_thread.run_sync(sign_in.check_setup, _secret(request), address)
        except LinkInvalid as error:
            return self._invalid(request, error)
        return self._page(request)

    async def make(self, request: Request) -> Response:
        form = await checked_form(request)
        name, password = form.get("name", ""), form.get("password", "")
        if password != form.get("again"):
            return self._page(request, _DIFFER, name, 400)
        sign_in, visitor = self._access().sign_in, visitor_of(request, name)
        try:
            opened = await to_thread.run_sync(
                sign_in.set_up, _secret(request), name, password, visitor
            )
        except LinkInvalid as error:
            return self._invalid(request, error)
        except AccessError as error:
            return later(self._page(request, error.said, name, 400), error)
        who = Actor(account_name(name), "user", visitor.address)
        await to_thread.run_sync(self._begin, who)
        return signed_in(request, opened)

    def _begin(self, who: Actor) -> None:
        """Whoever made the first account is led on; where that cannot be noted, they find their
        way from the Overview."""
        try:
            with actor.acting(who):
                self._begun()
        except FaceRecError as error:
            log.warning("first_steps_not_begun error=%s", error)

    def _page(
        self, request: Request, problem: str = "", name: str = "", status: int = 200
    ) -> Response:
        return render(
            request, "setup.html", self._site.title, status, problem=problem, name=name[:64],
            shortest=SHORTEST,
        )  # fmt: skip

    def _invalid(self, request: Request, error: LinkInvalid) -> Response:
        """Opened again by who has used it (a bookmark, a second tab) it goes on where they are."""
        if user(request):
            return RedirectResponse("/", 303)
        title = self._site.title
        return render(
            request, "message.html", title, 410, heading=msgid("Set-up"), text=error.said
        )


def _secret(request: Request) -> str:
    return str(request.path_params["secret"])


log = logging.getLogger(__name__)

_AWAY = msgid(
    "The database does not answer at this moment, so this could not be done. Nothing was changed. "
    "Try again in a few seconds."
)


_NOT_KEPT = msgid("This could not be saved at this moment. Nothing was changed. Try again later.")


class StoreAway:
    """A route's application, which answers 503 where the database does not answer it, or this
    machine's disk takes nothing. ``path``: of the route, for the log: that of a request may hold
    the secret of a link nobody has used yet."""

    def __init__(self, app: ASGIApp, site: Site, path: str) -> None:
        self._app = app
        self._site = site
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except (StoreUnavailable, JournalError) as error:
            if begun:
                raise
            log.warning("entrance_without_store path=%s error=%s", self._path, error)
            title, request = self._site.title, Request(scope)
            text = _AWAY if isinstance(error, StoreUnavailable) else _NOT_KEPT
            answer = render(
                request, "message.html", title, 503, heading=msgid("Not now"), text=text
            )
            answer.headers["Retry-After"] = "5"
            await answer(scope, receive, send)


def said(routes: list[BaseRoute], site: Site) -> list[BaseRoute]:
    """The same routes, each with that answer."""
    for route in routes:
        if isinstance(route, Route):
            route.app = StoreAway(route.app, site, route.path)
    return routes


def routes(
    access: Callable[[], Access],
    title: Callable[[], str],
    provider: Provider | None,
    key: Callable[[], str],
    begun: Callable[[], None] = lambda: None,
    *,
    words: kiosk_device.Words = lambda _: ENGLISH,
    spoken: own.Words = lambda _: ENGLISH,
) -> list[BaseRoute]:
    """``key`` signs what a browser carries to the identity provider and back. ``begun`` is called
    when the set-up link has made the first account; may raise FaceRecError. ``words``: what a
    kiosk says; ``spoken``: what is said in a language."""
    site = Site(title, single_sign_on=provider is not None)
    found: list[BaseRoute] = [
        *html.routes(),
        *second_pages.routes(),
        *login.routes(access, site),
        *second_step.routes(access, site),
        *own_account.routes(access, site),
        *own.routes(access, site, spoken),
        *_setting_up(access, site, begun),
        *kiosk_device.routes(access, site, KIOSK_PAGE, words),
        *(_single_sign_on(access, site, provider, key) if provider else ()),
    ]
    return said(found, site)


def _single_sign_on(
    access: Callable[[], Access], site: Site, provider: Provider, key: Callable[[], str]
) -> list[BaseRoute]:
    from face_rec.web.signin.oidc import SingleSignOn

    return SingleSignOn(access, site, provider, key).routes()
