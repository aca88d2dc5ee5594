"""Everything that answers before and around the sign-in, as one list of routes."""

from collections.abc import Callable

from starlette.routing import BaseRoute

from face_rec.access.access_control import Access
from face_rec.web.factors import own_factors, passkey_script, second_step
from face_rec.web.gate.route_rules import KIOSK_PAGE
from face_rec.web.signin import confirm, html, kiosk_link, kiosk_proof, login, own_sessions, setup
from face_rec.web.signin.login import Site
from face_rec.web.signin.oidc import Provider, SingleSignOn
from face_rec.web.signin.store_away import said


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
        *passkey_script.routes(),
        *login.routes(access, site),
        *second_step.routes(access, site),
        *confirm.routes(access, site),
        *own_factors.routes(access, site),
        *own_sessions.routes(access, site),
        *setup.routes(access, site),
        *kiosk_link.routes(access, site),
        *kiosk_proof.routes(access, site, KIOSK_PAGE),
        *(SingleSignOn(access, site, provider, key).routes() if provider else ()),
    ]
    return said(found, site)
