"""Everything that answers before and around the sign-in, as one list of routes."""

from collections.abc import Callable

from starlette.routing import BaseRoute

from face_rec.access.access import Access
from face_rec.web import kiosk_link, login, setup, templates
from face_rec.web.login import Site
from face_rec.web.oidc import Provider, SingleSignOn
from face_rec.web.route_rules import KIOSK_PAGE


def routes(
    access: Callable[[], Access],
    title: Callable[[], str],
    provider: Provider | None,
    key: Callable[[], str],
) -> list[BaseRoute]:
    """``key`` signs what a browser carries to the identity provider and back."""
    site = Site(title, single_sign_on=provider is not None)
    return [
        *templates.routes(),
        *login.routes(access, site),
        *setup.routes(access, site),
        *kiosk_link.routes(access, site, KIOSK_PAGE),
        *(SingleSignOn(access, site, provider, key).routes() if provider else ()),
    ]
