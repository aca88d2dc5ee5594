"""Where snapshots rest: a local folder, or S3; one interface for both."""

from face_rec.stores.snapshots.folder_snapshots import FolderSnapshots
from face_rec.stores.snapshots.s3_snapshots import S3Credentials, S3Snapshots

__all__ = ["FolderSnapshots", "S3Credentials", "S3Snapshots"]
