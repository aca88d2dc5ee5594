"""The whole system, started and closed in order.

What is built first is closed last, so that the engine stops before the marker,
and the marker before Redis.
"""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime

from config import Settings
from face_rec import background
from face_rec.assembly.archive.archiving import start_archive
from face_rec.assembly.attendance.calendars import open_calendars
from face_rec.assembly.health import open_health
from face_rec.assembly.models.model_change import open_model_change, open_reembedding, switch_of
from face_rec.assembly.models.model_commands import build_models, open_own_people
from face_rec.assembly.notices import open_telling
from face_rec.assembly.people.badges import open_badge_service
from face_rec.assembly.people.invitations import open_invitations
from face_rec.assembly.people.mobile import open_mobile
from face_rec.assembly.people.personal_data import erasures_check, privacy_of, purge_of
from face_rec.assembly.people.strangers import open_strangers
from face_rec.assembly.people.views import open_views
from face_rec.assembly.people.visitors import open_visitors
from face_rec.assembly.recognition import (
    CLOSING_SECONDS,
    Recognition,
    open_heartbeat,
    open_recognition,
)
from face_rec.assembly.site import site_info
from face_rec.assembly.site_cameras import open_camera_worker, open_cameras
from face_rec.assembly.storage.sealing import offline_secrets
from face_rec.assembly.storage.services import cached_days, keep_days, open_services
from face_rec.assembly.storage.snapshots import open_kept_photos
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.assembly.system import System
from face_rec.assembly.watches import alarm
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.attendance.cached_stores import Stores as AttendanceStores
from face_rec.background import started
from face_rec.clock import MachineClock, SystemClock
from face_rec.journey.liveness.enrolment import EnrolmentWatch
from face_rec.journey.offline import OfflineStills
from face_rec.journey.still import Stills
from face_rec.kiosks.languages import Languages
from face_rec.kiosks.offline import OfflineSeal
from face_rec.kiosks.screen_status import ScreenReports
from face_rec.languages.translator import Translators
from face_rec.models.model_service import ModelService
from face_rec.people.duplicates import DuplicateCheck
from face_rec.people.enrolment import Enrolment
from face_rec.people.lists.list_changes import PeopleLists
from face_rec.people.photos.captures import Captures
from face_rec.people.photos.photo_checks import check_photo
from face_rec.people.photos.quality import assess
from face_rec.privacy.privacy_service import Privacy, RetentionSchedule
from face_rec.stores.attendance.clock_changes import RedisClockChanges
from face_rec.stores.site.kiosk_records import RedisHandedOver
from face_rec.stores.verify.daily_check import DailyCheck
from face_rec.web.frames.offline import Offline
from face_rec.web.gate.shedding import Overload

log = logging.getLogger(__name__)


@contextmanager
def build(settings: Settings) -> Iterator[System]:
    """The whole system, started; everything is flushed and closed on the way out.

    An outside Redis may be away: the system starts all the same and recovers by itself.
    Raises RedisMissing or StoreError if the embedded one cannot be started.
    """
    clock = SystemClock()
    with ExitStack() as stack:
        stores = open_stores(settings, clock, stack)
        models = started(build_models(settings, stores, switch_of(stores.options)), stack)
        system = _system(settings, clock, stores, models, stack)
        try:
            yield system
        finally:
            with background.ending_within(CLOSING_SECONDS):
                stack.close()


@dataclass(frozen=True, slots=True)
class _Base:
    """What the parts of the system are made with."""

    settings: Settings
    clock: MachineClock
    core: Recognition
    """Stores and models, too."""
    stack: ExitStack
    """Closes what is started, the last first."""


def _system(
    settings: Settings, clock: MachineClock, stores: Stores, models: ModelService, stack: ExitStack
) -> System:
    core = open_recognition(settings, stores, models, clock, stack)
    base, engine, follower = _Base(settings, clock, core, stack), core.engine, core.follower
    enrolment = _enrolment(base)
    strangers = open_strangers(
        stores, core.unknown, core.keeper, models=models, enrolment=enrolment, clock=clock,
        stack=stack,
    )  # fmt: skip
    _start_reembedding(base)
    privacy = _privacy(base)
    own_people, advice = open_own_people(settings, stores, models, follower.matrix, clock)
    daily_check = _daily_check(base)
    _start_cameras(base)
    services = _services(base)
    archiving = start_archive(
        settings, stores, lambda: services.current().timesheets, clock, stack
    )
    load, screens, translators = Overload(), ScreenReports(), Translators()
    health = open_health(
        settings, stores, clock, models=models, engine=engine, marker=core.marker,
        follower=follower, screens=screens, load=load, clock_watch=core.clock_watch,
        daily_check=daily_check,
        outside=(
            *archiving.checks, *core.gallery.checks(models), erasures_check(settings, stores),
        ),
    )  # fmt: skip
    telling = open_telling(
        settings, stores, services, clock, health=health, translators=translators
    )
    links, mail, asked = telling.links, telling.personal, telling.asked
    invitations = open_invitations(
        stores, settings.site, enrolment, engine, clock, links=links, mail=mail,
        purge=purge_of(settings, stores.client), stack=stack,
    )  # fmt: skip
    visitors = open_visitors(
        settings, stores, clock, badges=core.badges, links=links, mail=mail, stack=stack
    )
    started(telling.notices, stack)
    return System(
        installation=site_info(settings),
        options=stores.options,
        clock=clock,
        clock_watch=core.clock_watch,
        people=stores.people,
        attendance=stores.attendance,
        marker=core.marker,
        pictures=stores.spool,
        models=models,
        change=open_model_change(stores, settings, models, clock),
        follower=follower,
        directory=core.directory,
        enrolment=enrolment,
        lists=PeopleLists(stores.people, stores.writers.people, enrolment, clock),
        engine=engine,
        badges=core.badges,
        badge_service=open_badge_service(stores),
        kiosks=stores.kiosks,
        away=stores.pulse.away,
        services=services,
        health=health,
        notices=telling.notices,
        archive_lag=archiving.lag,
        audited=lambda: core.gallery.audited(models),
        access=stores.access,
        chain=stores.chain,
        daily_check=daily_check,
        privacy=privacy,
        screens=screens,
        captures=Captures(),
        offline=_offline(base),
        own_people=own_people,
        advice=advice,
        told=telling.told,
        links=links,
        guardians=telling.guardians,
        personal=mail,
        invitations=invitations,
        mobile=open_mobile(stores, settings.site, services, engine, stack),
        requests=asked.requests,
        leave=asked.leave,
        swaps=asked.swaps,
        attachments=asked.attachments,
        deciders=asked.deciders,
        translators=translators,
        languages=Languages(clock),
        load=load,
        cameras=open_cameras(settings, stores, services, clock, stack),
        strangers=strangers,
        views=open_views(stores.views, stores.access, clock),
        report_mail=telling.reports,
        visitors=visitors,
        calendars=open_calendars(settings, stores, services, clock, translators),
    )


def _enrolment(base: _Base) -> Enrolment:
    settings, stores, models = base.settings, base.core.stores, base.core.models
    follower = base.core.follower
    return Enrolment(
        people=stores.people, writer=stores.writers.people, models=models, assess=assess,
        duplicates=DuplicateCheck(stores.people, models, follower.gallery, follower.wait),
        photos=open_kept_photos(settings, stores.spool), clock=base.clock,
        check=check_photo if settings.photo_checks else None,
        watch=lambda: EnrolmentWatch(models, assess, stores.kiosks.checks),
    )  # fmt: skip


def _start_reembedding(base: _Base) -> None:
    """For another model, while nobody is before a camera."""
    streams = base.core.engine.streams
    job = open_reembedding(
        base.core.stores, base.settings.site, base.core.models, base.clock,
        lambda: any(one.stats().live for one in streams()),
    )  # fmt: skip
    started(job, base.stack)


def _privacy(base: _Base) -> Privacy:
    """With the nightly removal of what has had its time."""
    follower = base.core.follower
    privacy = privacy_of(
        base.settings, base.core.stores, base.clock, lambda revision: follower.wait(revision, 3.0),
        base.core.unknown,
    )  # fmt: skip
    started(RetentionSchedule(privacy.retention, base.clock), base.stack)
    return privacy


def _daily_check(base: _Base) -> DailyCheck:
    access = base.core.stores.access
    check = DailyCheck(base.core.stores.chain, lambda report: alarm(access, report), base.clock)
    return started(check, base.stack)


def _start_cameras(base: _Base) -> None:
    """And the sign of life of what they see."""
    base.core.stores.kiosks.names()  # what is taken over from devices of before is so already
    cameras = open_camera_worker(base.settings, base.core, base.clock, base.stack)
    open_heartbeat(base.core, cameras.counts, base.clock, base.stack)
    if base.settings.camera_worker == "auto":
        cameras.start()


def _services(base: _Base) -> ServiceByZone:
    """Of attendance; everybody's days are kept up to date from now on."""
    stores = base.core.stores
    days = AttendanceStores(
        stores.attendance, stores.people, stores.rules, cached_days(base.settings),
        RedisClockChanges(stores.client, base.settings.site),
    )  # fmt: skip
    services = open_services(days, stores.writers, base.clock, stores.options)
    keep_days(services, base.clock, base.stack)
    return services


def _offline(base: _Base) -> Offline:
    """What kiosks took while this was away. The keys last as long as the chain's do."""
    settings, stores, journeys = base.settings, base.core.stores, base.core.engine.deps
    clock, options = journeys.clock, stores.options

    def ready() -> bool:
        now = base.core.follower.status()
        return now.ready and not now.blind and not stores.pulse.away()

    def open_at(kiosk: str, at: datetime) -> bool:
        record = stores.kiosks.record(kiosk)  # nobody can say which camera a still is of
        return not record.camera and record.open_at(at.astimezone(options.current().timezone))

    handed_over = RedisHandedOver(stores.client, settings.site, clock)
    stills = OfflineStills(Stills(journeys), handed_over, clock, ready=ready, open_at=open_at)
    return Offline(
        stores.kiosks.knows, OfflineSeal(settings.site, offline_secrets(settings)), stills
    )
