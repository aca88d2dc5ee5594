"""Where pictures lie, sealed or not, and where they wait until they are there."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config import Settings
from face_rec.assembly.storage.sealing import own_keys
from face_rec.people.kept_photos import KeptPhotos
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.stores.backup.backup_place import FilePlace, Place, S3Place
from face_rec.stores.redis.client import Client
from face_rec.stores.s3 import S3Credentials, s3_client, s3_encryption
from face_rec.stores.sealing.data_keys import DataKeys
from face_rec.stores.snapshots.picture_owners import PictureOwners
from face_rec.stores.snapshots.plain_snapshots import FolderSnapshots, S3Snapshots
from face_rec.stores.snapshots.sealed_snapshots import (
    ExchangingStore,
    PictureSealer,
    SealedSnapshots,
    WaitingSealer,
)
from face_rec.stores.snapshots.spool import SnapshotSpool

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


def open_spool(
    settings: Settings, client: Client, data_keys: DataKeys, away: Callable[[], bool]
) -> SnapshotSpool:
    """Pictures, sealed while they wait on this machine's disk, and where they go."""
    sealer = _picture_sealer(settings, client, data_keys, away)
    store = SealedSnapshots(open_snapshots(settings), sealer)
    return SnapshotSpool(store, settings.data_dir / "spool", sealer=WaitingSealer(sealer))


def open_kept_photos(settings: Settings, snapshots: SnapshotStore) -> KeptPhotos:
    """Enrolment photos among these pictures, as many as the settings keep."""
    return KeptPhotos(snapshots, everything=settings.keep_photos)


def open_sealed(settings: Settings, client: Client, data_keys: DataKeys) -> SealedSnapshots:
    """Pictures where they lie, opened and sealed; without the spool."""
    return SealedSnapshots(
        open_snapshots(settings), _picture_sealer(settings, client, data_keys, lambda: False)
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
        credentials=aws_credentials(settings),
        encryption=settings.s3_encryption,
        kms_key_id=settings.s3_kms_key_id,
    )


def backup_place(settings: Settings, where: str) -> Place:
    """A file, or an object as s3://BUCKET/KEY, with the credentials of the settings."""
    if not where.startswith("s3://"):
        return FilePlace(Path(where))
    return S3Place(open_s3(settings), where, encryption_of(settings))


def open_s3(settings: Settings) -> "S3Client":
    """A client of S3, or of the server that speaks its language."""
    return s3_client(settings.s3_endpoint_url, settings.aws_region, aws_credentials(settings))


def encryption_of(settings: Settings) -> dict[str, Any]:
    """The arguments of put_object for encryption at rest."""
    return s3_encryption(settings.s3_encryption, settings.s3_kms_key_id)


def _picture_sealer(
    settings: Settings, client: Client, data_keys: DataKeys, away: Callable[[], bool]
) -> PictureSealer:
    sealer = data_keys.pictures
    own = own_keys(settings, client, data_keys)
    return PictureSealer(sealer, PictureOwners(client, settings.site, own, sealer, away=away))


def aws_credentials(settings: Settings) -> S3Credentials | None:
    """Keys in the settings; None: those that boto3 finds."""
    key, secret = settings.aws_access_key_id, settings.aws_secret_access_key
    return S3Credentials(key, secret, settings.aws_session_token) if key and secret else None
