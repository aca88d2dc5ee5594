"""Where data rests: Redis, the journal, pictures, the chain, as the settings say."""

import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from config import Settings
from face_rec.access.access_control import Access
from face_rec.access.accounts.breached import BreachedPasswords
from face_rec.access.audit.audit import Action
from face_rec.access.audit.audited_stores import AuditedAttendance, AuditedPeople
from face_rec.access.factors.step_up import StepUp
from face_rec.access.rights import Act, Role
from face_rec.access.signin.session import Lifetime
from face_rec.attendance.marks.cached_stores import Stores as AttendanceStores
from face_rec.attendance.rules.rules import RulesStore
from face_rec.attendance.service import OfficeByZone, open_office
from face_rec.clock import Clock
from face_rec.domain.errors import JournalError, StoreUnavailable
from face_rec.protocols.marks import AttendanceStore
from face_rec.protocols.people import PeopleStore
from face_rec.site_options import LiveOptions, SiteOptions
from face_rec.stores.access.access_store import AccessOptions, open_access, open_trail
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.attendance.site_options import RedisOptions
from face_rec.stores.chain.chain_records import AuditRecords, PeopleRecords, RuleRecords
from face_rec.stores.chain.guard import (
    AUDIT,
    RULES,
    ChainOptions,
    chain_secrets,
    key_path,
    open_chain,
    open_journal_seal,
    open_watch,
)
from face_rec.stores.chain.ledger import Streams
from face_rec.stores.chain.watch import ChainWatch
from face_rec.stores.founding_mark import FileMark
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.journal.journal_seal import sign_leftovers
from face_rec.stores.people.leaving_days import settle_leaving_days
from face_rec.stores.people.people import PEOPLE, RedisPeople
from face_rec.stores.people.person_keys import PersonKeys
from face_rec.stores.people.pins import pin_sealer
from face_rec.stores.redis.client import Client, RedisAddress, connect
from face_rec.stores.redis.embedded import EmbeddedRedis
from face_rec.stores.redis.pulse import Pulse, pulse_of
from face_rec.stores.sealing.data_keys import DataKeys, open_data_keys
from face_rec.stores.sealing.keyring import split
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.stores.snapshots.choice import FolderSnapshots
from face_rec.stores.snapshots.picture_owners import PictureOwners
from face_rec.stores.snapshots.picture_sealer import PictureSealer, WaitingSealer
from face_rec.stores.snapshots.s3_snapshots import (
    S3Credentials,
    S3Snapshots,
    s3_client,
    s3_encryption,
)
from face_rec.stores.snapshots.sealed_snapshots import ExchangingStore, SealedSnapshots
from face_rec.stores.snapshots.spool import SnapshotSpool
from face_rec.stores.witness.bucket import WitnessBucket

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stores:
    """Where data rests."""

    client: Client
    options: LiveOptions
    access: Access
    people: PeopleStore
    attendance: AttendanceStore
    journal: FileJournal
    spool: SnapshotSpool
    chain: ChainWatch
    rules: RedisRules
    audit: RedisAudit
    encrypted: bool
    pulse: Pulse


def open_stores(settings: Settings, clock: Clock, stack: ExitStack) -> Stores:
    address = start_redis(settings, stack)
    client = _connected(address, stack)
    pulse = pulse_of(address)
    pulse.start()
    stack.callback(pulse.close)
    streams = open_streams(settings, client, clock)
    options = open_options(settings, streams)
    data_keys = open_data_keys(client, settings.site, settings.data_key)
    access = open_accounts(settings, streams, options, data_keys, pulse.away)
    chained = open_chained(settings, streams, data_keys)
    chained.watch.start()
    stack.callback(chained.watch.close)
    journal = open_journal(settings)
    stack.callback(journal.close)
    spool = open_spool(settings, client, data_keys, pulse.away)
    stack.callback(spool.close)
    people, marks = chained.people, chained.marks
    try:
        settle_leaving_days(client, settings.site, people, access.audit)
    except StoreUnavailable:  # Redis is away: at the next start, then
        log.warning("leaving_days_wait")
    return Stores(
        client,
        options,
        access,
        AuditedPeople(people, access.audit, access.step_up.demand),
        AuditedAttendance(marks, access.audit),
        journal,
        spool,
        chained.watch,
        chained.rules,
        chained.audit,
        data_keys.encrypts,
        pulse,
    )


@dataclass(frozen=True, slots=True)
class Chained:
    """The stores whose writes are linked, and the watch over them."""

    marks: RedisAttendance
    people: RedisPeople
    rules: RedisRules
    audit: RedisAudit
    watch: ChainWatch


def open_streams(settings: Settings, client: Client, clock: Clock) -> Streams:
    return Streams(client, open_chain(settings.site, chain_options(settings)), clock)


def open_chained(settings: Settings, streams: Streams, data_keys: DataKeys) -> Chained:
    site, client = settings.site, streams.client
    marks = RedisAttendance(
        client, site, settings.redis_wait_replicas, streams.chain, streams.heads
    )
    of_people, of_rules, of_audit = (streams.ledger(n) for n in (PEOPLE, RULES, AUDIT))
    # Without a key that lies elsewhere, one beside the record would protect nothing.
    own = PersonKeys(client, site, data_keys.others) if data_keys.encrypts else None
    people = RedisPeople(client, site, streams.clock, data_keys.sealer, of_people, own=own)
    rules = RedisRules(client, site, of_rules)
    audit = RedisAudit(client, site, of_audit)
    records = (
        PeopleRecords(people, of_people),
        RuleRecords(rules, of_rules),
        AuditRecords(audit, of_audit),
    )
    watch = open_watch(streams, chain_options(settings), records)
    return Chained(marks, people, rules, audit, watch)


def chain_options(settings: Settings) -> ChainOptions:
    return ChainOptions(settings.data_dir, settings.chain_key, open_witness_bucket(settings))


def open_witness_bucket(settings: Settings) -> WitnessBucket | None:
    """Where the witness is copied to: WITNESS_BUCKET, else the pictures' bucket, if any."""
    bucket = settings.witness_bucket or settings.s3_bucket
    if not bucket:
        return None
    client = s3_client(settings.s3_endpoint_url, settings.aws_region, s3_credentials(settings))
    return WitnessBucket(
        client,
        bucket,
        settings.s3_prefix,
        encryption=s3_encryption(settings.s3_encryption, settings.s3_kms_key_id),
        lock_days=settings.witness_lock_days,
    )


def open_journal(settings: Settings) -> FileJournal:
    """The journal; only lines that this site has signed are adopted. Raises JournalError."""
    seal = open_journal_seal(settings.site, chain_options(settings))
    folder = settings.data_dir / "journal"
    try:
        sign_leftovers(folder, seal, key_path(settings.data_dir).parent)
    except OSError as error:
        raise JournalError(
            f"The journal in {folder} cannot be read ({error.strerror or error}). Make room on "
            "the disk and let the app write there."
        ) from error
    return FileJournal(folder, seal)


def open_spool(
    settings: Settings, client: Client, data_keys: DataKeys, away: Callable[[], bool]
) -> SnapshotSpool:
    """Pictures, sealed while they wait on this machine's disk, and where they go."""
    sealer = picture_sealer(settings, client, data_keys, away)
    store = SealedSnapshots(open_snapshots(settings), sealer)
    return SnapshotSpool(store, settings.data_dir / "spool", sealer=WaitingSealer(sealer))


def picture_sealer(
    settings: Settings,
    client: Client,
    data_keys: DataKeys,
    away: Callable[[], bool] = lambda: False,
) -> PictureSealer:
    site, sealer = settings.site, data_keys.pictures
    own = PersonKeys(client, site, data_keys.others) if data_keys.encrypts else None
    return PictureSealer(sealer, PictureOwners(client, site, own, sealer, away=away))


def open_redis(settings: Settings, stack: ExitStack) -> Client:
    """A client of the Redis that the settings name, or of our own."""
    return _connected(start_redis(settings, stack), stack)


def start_redis(settings: Settings, stack: ExitStack) -> RedisAddress:
    """Where the Redis is that the settings name; our own is started for it."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not settings.embedded_redis:
        return redis_address(settings)
    own = EmbeddedRedis(settings.data_dir)
    socket = own.start()
    stack.callback(own.stop)
    return RedisAddress(unix_socket=str(socket))


def _connected(address: RedisAddress, stack: ExitStack) -> Client:
    client = connect(address)
    stack.callback(client.close)
    return client


def redis_address(settings: Settings) -> RedisAddress:
    """Where the outside Redis is."""
    alone = ((settings.redis_host, settings.redis_port),) if settings.redis_host else ()
    return RedisAddress(
        mode=settings.redis_mode,
        url=settings.redis_url,
        nodes=settings.redis_nodes or alone,
        db=settings.redis_db,
        username=settings.redis_username,
        password=settings.redis_password,
        tls=settings.redis_tls,
        service=settings.redis_sentinel_service,
    )


def open_snapshots(settings: Settings) -> ExchangingStore:
    """Where pictures lie, as they lie there."""
    if not settings.s3_bucket:
        return FolderSnapshots(settings.data_dir / "snapshots")
    return S3Snapshots(
        settings.s3_bucket,
        settings.s3_prefix,
        endpoint_url=settings.s3_endpoint_url,
        region=settings.aws_region,
        credentials=s3_credentials(settings),
        encryption=settings.s3_encryption,
        kms_key_id=settings.s3_kms_key_id,
    )


def s3_credentials(settings: Settings) -> S3Credentials | None:
    key, secret = settings.aws_access_key_id, settings.aws_secret_access_key
    return S3Credentials(key, secret, settings.aws_session_token) if key and secret else None


def open_options(settings: Settings, streams: Streams) -> LiveOptions:
    """What an admin may change about the site, as it stands now."""
    start = SiteOptions(
        title=settings.title,
        timezone=settings.timezone,
        cooldown=settings.cooldown_seconds,
        snapshot_days=settings.snapshot_days,
        inactive_days=settings.inactive_days,
    )
    client = streams.client
    trail = open_trail(client, settings.site, streams.clock, streams.ledger(AUDIT))

    def note(before: Mapping[str, object], after: Mapping[str, object]) -> None:
        trail.record(Action.SITE_CHANGED, settings.site, before, after)

    step_up = StepUp(streams.clock)
    options = LiveOptions(
        start, settings.given, RedisOptions(client, settings.site), note,
        erasing=lambda: step_up.demand(Act.ERASE),
    )  # fmt: skip
    options.refresh()
    return options


def _breached(settings: Settings) -> BreachedPasswords | None:
    place = settings.breach_list
    return BreachedPasswords(place) if place else None


def open_pin_sealer(settings: Settings) -> DataSealer:
    """With DATA_KEY, else with a key made of the chain's where all machines have the same."""
    shared = settings.chain_key or settings.embedded_redis
    chain = chain_secrets(chain_options(settings)) if shared else ()
    return pin_sealer(split(settings.data_key or "", "DATA_KEY"), chain)


def open_accounts(
    settings: Settings,
    streams: Streams,
    site: LiveOptions,
    data_keys: DataKeys,
    away: Callable[[], bool] = lambda: False,
) -> Access:
    idle = timedelta(minutes=settings.session_idle_minutes)
    options = AccessOptions(
        enabled=settings.accounts,
        local=settings.local_sign_in,
        lifetime=Lifetime(idle, timedelta(hours=settings.session_hours)),
        words=(settings.title, settings.site),
        breached=_breached(settings),
        zone=lambda: site.current().timezone,
        mark=FileMark(settings.data_dir / f"accounts-of-{settings.site}"),
        away=away,
        factor_roles=frozenset(Role(name) for name in settings.second_factor_roles or ()),
        sealer=data_keys.others,
        ledger=streams.ledger(AUDIT),
        pins=open_pin_sealer(settings),
    )
    return open_access(streams.client, settings.site, streams.clock, options)


def open_offices(
    settings: Settings,
    attendance: AttendanceStore,
    people: PeopleStore,
    rules: RulesStore,
    clock: Clock,
    *,
    options: LiveOptions,
) -> OfficeByZone:
    cache = settings.data_dir / "attendance-cache" / settings.site
    stores = AttendanceStores(attendance, people, rules, cache)
    return OfficeByZone(
        lambda zone: open_office(stores, clock, zone), lambda: options.current().timezone
    )
