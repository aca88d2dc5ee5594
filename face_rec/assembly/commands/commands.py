"""Stores, keys, backups and accounts, for commands that need no more."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from config import Settings
from face_rec.access.accounts.account import Account
from face_rec.access.control.access_control import Access
from face_rec.assembly.storage.access import open_accounts
from face_rec.assembly.storage.chain import (
    Chained,
    open_alone,
    open_streams,
    open_write_log,
    witness_folder,
    witness_pin,
)
from face_rec.assembly.storage.left import open_left
from face_rec.assembly.storage.live_options import open_options
from face_rec.assembly.storage.redis_connection import open_complete, open_redis
from face_rec.assembly.storage.sealing import open_data_keys, open_pin_sealer, open_resealing
from face_rec.assembly.storage.services import cached_days, open_services
from face_rec.assembly.storage.snapshots import open_sealed, open_snapshots
from face_rec.assembly.storage.writers import Writers
from face_rec.attendance.attendance_service import AttendanceService
from face_rec.attendance.cached_stores import Stores as AttendanceStores
from face_rec.clock import SystemClock
from face_rec.people.departures import Departures
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.backup.backups import Backups
from face_rec.stores.backup.records_reader import SiteBackup
from face_rec.stores.backup.restore import SiteRestore
from face_rec.stores.people.pins import RedisPins
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.keyring import Keyring, derived, split
from face_rec.stores.site.reseal import Resealing
from face_rec.stores.verify.watch import ChainWatch
from face_rec.stores.witness.witness_log import LogFolder
from face_rec.stores.witness.witness_pin import PinFile


@contextmanager
def build_attendance(settings: Settings) -> Iterator[AttendanceService]:
    """Attendance alone, without models, cameras or snapshots; for commands."""
    with build_attendance_stores(settings) as (service, _):
        yield service


@contextmanager
def build_reports(settings: Settings) -> Iterator[tuple[AttendanceService, Departures]]:
    """The same, and who has gone meanwhile."""
    with build_attendance_stores(settings) as (service, stores):
        yield service, Departures(stores.reader)


@contextmanager
def build_attendance_stores(settings: Settings) -> Iterator[tuple[AttendanceService, Chained]]:
    """The same, and the stores below it, which note nothing in the audit log; for the demo."""
    clock = SystemClock()
    with ExitStack() as stack:
        streams, made = open_alone(settings, open_complete(settings, stack), clock)
        stack.callback(made.watch.copy)
        stores = AttendanceStores(made.marks, made.reader, made.rules, cached_days(settings))
        writers = Writers(made.people, made.people, made.marks, made.marks, made.marks, made.rules)
        options = open_options(settings, streams)
        yield open_services(stores, writers, clock, options).current(), made


@contextmanager
def build_chain(settings: Settings) -> Iterator[ChainWatch]:
    """The chain alone, not started; for commands."""
    with ExitStack() as stack:
        _, made = open_alone(settings, open_redis(settings, stack), SystemClock())
        yield made.watch


@contextmanager
def build_data_keys(settings: Settings) -> Iterator[Resealing]:
    """What sealing everything anew needs; for commands."""
    with ExitStack() as stack:
        client = open_redis(settings, stack)
        data_keys = open_data_keys(client, settings.site, settings.data_key)
        pictures = open_sealed(settings, client, data_keys)
        spool = settings.data_dir / "spool"
        pins = RedisPins(client, settings.site, open_pin_sealer(settings))
        yield open_resealing(
            client, settings.site, data_keys, pictures=pictures, spool=spool, pins=pins,
            left=open_left(settings, client),
        )  # fmt: skip


@contextmanager
def build_redis(settings: Settings) -> Iterator[Client]:
    """Redis alone; for commands."""
    with ExitStack() as stack:
        yield open_redis(settings, stack)


def build_snapshots(settings: Settings) -> SnapshotStore:
    """Where pictures lie, without the spool; for commands."""
    return open_snapshots(settings)


@contextmanager
def build_backups(settings: Settings) -> Iterator[Backups]:
    """Backups alone; for commands."""
    keys = split(settings.data_key or "", "DATA_KEY")
    with ExitStack() as stack:
        client = open_redis(settings, stack)
        folder = witness_folder(settings.data_dir, settings.site)
        pin = witness_pin(settings.data_dir, settings.site)
        yield open_backups(client, settings.site, derived(keys, "backup"), folder, pin)


def open_backups(
    client: Client,
    site: str,
    keyring: Keyring,
    witness: LogFolder | None = None,
    pin: PinFile | None = None,
) -> Backups:
    """Backups of ``site``; see there."""
    source, target = SiteBackup(client, site), SiteRestore(client, site)
    return Backups(site, source, target, keyring, witness=witness, pin=pin)


def forget_kept_writes(settings: Settings) -> int:
    """What people changed is not offered again from here to a database that lacks it; how many
    changes that were. Raises JournalError."""
    kept = open_write_log(settings)
    try:
        return kept.clear()
    finally:
        kept.close()


@contextmanager
def build_access(settings: Settings) -> Iterator[Access]:
    """Accounts alone; for commands."""
    with ExitStack() as stack:
        client, clock = open_complete(settings, stack), SystemClock()
        data_keys = open_data_keys(client, settings.site, settings.data_key)
        streams = open_streams(settings, client, clock)
        yield open_accounts(settings, streams, open_options(settings, streams), data_keys)


def has_accounts(settings: Settings) -> bool:
    """Whether anybody can sign in; may start and stop the embedded Redis for it."""
    with ExitStack() as stack:
        return RedisRecords(open_complete(settings, stack), settings.site, Account).count() > 0
