"""The HTTP routes and the gate in front of them; each asks for the running system when called."""

from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from config import Settings
from face_rec.access.control.access_control import Access
from face_rec.access.pages import Page
from face_rec.access.rights import Role
from face_rec.assembly import system as holder
from face_rec.assembly.web import web_parts
from face_rec.assembly.web.admitted import admission_of, load
from face_rec.clock import SystemClock
from face_rec.domain.site.first_steps import Guide
from face_rec.web import entrance
from face_rec.web.api import api
from face_rec.web.enrol import pages as enrol_pages
from face_rec.web.frames import frames, offline, snapshots
from face_rec.web.gate.gate import Gate, Useful
from face_rec.web.gate.gate_off import GateOff
from face_rec.web.gate.hosts import own_names
from face_rec.web.gate.route_rules import KIOSK_PAGE
from face_rec.web.gate.tab_socket import Handed
from face_rec.web.guide import guide
from face_rec.web.live import capture, live, wall
from face_rec.web.mobile import pages as mobile_pages
from face_rec.web.ops import health, metrics
from face_rec.web.own import files as own_files
from face_rec.web.server import connections, installed, strict_http
from face_rec.web.server.assets import Assets
from face_rec.web.server.installed import AwayFiles
from face_rec.web.server.strict_http import StrictHttp
from face_rec.web.signin.login import Site
from face_rec.web.signin.provider import Provider
from face_rec.web.told import acknowledging, calendars, deciding, guardian, visiting


def serve_bounded(settings: Settings) -> None:
    """Before the server starts: its connections get their bounds."""
    connections.install(settings.trusted_proxies or ())


def routes(
    settings: Settings,
    away: AwayFiles | None = None,
    leaving: Callable[[], bool] = lambda: False,
) -> list[BaseRoute]:
    """The plain HTTP routes; each asks for the running system when it is called. ``away``: what a
    kiosk's browser shows while this does not answer; None: nothing of its own. ``leaving``:
    whether this process is about to end."""
    branding = installed.Branding(
        lambda: web_parts.title_of(settings), web_parts.accent, web_parts.site_words
    )
    ours: list[BaseRoute] = [
        *health.routes(web_parts.health_of, leaving),
        *health.contact_routes(settings.security_contact, SystemClock()),
        *metrics.routes(
            metrics.Sources(
                streams=lambda: holder.current().engine.streams(),  # noqa: PLW0108
                journal_pending=lambda: holder.current().marker.pending_count(),  # noqa: PLW0108
                spool=lambda: holder.current().pictures.stats(),  # noqa: PLW0108
                gallery=lambda: holder.current().follower.gallery,
                marks=lambda: holder.current().marker.counts(),  # noqa: PLW0108
                chain=lambda: holder.current().daily_check.status(),  # noqa: PLW0108
                clock=lambda: holder.current().clock_watch.state(),  # noqa: PLW0108
                lives=lambda: holder.current().engine.deps.lives(),  # noqa: PLW0108
                load=load,
                cameras=lambda: holder.current().cameras.healths(),  # noqa: PLW0108
                archive_lag=lambda: holder.current().archive_lag(),
                audited=lambda: holder.current().audited(),
            )
        ),
        *snapshots.routes(lambda: holder.current().pictures),
        *frames.routes(web_parts.kiosks_of),
        *offline.routes(web_parts.offline_of),
        *live.routes(web_parts.LiveSources()),
        *capture.routes(web_parts.captures),
        *wall.routes(web_parts.walls),
        *guide.routes(lambda: web_parts.title_of(settings)),
        *(installed.routes(away, branding, KIOSK_PAGE) if away else ()),
        *entrance.said(
            [
                *acknowledging.routes(web_parts.acknowledging_of),
                *guardian.routes(web_parts.guarding),
                *visiting.routes(web_parts.visiting_of),
                *deciding.routes(web_parts.deciding_of),
                *own_files.routes(web_parts.own_files_of),
                *calendars.routes(lambda: holder.current().calendars),
            ],
            Site(lambda: web_parts.title_of(settings)),
        ),
        *(_entrance(settings) if settings.accounts else ()),
    ]
    return [*ours, *strict_http.routes(ours)]


def middleware(
    settings: Settings,
    useful: Useful | None = None,
    handed: Handed | None = None,
    streamlit: Path | None = None,
    *,
    uploaded: Callable[[], Mapping[str, int]] = dict,
    first: Mapping[Page, str] | None = None,
) -> list[Middleware]:
    """What stands before the routes, outermost first. Without accounts only who is at this
    computer can connect, and nobody is asked who they are; all else is the same. ``useful``: which
    messages of the pages' WebSocket are let through. ``handed``: which files those to a browser
    hand out.

    ``streamlit``: the folder of its own files, which are served compressed; None: by itself.
    ``uploaded``: bytes of uploads that each open or kept page holds, by its number.
    ``first``: the script that a page's start page runs before Streamlit's own."""
    hosts = frozenset(settings.allowed_hosts or own_names(settings.bind_address))
    gate = Middleware(
        Gate,
        access=_installed_access,
        useful=useful,
        handed=handed,
        title=lambda: web_parts.title_of(settings),
        words=web_parts.spoken,
        admission=admission_of(uploaded),
    )
    who = gate if settings.accounts else Middleware(GateOff)
    tls = settings.tls_cert is not None
    files = [Middleware(Assets, folder=streamlit, first=first or {})] if streamlit else []
    return [*_proxies(settings), Middleware(StrictHttp, hosts=hosts, tls=tls), who, *files]


def _proxies(settings: Settings) -> list[Middleware]:
    """First of all: who asks, and whether over HTTPS, as a trusted proxy tells it."""
    if not settings.trusted_proxies:
        return []
    proxies = list(settings.trusted_proxies)
    return [Middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)]


def _entrance(settings: Settings) -> list[BaseRoute]:
    """Sign-in, set-up, kiosk links and the API; there is nothing to sign in to without
    accounts."""
    return [
        *entrance.routes(
            lambda: holder.current().access,
            lambda: holder.current().site.title,
            _provider(settings),
            lambda: holder.current().access.signing_key(),  # noqa: PLW0108
            lambda: holder.current().options.decide("first_steps", Guide.ON),
            words=web_parts.words_at,
            spoken=lambda language: holder.current().words(language),
        ),
        *entrance.said(
            [*enrol_pages.routes(web_parts.enrolling), *mobile_pages.routes(web_parts.punching)],
            Site(lambda: web_parts.title_of(settings)),
        ),
        *api.routes(lambda: web_parts.api_parts(holder.current())),
    ]


def _installed_access() -> Access | None:
    built = holder.installed()
    return built.access if built else None


def _provider(settings: Settings) -> Provider | None:
    if not (settings.oidc_issuer and settings.oidc_client_id and settings.oidc_client_secret):
        return None
    return Provider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret,
        {group: Role(role) for group, role in (settings.oidc_roles or {}).items()},
        settings.oidc_groups_claim,
        settings.oidc_name_claim,
        settings.oidc_manager_groups,
        settings.oidc_person_claim or "",
    )
