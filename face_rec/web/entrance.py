"""Everything that answers before and around the sign-in, as one list of routes."""

from collections.abc import Callable

from starlette.routing import BaseRoute

from face_rec.access.access import Access
from face_rec.web import (
    confirm,
    kiosk_link,
    kiosk_proof,
    login,
    own_factors,
    own_sessions,
    passkey_script,
    second_step,
    setup,
    templates,
)
from face_rec.web.login import Site
from face_rec.web.oidc import Provider, SingleSignOn
from face_rec.web.route_rules import KIOSK_PAGE
from face_rec.web.store_away import said


def routes(
    access: Callable[[], Access],
    title: Callable[[], str],
    provider: Provider | None,
    key: Callable[[], str],
) -> list[BaseRoute]:
    """``key`` signs what a browser carries to the identity provider and back."""
    site = Site(title, single_sign_on=provider is not None)
    found: list[BaseRoute] = [
        *templates.routes(),
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
