"""Snapshots as they are given: files in a folder, or objects in S3."""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path, PurePosixPath

from botocore.exceptions import ClientError

from face_rec import files
from face_rec.domain.errors import SnapshotMissing, StoreUnavailable
from face_rec.domain.pictures import check_key
from face_rec.languages.sentence import sentence
from face_rec.retry import until_first
from face_rec.stores.s3 import (
    MISSING,
    S3Credentials,
    ahead_of_s3,
    s3_client,
    s3_code,
    s3_encryption,
    s3_errors,
    s3_prefix,
)

_LOCK = ".lock"


class FolderSnapshots:
    """One file a snapshot below ``folder``, readable by the app's own user only.

    All methods raise BadSnapshotKey for a text that is no key, and
    StoreUnavailable when the disk refuses.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / ".incoming"
        with _disk_errors(folder):
            files.make_folder(self._incoming)
            files.close_to_others(folder)
            _sweep(self._incoming)

    def put(self, key: str, jpeg: bytes) -> None:
        """Store ``jpeg`` in one atomic step, on the disk when this returns; an older one of
        this key is replaced."""
        path = self._folder / check_key(key)
        arrived = self._incoming / secrets.token_hex(8)
        with _disk_errors(self._folder):
            files.write_synced(arrived, jpeg)
            with self._alone():
                _move(arrived, path)
            files.sync_folder(path.parent)

    def exchange(self, key: str, was: bytes, becomes: bytes) -> bool:
        """Store ``becomes`` if ``was`` is what lies there; False, with nothing written, if it
        was deleted or replaced meanwhile: what is erased must not come back."""
        path = self._folder / check_key(key)
        arrived = self._incoming / secrets.token_hex(8)
        with _disk_errors(self._folder):
            files.write_synced(arrived, becomes)
            with self._alone():
                same = path.is_file() and path.read_bytes() == was
                if same:
                    arrived.replace(path)
            arrived.unlink(missing_ok=True)
            return same

    def get(self, key: str) -> bytes:
        """The JPEG; raises SnapshotMissing."""
        path = self._folder / check_key(key)
        with _disk_errors(self._folder):
            try:
                return path.read_bytes()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                raise SnapshotMissing(sentence("There is no snapshot {key}.", key=key)) from None

    def delete(self, key: str) -> None:
        """Remove the JPEG, and the folders that are empty without it."""
        path = self._folder / check_key(key)
        with _disk_errors(self._folder), self._alone():
            try:
                path.unlink()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return
        _prune(path.parent, self._folder)

    def _alone(self) -> AbstractContextManager[None]:
        """Against :meth:`exchange`, which looks before it writes."""
        return files.exclusive(self._folder / _LOCK)

    def url(self, key: str, seconds: int = 300) -> str | None:  # noqa: ARG002
        """None: the app itself serves what lies on its own disk."""
        check_key(key)
        return None

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that begin with ``prefix``, in order."""
        inner = PurePosixPath(prefix.rpartition("/")[0])  # no need to look into the others
        if inner.is_absolute() or ".." in inner.parts:
            return
        for folder, folders, names in os.walk(self._folder / inner):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(name for name in names if not name.startswith(".")):
                key = (Path(folder) / name).relative_to(self._folder).as_posix()
                if key.startswith(prefix):
                    yield key

    def sizes(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The same with the bytes of each; those that are removed meanwhile are left out."""
        for key in self.keys(prefix):
            with suppress(FileNotFoundError):
                yield key, (self._folder / key).stat().st_size


def _move(arrived: Path, path: Path) -> None:
    """Rename into place; again if a delete has just pruned the folder."""

    def move() -> None:
        files.make_folder(path.parent)
        arrived.replace(path)

    until_first(move, tries=3, lost=FileNotFoundError)


def _prune(folder: Path, root: Path) -> None:
    while folder != root:
        try:
            folder.rmdir()
        except OSError:  # not empty, or somebody else was quicker: both are fine
            return
        folder = folder.parent


def _sweep(incoming: Path, older_than: float = 3600.0) -> None:
    """Remove what a crashed process left half-written: it may show a face."""
    for path in incoming.iterdir():
        if time.time() - path.stat().st_mtime > older_than:
            path.unlink(missing_ok=True)


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(
            sentence(
                "The snapshot folder {folder} cannot be used ({error}). Check that "
                "the disk is not full and that the app may write there.",
                folder=folder,
                error=error.strerror or error,
            )
        ) from error


# Snapshots in S3, or in a server that speaks its language.
#
# Safe to call from several threads and processes at once.

_JPEG = b"\xff\xd8"  # else it is sealed


class S3Snapshots:
    """One object a snapshot in ``bucket``, below ``prefix``.

    ``encryption`` is AES256, aws:kms (with ``kms_key_id``, else the account's
    own key) or none, in any case. All methods raise BadSnapshotKey for a text
    that is no key, and StoreUnavailable, with advice, when S3 does not do it.
    """

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        *,
        endpoint_url: str | None = None,
        region: str | None = None,
        credentials: S3Credentials | None = None,
        encryption: str = "AES256",
        kms_key_id: str | None = None,
    ) -> None:
        self._bucket = bucket
        self._prefix = s3_prefix(prefix)
        self._encryption = s3_encryption(encryption, kms_key_id)
        self._client = s3_client(endpoint_url, region, credentials)

    def ahead(self, now: Callable[[], datetime]) -> float | None:
        """By how many seconds this clock is ahead of the server's; None: it does not say."""
        return ahead_of_s3(self._client, self._bucket, now)

    def put(self, key: str, jpeg: bytes) -> None:
        """Store ``jpeg``, encrypted at rest as configured."""
        with self._errors(key):
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._prefix + check_key(key),
                Body=jpeg,
                ContentType=_kind(key, jpeg),
                CacheControl="private, no-store",
                **self._encryption,
            )

    def get(self, key: str) -> bytes:
        """The JPEG; raises SnapshotMissing."""
        with self._errors(key):
            found = self._client.get_object(Bucket=self._bucket, Key=self._prefix + check_key(key))
            jpeg: bytes = found["Body"].read()
        return jpeg

    def exchange(self, key: str, was: bytes, becomes: bytes) -> bool:
        """Store ``becomes`` if ``was`` is what lies there. S3 knows no lock: a picture deleted
        in this very moment can come back, sealed with a key that is destroyed by then."""
        try:
            same = self.get(key) == was
        except SnapshotMissing:
            return False
        if same:
            self.put(key, becomes)
        return same

    def delete(self, key: str) -> None:
        """Remove the JPEG; no error if there is none."""
        with self._errors(key):
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + check_key(key))

    def url(self, key: str, seconds: int = 300) -> str | None:
        """An address that shows the JPEG to whoever has it for ``seconds``."""
        with self._errors(key):
            where = {"Bucket": self._bucket, "Key": self._prefix + check_key(key)}
            return self._client.generate_presigned_url(
                "get_object", Params=where, ExpiresIn=seconds
            )

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that begin with ``prefix``, a page of 1,000 at a time."""
        return (key for key, _ in self.sizes(prefix))

    def sizes(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The same with the bytes of each."""
        with self._errors(prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix + prefix
            )
            for page in pages:
                for entry in page.get("Contents", []):
                    yield entry["Key"].removeprefix(self._prefix), entry["Size"]

    @contextmanager
    def _errors(self, key: str) -> Iterator[None]:
        with s3_errors(f"S3 bucket {self._bucket}"):
            try:
                yield
            except ClientError as error:
                if s3_code(error) in MISSING:
                    raise SnapshotMissing(
                        sentence("There is no snapshot {key}.", key=key)
                    ) from None
                raise


def _kind(key: str, content: bytes) -> str:
    if key.endswith(".json"):
        return "application/json"
    return "image/jpeg" if content.startswith(_JPEG) else "application/octet-stream"
