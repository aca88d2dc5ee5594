"""The whole system, started and closed in order.

What is built first is closed last, so that the engine stops before the marker,
and the marker before Redis.
"""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from config import Settings
from face_rec import background
from face_rec.assembly.archive.archiving import start_archive
from face_rec.assembly.attendance.calendars import open_calendars
from face_rec.assembly.cameras import open_camera_worker, open_cameras
from face_rec.assembly.health import open_health
from face_rec.assembly.models.model_change import open_model_change, open_reembedding, switch_of
from face_rec.assembly.models.model_commands import build_models, open_own_people
from face_rec.assembly.notices import open_telling
from face_rec.assembly.people.badges import open_badge_desk
from face_rec.assembly.people.invitations import open_invitations
from face_rec.assembly.people.mobile import open_mobile
from face_rec.assembly.people.privacy import erasures_check, privacy_of, purge_of
from face_rec.assembly.people.strangers import open_strangers
from face_rec.assembly.people.views import open_views
from face_rec.assembly.people.visitors import open_visitors
from face_rec.assembly.recognition import CLOSING_SECONDS, open_heartbeat, open_recognition
from face_rec.assembly.site import site_info
from face_rec.assembly.storage.sealing import offline_secrets
from face_rec.assembly.storage.services import cached_days, keep_days, open_offices
from face_rec.assembly.storage.snapshots import open_kept_photos
from face_rec.assembly.storage.stores import Stores, open_stores
from face_rec.assembly.system import System
from face_rec.assembly.watches import alarm
from face_rec.attendance.cached_stores import Stores as AttendanceStores
from face_rec.background import started
from face_rec.clock import MachineClock, SystemClock
from face_rec.journey.liveness.enrolment import EnrolmentWatch
from face_rec.journey.offline import OfflineStills
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.journey.still import Stills
from face_rec.kiosks.languages import Languages
from face_rec.kiosks.offline import OfflineSeal
from face_rec.kiosks.screen_status import ScreenReports
from face_rec.languages.translator import Translators
from face_rec.models.service import ModelService
from face_rec.people.duplicates import DuplicateCheck
from face_rec.people.enrolment import Enrolment
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.lists.list_changes import PeopleLists
from face_rec.people.photos.captures import Captures
from face_rec.people.photos.photo_checks import check_photo
from face_rec.people.photos.quality import assess
from face_rec.privacy.service import RetentionSchedule
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


def _system(
    settings: Settings, clock: MachineClock, stores: Stores, models: ModelService, stack: ExitStack
) -> System:
    core = open_recognition(settings, stores, models, clock, stack)
    engine, follower, marker = core.engine, core.follower, core.marker
    enrolment = _enrolment(settings, stores, models, follower, clock)
    strangers = open_strangers(
        stores, core.unknown, core.keeper, models=models, enrolment=enrolment, clock=clock,
        stack=stack,
    )  # fmt: skip
    reembedding = open_reembedding(
        stores, settings.site, models, clock, lambda: any(s.stats().live for s in engine.streams())
    )
    started(reembedding, stack)
    rules = stores.rules
    privacy = privacy_of(
        settings, stores, clock, lambda revision: follower.wait(revision, 3.0), core.unknown
    )
    started(RetentionSchedule(privacy.retention, clock), stack)
    own_people, advice = open_own_people(settings, stores, models, follower.matrix, clock)
    daily_check = DailyCheck(stores.chain, lambda report: alarm(stores.access, report), clock)
    started(daily_check, stack)
    stores.kiosks.names()  # what is taken over from devices of before is so at the start already
    cameras = open_camera_worker(settings, core, clock, stack)
    open_heartbeat(core, cameras.counts, clock, stack)
    if settings.camera_worker == "auto":
        cameras.start()
    load = Overload()
    screens = ScreenReports()
    services = open_offices(
        AttendanceStores(
            stores.attendance, stores.people, rules, cached_days(settings),
            RedisClockChanges(stores.client, settings.site),
        ),
        stores.writers, clock, stores.options,
    )  # fmt: skip
    keep_days(services, clock, stack)
    archiving = start_archive(
        settings, stores, lambda: services.current().timesheets, clock, stack
    )
    looks = open_health(
        settings,
        stores,
        clock,
        models=models,
        engine=engine,
        marker=marker,
        follower=follower,
        screens=screens,
        load=load,
        clock_watch=core.clock_watch,
        daily_check=daily_check,
        outside=(
            *archiving.checks,
            *core.gallery.checks(models),
            erasures_check(settings, stores),
        ),
    )
    translators = Translators()
    telling = open_telling(
        settings, stores, services, clock, health=looks, translators=translators
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
        marker=marker,
        pictures=stores.spool,
        models=models,
        change=open_model_change(stores, settings, models, clock),
        follower=follower,
        directory=core.directory,
        enrolment=enrolment,
        lists=PeopleLists(stores.people, stores.writers.people, enrolment, clock),
        engine=engine,
        badges=core.badges,
        badge_desk=open_badge_desk(stores),
        kiosks=stores.kiosks,
        away=stores.pulse.away,
        services=services,
        health=looks,
        notices=telling.notices,
        archive_lag=archiving.lag,
        audited=lambda: core.gallery.audited(models),
        access=stores.access,
        chain=stores.chain,
        daily_check=daily_check,
        privacy=privacy,
        screens=screens,
        captures=Captures(),
        offline=_offline(settings, stores, engine.deps, follower),
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


def _enrolment(
    settings: Settings,
    stores: Stores,
    models: ModelService,
    follower: GalleryFollower,
    clock: MachineClock,
) -> Enrolment:
    return Enrolment(
        people=stores.people, writer=stores.writers.people, models=models, assess=assess,
        duplicates=DuplicateCheck(stores.people, models, follower.gallery, follower.wait),
        photos=open_kept_photos(settings, stores.spool), clock=clock,
        check=check_photo if settings.photo_checks else None,
        watch=lambda: EnrolmentWatch(models, assess, stores.kiosks.checks),
    )  # fmt: skip


def _offline(
    settings: Settings, stores: Stores, journeys: PipelineDeps, follower: GalleryFollower
) -> Offline:
    """What kiosks took while this was away. The keys last as long as the chain's do."""
    clock, options = journeys.clock, stores.options

    def ready() -> bool:
        now = follower.status()
        return now.ready and not now.blind and not stores.pulse.away()

    def open_at(kiosk: str, at: datetime) -> bool:
        record = stores.kiosks.record(kiosk)  # nobody can say which camera a still is of
        return not record.camera and record.open_at(at.astimezone(options.current().timezone))

    handed_over = RedisHandedOver(stores.client, settings.site, clock)
    stills = OfflineStills(Stills(journeys), handed_over, clock, ready=ready, open_at=open_at)
    return Offline(
        stores.kiosks.knows, OfflineSeal(settings.site, offline_secrets(settings)), stills
    )
