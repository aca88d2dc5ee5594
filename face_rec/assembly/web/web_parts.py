"""What the HTTP routes need of the running system, asked for at each request."""

from collections.abc import Callable, Hashable
from datetime import date, timedelta

from config import Settings
from face_rec.access.control.access_control import Access
from face_rec.access.rights import Right, rights_of_scopes
from face_rec.access.signin.own_links import Shower
from face_rec.assembly import system as holder
from face_rec.assembly.system import System
from face_rec.attendance.rules import rule_version
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.groups import ALL_GROUPS
from face_rec.domain.kiosks.look import ACCENT
from face_rec.domain.marks import Event, EventKind
from face_rec.domain.site.own_ways import OwnWay
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.way_choice import REASON
from face_rec.languages.translator import ENGLISH, Translator
from face_rec.people.photos.portraits import Portraits
from face_rec.web.api.operation import ConsentText, Parts
from face_rec.web.enrol.pages import Enrolling
from face_rec.web.frames import frames, offline
from face_rec.web.gate.shedding import Shed
from face_rec.web.gate.shown_links import bases_of
from face_rec.web.live import wall
from face_rec.web.live.capture import CaptureSources
from face_rec.web.live.sources import Sources
from face_rec.web.mobile.pages import Punching
from face_rec.web.ops import health
from face_rec.web.own import files as own_files
from face_rec.web.told.acknowledging import Acknowledging
from face_rec.web.told.deciding import Deciding
from face_rec.web.told.guardian import Guarding
from face_rec.web.told.visiting import Visiting


def words_at(kiosk: str) -> Translator:
    """What the kiosk of this name says; the site's language where there is none, or it is not
    known yet."""
    built = holder.current()
    try:
        own = built.kiosks.record(kiosk).language if kiosk else None
    except StoreUnavailable:
        own = None
    return built.words(own)


def title_of(settings: Settings) -> str:
    built = holder.installed()
    return built.site.title if built else settings.title


def accent() -> str:
    built = holder.installed()
    return built.options.current().look.accent if built else ACCENT


def spoken(language: str | None) -> Translator:
    built = holder.installed()
    return built.words(language) if built else ENGLISH


def site_words() -> Translator:
    built = holder.installed()
    return built.words(None) if built else ENGLISH


def own_files_of() -> own_files.OwnFiles:
    built = holder.current()
    return own_files.OwnFiles(
        built.leave.of, built.attachments, built.words, lambda: holder.current().site.title
    )


def api_parts(built: System) -> Parts:
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


def kiosks_of() -> frames.Kiosks | None:
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


def captures() -> CaptureSources | None:
    built = holder.installed()
    return CaptureSources(built.captures, built.engine.listen, built.clock) if built else None


def walls() -> wall.WallSources | None:
    built = holder.installed()
    if built is None:
        return None
    cameras, feed = built.cameras, built.cameras.wall
    return wall.WallSources(cameras.service.all, cameras.healths, feed.pictures, built.clock)


def acknowledging_of() -> Acknowledging:
    built = holder.current()
    return Acknowledging(built.links, built.notices, built.told)


def guarding() -> Guarding:
    built = holder.current()
    return Guarding(built.links, built.guardians, built.told)


def visiting_of() -> Visiting:
    built = holder.current()
    parts = built.visitors
    return Visiting(parts.links, parts.service, parts.texts, lambda: built.site.title)


def enrolling() -> Enrolling:
    built = holder.current()
    return Enrolling(
        built.invitations.phone, built.words, lambda: built.site.title,
        lambda: (built.site.consent_text, built.site.consent_version), built.clock,
    )  # fmt: skip


def punching() -> Punching:
    built = holder.current()
    return Punching(
        built.mobile, built.words, lambda: built.site.title,
        lambda at: at.astimezone(built.site.timezone), built.clock,
    )  # fmt: skip


def deciding_of() -> Deciding:
    built = holder.current()
    return Deciding(
        built.links, built.people, built.requests, built.leave, built.swaps, built.deciders,
        built.told, built.clock,
    )  # fmt: skip


def offline_of() -> offline.Offline | None:
    built = holder.installed()
    return built.offline if built else None


def health_of() -> health.Health | None:
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


# Codes at kiosks for one's own page, of the running system.


class OwnCodes:
    """An ``OwnLinking`` of :mod:`face_rec.web.live.sources`. Safe from any thread."""

    def __init__(self, access: Access, addresses: Callable[[], tuple[str, ...]]) -> None:
        self._access = access
        self._addresses = addresses

    def offered(self) -> bool:
        return self._access.enabled and OwnWay.KIOSK in self._access.own_sign_in.ways()

    def link(self, subject: str, kiosk: str) -> str:
        device = self._access.devices.get(kiosk)
        shower = Shower(kiosk, device.linked_at if device else None)
        return f"/my/link/{self._access.own_sign_in.show(subject, shower)}"

    def base(self, opened: str) -> str:
        return bases_of(self._addresses(), opened)[0]
