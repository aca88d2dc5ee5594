"""The chain: its key, its streams, the stores whose writes it links, its witness, its watch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config import Settings
from face_rec.assembly.storage.left import open_left
from face_rec.assembly.storage.sealing import (
    chain_secrets,
    open_data_keys,
    own_keys,
    writes_sealer,
)
from face_rec.assembly.storage.snapshots import encryption_of, open_s3
from face_rec.clock import MachineClock, SystemClock
from face_rec.domain.errors import JournalError
from face_rec.languages.sentence import sentence
from face_rec.stores.access.audit_stream import RedisAudit
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.chain import key_file, write_log
from face_rec.stores.chain.ledger import ADMINISTRATION, AUDIT, PEOPLE, RULES, Streams
from face_rec.stores.chain.linked_hashes import LinkedHashes
from face_rec.stores.chain.links import Chain
from face_rec.stores.chain.write_log import WriteLog
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.journal.quarantine import Quarantine
from face_rec.stores.journal.writes_aside import WritesAside
from face_rec.stores.left.archived_attendance import ArchivedAttendance
from face_rec.stores.left.left_days import LeftDays
from face_rec.stores.people.people_reader import RedisPeopleReader
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing import keyring
from face_rec.stores.sealing.data_keys import DataKeys
from face_rec.stores.site.after_update import sign_leftovers
from face_rec.stores.verify.chain_days import ChainDays
from face_rec.stores.verify.chain_records import (
    AdministrationRecords,
    AuditRecords,
    PeopleRecords,
    Records,
    RuleRecords,
)
from face_rec.stores.verify.check import ChainCheck
from face_rec.stores.verify.watch import ChainWatch
from face_rec.stores.witness.bucket import WitnessBucket
from face_rec.stores.witness.witness import Witness
from face_rec.stores.witness.witness_log import BucketLog, LogFolder
from face_rec.stores.witness.witness_pin import PinFile
from face_rec.timekeeping import operating_time
from face_rec.timekeeping.operating_time import OperatingTime


@dataclass(frozen=True, slots=True)
class Chained:
    """The stores whose writes are linked, and the watch over them."""

    marks: RedisAttendance
    marking: RedisAttendance
    """The same for who stands there: its client waits for no answer that is long in coming."""
    people: RedisPeople
    reader: RedisPeopleReader
    """For all who only read: it can write nothing."""
    rules: RedisRules
    audit: RedisAudit
    watch: ChainWatch
    left: LeftDays
    """Days that are in the archive alone."""


def open_streams(settings: Settings, client: Client, clock: MachineClock) -> Streams:
    """What all who write to the chain share. Raises SettingError for a key that is too short,
    StoreError for a key file that cannot be read or made."""
    chain = Chain(settings.site, keyring.derived(chain_secrets(settings), "chain"))
    return Streams(client, chain, clock, kept=open_write_log(settings))


def open_alone(settings: Settings, client: Client, clock: MachineClock) -> tuple[Streams, Chained]:
    """The linked stores of ``client`` by themselves, and what they share; for commands. Raises as
    :func:`open_streams` and :func:`open_data_keys` do."""
    streams = open_streams(settings, client, clock)
    keys = open_data_keys(client, settings.site, settings.data_key)
    return streams, open_chained(settings, streams, keys)


def open_write_log(settings: Settings) -> WriteLog:
    """What this machine keeps of people's writes, beside the journal of marks; the file is opened
    when it is first needed."""
    folder, time = settings.data_dir / "journal", open_operating_time(settings)
    return WriteLog(
        folder / write_log.NAME, writes_sealer(settings), settings.journal_hours * 3600.0,
        WritesAside(Quarantine(folder / "quarantine"), time), operating_time=time,
    )  # fmt: skip


def open_operating_time(settings: Settings) -> OperatingTime:
    """For how long this machine has run: what is kept for hours goes by it."""
    return OperatingTime(settings.data_dir / operating_time.NAME, SystemClock())


def open_chained(
    settings: Settings, streams: Streams, data_keys: DataKeys, marking: Client | None = None
) -> Chained:
    """The linked stores; the watch is not started. ``marking``: the client of who marks."""
    site, client = settings.site, streams.client
    left = open_left(settings, client)
    marks, live = (
        ArchivedAttendance(
            LeftDays(by, site, left.archive), by, site, settings.redis_wait_replicas,
            streams.chain, streams.heads,
        )
        for by in (client, marking or client)
    )  # fmt: skip
    of_people, of_rules, of_audit, of_admin = (
        streams.ledger(name) for name in (PEOPLE, RULES, AUDIT, ADMINISTRATION)
    )
    own = own_keys(settings, client, data_keys, streams.kept)
    people = RedisPeople(client, site, streams.clock, data_keys.sealer, of_people, own=own)
    reader = RedisPeopleReader(client, site, data_keys.sealer, own)
    rules = RedisRules(client, site, of_rules)
    audit = RedisAudit(client, site, of_audit)
    told = AuditRecords(audit, of_audit)
    records = (
        PeopleRecords(people, of_people),
        RuleRecords(rules, of_rules),
        told,
        AdministrationRecords(LinkedHashes(client, site, of_admin), of_admin),
    )
    watch = _watch(settings, streams, records, left, told.repeated)
    return Chained(marks, live, people, reader, rules, audit, watch, left)


def _watch(
    settings: Settings,
    streams: Streams,
    records: Sequence[Records],
    left: LeftDays,
    repeated: Callable[[datetime], int],
) -> ChainWatch:
    site = settings.site
    bucket = _witness_bucket(settings)
    copy = BucketLog(bucket, site) if bucket is not None else None
    pin = witness_pin(settings.data_dir, site)
    witness = Witness(streams.chain, witness_folder(settings.data_dir, site), pin, copy)
    days = ChainDays(streams.client, site, left)
    return ChainWatch(
        ChainCheck(streams.chain, days, witness, records),
        days,
        witness,
        records,
        written=streams.heads.drain,
        clock=streams.clock,
        repeated=repeated,
    )


def _witness_bucket(settings: Settings) -> WitnessBucket | None:
    """Where the witness is copied to: WITNESS_BUCKET, else the pictures' bucket, if any."""
    bucket = settings.witness_bucket or settings.s3_bucket
    if not bucket:
        return None
    return WitnessBucket(
        open_s3(settings),
        bucket,
        settings.s3_prefix,
        encryption=encryption_of(settings),
        lock_days=settings.witness_lock_days,
    )


def witness_folder(data_dir: Path, site: str) -> LogFolder:
    """The witness of ``site`` on this machine."""
    return LogFolder(data_dir / "witness" / site)


def witness_pin(data_dir: Path, site: str) -> PinFile:
    """How far the witness has come; beside the key, so that who can change it has that too."""
    return PinFile(data_dir / "keys" / f"witness-{site}.json")


def open_journal(settings: Settings) -> FileJournal:
    """The journal, whose lines are signed with a key of its own from the chain's secret; only
    lines that this site has signed are adopted. Raises JournalError."""
    keys = keyring.derived(chain_secrets(settings), "journal")
    seal = keyring.KeyedSeal("journal", settings.site, keys)
    folder = settings.data_dir / "journal"
    try:
        sign_leftovers(folder, seal, key_file.key_path(settings.data_dir).parent)
    except OSError as error:
        raise JournalError(
            sentence(
                "The journal in {folder} cannot be read ({error}). Make room on "
                "the disk and let the app write there.",
                folder=folder,
                error=error.strerror or error,
            )
        ) from error
    keep = settings.journal_hours * 3600.0
    return FileJournal(folder, seal, keep=keep, operating_time=open_operating_time(settings))
