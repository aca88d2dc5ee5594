"""Parts of the system for commands that need no more of it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config import Settings
from face_rec.access.access_control import Access
from face_rec.access.accounts.account import Account
from face_rec.access.audit.audit import Action
from face_rec.access.rights import Act
from face_rec.assembly.stores import (
    Stores,
    open_accounts,
    open_chained,
    open_offices,
    open_options,
    open_pin_sealer,
    open_redis,
    open_snapshots,
    open_stores,
    open_streams,
    picture_sealer,
    s3_credentials,
)
from face_rec.attendance.service import Office
from face_rec.clock import Clock, SystemClock
from face_rec.domain.people import Person
from face_rec.models.service import ModelService
from face_rec.privacy.ports import Note, Purge
from face_rec.privacy.service import Privacy
from face_rec.protocols.people import PeopleStore
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.stores.access.audit_stream import audit_keeper
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.backup.backup_place import FilePlace, Place, S3Place
from face_rec.stores.backup.backups import Backups
from face_rec.stores.chain.guard import witness_folder, witness_pin
from face_rec.stores.chain.watch import ChainWatch
from face_rec.stores.people.pins import RedisPins
from face_rec.stores.privacy import PrivacyParts, open_privacy
from face_rec.stores.redis.client import Client
from face_rec.stores.redis.purge import EmbeddedPurge, OutsidePurge
from face_rec.stores.sealing.data_keys import open_data_keys
from face_rec.stores.sealing.keyring import derived, split
from face_rec.stores.sealing.reseal import Resealing
from face_rec.stores.snapshots.s3_snapshots import s3_client, s3_encryption
from face_rec.stores.snapshots.sealed_snapshots import SealedSnapshots


@contextmanager
def build_office(settings: Settings) -> Iterator[Office]:
    """Attendance alone, without models, cameras or snapshots; for commands."""
    clock = SystemClock()
    with ExitStack() as stack:
        client = open_redis(settings, stack)
        keys = open_data_keys(client, settings.site, settings.data_key)
        streams = open_streams(settings, client, clock)
        made = open_chained(settings, streams, keys)
        stack.callback(made.watch.copy)
        options = open_options(settings, streams)
        yield open_offices(
            settings, made.marks, made.people, made.rules, clock, options=options
        ).current()


@contextmanager
def build_chain(settings: Settings) -> Iterator[ChainWatch]:
    """The chain alone, not started; for commands."""
    with ExitStack() as stack:
        client = open_redis(settings, stack)
        streams = open_streams(settings, client, SystemClock())
        keys = open_data_keys(client, settings.site, settings.data_key)
        yield open_chained(settings, streams, keys).watch


@contextmanager
def build_privacy(settings: Settings) -> Iterator[tuple[Privacy, PeopleStore]]:
    """Consent, retention, erasure and export without models or cameras, and the people they
    are about; for commands. The app may run beside it."""
    clock = SystemClock()
    with ExitStack() as stack:
        stores = open_stores(settings, clock, stack)
        yield privacy_of(settings, stores, clock, lambda _: False), stores.people


@contextmanager
def build_data_keys(settings: Settings) -> Iterator[Resealing]:
    """What sealing everything anew needs; for commands."""
    with ExitStack() as stack:
        client = open_redis(settings, stack)
        data_keys = open_data_keys(client, settings.site, settings.data_key)
        sealer = picture_sealer(settings, client, data_keys)
        pictures = SealedSnapshots(open_snapshots(settings), sealer)
        spool = settings.data_dir / "spool"
        pins = RedisPins(client, settings.site, open_pin_sealer(settings))
        yield Resealing(
            client, settings.site, data_keys, pictures=pictures, spool=spool, pins=pins
        )


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
        yield Backups(client, settings.site, derived(keys, "backup"), folder, pin)


def backup_place(settings: Settings, where: str) -> Place:
    """A file, or an object as s3://BUCKET/KEY, with the credentials of the settings."""
    if not where.startswith("s3://"):
        return FilePlace(Path(where))
    client = s3_client(settings.s3_endpoint_url, settings.aws_region, s3_credentials(settings))
    return S3Place(client, where, s3_encryption(settings.s3_encryption, settings.s3_kms_key_id))


def build_models(settings: Settings) -> ModelService:
    """The models alone, not yet loaded; for commands that need no Redis."""
    return ModelService(
        settings.data_dir / "models", settings.model_pack, settings.model_provider, threads=1
    )


@contextmanager
def build_access(settings: Settings) -> Iterator[Access]:
    """Accounts alone; for commands."""
    with ExitStack() as stack:
        client, clock = open_redis(settings, stack), SystemClock()
        data_keys = open_data_keys(client, settings.site, settings.data_key)
        streams = open_streams(settings, client, clock)
        yield open_accounts(settings, streams, open_options(settings, streams), data_keys)


def has_accounts(settings: Settings) -> bool:
    """Whether anybody can sign in; may start and stop the embedded Redis for it."""
    with ExitStack() as stack:
        return RedisRecords(open_redis(settings, stack), settings.site, Account).count() > 0


def privacy_of(
    settings: Settings, stores: Stores, clock: Clock, settled: Callable[[int], bool]
) -> Privacy:
    return open_privacy(
        PrivacyParts(
            site=settings.site,
            options=stores.options.current,
            client=stores.client,
            rules=stores.rules,
            people=stores.people,
            attendance=stores.attendance,
            snapshots=stores.spool,
            clock=clock,
            settled=settled,
            note=_privacy_note(stores.access),
            encrypted=stores.encrypted,
            erasing=lambda: stores.access.step_up.demand(Act.ERASE),
            exporting=lambda: stores.access.step_up.demand(Act.EXPORT),
            purge=_purge(settings, stores.client),
            audit=audit_keeper(stores.audit, stores.people),
        )
    )


def _purge(settings: Settings, client: Client) -> Purge:
    if not settings.embedded_redis:
        return OutsidePurge()
    return EmbeddedPurge(client, settings.site, settings.data_dir.resolve() / "redis")


def _privacy_note(access: Access) -> Note:
    """Writes to the audit log what no store behind it sees."""
    actions = {"exported": Action.EXPORTED, "retention": Action.RETENTION}

    def note(what: str, whose: Person | None, details: Mapping[str, object]) -> None:
        action = actions.get(what)
        if action is not None:  # the rest are changes of a person, which AuditedPeople notes
            target, about = (whose.id, whose.subject) if whose else (what, "")
            access.audit.record(action, target, after=details, about=about)

    return note
