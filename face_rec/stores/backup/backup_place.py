"""Where a backup lies: a file of this machine, or an object in S3."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import urlparse

from botocore.exceptions import BotoCoreError, ClientError

from face_rec.domain.errors import BackupRefused, StoreUnavailable
from face_rec.files import replacing
from face_rec.languages.sentence import sentence
from face_rec.stores.s3 import MISSING, s3_code

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


class Place(Protocol):
    """One backup's place."""

    def exists(self) -> bool: ...

    def write(self, source: IO[bytes]) -> None:
        """Put what is left to read of ``source`` there, whole or not at all."""
        ...

    def open(self) -> "contextlib.AbstractContextManager[IO[bytes]]":
        """Its bytes, from the start."""
        ...


class FilePlace:
    """A file; readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def exists(self) -> bool:
        return self._path.exists()

    def write(self, source: IO[bytes]) -> None:
        try:
            with replacing(self._path) as out:
                shutil.copyfileobj(source, out, 1 << 20)
        except OSError as error:
            raise BackupRefused(
                sentence(
                    "{path} cannot be written ({strerror}). Choose another --out.",
                    path=self._path,
                    strerror=error.strerror,
                )
            ) from error

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        try:
            source = self._path.open("rb")
        except FileNotFoundError:
            raise BackupRefused(
                sentence("There is no file {path}. Name another one.", path=self._path)
            ) from None
        except OSError as error:
            raise BackupRefused(
                sentence(
                    "{path} cannot be read ({strerror}). Name a file that can be.",
                    path=self._path,
                    strerror=error.strerror,
                )
            ) from error
        with source:
            yield source


class S3Place:
    """``s3://bucket/key``; large backups travel in parts."""

    def __init__(self, client: "S3Client", url: str, encryption: dict[str, Any]) -> None:
        """``encryption``: the arguments of put_object for encryption at rest."""
        parsed = urlparse(url)
        self._bucket, self._key = parsed.netloc, parsed.path.lstrip("/")
        if not self._bucket or not self._key:
            raise BackupRefused(sentence("{url}: write it like s3://BUCKET/FOLDER/NAME.", url=url))
        self._client = client
        self._encryption = encryption

    def exists(self) -> bool:
        with self._errors():
            try:
                self._client.head_object(Bucket=self._bucket, Key=self._key)
            except ClientError as error:
                if s3_code(error) in MISSING:
                    return False
                raise
            return True

    def write(self, source: IO[bytes]) -> None:
        with self._errors():
            self._client.upload_fileobj(
                source, self._bucket, self._key, ExtraArgs=self._encryption
            )

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        with self._errors():
            found = self._client.get_object(Bucket=self._bucket, Key=self._key)
            with contextlib.closing(found["Body"]) as body:
                yield cast("IO[bytes]", body)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        from boto3.exceptions import Boto3Error

        try:
            yield
        except (Boto3Error, BotoCoreError, ClientError) as error:
            raise StoreUnavailable(
                sentence(
                    "s3://{bucket}/{key} cannot be used: {error}. Check the "
                    "bucket's name, AWS_REGION and what the role may do "
                    "(deploy/README.md).",
                    bucket=self._bucket,
                    key=self._key,
                    error=error,
                )
            ) from error
        except OSError as error:
            raise BackupRefused(
                sentence(
                    "A temporary file cannot be used: {error}. Make room for it, or set TMPDIR to "
                    "a folder that has some.",
                    error=error,
                )
            ) from error


@contextmanager
def scratch() -> Iterator[IO[bytes]]:
    """A file for the backup while it is made, without a name on the disk: of whatever is killed
    nothing is left, above all nothing with people in it who are erased later."""
    file = cast("IO[bytes]", tempfile.TemporaryFile())  # noqa: SIM115
    try:
        yield file
    finally:
        with contextlib.suppress(OSError):  # its last bytes found no room, which is said by then
            file.close()
