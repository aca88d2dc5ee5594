"""Keys: those of the data, as DATA_KEY says, and what the chain's keys are made of."""

from collections.abc import Sequence
from pathlib import Path

from config import Settings
from face_rec.access.factors.factor_store import FactorStore
from face_rec.access.factors.factors import Factors, Handle
from face_rec.cameras.camera import Camera
from face_rec.cameras.camera_service import reseal_cameras
from face_rec.invitations.invitation import Invitation, SelfEnrolment
from face_rec.invitations.invitation_records import InvitationRecords
from face_rec.notices.channel import Channel
from face_rec.notices.channels import reseal_channels
from face_rec.notices.guardians.guardian import Guardians
from face_rec.notices.guardians.guardian_records import GuardianRecords
from face_rec.requests.request import OwnRequests
from face_rec.requests.request_records import RequestRecords
from face_rec.stores.access.records import RedisRecords
from face_rec.stores.chain import key_file
from face_rec.stores.chain.write_log import WriteLog
from face_rec.stores.invitations.waiting_faces import RedisWaitingFaces
from face_rec.stores.left.archived_attendance import ArchivedAttendance
from face_rec.stores.left.left_days import LeftDays
from face_rec.stores.people.gallery_feed import GalleryFeed
from face_rec.stores.people.person_keys import PersonKeys
from face_rec.stores.people.pins import RedisPins, pin_sealer
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing import keyring
from face_rec.stores.sealing.data_keys import DataKeys, KeyCheck
from face_rec.stores.sealing.keyring import Key
from face_rec.stores.sealing.sealer import DataSealer
from face_rec.stores.site.reseal import MarkOwners, Resealing, TemplateResealer
from face_rec.stores.snapshots.sealed_snapshots import SealedSnapshots
from face_rec.stores.strangers.stranger_store import RedisStrangers
from face_rec.visitors.visit import Visit
from face_rec.visitors.visit_records import VisitRecords


def open_data_keys(client: Client, site: str, data_key: str | None) -> DataKeys:
    """``data_key``: the setting DATA_KEY. Raises SettingError for one that is too short, and
    DataKeyMissing where Redis answers and holds what these keys cannot open."""
    keys = keyring.derived(keyring.split(data_key or "", "DATA_KEY"), "data")
    check = KeyCheck(client, site, keys)
    check.early()
    strict = DataSealer(keys, check.ensure, check.all_sealed)
    return DataKeys(strict, DataSealer(keys, check.ensure), check)


def own_keys(
    settings: Settings, client: Client, data_keys: DataKeys, kept: WriteLog | None = None
) -> PersonKeys | None:
    """The keys of single people; None without DATA_KEY: without a key that lies elsewhere, one
    beside the record would protect nothing."""
    if not data_keys.encrypts:
        return None
    return PersonKeys(client, settings.site, data_keys.others, kept)


def open_pin_sealer(settings: Settings) -> DataSealer:
    """With DATA_KEY, else with a key made of the chain's where all machines have the same."""
    shared = settings.chain_key or settings.embedded_redis
    chain = chain_secrets(settings) if shared else ()
    return pin_sealer(keyring.split(settings.data_key or "", "DATA_KEY"), chain)


def writes_sealer(settings: Settings) -> DataSealer:
    """Of what this machine keeps of people's writes."""
    return DataSealer(keyring.derived(_of_this_machine(settings), "writes"))


def gallery_key(settings: Settings) -> Key:
    """Of the gallery's file on this machine: its part beside the one in Redis."""
    return keyring.key_of(_of_this_machine(settings)[0], "gallery")


def _of_this_machine(settings: Settings) -> Sequence[str]:
    """DATA_KEY, else what keys of the chain are made of, which is on this machine as well."""
    data = keyring.split(settings.data_key or "", "DATA_KEY")
    return [*data, *chain_secrets(settings)]


def chain_secrets(settings: Settings) -> Sequence[str]:
    """What the chain's keys are made of, the current one first: CHAIN_KEY, else a file."""
    if settings.chain_key:
        return keyring.split(settings.chain_key, "CHAIN_KEY")
    return key_file.load_or_make(key_file.key_path(settings.data_dir))


def offline_secrets(settings: Settings) -> Sequence[bytes]:
    """What the keys of stills are made of that kiosks keep while the server is away: of the
    chain's, which outlives a restart and a restored backup."""
    return _of_the_chain(settings, "offline")


def badge_secrets(settings: Settings) -> Sequence[bytes]:
    """What codes of badges are kept by, likewise, the newest first."""
    return _of_the_chain(settings, "badges")


def calendar_secrets(settings: Settings) -> Sequence[bytes]:
    """What addresses of calendars are kept by, likewise."""
    return _of_the_chain(settings, "calendars")


def _of_the_chain(settings: Settings, purpose: str) -> Sequence[bytes]:
    keys = keyring.derived(chain_secrets(settings), purpose)
    return [key.secret for name in keys.ids if (key := keys.get(name))]


def open_resealing(
    client: Client,
    site: str,
    data_keys: DataKeys,
    *,
    pictures: SealedSnapshots | None,
    spool: Path,
    left: LeftDays,
    pins: RedisPins | None = None,
) -> Resealing:
    """What seals everything of ``site`` anew with the current key."""
    factors: RedisRecords[Factors] = RedisRecords(client, site, Factors)
    handles: RedisRecords[Handle] = RedisRecords(client, site, Handle)
    own = PersonKeys(client, site, data_keys.others)
    return Resealing(
        client, site, data_keys,
        templates=TemplateResealer(client, site, data_keys.sealer, own),
        feed=GalleryFeed(client, site, data_keys.sealer),
        factors=FactorStore(factors, handles),
        owners=MarkOwners(ArchivedAttendance(left, client, site)),
        pictures=pictures, spool=spool, pins=pins,
        addresses=lambda: (
            reseal_channels(RedisRecords(client, site, Channel), data_keys.others)
            + reseal_cameras(RedisRecords(client, site, Camera), data_keys.others)
            + RequestRecords(RedisRecords(client, site, OwnRequests), data_keys.others).reseal()
            + GuardianRecords(RedisRecords(client, site, Guardians), data_keys.others).reseal()
            + VisitRecords(RedisRecords(client, site, Visit), data_keys.others).reseal()
            + RedisStrangers(client, site, data_keys.others).reseal()
            + InvitationRecords(
                RedisRecords(client, site, Invitation), RedisRecords(client, site, SelfEnrolment),
                RedisWaitingFaces(client, site, data_keys.others), data_keys.others,
            ).reseal()
        ),
    )  # fmt: skip
