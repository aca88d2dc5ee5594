"""Where data rests: Redis, the journal, pictures, the chain, as the settings say."""

import logging
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import date

from config import Settings
from face_rec import __version__
from face_rec.access.accounts.deciding import StandIn
from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.control.access_control import Access
from face_rec.access.devices.device import Device
from face_rec.assembly.storage.access import open_accounts, open_audit_log
from face_rec.assembly.storage.camera_stores import CameraStores, open_camera_stores
from face_rec.assembly.storage.chain import Chained, open_chained, open_journal, open_streams
from face_rec.assembly.storage.live_options import open_options
from face_rec.assembly.storage.redis_connection import (
    connected,
    connected_to_mark,
    refuse_later_version,
    start_redis,
)
from face_rec.assembly.storage.sealing import open_data_keys
from face_rec.assembly.storage.snapshots import open_spool
from face_rec.assembly.storage.writers import Writers, open_writers
from face_rec.attendance.explore.view import View
from face_rec.attendance.rules.rules import RulesWriter
from face_rec.background import started
from face_rec.calendars.feed import Feed
from face_rec.clock import MachineClock
from face_rec.domain.errors import StoreUnavailable
from face_rec.invitations.invitation import Invitation, SelfEnrolment
from face_rec.invitations.invitation_records import InvitationRecords
from face_rec.kiosks.kiosk_register import KioskRegister
from face_rec.mobile.agreed import MobileConsent, MobileConsents
from face_rec.notices.channel import Channel, NoticeRule
from face_rec.notices.channels import Channels
from face_rec.notices.guardians.guardian import Guardians
from face_rec.notices.guardians.guardian_records import GuardianRecords
from face_rec.notices.reports.schedule import Schedule
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.people_store import PeopleReader
from face_rec.protocols.sealing import Sealer
from face_rec.requests.request import OwnRequests
from face_rec.requests.request_records import RequestRecords
from face_rec.site_options import LiveOptions
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.backup.restore import refuse_half_restored
from face_rec.stores.chain.ledger import ADMINISTRATION, AUDIT, Ledger, Streams
from face_rec.stores.chain.links import Chain
from face_rec.stores.chain.offers import Offers
from face_rec.stores.invitations.waiting_faces import RedisWaitingFaces
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.left.left_days import LeftDays
from face_rec.stores.people.missed_visits import RedisMissedVisits
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from face_rec.stores.redis.redis_health import Pulse, pulse_of
from face_rec.stores.sealing.data_keys import DataKeys
from face_rec.stores.site.after_update import settle_leaving_days
from face_rec.stores.site.audited_writers import (
    AuditedRules,
)
from face_rec.stores.site.kiosk_records import KioskRecords
from face_rec.stores.site.schema import Migration, Step, why_held
from face_rec.stores.snapshots.spool import SnapshotSpool
from face_rec.stores.strangers.stranger_store import RedisStrangers
from face_rec.stores.verify.watch import ChainWatch
from face_rec.visitors.visit import Visit
from face_rec.visitors.visit_records import VisitRecords

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stores:
    """Where data rests."""

    client: Client
    options: LiveOptions
    access: Access
    people: PeopleReader
    attendance: MarkReader
    writers: Writers
    offers: Offers
    journal: FileJournal
    spool: SnapshotSpool
    chain: ChainWatch
    rules: RedisRules
    audit: RedisAudit
    encrypted: bool
    pulse: Pulse
    kiosks: KioskRegister
    channels: Channels
    """Whom the site tells of what."""
    guardians: GuardianRecords
    """Who is told of a person's coming and going."""
    requests: RequestRecords
    invitations: InvitationRecords
    """Who may register on their phone, and who has."""
    stand_ins: RedisRecords[StandIn]
    """Who decides for whom about requests."""
    cameras: CameraStores
    strangers: RedisStrangers
    missed: RedisMissedVisits
    """How often the kiosks missed whom."""
    left: LeftDays
    links: Chain
    """What links are made and checked by."""
    views: RedisRecords[View]
    """What managers keep of Explore."""
    report_schedules: RedisRecords[Schedule]
    """Which reports go out by mail."""
    visits: VisitRecords
    mobile_consents: MobileConsents
    """Who has agreed that their phone is asked where it is."""
    calendars: RedisRecords[Feed]
    """Which rosters are read as calendars."""


def open_stores(settings: Settings, clock: MachineClock, stack: ExitStack) -> Stores:
    """All of them, with what watches over them started; closed with ``stack``."""
    address = start_redis(settings, stack)
    client = connected(address, stack)
    refuse_later_version(client, settings)
    serve_nothing_half_restored(client, settings.site)
    pulse = started(pulse_of(address, settings.site, why_held), stack)
    streams = open_streams(settings, client, clock)
    if streams.kept is not None:
        stack.callback(streams.kept.close)
    options = open_options(settings, streams)
    data_keys = open_data_keys(client, settings.site, settings.data_key)
    marking = connected_to_mark(address, stack)
    chained = open_chained(settings, streams, data_keys, marking)
    audit_log = open_audit_log(
        client, settings.site, clock, streams.ledger(AUDIT), data_keys.others
    )
    rules = AuditedRules(chained.rules, audit_log)
    kiosks = open_kiosks(streams, chained.rules, rules, options, pulse.away)
    access = open_accounts(
        settings, streams, options, data_keys, kiosk=kiosks.find, registered=chained.reader,
        away=pulse.away,
    )  # fmt: skip
    stack.callback(chained.left.archive.close)
    started(chained.watch, stack)
    journal = open_journal(settings)
    stack.callback(journal.close)
    spool = open_spool(settings, client, data_keys, pulse.away)
    stack.callback(spool.close)
    return _stores(
        streams, chained, data_keys, options=options, access=access, audit_log=audit_log,
        rules=rules, journal=journal, spool=spool, pulse=pulse, kiosks=kiosks,
    )  # fmt: skip


def _stores(
    streams: Streams,
    chained: Chained,
    data_keys: DataKeys,
    *,
    options: LiveOptions,
    access: Access,
    audit_log: AuditLog,
    rules: AuditedRules,
    journal: FileJournal,
    spool: SnapshotSpool,
    pulse: Pulse,
    kiosks: KioskRegister,
) -> Stores:
    """What was opened, and all that is kept beside it."""
    client, site, sealer = streams.client, streams.chain.site, data_keys.others
    ledger = streams.ledger(ADMINISTRATION)
    calendars = RedisRecords(client, site, Feed, ledger=ledger)
    views = RedisRecords(client, site, View, ledger=ledger)
    missed = RedisMissedVisits(client, site, streams.clock)
    _migrate(client, site, chained.people, access.audit)
    return Stores(
        client=client,
        options=options,
        access=access,
        people=chained.reader,
        attendance=chained.marks,
        writers=open_writers(
            chained, access, rules, journal, missed=missed, calendars=calendars, views=views
        ),
        offers=Offers(streams),
        journal=journal,
        spool=spool,
        chain=chained.watch,
        rules=chained.rules,
        audit=chained.audit,
        encrypted=data_keys.encrypts,
        pulse=pulse,
        kiosks=kiosks,
        channels=Channels(
            *channel_records(client, site, ledger), sealer, audit_log=audit_log,
            clock=streams.clock, demand=access.step_up.demand,
        ),
        guardians=GuardianRecords(RedisRecords(client, site, Guardians, ledger=ledger), sealer),
        requests=RequestRecords(RedisRecords(client, site, OwnRequests, ledger=ledger), sealer),
        invitations=open_invitation_records(client, site, sealer, ledger),
        stand_ins=RedisRecords(client, site, StandIn, ledger=ledger),
        cameras=open_camera_stores(client, site, streams, sealer),
        strangers=RedisStrangers(client, site, sealer, ledger),
        missed=missed,
        left=chained.left,
        links=streams.chain,
        views=views,
        report_schedules=RedisRecords(client, site, Schedule, ledger=ledger),
        visits=VisitRecords(RedisRecords(client, site, Visit, ledger=ledger), sealer),
        mobile_consents=MobileConsents(
            RedisRecords(client, site, MobileConsent, ledger=ledger), MobileConsent
        ),
        calendars=calendars,
    )  # fmt: skip


def _migrate(client: Client, site: str, people: RedisPeople, audit: AuditLog) -> None:
    """What versions before this one stored otherwise is brought up to date."""
    steps = (
        Step(1, "leaving-days", lambda: settle_leaving_days(client, site, people, audit)),
    )  # fmt: skip
    try:
        Migration(client, site, steps, __version__).run()
    except StoreUnavailable:  # Redis is away: at the next start, then
        log.warning("schema_steps_wait")


def open_invitation_records(
    client: Client, site: str, sealer: Sealer, ledger: Ledger | None = None
) -> InvitationRecords:
    """Records in backups, faces in none; of both this machine keeps what was written lately."""
    return InvitationRecords(
        RedisRecords(client, site, Invitation, ledger=ledger),
        RedisRecords(client, site, SelfEnrolment, ledger=ledger),
        RedisWaitingFaces(client, site, sealer, ledger),
        sealer,
    )


def channel_records(
    client: Client, site: str, ledger: Ledger | None
) -> tuple[RedisRecords[Channel], RedisRecords[NoticeRule]]:
    """What is told to whom, each change of it linked."""
    return (
        RedisRecords(client, site, Channel, ledger=ledger),
        RedisRecords(client, site, NoticeRule, ledger=ledger),
    )


def serve_nothing_half_restored(client: Client, site: str) -> None:
    """Raises StoreError where the database holds half of a backup; one that is away is asked by
    the pulse when it comes back."""
    with suppress(StoreUnavailable):
        refuse_half_restored(client, site)


def open_kiosks(
    streams: Streams,
    rules: RedisRules,
    writer: RulesWriter,
    options: LiveOptions,
    away: Callable[[], bool],
) -> KioskRegister:
    """Which kiosks there are; what old devices said of theirs is taken over before the first
    answer."""
    client, clock = streams.client, streams.clock
    devices = RedisRecords(
        client, streams.chain.site, Device, ledger=streams.ledger(ADMINISTRATION)
    )

    def today() -> date:
        return clock.now().astimezone(options.current().timezone).date()

    records = KioskRecords(
        client, streams.chain.site, rules, writer=writer, devices=devices, today=today
    )
    return KioskRegister(records.load, records.add, clock, away)
