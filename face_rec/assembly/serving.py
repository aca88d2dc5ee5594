"""The HTTP routes and the gate in front of them; each asks for the running system when called."""

from collections.abc import Callable, Hashable, Mapping
from datetime import date, timedelta
from pathlib import Path

from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from config import Settings
from face_rec.access.control.access_control import Access
from face_rec.access.rights import Right, Role, rights_of_scopes
from face_rec.assembly import system as holder
from face_rec.assembly.admitted import admission_of, load
from face_rec.assembly.own_codes import OwnCodes
from face_rec.assembly.system import System
from face_rec.attendance.rules import rule_version
from face_rec.clock import SystemClock
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.first_steps import Guide
from face_rec.domain.groups import ALL_GROUPS
from face_rec.domain.look import ACCENT
from face_rec.domain.marks import Event, EventKind
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.way_choice import REASON
from face_rec.languages.translator import ENGLISH, Translator
from face_rec.people.photos.portraits import Portraits
from face_rec.web import entrance
from face_rec.web.api import api
from face_rec.web.api.operation import ConsentText, Parts
from face_rec.web.enrol import pages as enrol_pages
from face_rec.web.enrol.pages import Enrolling
from face_rec.web.frames import frames, offline, snapshots
from face_rec.web.gate.gate import Gate, Useful
from face_rec.web.gate.gate_off import GateOff
from face_rec.web.gate.hosts import own_names
from face_rec.web.gate.route_rules import KIOSK_PAGE
from face_rec.web.gate.shedding import Shed
from face_rec.web.gate.tab_socket import Handed
from face_rec.web.guide import guide
from face_rec.web.live import capture, live, wall
from face_rec.web.live.capture import CaptureSources
from face_rec.web.live.sources import Sources
from face_rec.web.mobile import pages as mobile_pages
from face_rec.web.mobile.pages import Punching
from face_rec.web.ops import health, metrics
from face_rec.web.own import files as own_files
from face_rec.web.server import connections, installed, strict_http
from face_rec.web.server.assets import Assets
from face_rec.web.server.installed import AwayFiles
from face_rec.web.server.strict_http import StrictHttp
from face_rec.web.signin.login import Site
from face_rec.web.signin.provider import Provider
from face_rec.web.told import acknowledging, calendars, deciding, guardian, visiting
from face_rec.web.told.acknowledging import Acknowledging
from face_rec.web.told.deciding import Deciding
from face_rec.web.told.guardian import Guarding
from face_rec.web.told.visiting import Visiting


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
    branding = installed.Branding(lambda: _title(settings), _accent, _words)
    ours: list[BaseRoute] = [
        *health.routes(_health, leaving),
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
        *frames.routes(_kiosks),
        *offline.routes(_offline),
        *live.routes(LiveSources()),
        *capture.routes(_captures),
        *wall.routes(_walls),
        *guide.routes(lambda: _title(settings)),
        *(installed.routes(away, branding, KIOSK_PAGE) if away else ()),
        *entrance.said(
            [
                *acknowledging.routes(_acknowledging),
                *guardian.routes(_guarding),
                *visiting.routes(_visiting),
                *deciding.routes(_deciding),
                *own_files.routes(_own_files),
            ],
            Site(lambda: _title(settings)),
        ),
        *calendars.routes(lambda: holder.current().calendars),
        *(_entrance(settings) if settings.accounts else ()),
    ]
    return [*ours, *strict_http.routes(ours)]


def middleware(
    settings: Settings,
    useful: Useful | None = None,
    handed: Handed | None = None,
    streamlit: Path | None = None,
    uploaded: Callable[[], Mapping[str, int]] = dict,
) -> list[Middleware]:
    """What stands before the routes, outermost first. Without accounts only who is at this
    computer can connect, and nobody is asked who they are; all else is the same. ``useful``: which
    messages of the pages' WebSocket are let through. ``handed``: which files those to a browser
    hand out.

    ``streamlit``: the folder of its own files, which are served compressed; None: by itself.
    ``uploaded``: bytes of uploads that each open or kept page holds, by its number."""
    hosts = frozenset(settings.allowed_hosts or own_names(settings.bind_address))
    gate = Middleware(
        Gate,
        access=_installed_access,
        useful=useful,
        handed=handed,
        title=lambda: _title(settings),
        words=_spoken,
        admission=admission_of(uploaded),
    )
    who = gate if settings.accounts else Middleware(GateOff)
    tls = settings.tls_cert is not None
    files = [Middleware(Assets, folder=streamlit)] if streamlit else []
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
            words=_words_at,
            spoken=lambda language: holder.current().words(language),
        ),
        *entrance.said(
            [*enrol_pages.routes(_enrolling), *mobile_pages.routes(_punching)],
            Site(lambda: _title(settings)),
        ),
        *api.routes(lambda: _api(holder.current())),
    ]


def _words_at(kiosk: str) -> Translator:
    """What the kiosk of this name says; the site's language where there is none, or it is not
    known yet."""
    built = holder.current()
    try:
        own = built.kiosks.record(kiosk).language if kiosk else None
    except StoreUnavailable:
        own = None
    return built.words(own)


def _title(settings: Settings) -> str:
    built = holder.installed()
    return built.site.title if built else settings.title


def _accent() -> str:
    built = holder.installed()
    return built.options.current().look.accent if built else ACCENT


def _spoken(language: str | None) -> Translator:
    built = holder.installed()
    return built.words(language) if built else ENGLISH


def _words() -> Translator:
    built = holder.installed()
    return built.words(None) if built else ENGLISH


def _installed_access() -> Access | None:
    built = holder.installed()
    return built.access if built else None


def _own_files() -> own_files.OwnFiles:
    built = holder.current()
    return own_files.OwnFiles(
        built.leave.of, built.attachments, built.words, lambda: holder.current().site.title
    )


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


def _api(built: System) -> Parts:
    consent = ConsentText(built.site.consent_text, built.site.consent_version)
    return Parts(
        built.people,
        built.attendance,
        built.enrolment,
        built.privacy.erasure,
        consent,
        built.clock,
        built.notices.outbox,
        lambda bearer: _reads_records(built, bearer),
        built.site.timezone,
        built.services.current().timesheets.sources.clock_changes,
    )


def _reads_records(built: System, bearer: str) -> bool:
    token = built.access.tokens.token_of(bearer)
    return token is not None and Right.RECORDS in rights_of_scopes(token.scopes)


def _kiosks() -> frames.Kiosks | None:
    built = holder.installed()
    if built is None:
        return None
    engine = built.engine
    return frames.Kiosks(
        engine.kiosk,
        built.kiosks.knows,
        engine.still,
        engine.seats,
        built.clock,
        few=lambda: built.load.gives_way(Shed.PICTURES),
        demands=lambda kiosk: bool(built.kiosks.record(kiosk).camera),
    )


def _captures() -> CaptureSources | None:
    built = holder.installed()
    return CaptureSources(built.captures, built.engine.listen, built.clock) if built else None


def _walls() -> wall.WallSources | None:
    built = holder.installed()
    if built is None:
        return None
    cameras, feed = built.cameras, built.cameras.wall
    return wall.WallSources(cameras.service.all, cameras.healths, feed.pictures, built.clock)


def _acknowledging() -> Acknowledging:
    built = holder.current()
    return Acknowledging(built.links, built.notices, built.told)


def _guarding() -> Guarding:
    built = holder.current()
    return Guarding(built.links, built.guardians, built.told)


def _visiting() -> Visiting:
    built = holder.current()
    parts = built.visitors
    return Visiting(parts.links, parts.desk, parts.texts, lambda: built.site.title)


def _enrolling() -> Enrolling:
    built = holder.current()
    return Enrolling(
        built.invitations.door, built.words, lambda: built.site.title,
        lambda: (built.site.consent_text, built.site.consent_version), built.clock,
    )  # fmt: skip


def _punching() -> Punching:
    built = holder.current()
    return Punching(
        built.mobile, built.words, lambda: built.site.title,
        lambda at: at.astimezone(built.site.timezone), built.clock,
    )  # fmt: skip


def _deciding() -> Deciding:
    built = holder.current()
    return Deciding(
        built.links, built.people, built.requests, built.leave, built.swaps, built.deciders,
        built.told, built.clock,
    )  # fmt: skip


def _offline() -> offline.Offline | None:
    built = holder.installed()
    return built.offline if built else None


def _health() -> health.Health | None:
    built = holder.installed()
    return built.health if built else None


class LiveSources:
    """What the live lines of kiosks read, asked for each line: of the installed system, made once
    for each; None before the start and after shutdown. On the event loop only."""

    def __init__(self) -> None:
        self._made: tuple[System, Sources] | None = None

    def __call__(self) -> Sources | None:
        built = holder.installed()
        if built is None:
            return None
        if self._made is None or self._made[0] is not built:
            self._made = built, sources_of(built)
        return self._made[1]


def sources_of(system: System) -> Sources:
    """All of it safe from any thread."""

    def today() -> date:
        return system.clock.now().astimezone(system.site.timezone).date()

    def record(kiosk: str) -> KioskRecord:
        return rule_version.at(system.kiosks.record(kiosk), today())

    def stamp(day: date) -> Hashable:
        """Lists of marks are only ever appended to, so their length is their revision."""
        near = [day + timedelta(days=number) for number in (-1, 0, 1)]
        rules = system.services.current().timesheets.rules()
        return tuple(system.attendance.lengths(near)), rules.version, system.site.timezone

    def choose(event: Event, kind: EventKind, kiosk: str) -> None:
        system.services.current().corrections.correct(
            EventKind.RETYPE, event, f"kiosk {kiosk}", REASON, within=ALL_GROUPS, becomes=kind
        )

    return Sources(
        stream=system.engine.kiosk,
        listen=system.engine.listen,
        knows=system.kiosks.knows,
        record=record,
        visits=lambda day: system.services.current().timesheets.visits(day),  # noqa: PLW0108
        stamp=stamp,
        directory=system.directory,
        portrait=Portraits(system.pictures.get, system.clock),
        choose=choose,
        show_turn=system.engine.show_turn,
        badges=system.badges,
        own=OwnCodes(system.access, lambda: system.site.addresses),
        mark_badge=system.engine.by_badge,
        away=system.away,
        model=lambda: system.models.current() is not None and not system.follower.status().blind,
        waiting=system.marker.pending_count,
        late=lambda event: system.services.current().timesheets.late_by(event),  # noqa: PLW0108
        title=lambda: system.site.title,
        look=lambda: system.options.current().look,
        words=system.words,
        zone=lambda: system.site.timezone,
        seal=system.offline.seal,
        seats=system.engine.seats,
        languages=system.languages,
        reports=system.screens,
        clock=system.clock,
        slow=lambda: system.load.gives_way(Shed.VIEW),
    )
