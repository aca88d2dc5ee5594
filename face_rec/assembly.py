"""Builds the system from the settings: the one place where everything meets.

What is built first is closed last, so that the engine stops before the marker,
and the marker before Redis.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal, cast

from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from config import Settings
from face_rec import system as holder
from face_rec.access.access import Access
from face_rec.access.account import Account
from face_rec.access.audit import Action
from face_rec.access.audited import AuditedAttendance, AuditedPeople
from face_rec.access.rights import Role
from face_rec.access.session import Lifetime
from face_rec.attendance.heart import Heart
from face_rec.attendance.office import Office, open_office
from face_rec.attendance.rules import RulesStore
from face_rec.attendance.sources import Stores as AttendanceStores
from face_rec.clock import Clock, SystemClock
from face_rec.journey.advice import Machine, advice
from face_rec.journey.decide import Policy
from face_rec.journey.engine import Engine
from face_rec.journey.kiosk import NAME as KIOSK_NAME
from face_rec.journey.mark import DurableMarker
from face_rec.models.service import ModelService
from face_rec.people.directory import CachedDirectory
from face_rec.people.enrolment import Enrolment
from face_rec.people.follower import GalleryFollower
from face_rec.people.quality import assess
from face_rec.privacy.parts import Note
from face_rec.privacy.privacy import Privacy
from face_rec.privacy.retention import Periods
from face_rec.privacy.schedule import RetentionSchedule
from face_rec.protocols import AttendanceStore, Journal, PeopleStore, SnapshotStore
from face_rec.stores import redis_health
from face_rec.stores.access import AccessOptions, open_access
from face_rec.stores.access_records import RedisRecords
from face_rec.stores.attendance import RedisAttendance
from face_rec.stores.attendance_settings import RedisRules
from face_rec.stores.audited_rules import AuditedRules
from face_rec.stores.backup_place import FilePlace, Place, S3Place
from face_rec.stores.backups import Backups
from face_rec.stores.chain_guard import ChainOptions, open_chain, open_watch
from face_rec.stores.chain_health import chain_check
from face_rec.stores.chain_watch import ChainWatch
from face_rec.stores.client import Client, RedisAddress, connect
from face_rec.stores.data_keys import DataKeys, open_data_keys
from face_rec.stores.embedded import EmbeddedRedis
from face_rec.stores.journal import FileJournal
from face_rec.stores.keyring import derived, split
from face_rec.stores.people import RedisPeople
from face_rec.stores.privacy import PrivacyParts, open_privacy
from face_rec.stores.reseal import Resealing
from face_rec.stores.s3_snapshots import (
    S3Credentials,
    S3Snapshots,
    s3_client,
    s3_encryption,
)
from face_rec.stores.sealed_snapshots import SealedSnapshots
from face_rec.stores.snapshots import FolderSnapshots
from face_rec.stores.spool import SnapshotSpool
from face_rec.system import SiteInfo, System
from face_rec.web import api, checks, entrance, frames, health, metrics, snapshots
from face_rec.web.api_request import ConsentText
from face_rec.web.gate import Gate
from face_rec.web.hosts import own_names
from face_rec.web.ice import IceServers
from face_rec.web.oidc import Provider

RedisMode = Literal["standalone", "cluster", "sentinel"]
_FRESH = 10.0  # seconds; a kiosk whose last frame is older gives no sign of life
_MOST_WORKERS = 4  # more threads than this gain little: memory bandwidth is shared


@dataclass(frozen=True, slots=True)
class _Stores:
    """Where data rests."""

    client: Client
    access: Access
    people: PeopleStore
    attendance: AttendanceStore
    journal: Journal
    spool: SnapshotSpool
    chain: ChainWatch
    encrypted: bool


@contextmanager
def build(settings: Settings) -> Iterator[System]:
    """The whole system, started; everything is flushed and closed on the way out.

    An outside Redis may be away: the system starts all the same and recovers by itself.
    Raises RedisMissing or StoreError if the embedded one cannot be started.
    """
    clock = SystemClock()
    with ExitStack() as stack:
        stores = _stores(settings, clock, stack)
        models = build_models(settings)
        models.start()
        stack.callback(models.close)
        yield _system(settings, clock, stores, models, stack)


def _stores(settings: Settings, clock: Clock, stack: ExitStack) -> _Stores:
    client = _redis(settings, stack)
    access = _access(settings, client, clock)
    data_keys = open_data_keys(client, settings.site, settings.data_key)
    marks, chain = _chained(settings, client, clock)
    chain.start()
    stack.callback(chain.close)
    journal = FileJournal(settings.data_dir / "journal")
    stack.callback(journal.close)
    spool = _spool(settings, data_keys)
    stack.callback(spool.close)
    people = RedisPeople(client, settings.site, clock, data_keys.sealer)
    return _Stores(
        client,
        access,
        AuditedPeople(people, access.audit),
        AuditedAttendance(marks, access.audit),
        journal,
        spool,
        chain,
        data_keys.encrypts,
    )


def _chained(
    settings: Settings, client: Client, clock: Clock
) -> tuple[RedisAttendance, ChainWatch]:
    """The marks' store with its chain, and the watch over it."""
    bucket = _snapshots(settings) if settings.s3_bucket else None
    options = ChainOptions(settings.data_dir, settings.chain_key, bucket)
    chain = open_chain(settings.site, options)
    marks = RedisAttendance(client, settings.site, settings.redis_wait_replicas, chain)
    return marks, open_watch(client, chain, marks, clock, options)


def _spool(settings: Settings, data_keys: DataKeys) -> SnapshotSpool:
    """Pictures, sealed on this machine's disk; S3 encrypts by itself."""
    store = _snapshots(settings)
    if not settings.s3_bucket:
        store = SealedSnapshots(store, data_keys.pictures)
    return SnapshotSpool(store, settings.data_dir / "spool", sealer=data_keys.pictures)


def _system(
    settings: Settings, clock: Clock, stores: _Stores, models: ModelService, stack: ExitStack
) -> System:
    directory = CachedDirectory(stores.people, clock)
    follower = GalleryFollower(stores.people, models, clock, [directory.forget])
    follower.start()
    stack.callback(follower.close)
    marker = DurableMarker(stores.attendance, stores.journal, clock, settings.cooldown_seconds)
    stack.callback(marker.close)
    counter = metrics.MarkCounter(marker)
    engine = Engine(
        models=models,
        gallery=follower.gallery,
        directory=directory,
        marker=counter,
        snapshots=stores.spool if settings.save_snapshots else None,
        assess=assess,
        clock=clock,
        policy=Policy(threshold=settings.match_threshold, margin=settings.match_margin),
        workers=_workers(settings),
    )
    stack.callback(engine.close)
    rules = AuditedRules(RedisRules(stores.client, settings.site), stores.access.audit)
    privacy = _privacy(settings, stores, clock, lambda revision: follower.wait(revision, 3.0))
    schedule = RetentionSchedule(privacy.retention, clock)
    schedule.start()
    stack.callback(schedule.close)
    heart = Heart(lambda: _alive(engine), rules.beat, clock)
    stack.callback(heart.close)
    return System(
        site=_site(settings),
        clock=clock,
        people=stores.people,
        attendance=stores.attendance,
        marker=marker,
        marks=counter,
        snapshots=stores.spool,
        spool=stores.spool,
        models=models,
        gallery=follower.gallery,
        follower=follower,
        directory=directory,
        enrolment=Enrolment(
            people=stores.people, models=models, gallery=follower.gallery, wait=follower.wait,
            assess=assess, snapshots=stores.spool, clock=clock,
        ),
        engine=engine,
        office=_office(settings, stores.attendance, stores.people, rules, clock),
        health=health.Health(
            [
                redis_health.reachable_check(stores.client),
                redis_health.durable_check(stores.client),
                checks.models_check(models.status),
                checks.gallery_check(follower.status),
                checks.journal_check(marker.pending_count, marker.problem),
                checks.snapshots_check(stores.spool.stats),
                checks.speed_check(lambda: _advice(engine, models)),
                checks.disk_check(settings.data_dir),
                chain_check(stores.chain.status),
            ],
            clock,
        ),
        access=stores.access,
        chain=stores.chain,
        privacy=privacy,
    )  # fmt: skip


@contextmanager
def build_office(settings: Settings) -> Iterator[Office]:
    """Attendance alone, without models, cameras or snapshots; for commands."""
    clock = SystemClock()
    with ExitStack() as stack:
        client = _redis(settings, stack)
        keys = open_data_keys(client, settings.site, settings.data_key)
        people = RedisPeople(client, settings.site, clock, keys.sealer)
        attendance, chain = _chained(settings, client, clock)
        stack.callback(chain.copy)
        rules = RedisRules(client, settings.site)
        yield _office(settings, attendance, people, rules, clock)


@contextmanager
def build_chain(settings: Settings) -> Iterator[ChainWatch]:
    """The chain of marks alone, not started; for commands."""
    with ExitStack() as stack:
        yield _chained(settings, _redis(settings, stack), SystemClock())[1]


@contextmanager
def build_privacy(settings: Settings) -> Iterator[tuple[Privacy, PeopleStore]]:
    """Consent, retention, erasure and export without models or cameras, and the people they
    are about; for commands. The app may run beside it."""
    clock = SystemClock()
    with ExitStack() as stack:
        stores = _stores(settings, clock, stack)
        yield _privacy(settings, stores, clock, lambda _: False), stores.people


@contextmanager
def build_data_keys(settings: Settings) -> Iterator[Resealing]:
    """What sealing everything anew needs; for commands."""
    with ExitStack() as stack:
        client = _redis(settings, stack)
        data_keys = open_data_keys(client, settings.site, settings.data_key)
        local = (
            None
            if settings.s3_bucket
            else SealedSnapshots(_snapshots(settings), data_keys.pictures)
        )
        spool = settings.data_dir / "spool"
        yield Resealing(client, settings.site, data_keys, pictures=local, spool=spool)


def _privacy(
    settings: Settings, stores: _Stores, clock: Clock, settled: Callable[[int], bool]
) -> Privacy:
    return open_privacy(
        PrivacyParts(
            site=settings.site,
            title=settings.title,
            zone=settings.timezone,
            client=stores.client,
            people=stores.people,
            attendance=stores.attendance,
            snapshots=stores.spool,
            clock=clock,
            settled=settled,
            note=_privacy_note(stores.access),
            periods=Periods(settings.snapshot_days, settings.inactive_days),
            encrypted=stores.encrypted,
        )
    )


def _privacy_note(access: Access) -> Note:
    """Writes to the audit log what no store behind it sees."""
    actions = {"exported": Action.EXPORTED, "retention": Action.RETENTION}

    def note(what: str, whose: str, details: Mapping[str, object]) -> None:
        action = actions.get(what)
        if action is not None:  # the rest are changes of a person, which AuditedPeople notes
            access.audit.record(action, whose or what, after=details)

    return note


def _office(
    settings: Settings,
    attendance: AttendanceStore,
    people: PeopleStore,
    rules: RulesStore,
    clock: Clock,
) -> Office:
    cache = settings.data_dir / "attendance-cache" / settings.site
    stores = AttendanceStores(attendance, people, rules, cache)
    return open_office(stores, clock, settings.timezone)


def _alive(engine: Engine) -> list[str]:
    """The kiosks with a fresh picture; other streams (a guided capture) are none."""
    return [
        stream.name
        for stream in engine.streams()
        if KIOSK_NAME.fullmatch(stream.name)
        and (age := stream.stats().frame_age) is not None
        and age < _FRESH
    ]


@contextmanager
def build_redis(settings: Settings) -> Iterator[Client]:
    """Redis alone; for commands."""
    with ExitStack() as stack:
        yield _redis(settings, stack)


def build_snapshots(settings: Settings) -> SnapshotStore:
    """Where pictures lie, without the spool; for commands."""
    return _snapshots(settings)


@contextmanager
def build_backups(settings: Settings) -> Iterator[Backups]:
    """Backups alone; for commands."""
    keys = split(settings.data_key or "", "DATA_KEY")
    with ExitStack() as stack:
        yield Backups(_redis(settings, stack), settings.site, derived(keys, "backup"))


def backup_place(settings: Settings, where: str) -> Place:
    """A file, or an object as s3://BUCKET/KEY, with the credentials of the settings."""
    if not where.startswith("s3://"):
        return FilePlace(Path(where))
    client = s3_client(settings.s3_endpoint_url, settings.aws_region, _s3_credentials(settings))
    return S3Place(client, where, s3_encryption(settings.s3_encryption, settings.s3_kms_key_id))


def build_models(settings: Settings) -> ModelService:
    """The models alone, not yet loaded; for commands that need no Redis."""
    return ModelService(
        settings.data_dir / "models", settings.model_pack, settings.model_provider, threads=1
    )


def routes(settings: Settings) -> list[BaseRoute]:
    """The plain HTTP routes; each asks for the running system when it is called."""
    return [
        *health.routes(_health),
        *metrics.routes(
            metrics.Sources(
                streams=lambda: holder.current().engine.streams(),  # noqa: PLW0108
                journal_pending=lambda: holder.current().marker.pending_count(),  # noqa: PLW0108
                spool=lambda: holder.current().spool.stats(),  # noqa: PLW0108
                gallery=lambda: holder.current().gallery,
                marks=lambda: holder.current().marks.counts(),  # noqa: PLW0108
            )
        ),
        *snapshots.routes(lambda: holder.current().snapshots),
        *frames.routes(_kiosks),
        *(_entrance(settings) if settings.accounts else ()),
    ]


def middleware(settings: Settings) -> list[Middleware]:
    """The gate, unless accounts are switched off and only this computer can connect."""
    if not settings.accounts:
        return _proxies(settings)
    hosts = frozenset(settings.allowed_hosts or own_names(settings.bind_address))
    return [*_proxies(settings), Middleware(Gate, access=_installed_access, hosts=hosts)]


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
            settings.title,
            _provider(settings),
            lambda: holder.current().access.signing_key(),  # noqa: PLW0108
        ),
        *api.routes(lambda: _api(holder.current())),
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
    )


def _api(built: System) -> api.Parts:
    consent = ConsentText(built.site.consent_text, built.site.consent_version)
    return api.Parts(built.people, built.attendance, built.enrolment, consent, built.clock)


def _access(settings: Settings, client: Client, clock: Clock) -> Access:
    idle = timedelta(minutes=settings.session_idle_minutes)
    options = AccessOptions(
        enabled=settings.accounts,
        local=settings.local_sign_in,
        lifetime=Lifetime(idle, timedelta(hours=settings.session_hours)),
        words=(settings.title, settings.site),
        zone=settings.timezone,
    )
    return open_access(client, settings.site, clock, options)


@contextmanager
def build_access(settings: Settings) -> Iterator[Access]:
    """Accounts alone; for commands."""
    with ExitStack() as stack:
        yield _access(settings, _redis(settings, stack), SystemClock())


def has_accounts(settings: Settings) -> bool:
    """Whether anybody can sign in; may start and stop the embedded Redis for it."""
    with ExitStack() as stack:
        return RedisRecords(_redis(settings, stack), settings.site, Account).count() > 0


def _kiosks() -> frames.Kiosks | None:
    built = holder.installed()
    if built is None:
        return None
    engine = built.engine
    return frames.Kiosks(
        engine.kiosk, engine.streams, engine.seats, built.clock, built.site.timezone
    )


def _health() -> health.Health | None:
    built = holder.installed()
    return built.health if built else None


# --- from settings to collaborators -------------------------------------------


def _redis(settings: Settings, stack: ExitStack) -> Client:
    """A client of the Redis that the settings name, or of our own."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.embedded_redis:
        own = EmbeddedRedis(settings.data_dir)
        socket = own.start()
        stack.callback(own.stop)
        address = RedisAddress(unix_socket=str(socket))
    else:
        address = redis_address(settings)
    client = connect(address)
    stack.callback(client.close)
    return client


def redis_address(settings: Settings) -> RedisAddress:
    """Where the outside Redis is."""
    alone = ((settings.redis_host, settings.redis_port),) if settings.redis_host else ()
    return RedisAddress(
        mode=cast("RedisMode", settings.redis_mode),
        url=settings.redis_url,
        nodes=settings.redis_nodes or alone,
        db=settings.redis_db,
        username=settings.redis_username,
        password=settings.redis_password,
        tls=settings.redis_tls,
        service=settings.redis_sentinel_service,
    )


def _snapshots(settings: Settings) -> SnapshotStore:
    if not settings.s3_bucket:
        return FolderSnapshots(settings.data_dir / "snapshots")
    return S3Snapshots(
        settings.s3_bucket,
        settings.s3_prefix,
        endpoint_url=settings.s3_endpoint_url,
        region=settings.aws_region,
        credentials=_s3_credentials(settings),
        encryption=settings.s3_encryption,
        kms_key_id=settings.s3_kms_key_id,
    )


def _s3_credentials(settings: Settings) -> S3Credentials | None:
    key, secret = settings.aws_access_key_id, settings.aws_secret_access_key
    return S3Credentials(key, secret, settings.aws_session_token) if key and secret else None


def _advice(engine: Engine, models: ModelService) -> tuple[str, ...]:
    status = models.status()
    machine = Machine(
        status.pack,
        engine.workers,
        os.cpu_count() or 1,
        engine.load,
        accelerated=status.provider not in {"", "cpu"},
    )
    return advice({stream.name: stream.stats() for stream in engine.streams()}, machine)


def _workers(settings: Settings) -> int:
    return settings.workers or min(_MOST_WORKERS, os.cpu_count() or 1)


def _site(settings: Settings) -> SiteInfo:
    return SiteInfo(
        site=settings.site,
        title=settings.title,
        timezone=settings.timezone,
        consent_text=settings.consent_text,
        consent_version=settings.consent_version,
        cooldown=settings.cooldown_seconds,
        save_snapshots=settings.save_snapshots,
        redis=_redis_words(settings),
        snapshots=_snapshot_words(settings),
        video_transport=settings.video_transport,
        ice=IceServers(settings.ice_servers or (), settings.turn_url, settings.turn_secret),
    )


def _redis_words(settings: Settings) -> str:
    if settings.embedded_redis:
        return "embedded, data on disk"
    nodes = settings.redis_nodes or ((settings.redis_host or "by URL", settings.redis_port),)
    return f"{settings.redis_mode} at {nodes[0][0]}"


def _snapshot_words(settings: Settings) -> str:
    if not settings.save_snapshots:
        return "switched off"
    if settings.s3_bucket:
        return f"s3://{settings.s3_bucket}/{settings.s3_prefix}"
    return str(Path(settings.data_dir) / "snapshots")
